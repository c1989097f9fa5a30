"""The cells of a workbook, whoever reads them: the spreadsheet library here, our own in `fast_reader`.

Both answer alike. Unsupported XML falls back to openpyxl.
"""

from __future__ import annotations

import io
import warnings
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from tracker.workbook.grid import FileTable, FormulaText, SheetGrid, as_read, file_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from openpyxl import Workbook as XlsxWorkbook


class SourceBook(Protocol):
    """An opened workbook. Sheets are asked for by their titles."""

    @property
    def titles(self) -> Sequence[str]:
        """The titles of the sheets that hold cells, in the order of their tabs."""

    @property
    def from_1904(self) -> bool:
        """Whether days are counted from 1904, as old Macs did."""

    def grid(self, title: str) -> SheetGrid:
        """The cells of a sheet."""

    def tables(self, title: str) -> Sequence[FileTable]:
        """The Excel tables on a sheet, without any that cannot be made out."""

    def names(self) -> Mapping[str, str]:
        """The defined names of the whole workbook, and where each leads."""

    def texts(self, title: str) -> Sequence[str]:
        """The texts in the first column, from the top down to the first cell that holds none, untouched."""

    def shown(self, title: str, row: int, column: int) -> object:
        """What a formula's cell showed when the file was saved; None where the file does not say."""


def merged_in_order(areas: Iterable[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    """Merged ranges (address, first row, last row) from the top down, whatever order they were kept in."""
    return tuple(sorted(areas, key=lambda area: (area[1], area[2], area[0])))


def _load(content: bytes, *, values: bool) -> XlsxWorkbook:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it would drop on saving; we never save
        return openpyxl.load_workbook(io.BytesIO(content), data_only=values, keep_links=False)


class LibraryBook:
    """A workbook as openpyxl reads it, which raises anything on a damaged file."""

    def __init__(self, content: bytes) -> None:
        """Loads the whole file."""
        self._content = content
        self._workbook = _load(content, values=False)
        self.titles: Sequence[str] = [sheet.title for sheet in self._workbook.worksheets]
        self.from_1904: bool = self._workbook.epoch.year == 1904  # noqa: PLR2004  the other date system

    @cached_property
    def _values(self) -> XlsxWorkbook:
        """The file once more with the values of formulas; loaded only where a person typed a formula."""
        return _load(self._content, values=True)

    def grid(self, title: str) -> SheetGrid:
        """See `SourceBook`."""
        sheet = self._workbook[title]
        rows: dict[int, dict[int, object]] = {}
        # The library's own store of cells: its public iterators create every cell up to the last used corner.
        for (row, column), cell in sorted(sheet._cells.items()):  # noqa: SLF001
            value: object = cell.value
            if value is None:
                continue
            if cell.data_type == "f":
                value = FormulaText(str(getattr(value, "text", value)))
            rows.setdefault(row, {})[column] = as_read(value) if isinstance(value, str) else value
        hidden = frozenset(row for row, look in sheet.row_dimensions.items() if look.hidden)
        merged = merged_in_order(
            (area.coord, area.min_row, area.max_row) for area in sheet.merged_cells.ranges
        )
        return SheetGrid(title, rows, hidden, merged)

    def names(self) -> Mapping[str, str]:
        """See `SourceBook`."""
        return {name: each.attr_text or "" for name, each in dict(self._workbook.defined_names).items()}

    def tables(self, title: str) -> Sequence[FileTable]:
        """See `SourceBook`."""
        found = (
            file_table(
                name,
                table.ref or "",
                (each.name or "" for each in table.tableColumns),
                header=table.headerRowCount != 0,
            )
            for name, table in dict(self._workbook[title].tables).items()
        )
        return [table for table in found if table]

    def texts(self, title: str) -> Sequence[str]:
        """See `SourceBook`."""
        found = []
        for (value,) in self._workbook[title].iter_rows(max_col=1, values_only=True):
            if not isinstance(value, str):
                break
            found.append(value)
        return found

    def shown(self, title: str, row: int, column: int) -> object:
        """See `SourceBook`."""
        value: object = self._values[title].cell(row, column).value
        return value


def first_texts(rows: Mapping[int, Mapping[int, object]]) -> list[str]:
    """`Book.texts` of cells by row and column."""
    found: list[str] = []
    while isinstance(value := rows.get(len(found) + 1, {}).get(1), str):
        found.append(value)
    return found
