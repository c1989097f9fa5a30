"""Folders of workbooks: the weekly report, its memory, and how its time grows."""

from __future__ import annotations

import os
import shutil
import statistics
from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice
from typing import TYPE_CHECKING

from measure import WALL, Row, Watched, by_turns, compared, exponent, python, together, watched
from plain import LOOP
from stories import AS_AT, story
from trackers import SEED, make, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path


def weekly(folder: Path, as_at: date, target: Path) -> list[str]:
    """The words of the command whose whole process is timed; the only place that spells it."""
    asked = ["--for", "weekly", "--as-at", str(as_at), "-o", str(target)]
    return ["-m", "tracker", "report", str(folder), *asked]


@dataclass(frozen=True)
class Trackers:
    """The trackers of all sizes, made once; a smaller folder holds links to the first of them."""

    root: Path
    most: int
    processes: int

    @cached_property
    def _all(self) -> list[Path]:
        folder = self.root / f"all-{self.most}"
        if len(list(folder.glob("*.xlsx"))) != self.most:
            make(folder, self.most, processes=self.processes)
        return sorted(folder.glob("*.xlsx"), key=lambda path: int(path.stem.rpartition("-")[2]))

    def folder(self, number: int, name: str = "") -> Path:
        """A folder with the first so many of them."""
        place = self.root / (name or f"first-{number}")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for path in self._all[:number]:
            os.link(path, place / path.name)
        return place

    def live(self, number: int) -> Path:
        """A folder with so many live ones, as a partnership has."""
        place = self.root / f"live-{number}"
        place.mkdir(parents=True, exist_ok=True)
        write(place, SEED, list(islice((each for each in count() if story(each, SEED).live), number)))
        return place


# One folder


class Folder:
    """One folder on which the report and the plain loops run by turns."""

    def __init__(self, place: Path, scratch: Path) -> None:
        """The loops get their workbooks as lists in files."""
        self.place, self.scratch, self._numbers = place, scratch, count()
        paths = sorted(place.glob("*.xlsx"))
        self.lists = [self._listed(paths), self._listed(paths[::2]), self._listed(paths[1::2])]

    def _listed(self, paths: Sequence[Path]) -> Path:
        target = self.scratch / f"list-{next(self._numbers)}.txt"
        target.write_text("\n".join(str(path) for path in paths))
        return target

    def report(self) -> None:
        place = self.scratch / f"run-{next(self._numbers)}"
        place.mkdir()
        target = place / "weekly.html"
        python(*weekly(self.place, AS_AT, target))()
        assert target.exists(), "the report was not written"

    def loop(self) -> None:
        python("-c", LOOP, str(self.lists[0]))()

    def two_loops(self) -> None:
        together(*(["-c", LOOP, str(each)] for each in self.lists[1:]))()

    def rows(self, what: str, rounds: int, one: float, two: float | None = None) -> Iterator[Row]:
        """The report against the loops: `one` and `two` are the most it may take of one loop, and of two at once."""
        jobs = {"report": self.report, "loop": self.loop}
        if two:
            jobs["two"] = self.two_loops
        times = by_turns(jobs, rounds, WALL, warm_up=False)
        what = f"weekly report, {what}, whole process"
        loop = "a loop of `openpyxl.load_workbook`, one process"
        yield compared(what, loop, times["report"], times["loop"], one)
        if two:
            yield compared(what, "the same loop in two processes", times["report"], times["two"], two)


# Growth and memory


@dataclass(frozen=True)
class Point:
    """One size: its runs, and how large the report and its JSON are, in bytes."""

    number: int
    runs: tuple[Watched, ...]
    html: int
    json: int

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def kilobytes(self) -> int | None:
        found = [run.kilobytes for run in self.runs if run.kilobytes]
        return max(found, default=None)


def curve(trackers: Trackers, sizes: Sequence[int], scratch: Path, rounds: int) -> list[Point]:
    """The weekly report over each size: as often as asked up to 500 workbooks, beyond it once."""
    points = []
    for size in sizes:
        folder, target = trackers.folder(size), scratch / f"growth-{size}" / "weekly.html"
        target.parent.mkdir()
        words = weekly(folder, AS_AT, target)
        runs = tuple(watched(*words) for _ in range(rounds if size <= 500 else 1))
        points.append(Point(size, runs, target.stat().st_size, target.with_suffix(".json").stat().st_size))
    return points


def growth_rows(points: Sequence[Point]) -> Iterator[Row]:
    """Memory a workbook and growth of time, from the smallest size on."""
    first = points[0]
    upto = [point for point in points if point.number <= 2000][-1]
    if first.kilobytes and upto.kilobytes and upto is not first:
        slope = (upto.kilobytes - first.kilobytes) / (upto.number - first.number)
        peaks = f"{first.kilobytes / 1024:.0f} MB at {first.number}, {upto.kilobytes / 1024:.0f} MB at {upto.number}"
        yield Row("memory of the weekly report, all its processes together", peaks,
                  f"each workbook beyond {first.number}, up to {upto.number:,}", slope, 60, "kB")  # fmt: skip
    if len(points) > 1:
        slope = exponent({point.number: point.seconds for point in points})
        shown = ", ".join(f"{point.number:,}: {point.seconds:.1f} s" for point in points)
        name = f"growth of time, {first.number} to {points[-1].number:,} workbooks"
        yield Row(name, shown, "linear: exponent 1", slope, 1.0)
