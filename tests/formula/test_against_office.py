"""Our functions against LibreOffice's: one workbook of every answer, recalculated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlsxwriter
from office.calc import cell_values, needs_soffice, recalculate, strip_cached_values

from formula.answers import ANSWERS, ARRAYS, SAID, TITLES, book
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters, in_table
from tracker.formula.values import Error

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.formula.book import Book

FORMULAS = [*((text, False) for text, _ in ANSWERS), *((text, True) for text, _ in ARRAYS)]


def _write(path: Path, made: Book) -> None:
    """The book, and on sheet Tested every formula in column A, without values worked out."""
    with xlsxwriter.Workbook(path) as file:
        data, tested = file.add_worksheet("Data"), file.add_worksheet("Tested")
        _data(data, made)
        for name, area in made.names.items():
            letter = column_letters(area.column)
            last = f":${letter}${area.last_row}" if area.last_row != area.first_row else ""
            file.define_name(name, f"=Data!${letter}${area.first_row}{last}")
        for row, (text, array) in enumerate(FORMULAS):
            if array:
                tested.write_array_formula(row, 0, row, 0, f"{{={text}}}")
            else:
                tested.write_formula(row, 0, f"={text}")


def _data(sheet: Any, made: Book) -> None:
    table = made.tables["Items"]
    columns = [{"header": title} for title in TITLES[:-1]]
    formula = {"header": TITLES[-1], "formula": in_table(SAID.text, "Items")}
    sheet.add_table(
        0, 0, table.last_row - 1, len(TITLES) - 1, {"name": "Items", "columns": [*columns, formula]}
    )
    for (row, column), content in made.contents["Data"].items():
        if isinstance(content, Formula):
            name = made.table_at("Data", row, column)
            sheet.write_formula(row - 1, column - 1, f"={in_table(content.text, name)}")
        elif isinstance(content, str):
            sheet.write_string(row - 1, column - 1, content)
        elif content is not None:
            sheet.write_number(row - 1, column - 1, content)


def _alike(ours: object, counted: object) -> bool:
    """Equal; of an error only that it is one, since LibreOffice saves some under another code than Excel's."""
    if isinstance(ours, Error):
        return str(counted).startswith("#")
    return type(ours) is type(counted) and ours == counted


@needs_soffice
def test_libreoffice_gives_every_answer(tmp_path: Path) -> None:
    made, stripped = tmp_path / "answers.xlsx", tmp_path / "stripped.xlsx"
    _write(made, book())
    strip_cached_values(made, stripped)
    (counted,) = recalculate([stripped], tmp_path / "counted")
    cells = [f"Tested!A{row}" for row in range(1, len(FORMULAS) + 1)]
    values = cell_values(counted, cells)
    wrong = [
        (text, answer, values[cell])
        for cell, (text, answer) in zip(cells, [*ANSWERS, *ARRAYS], strict=True)
        if not _alike(answer, values[cell])
    ]
    assert wrong == [], wrong
