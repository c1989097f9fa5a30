"""Rows on standby whose agency or child has a name by now become rows like any other: text in place of formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.text import quantity
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content
from tracker.workbook.reading import place_of
from tracker.workbook.standby import listed_keys, names_in, standby_keys, standby_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.case.model import Case
    from tracker.formula.values import Value
    from tracker.regenerate.model import Load
    from tracker.workbook.reading import CellValue, Reading, ReadRow


def names_for(reading: Reading, *, case: Case | None = None, copy: Reading | None = None) -> dict[str, str]:
    """Who is named in a workbook; where it names nobody, in a copy of it, or in a description that adds somebody."""
    names: dict[str, str] = {}
    if case is not None:
        known = listed_keys(reading.issue)
        named = [(each.code, each.name) for each in case.agencies]
        named += [(each.label, each.label) for each in case.children]
        names = {key.casefold(): name for key, name in named if key not in known}
    return {**names, **(names_in(copy.tables) if copy else {}), **names_in(reading.tables)}


def with_rows_awake(
    content: bytes, reading: Reading, names: Mapping[str, str]
) -> tuple[bytes, dict[tuple[str, int, int], Value], str]:
    """The workbook with the rows of everybody named as ordinary rows; what was put, and what was done, in words."""
    keys = standby_keys(reading.issue)
    rows = [row for rows in reading.tables.values() for row in rows if row.standby]
    rows += [row for row in reading.asleep if keys[row.text("ID")].casefold() in names]
    if not rows:
        return content, {}, ""
    file = WorkbookFile(content)
    for row in rows:
        for title in row.standby:
            place = place_of(row.cell(title))
            assert place is not None, "a cell that was read has a place"
            # Who wrote an action of their own into a row that waits has made it their own row.
            file.put(*place, _shown(row, title, file.cell(*place).formula, names) if row.text("ID") else None)
    return (
        file.to_bytes(),
        file.changes(),
        f"{quantity(len(rows), 'row')} of agencies and children, now text in place of formulas",
    )


def _shown(row: ReadRow, title: str, formula: str | None, names: Mapping[str, str]) -> CellValue:
    """What a cell of a row that is awake shows; where its formula is shared with another's, as it was read."""
    shown = standby_value(formula or "", names)
    return row.values.get(title) if shown is None else shown


def read_awake(
    content: bytes, reading: Reading, names: Mapping[str, str], load: Load
) -> tuple[bytes, Reading]:
    """A copy in which everybody has rows whom one of the copies names, and what is read of it."""
    awake, _, words = with_rows_awake(content, reading, names)
    again = read_content(awake, reading.path, load)[0] if words else None
    return (awake, again) if again else (content, reading)
