"""Makes a folder of realistic trackers, the same for the same seed: `python bench/trackers.py FOLDER 500`.

Each is issued as `tracker generate` issues it in the first days of its case; then people type into it, and the
formulas are worked out again. One in twenty carries something that the reading tells. `change` types into some of
them a week later.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stories import AS_AT, story
from typed import typed_bytes

from tracker.workbook import layout
from tracker.workbook.patch.file import WorkbookFile

if TYPE_CHECKING:
    from collections.abc import Sequence


SEED = 6
"""The day of the second report, before which `change` types."""
_COLUMN = {title: place for place, title in enumerate(layout.titles(layout.STAGE_COLUMNS), 1)}
_HEADER, _FIRST = layout.HEADER_ROW, layout.HEADER_ROW + 1
_SPOILT = (
    ("SIN", _FIRST + 3, "Due", AS_AT),  # typed over a formula
    ("Rapid Review", _FIRST + 2, "Completed", "done last week"),  # text where a date belongs
    ("Rapid Review", _HEADER, "Progress", "Where are we?"),  # a header that is gone
    ("SIN", _FIRST + 1, "Completed", "3/4/26 or 4/4/26"),
    ("Rapid Review", _FIRST + 1, "Status", "Nearly"),  # a word that is not on the list
)


def has_problem(number: int) -> bool:
    """Whether the reading finds something: one number in twenty, live ones among them."""
    return number % 20 == number // 20 % 20


def _spoilt(content: bytes, number: int) -> bytes:
    file = WorkbookFile(content)
    sheet, row, title, typed = _SPOILT[number // 20 % len(_SPOILT)]
    column = _COLUMN[title]
    file.put(sheet, row, column, typed, file.sheet(sheet).style(row, column))
    return file.to_bytes()


def tracker(number: int, seed: int = SEED) -> tuple[str, bytes]:
    """The name and bytes of a number's tracker, as at `AS_AT`."""
    told = story(number, seed)
    content = typed_bytes(told)
    content = _spoilt(content, number) if has_problem(number) else content
    return f"{told.case.details.reference}.xlsx", content


def write(folder: Path, seed: int, numbers: Sequence[int]) -> None:
    """Write the trackers of some numbers into a folder."""
    for number in numbers:
        name, content = tracker(number, seed)
        (folder / name).write_bytes(content)


def make(folder: Path, count: int, seed: int = SEED, processes: int = 1, first: int = 0) -> None:
    """Write trackers of the numbers from `first` up to `count` into a folder: a larger set holds the smaller."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = [range(start, min(start + 50, count)) for start in range(first, count, 50)]
    if processes == 1:
        for piece in pieces:
            write(folder, seed, piece)
        return
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(partial(write, folder, seed), pieces))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), processes=2)
