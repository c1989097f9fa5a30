"""Workbooks as openpyxl opens them, to be typed into by tests.

Opening takes openpyxl five times as long as copying what it has opened before, and most tests begin with the same few
workbooks.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import openpyxl
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.table import TableList

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openpyxl import Workbook as XlsxWorkbook
    from openpyxl.worksheet.table import Table


def _tables(tables: Iterable[Table]) -> TableList:
    made = TableList()
    for table in tables:
        made.add(table)
    return made


def _styles(styles: Iterable[object], attributes: Mapping[str, object]) -> IndexedList[object]:
    made = IndexedList(styles)
    vars(made).update(attributes)
    return made


# Two collections whose own methods a copy would be made with: `items` gives places in place of tables, and `append`
# leaves out what is there, so that every later style would be another.
copyreg.pickle(TableList, lambda tables: (_tables, (list(tables.values()),)))
copyreg.pickle(IndexedList, lambda styles: (_styles, (list(styles), vars(styles))))


def open_workbook(content: bytes, *, values: bool = False) -> XlsxWorkbook:
    """A workbook's bytes opened by openpyxl; each caller has it for itself. With `values` in place of formulas."""
    kept = _kept(content, values)
    if kept.copy:
        return cast("XlsxWorkbook", pickle.loads(kept.copy))
    book = _load(content, values)
    kept.times += 1
    if kept.times > 1 and _finds_its_styles(book):
        kept.copy = pickle.dumps(book, pickle.HIGHEST_PROTOCOL)
    return book


@dataclass
class Kept:
    """How often a workbook was opened, and from the second time on its copy: most are opened once."""

    times: int = 0
    copy: bytes = b""


@lru_cache(maxsize=64)
def _kept(_content: bytes, _values: bool) -> Kept:
    return Kept()


def _finds_its_styles(book: XlsxWorkbook) -> bool:
    """Not as LibreOffice saves it: openpyxl changes those styles after it has noted their places.

    A copy would note the places anew, and its columns would be saved in another style.
    """
    styles = vars(book)["_cell_styles"]
    noted = vars(styles)["_dict"]
    return all(noted.get(style) == place for place, style in enumerate(styles))


def _load(content: bytes, values: bool) -> XlsxWorkbook:
    with warnings.catch_warnings():
        # A number that no calendar reaches may be typed where a date belongs; the library says so and keeps it.
        warnings.filterwarnings("ignore", message="Cell .* is marked as a date", category=UserWarning)
        return openpyxl.load_workbook(io.BytesIO(content), data_only=values)
