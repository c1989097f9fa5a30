"""Makes a folder of realistic trackers, the same for the same seed: `python bench/trackers.py FOLDER 500`.

Each is issued as `tracker generate` issues it in the first days of its case; then people type into it, and the
formulas are worked out again. One in twenty carries something that the reading tells. `change` types into some of
them a week later.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from stories import AS_AT, PROCEDURE, story, words
from typed import typed_bytes

from tracker.regenerate.apply import OurCells
from tracker.workbook import layout
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.issue import Issue

SEED = 6
WEEK_ON = AS_AT + timedelta(days=7)
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


def _write(folder: Path, seed: int, numbers: Sequence[int]) -> None:
    for number in numbers:
        name, content = tracker(number, seed)
        (folder / name).write_bytes(content)


def make(folder: Path, count: int, seed: int = SEED, processes: int = 1, first: int = 0) -> None:
    """Write trackers of the numbers from `first` up to `count` into a folder: a larger set holds the smaller."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = [range(start, min(start + 50, count)) for start in range(first, count, 50)]
    if processes == 1:
        for piece in pieces:
            _write(folder, seed, piece)
        return
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(partial(_write, folder, seed), pieces))


# A week later


def _ours(_: Issue) -> tuple[Procedure, list[object]]:
    return PROCEDURE, []


def _typed_on(content: bytes, number: int, seed: int) -> bytes:
    """A week's work: a few open rows done or spoken of; in a case that is over a line of progress."""
    chance, file = Random(f"{seed} week {number}"), WorkbookFile(content)
    reading, _, _ = read_content(content, "", _ours)  # type: ignore[arg-type]  # it never has problems
    for sheet in ("SIN", "Rapid Review", "LCSPR"):
        rows = [row for row in sorted(file.sheet(sheet).rows) if row >= _FIRST]
        is_open = [
            row
            for row in rows
            if file.cell(sheet, row, _COLUMN["Status"]).value in {"In progress", "Not started"}
        ]
        for row in chance.sample(is_open, min(3, len(is_open))):
            put = partial(file.put, sheet, row)
            put(_COLUMN["Progress"], words(chance), file.sheet(sheet).style(row, _COLUMN["Progress"]))
            if chance.random() < 0.6:
                day = AS_AT + timedelta(days=chance.randint(1, 6))
                put(_COLUMN["Completed"], day, file.sheet(sheet).style(row, _COLUMN["Completed"]))
                put(_COLUMN["Status"], "Complete", file.sheet(sheet).style(row, _COLUMN["Status"]))
    file.put("SIN", _FIRST, _COLUMN["Progress"], f"{words(chance)} ({number})")
    if reading is not None:
        file.work_out(WEEK_ON, OurCells(reading, PROCEDURE))
    return file.to_bytes()


def change(folder: Path, count: int, seed: int = SEED) -> list[Path]:
    """Type into some of a folder's trackers, four in five of them live ones; the files that were changed."""
    files = {int(path.stem.rpartition("-")[2]): path for path in sorted(folder.glob("*.xlsx"))}
    live = [number for number in files if story(number, seed).live]
    over = [number for number in files if number not in set(live)]
    chance, wanted = Random(f"{seed} changed"), min(len(live), count - count // 5)
    chosen = [*chance.sample(live, wanted), *chance.sample(over, min(len(over), count - wanted))]
    for number in sorted(chosen):
        content = _typed_on(files[number].read_bytes(), number, seed)
        files[number].unlink()  # the file may be a link to one that others read
        files[number].write_bytes(content)
    return [files[number] for number in sorted(chosen)]


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), processes=2)
