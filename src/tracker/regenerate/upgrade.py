"""A workbook of layout 1 brought to the sheet Case of today: its one hold becomes the first row of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import column_letters
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.parts import WantedTable, put_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.formula.values import Value
    from tracker.workbook.reading import Reading

_TITLES = layout.titles(layout.HOLD_COLUMNS)
_LABELS = [*(each.label for each in layout.HOLD_OF_LAYOUT_1), layout.HOLD_RUNNING_LABEL]


def with_table_of_holds(
    content: bytes, reading: Reading
) -> tuple[bytes, Mapping[tuple[str, int, int], Value]]:
    """The workbook with its hold in a table, and what was put where.

    It stays as it is where the cells are no longer as they were issued, or something of a person's is in the way.
    """
    if layout.HOLD_TABLE in reading.places or layout.CASE not in reading.sheets:
        return content, {}
    file, sheet = WorkbookFile(content), reading.sheets[layout.CASE]
    found = _first_label(file, sheet)
    if found is None:
        return content, {}
    row, column = found
    typed = [file.cell(sheet, row + place, column + 1) for place in range(len(layout.HOLD_OF_LAYOUT_1))]
    beside = [file.cell(sheet, row + r, column + c).value for r in range(4) for c in (3, 4)]
    if any(cell.formula is not None for cell in typed) or any(value not in {None, ""} for value in beside):
        return content, {}
    _write(file, reading, sheet, row, column, [cell.value for cell in typed])
    put, changed = file.changes(), WorkbookFile(file.to_bytes())
    first, last = column_letters(column), column_letters(column + len(_TITLES) - 1)
    table = WantedTable(layout.HOLD_TABLE, f"{first}{row}:{last}{row + 3}", _TITLES, filters=False)
    put_table(changed.package, changed.package.sheets()[sheet], None, table)
    return changed.package.to_bytes(), put


def _first_label(file: WorkbookFile, sheet: str) -> tuple[int, int] | None:
    """Row and column of the hold's first label, where the others stand right below it."""
    wanted = [clean_text(label).casefold() for label in _LABELS]
    rows = {row: file.row_says(sheet, row) for row in file.sheet(sheet).rows}
    labels = {row: [clean_text(text).casefold() for text in texts] for row, texts in rows.items()}
    for row, texts in labels.items():
        if wanted[0] in texts:
            column = texts.index(wanted[0])
            below = [labels.get(row + place, [])[column : column + 1] for place in range(len(wanted))]
            return (row, column + 1) if below == [[label] for label in wanted] else None
    return None


def _write(
    file: WorkbookFile, reading: Reading, sheet: str, row: int, column: int, typed: list[Value]
) -> None:
    page, clocks = file.sheet(sheet), reading.places.get(rules.CLOCKS)
    heading = page.style(clocks.header_row, clocks.columns.get("Clock", 1)) if clocks else ""
    day, text = page.style(row, column + 1), page.style(row + 2, column + 1)
    values = dict(zip((each.path for each in layout.HOLD_OF_LAYOUT_1), typed, strict=True))
    for place, each in enumerate(layout.HOLD_COLUMNS, column):
        style = day if each.kind == "date" else text
        file.put(sheet, row, place, each.title, heading)
        file.put(sheet, row + 1, place, values.get(each.title), style)
        for blank in (row + 2, row + 3):
            file.put(sheet, blank, place, None, style)
    file.put(sheet, row + 4, column + 1, rules.HOLD_RULE, page.style(row + 4, column + 1))
