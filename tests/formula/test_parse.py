from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tracker import rules
from tracker.formula.parse import (
    Call,
    CellReference,
    ColumnReference,
    FormulaSyntaxError,
    Literal,
    Name,
    Operation,
    Range,
    ThisRow,
    Truth,
    column_letters,
    column_number,
    in_table,
    parse,
)
from tracker.procedure.load import load_procedure

if TYPE_CHECKING:
    from tracker.formula.parse import Node

PROCEDURE, _ = load_procedure()
assert PROCEDURE
OURS = {
    **{f"stage {title}": rule.text for title, rule in rules.stage_rules(PROCEDURE).items()},
    **{f"plan {title}": rule.text for title, rule in rules.plan_rules().items()},
}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1", Literal(1)),
        ("1.50", Literal(1.5)),
        ('"say ""so"""', Literal('say "so"')),
        ('""', Literal("")),
        ("TRUE", Truth(value=True)),
        ("false", Truth(value=False)),
        ("FALSE()", Truth(value=False)),
        ("Report_date", Name("Report_date")),
        ("A1", CellReference("", 1, 1)),
        ("$D$12", CellReference("", 12, 4)),
        ("SIN!AA7", CellReference("SIN", 7, 27)),
        ("'Rapid Review'!$A$7", CellReference("Rapid Review", 7, 1)),
        ("'it''s'!B2", CellReference("it's", 2, 2)),
        ("_tracker!$C$2", CellReference("_tracker", 2, 3)),
        ("$A$5:$A$9", Range(CellReference("", 5, 1), CellReference("", 9, 1))),
        ("Calendar!A5:A9", Range(CellReference("Calendar", 5, 1), CellReference("", 9, 1))),
        ("[Due]", ThisRow("Due")),
        ("[Day zero]", ThisRow("Day zero")),
        ("SIN_actions[[#This Row],[Due]]", ThisRow("Due")),
        ("SIN_actions[ID]", ColumnReference("SIN_actions", "ID")),
        ("SIN_actions[[#Headers],[ID]]", ColumnReference("SIN_actions", "ID", header=True)),
        ("LOG10", CellReference("", 10, 12 * 26 * 26 + 15 * 26 + 7)),
        ("TODAY()", Call("TODAY", ())),
        ("if(1,2,3)", Call("IF", (Literal(1), Literal(2), Literal(3)))),
        ("1+2*3", Operation("+", Literal(1), Operation("*", Literal(2), Literal(3)))),
        ("1-2-3", Operation("-", Operation("-", Literal(1), Literal(2)), Literal(3))),
        ("(1+2)*3", Operation("*", Operation("+", Literal(1), Literal(2)), Literal(3))),
        ("-2*3", Operation("*", Operation("-", Literal(0), Literal(2)), Literal(3))),
        ('1&"a"="1a"', Operation("=", Operation("&", Literal(1), Literal("a")), Literal("1a"))),
        ("1+2>=3", Operation(">=", Operation("+", Literal(1), Literal(2)), Literal(3))),
        ("1<>2", Operation("<>", Literal(1), Literal(2))),
        (" = 1 + 2 ", Operation("+", Literal(1), Literal(2))),
    ],
)
def test_a_formula_has_its_tree(text: str, tree: Node) -> None:
    assert parse(text.strip()) == tree


@pytest.mark.parametrize(
    "text",
    ["", "=", "1+", "(1", "1)", "IF(1,2", "1 2", '"open', "{1}", "1%", "A1:", "A1:[Due]", "A1:+1",
     "[a][b]", "IF(,1)", "a,b", "*2",
     "#REF!", "SIN_actions[[#All],[ID]]", "1=>2"],
)  # fmt: skip
def test_what_is_outside_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(FormulaSyntaxError):
        parse(text)


def test_nought_and_false_are_different_trees() -> None:
    assert parse("IF([A],0)") != parse("IF([A],FALSE)")


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("[Due]+1", "T_rows[[#This Row],[Due]]+1"),
        ("=[Day zero]", "=T_rows[[#This Row],[Day zero]]"),
        ("Other[Due]&[Due]", "Other[Due]&T_rows[[#This Row],[Due]]"),
        ("ROW(Other[[#Headers],[ID]])", "ROW(Other[[#Headers],[ID]])"),
        ("T_rows[[#This Row],[Due]]", "T_rows[[#This Row],[Due]]"),
        ('"[Due]"&[Due]', '"[Due]"&T_rows[[#This Row],[Due]]'),
        ('"say ""[Due]"""&[ID]', '"say ""[Due]"""&T_rows[[#This Row],[ID]]'),
        ("Report_date", "Report_date"),
    ],
)
def test_own_columns_are_spelt_with_their_table_in_a_file(source: str, file: str) -> None:
    assert in_table(source, "T_rows") == file
    assert in_table(file, "T_rows") == file


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("table", ["SIN_actions", "Rapid_Review_actions"])
def test_each_of_our_formulas_is_the_same_tree_in_source_and_file(name: str, table: str) -> None:
    file = in_table(OURS[name], table)
    assert "[[#This Row]," in file
    assert parse(file) == parse(OURS[name])
    assert parse(f"={file}") == parse(OURS[name])
    assert parse(OURS[name].replace("IF(", "if( ").replace(")),", ") ) , ")) == parse(OURS[name])


def test_a_changed_formula_is_another_tree() -> None:
    due = OURS["stage Due"]
    assert parse(due.replace("-1,Holidays", "-2,Holidays")) != parse(due)
    assert parse(due.replace('"weeks"', '"week"')) != parse(due)


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("AZ", 52), ("XFD", 16384)])
def test_columns_have_letters(letters: str, number: int) -> None:
    assert column_letters(number) == letters
    assert column_number(letters) == number
