from __future__ import annotations

import re

import pytest

from formula.answers import ANSWERS, ARRAYS, EXCEL_ALONE, SAID, TODAY, book
from tracker.formula.book import Book
from tracker.formula.evaluate import Context, Formula
from tracker.formula.functions import FUNCTIONS
from tracker.formula.values import BAD_NAME, BAD_REFERENCE, BAD_VALUE, NOT_FOUND, Error


def answer(text: str, *, array: bool = False) -> object:
    return Formula(text, array=array).evaluate(Context(book(), "Tested", 1, ""))


@pytest.mark.parametrize(("text", "expected"), [*ANSWERS, *ARRAYS, *EXCEL_ALONE])
def test_a_formula_has_its_answer(text: str, expected: object) -> None:
    found = answer(text)
    assert found == expected
    assert isinstance(found, bool) == isinstance(expected, bool)


def test_every_function_is_among_the_answers() -> None:
    said = " ".join(text for text, _ in (*ANSWERS, *ARRAYS))
    called = set(re.findall(r"\b([A-Z]+)\(", said))
    assert called == {*FUNCTIONS, "IF", "IFERROR", "ROW", "TODAY"}


def test_today_is_what_the_book_says() -> None:
    assert answer("TODAY()") == TODAY


@pytest.mark.parametrize(("row", "expected"), [(2, "three"), (3, ""), (5, "three"), (8, "")])
def test_a_table_formula_reads_its_own_row(row: int, expected: str) -> None:
    assert book().cell("Data", row, 4) == expected


def test_a_cell_without_a_sheet_is_on_the_formulas_own_sheet() -> None:
    made = book()
    assert Formula("$A$2").evaluate(Context(made, "Data", 9, "")) == "alpha"


def test_an_unknown_column_of_the_own_row_is_an_error() -> None:
    made = book()
    assert Formula("[Nowhere]").evaluate(Context(made, "Data", 2, "Items")) == BAD_REFERENCE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('IF([Number]=3,"three","")', "three"),
        ('SUM([Number],[Mixed])&" "&[Name]', "8 alpha"),
        ("IF([Name]=Words,1/0,[Number])", 3),
    ],
)
def test_own_columns_mix_with_names_and_functions(text: str, expected: object) -> None:
    assert Formula(text).evaluate(Context(book(), "Data", 2, "Items")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ABS({})",
        "INT({})",
        "NOT({})",
        "AND({},TRUE)",
        "OR({},TRUE)",
        "LEFT({},2)",
        "LEN({})",
        "{}&1",
        "{}+1",
        "1-{}",
        "{}=1",
        "1<{}",
        "MOD({},2)",
        "MOD(2,{})",
        "EDATE({},1)",
        "WORKDAY({},1)",
        "NETWORKDAYS({},1)",
        "INDEX(Items[Name],{})",
        "CHOOSE({},1,2)",
        "MATCH({},Items[Name],0)",
        "SUM({},1)",
        "IF({},1,2)",
        'TEXT({},"d mmm")',
        "SMALL(IF(Items[Number]>0,{},Items[Number]),1)",
    ],
)
def test_an_error_spreads(text: str) -> None:
    assert answer(text.format("Unknown_name")) == BAD_NAME


@pytest.mark.parametrize(
    ("text", "expected"), [("ISNUMBER(1/0)", False), ("IFERROR(1/0,2)", 2), ("COUNT(1/0,1)", 1)]
)
def test_three_functions_stop_an_error(text: str, expected: object) -> None:
    assert answer(text) == expected


def test_a_count_beyond_reason_is_refused_rather_than_walked() -> None:
    assert answer("WORKDAY(Start,1000000000,Days)") == Error("#NUM!")


def test_a_blank_result_is_shown_as_nought() -> None:
    assert answer("Empty") == 0
    assert answer("INDEX(Items[Mixed],3)") == 0


def test_a_book_names_its_formulas_and_tables() -> None:
    made = book()
    formulas = [(row, column) for sheet, row, column, formula in made.formulas() if formula == SAID]
    assert formulas == [(row, 4) for row in range(2, 12)]
    assert made.table_at("Data", 2, 4) == "Items"
    assert made.table_at("Data", 1, 4) == ""
    assert made.table_at("Data", 12, 4) == ""
    assert made.table_at("Data", 2, 6) == ""
    assert made.table_at("Nowhere", 2, 1) == ""


def test_lookups_find_text_typed_in_any_case_and_never_a_blank() -> None:
    made = Book(TODAY)
    made.add_table("Roles", "People", 1, ["Role", "Name"], 3)
    for row, (role, name) in enumerate([(None, "nobody"), ("Head of QA", "A. Example"), (None, None)], 2):
        made.put("People", row, 1, role)
        made.put("People", row, 2, name)
    made.put("People", 9, 1, "head OF qa")

    def look_up(place: str) -> object:
        text = f"INDEX(Roles[Name],MATCH({place},Roles[Role],0))"
        return Formula(text).evaluate(Context(made, "People", 9, ""))

    assert look_up("$A$9") == "A. Example"
    assert look_up("$A$8") == NOT_FOUND
    assert look_up('""') == NOT_FOUND


@pytest.mark.parametrize(
    "text", ["Words*2", "Nothing_said-1", '"12 days"+1', '"nan"+1', '"inf"+1', '"1_000"+1']
)
def test_text_that_is_no_number_cannot_be_counted_with(text: str) -> None:
    assert answer(text) == BAD_VALUE
