from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from case.sets import PLAIN, PROCEDURE
from tracker.case.description import parse_case
from tracker.problems import Problem, catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

CASE, CHILDREN, AGENCIES = "[case]\n", "[[children]]\n", "[[agencies]]\n"
AWARE = "aware = 2026-11-02\n"
END = ""


def patched(old: str, new: str) -> str:
    """The plain case with one piece replaced, or with a piece at its end."""
    if not old:
        return PLAIN + new
    assert old in PLAIN
    return PLAIN.replace(old, new)


def flat(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    return [(each.code, each.place) for each in problems]


PATCHES: list[tuple[str, str, list[tuple[str, str]]]] = [
    # not TOML
    (AWARE, "aware = 2/11/2026\n", [("T406", "line 3")]),
    (AWARE, "aware\n", [("T406", "line 3")]),
    (AWARE, "aware = 2026-02-30\n", [("T406", "line 3")]),
    ('"Child 1"', '"Child 1', [("T406", "line 5")]),
    # what is there
    (AGENCIES, "[[agency]]\n", [("T407", "agency")]),
    (CASE, "[case]\nsumary = 'x'\n", [("T408", "case.sumary")]),
    (CASE, "colour = 'red'\n[case]\n", [("T408", "colour")]),
    ('code = "POL"', 'code = "POL"\ncolour = "red"', [("T408", "agencies[1].colour")]),
    (AWARE, "", [("T409", "case.aware")]),
    ('reference = "DOR-2026-014"\n', "", [("T409", "case.reference")]),
    ('"DOR-2026-014"', '" "', [("T409", "case.reference")]),
    ('[[children]]\nlabel = "Child 1"\n', "", [("T409", "children")]),
    ('"Child 1"', '""', [("T409", "children[1].label")]),
    ('code = "POL"\n', "", [("T409", "agencies[1].code")]),
    (END, '[[meetings]]\nkind = "Rapid Review"', [("T409", "meetings[1].date")]),
    (END, '[people]\nBM = { email = "bm@example.org" }', [("T409", 'people["BM"].name')]),
    # types
    (AWARE, "aware = 5\n", [("T410", "case.aware")]),
    (AWARE, 'aware = ""\n', [("T410", "case.aware")]),
    (AWARE, 'aware = "soon"\n', [("T410", "case.aware")]),
    (AWARE, AWARE + 'died = "no"\n', [("T410", "case.died")]),
    (AWARE, AWARE + "looked_after = false\n", [("T410", "case.looked_after")]),
    ('"DOR-2026-014"', "2026014", [("T410", "case.reference")]),
    (CASE, "children = ['Child 1', 'Child 2']\n[case]\n", [("T406", "line 5")]),
    ('[[children]]\nlabel = "Child 1"\n', "[children]\nlabel = 'Child 1'\n", [("T410", "children")]),
    ('[[children]]\nlabel = "Child 1"\n', "[children]\n", [("T410", "children")]),
    (END, "[[people]]", [("T410", "people")]),
    (CASE, "meetings = [3]\n[case]\n", [("T410", "meetings[1]")]),
    (END, "[options]\nother_partnerships = 'Somerset'", [("T410", "options.other_partnerships")]),
    (END, "[options]\nother_partnerships = ['A', 3]", [("T410", "options.other_partnerships[2]")]),
    (END, "[people]\nBM = 3", [("T410", 'people["BM"]')]),
    (AWARE, 'aware = "2026-11-02"\n', [("T411", "case.aware")]),
    (AWARE, 'aware = "2/11/2026"\n', [("T411", "case.aware")]),
    (
        END,
        "[calendar]\noffice_closures = [2026-12-29, '2026-12-30']",
        [("T411", "calendar.office_closures[2]")],
    ),
    (AWARE, "aware = 2026-11-02T09:00:00\n", [("T412", "case.aware")]),
    (AWARE, "aware = 1926-11-02\n", [("T413", "case.aware")]),
    (AWARE, AWARE + 'looked_after = "lookedafter"\n', [("T414", "case.looked_after")]),
    ('code = "POL"', 'code = "POL"\nemployer = "charity"', [("T414", "agencies[1].employer")]),
    (END, '[decisions]\nlcspr = "perhaps"', [("T414", "decisions.lcspr")]),
    # shapes
    ('"DOR-2026-014"', '"DOR 2026/14"', [("T415", "case.reference")]),
    ('"DOR-2026-014"', f'"{"D" * 31}"', [("T415", "case.reference")]),
    ('"Child 1"', '"Jane Example"', [("T416", "children[1].label")]),
    ('"Child 1"', '"Child b"', [("T416", "children[1].label")]),
    ('"POL"', '"Pol"', [("T418", "agencies[1].code")]),
    ('"POL"', '"POLICES"', [("T418", "agencies[1].code")]),
    (END, '[people]\nBM = { name = "R. Example", email = "r.example" }', [("T436", 'people["BM"].email')]),
    ('code = "POL"', 'code = "POL"\nemail = "a b@example.org"', [("T436", "agencies[1].email")]),
    (AWARE, f'{AWARE}summary = "{"x" * 2001}"\n', [("T437", "case.summary")]),
    (AWARE, AWARE + 'summary = "a\\u0001b"\n', [("T438", "case.summary")]),
    # twice
    (CHILDREN, '[[children]]\nlabel = "Child 1"\n[[children]]\n', [("T417", "children[2].label")]),
    (END, '[[agencies]]\nname = "Fire"\ncode = "POL"', [("T419", "agencies[2].code")]),
    (END, '[[agencies]]\nname = "dorset  police"\ncode = "DP"', [("T420", "agencies[2].name")]),
    (END, "[people]\nHoQA = 'A. Example'\n'Head of QA' = 'B. Example'", [("T423", 'people["Head of QA"]')]),
    (
        END,
        "[calendar]\noffice_closures = [2026-12-29, 2026-12-29]",
        [("T432", "calendar.office_closures[2]")],
    ),
    (
        END,
        "[options]\nother_partnerships = ['Somerset', 'somerset']",
        [("T432", "options.other_partnerships[2]")],
    ),
    # words of the procedure
    (
        END,
        '[[agencies]]\nname = "Dorset Children\u2019s Services"\ncode = "CS"',
        [("T421", "agencies[2].name")],
    ),
    (END, "[people]\n'Busines Manager' = 'R. Example'", [("T422", 'people["Busines Manager"]')]),
    (END, "[people]\n'Chair of the Rapid Review' = 'R.'", [("T422", 'people["Chair of the Rapid Review"]')]),
    (END, "[options]\nrapid_review_chair = 'The Mayor'", [("T422", "options.rapid_review_chair")]),
    (END, '[[meetings]]\nkind = "Rapid Revue"\ndate = 2026-11-24', [("T431", "meetings[1].kind")]),
    (CASE, 'procedure = "1999"\n[case]\n', [("T434", "procedure")]),
    # sense
    (AWARE, AWARE + "incident = 2026-11-03\n", [("T424", "case.aware")]),
    (END, "[dates]\nsin_submitted = 2026-11-01", [("T424", "dates.sin_submitted")]),
    (END, "[dates]\nlcspr_recommended = 2025-12-17", [("T424", "dates.lcspr_recommended")]),
    (
        END,
        "[dates]\nlcspr_recommended = 2026-12-17\npublication = 2026-12-16",
        [("T424", "dates.publication")],
    ),
    (END, "[dates]\nlcspr_decided = 2026-12-17\npublished = 2026-12-16", [("T424", "dates.published")]),
    (
        END,
        "[hold]\nfrom = 2027-03-01\nreview_on = 2027-02-01\nreason = 'Trial'",
        [("T424", "holds[1].review_on")],
    ),
    (END, "[dates]\npublished = 2027-06-10", [("T425", "dates.published")]),
    (
        END,
        "[dates]\nlcspr_recommended = 2026-12-17\nlcspr_decided = 2026-12-18",
        [("T426", "dates.lcspr_decided")],
    ),
    (
        END,
        "[dates]\nlcspr_recommended = 2026-12-17\n[decisions]\nlcspr = 'no'\nlcspr_reason = 'x'",
        [("T427", "decisions.lcspr")],
    ),
    (
        END,  # against the Panel's letter, and why
        (
            "[dates]\nlcspr_recommended = 2026-12-17\n[decisions]\nlcspr = 'no'\nlcspr_reason = 'x'"
            "\npanel_response = 'recommends LCSPR'"
        ),
        [],
    ),
    (
        END,
        "[dates]\nlcspr_recommended = 2026-12-17\n[decisions]\npanel_response = 'recommends no LCSPR'",
        [("T427", "decisions.panel_response")],
    ),
    (
        END,
        "[decisions]\ncriteria_met = 'no'",
        [("T429", "decisions.criteria_decided"), ("T428", "decisions.criteria_reason")],
    ),
    (END, "[decisions]\nlcspr = 'no'", [("T428", "decisions.lcspr_reason")]),
    (END, "[hold]\nfrom = 2027-03-01", [("T429", "holds[1].review_on"), ("T428", "holds[1].reason")]),
    (END, "[hold]\nreason = 'Trial'\nagreed_by = 'x'", [("T430", "holds[1].from")]),
    (END, "[decisions]\npanel_response = 'recommends LCSPR'", [("T429", "dates.lcspr_recommended")]),
    (END, "[decisions]\nlcspr = 'yes'", [("T429", "dates.lcspr_decided")]),
    (AWARE, AWARE + "abuse_or_neglect = 'no'\n", [("T433", "case.abuse_or_neglect")]),
    (AWARE, AWARE + "abuse_or_neglect = 'no'\ndied = true\n", [("T433", "case.abuse_or_neglect")]),
    (END, '[[meetings]]\nkind = "MAQPAG"\ndate = 2025-11-24', [("T435", "meetings[1].date")]),
    # one fault has no echo
    (END, "[decisions]\nlcspr = 'no'\nlcspr_reason = 3", [("T410", "decisions.lcspr_reason")]),
    (END, "[hold]\nfrom = 'soon'\nreason = 'Trial'", [("T410", "holds[1].from")]),
    # right as it stands
    (AWARE, AWARE + "abuse_or_neglect = 'no'\ndied = true\nlooked_after = 'care leaver'\n", []),
    (AWARE, AWARE + 'summary = "=SUM(A1)"\nlooked_after = "Looked after"\nincident = 2026-11-02\n', []),
    (END, '[[agencies]]\nname = "Somerset Children\'s Services"\ncode = "SCS"', []),
    (END, "[people]\nBM = ''", []),
]


@pytest.mark.parametrize(("old", "new", "expected"), PATCHES)
def test_a_fault_is_named_at_its_place(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    case, problems = parse_case(patched(old, new), PROCEDURE, file="case.toml")
    assert flat(problems) == expected
    assert (case is None) == any(each.severity == "error" for each in problems)
    assert all(each.file == "case.toml" for each in problems)


def test_every_code_has_a_test() -> None:
    tested = {code for _, _, expected in PATCHES for code, _ in expected}
    files = {"T401", "T402", "T403", "T404", "T405", "T440"}
    # With another procedure, below; tests/reconcile/test_accepted.py; contacts and answers in their own files.
    elsewhere = {"T439", "T441", "T445", "T446", "T447", "T449", "T450"}
    assert tested | files | elsewhere == {code for code in catalogue() if code.startswith("T4")}


def test_a_date_the_procedure_has_no_place_for_is_told() -> None:
    without = replace(PROCEDURE, clocks=PROCEDURE.clocks[:1])
    dates = "[dates]\nsin_submitted = 2026-11-09\npublished = 2027-06-10\nlcspr_decided = 2026-12-18\n"
    _, problems = parse_case(PLAIN + dates, without)
    assert [(each.code, each.place) for each in problems] == [("T439", "dates.published")]


def test_a_case_from_before_the_edition_held_is_noted() -> None:
    later = replace(PROCEDURE, effective_from=date(2027, 1, 1), edition="2027")
    case, problems = parse_case(patched("", ""), later)
    assert case
    assert [(each.code, each.place) for each in problems] == [("T441", "case.aware")]
    assert problems[0].found.endswith("before edition 2027 held (from Fri 1 Jan 2027)")


def test_every_fault_is_listed_at_once() -> None:
    text = """
        procedure = "1999"
        [case]
        sumary = "x"
        incident = 2026-11-03
        aware = "2026-11-02"
        died = "no"
        [[children]]
        label = "Jane"
        [[children]]
        label = "Child 1"
        [[children]]
        label = "Child 1"
        [people]
        "QA Manager" = { name = "A. Example", email = "nowhere" }
        [decisions]
        lcspr = "no"
        [[meetings]]
        kind = "Rapid Review"
    """
    case, problems = parse_case(text, PROCEDURE)
    assert case is None
    assert set(flat(problems)) == {
        ("T434", "procedure"),
        ("T409", "case.reference"),
        ("T408", "case.sumary"),
        ("T411", "case.aware"),
        ("T410", "case.died"),
        ("T416", "children[1].label"),
        ("T417", "children[3].label"),
        ("T436", 'people["QA Manager"].email'),
        ("T428", "decisions.lcspr_reason"),
        ("T409", "meetings[1].date"),
    }
    assert len(problems) == 10


def test_a_remedy_begins_with_a_verb_in_every_kind() -> None:
    verbs = {
        "Add",
        "Change",
        "Check",
        "Choose",
        "Close",
        "Correct",
        "Delete",
        "Keep",
        "Move",
        "Name",
        "Number",
    }
    verbs |= {"Remove", "Save", "Shorten", "Write", "{mend}"}
    kinds = [kind for code, kind in catalogue().items() if code.startswith("T4")]
    assert {kind.remedy.split()[0] for kind in kinds} <= verbs


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (AWARE, 'aware = "2026-11-02"\n', "Remove the quotation marks: 2026-11-02."),
        (AWARE, 'aware = "2/11/2026"\n', "put the year first"),
        (AWARE, 'aware = ""\n', "leave the line out"),
        (AWARE, "aware = 2026-11-02T09:00:00\n", "write 2026-11-02."),
        (AWARE, "aware = 2/11/2026\n", "Write it as 2026-11-02."),
        (AWARE, "aware = 2026-11-2\n", "Write it as 2026-11-02."),
        (AWARE, "aware = 2 Nov 2026  # Monday\n", "Write it as 2026-11-02."),
        (CASE, "[case]\nsumary = 'x'\n", 'did you mean "summary"?'),
        (CASE, "reference = 'x'\n[case]\n", "it belongs in [case]"),
        (CASE, "[case]\nmarking = 'x'\n", "it belongs at the top"),
        (AGENCIES, "[[agency]]\n", 'did you mean "agencies"?'),
        (AWARE, AWARE + 'looked_after = "lookedafter"\n', 'did you mean "looked after"?'),
        (END, "[people]\n'Busines Manager' = 'R. Example'", 'did you mean "Business Manager"?'),
        (END, '[[meetings]]\nkind = "Rapid Revue"\ndate = 2026-11-24', 'did you mean "Rapid Review"?'),
        ('"Child 1"', '"Jane Example"', "never a name"),
    ],
)
def test_the_remedy_says_what_to_do(old: str, new: str, words: str) -> None:
    _, problems = parse_case(patched(old, new), PROCEDURE)
    assert words in " ".join(each.remedy for each in problems)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("reference", 'a name that is not followed by "="'),
        ("x = perhaps", "a value that cannot be read"),
        ("x = 2026-02-30", "a date that does not exist"),
        ("x = 1\nx = 2", "a name that is given twice"),
        ("[case]\n[case]", "a section that is given twice"),
        ("children = []\n[[children]]", "a section that is given in two ways"),
        ('x = "open', "text without its closing quotation mark"),
        ('x = """open', "text without its closing quotation mark"),
        ("x = 'a\x00b'", "a character that cannot stand here, such as a control character"),
        ('x = "C:\\data"', "a backslash in text"),
        ("x = 'a' 'b'", "more than one value on a line"),
        ("[case", 'a section or a list without its closing "]"'),
        ("x = [1, 2", 'a list without its closing "]"'),
        ("\u2014", "a line that begins with none of a name, [ and #"),
        ("x = " + "[" * 5000, "lists within lists, too deep to read"),
        ("x = " + "1" * 5000, "something that is not TOML"),
    ],
)
def test_toml_faults_are_told_in_plain_words(line: str, found: str) -> None:
    case, (fault,) = parse_case(line, PROCEDURE)
    assert (case, fault.code, fault.found) == (None, "T406", f"this is not valid TOML: {found}")
