from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case.cases import cases
from case.sets import PLAIN, PROCEDURE
from tracker.case.description import case_toml, parse_case
from tracker.case.format import KINDS, LISTS, PERSON, SECTION_NAMES, TABLES, TOP, table_header
from tracker.case.model import SECTIONS, Case, Child, Details, Options, Person, keys
from tracker.toml_reader import toml_text, toml_value

BARE = Case(
    Details(reference="DOR-2026-014", aware=date(2026, 11, 2)),
    children=(Child("Child 1"),),
    options=Options(rapid_review_chair=PROCEDURE.default_of("rapid_review_chair")),
)


def read_back(case: Case) -> Case | None:
    return parse_case(case_toml(case, PROCEDURE), PROCEDURE)[0]


@given(cases)
def test_a_written_case_is_read_back_the_same(case: Case) -> None:
    text = case_toml(case, PROCEDURE)
    found, problems = parse_case(text, PROCEDURE)
    assert found == case, problems


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_written_as_toml(text: str) -> None:
    assert tomllib.loads(f"x = {toml_text(text)}") == {"x": text}


@pytest.mark.parametrize(
    "summary",
    ['"quoted"', "it's", "C:\\data\\new", "=SUM(A1)", "# no comment", "Zoë naïve 😀", '"""', "[x]", "{a}"],
)
def test_awkward_text_comes_back(summary: str) -> None:
    case = replace(
        BARE, details=replace(BARE.details, summary=summary), people={"QA Service Manager": Person(summary)}
    )
    assert read_back(case) == case


def test_a_role_may_hold_a_quotation_mark() -> None:
    role = replace(PROCEDURE.roles[0], name='Head of "QA"')
    procedure = replace(PROCEDURE, roles=(role,))
    case = replace(BARE, options=Options(), people={role.name: Person("A. Example")})
    assert parse_case(case_toml(case, procedure), procedure)[0] == case


def test_every_section_and_key_is_there() -> None:
    text = case_toml(BARE, PROCEDURE)
    for section in SECTION_NAMES:
        assert re.search(rf"^(# )?{re.escape(table_header(section))}$", text, re.MULTILINE), section
    for key in (*TOP, *(key for table in TABLES.values() for key in table)):
        assert re.search(rf"^(# )?{key.name} = .*  # {re.escape(key.about)}$", text, re.MULTILINE), key
    for role in PROCEDURE.roles:
        assert (f'# "{role.name}" = ' in text) == (not role.option)


def test_what_is_commented_out_can_be_switched_on() -> None:
    """Every comment that shows a shape is right TOML, and the whole is then a case without an error."""
    text = case_toml(BARE, PROCEDURE)
    shape = re.compile(r'^# (?=\[|[a-z_]+ = |")', re.MULTILINE)
    switched = shape.sub("", text).replace('= ""\n', '= "C. Example"\n')
    case, problems = parse_case(switched, PROCEDURE)
    assert case, problems
    assert len(case.meetings) == len(case.agencies) == 1
    assert len(case.people) == len(PROCEDURE.roles) - 1


def test_the_example_of_every_key_is_taken() -> None:
    known = {**TABLES, **LISTS, "person": PERSON, "top": TOP}
    for section, table in known.items():
        for key in table:
            value = tomllib.loads(key.line)[key.name]
            kinds = {KINDS["date"]: date, KINDS["flag"]: bool, KINDS["texts"]: list, KINDS["dates"]: list}
            assert isinstance(value, kinds.get(key.kind, str)), (section, key)


def test_the_keys_are_those_of_the_model() -> None:
    assert {name: tuple(key.name for key in TABLES[name]) for name in SECTIONS} == {
        name: keys(name) for name in SECTIONS
    }


def test_a_set_without_the_usual_chair_is_not_told_of_it() -> None:
    procedure = replace(PROCEDURE, roles=PROCEDURE.roles[:2])
    bare = replace(BARE, options=Options())
    assert parse_case(case_toml(bare, procedure), procedure) == (bare, [])
    chaired = replace(BARE, options=Options(rapid_review_chair="QA Service Manager"))
    assert parse_case(case_toml(chaired, procedure), procedure) == (chaired, [])


def test_writing_again_changes_nothing() -> None:
    case, _ = parse_case(PLAIN, PROCEDURE)
    assert case
    text = case_toml(case, PROCEDURE)
    again, _ = parse_case(text, PROCEDURE)
    assert again
    assert case_toml(again, PROCEDURE) == text


def test_a_value_that_no_case_holds_is_a_bug() -> None:
    with pytest.raises(TypeError):
        toml_value(None)
