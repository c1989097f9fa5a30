"""One workbook: the rows of the table that need a single case."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from measure import PROCESSOR, Row, by_turns, compared, pair, python
from plain import SCRIPT, Written, load
from stories import AS_AT, FACTS, PROCEDURE
from trackers import tracker

from tracker.case.description import load_case
from tracker.case.model import Agency
from tracker.plan import make_plan
from tracker.reconcile.run import Settings, read_file
from tracker.reconcile.state import case_state
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.build import build
from tracker.workbook.preflight import workbook_content
from tracker.workbook.read import read_content
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker.case.model import Case
    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.workbook.baseline import Baseline

    Job = Callable[[], object]

LIVE_LCSPR = 40
"""The tracker that is read: a case in the middle of its LCSPR."""
_OPENPYXL = "openpyxl.load_workbook"


def dorset(_: Baseline) -> tuple[Procedure | None, list[Problem]]:
    """The procedure of every workbook here."""
    return PROCEDURE, []


def rows(root: Path, scratch: Path, rounds: int) -> Iterator[Row]:
    """All rows of one workbook; `scratch` is a folder to write in."""
    yield pair(
        "`tracker --help`, whole process",
        '`python -c "import click"`',
        python("-m", "tracker", "--help"),
        python("-c", "import click"),
        1.25,
        rounds,
    )
    description = root / "sample_cases" / "ordinary-in-time.toml"
    case, _ = load_case(description, PROCEDURE)
    assert case is not None
    yield from _generating(case, rounds)
    yield from _generating_whole(description, case, scratch, rounds)
    name, content = tracker(LIVE_LCSPR)
    path = scratch / name
    path.write_bytes(content)
    yield from _reading("a case at its LCSPR", path, rounds, targets=True)
    yield from _reading(
        "saved by LibreOffice", root / "sample_cases" / "ordinary-in-time-edited.xlsx", rounds, targets=False
    )
    fresh = scratch / "fresh.xlsx"
    fresh.write_bytes(_generated(case))
    yield from _regenerating(case, fresh, rounds)


def _generated(case: Case) -> bytes:
    return workbook_bytes(build(make_plan(case, PROCEDURE), FACTS, AS_AT))


def _generating(case: Case, rounds: int) -> Iterator[Row]:
    cells = Written(_generated(case))
    times = by_turns(
        {
            "ours": lambda: _generated(case),
            "formulas": lambda: cells.write(formulas=True),
            "values": lambda: cells.write(formulas=False),
        },
        rounds,
        PROCESSOR,
    )
    number = sum(len(each) for each in make_plan(case, PROCEDURE).rows.values())
    what = f"generate, in process, a case of {number} rows ({len(cells):,} cells)"
    yield compared(what, "XlsxWriter, the same cells with formulas, values, formats",
                   times["ours"], times["formulas"], 0.25)  # fmt: skip
    yield compared("the same, read the other way", "XlsxWriter, the same cells, values alone, formats",
                   times["ours"], times["values"], None)  # fmt: skip


def _generating_whole(description: Path, case: Case, scratch: Path, rounds: int) -> Iterator[Row]:
    cells = Written(_generated(case)).to_file(scratch / "cells.json")
    script = scratch / "plain.py"
    script.write_text(SCRIPT)
    numbers = count()

    def ours() -> None:
        target = scratch / f"generated-{next(numbers)}.xlsx"
        python("-m", "tracker", "generate", str(description), "-o", str(target), "--as-at", str(AS_AT))()
        assert target.stat().st_size > 0

    theirs = python(str(script), str(cells), str(scratch / "plain.xlsx"))
    against = "a process that imports XlsxWriter and writes the same cells"
    yield pair("`tracker generate`, whole process", against, ours, theirs, 1.15, rounds)


def _reading(name: str, path: Path, rounds: int, *, targets: bool) -> Iterator[Row]:
    def read() -> object:
        return read_content(workbook_content(path)[0], str(path), dorset)[0]

    def judge() -> object:
        return case_state(read(), PROCEDURE, AS_AT)  # type: ignore[arg-type]  # it reads

    jobs: dict[str, Job] = {
        "read": read,
        "theirs": lambda: load(path),
        "judge": judge,
        "whole": lambda: read_file(path, Settings(AS_AT, dorset)),
    }
    times = by_turns(jobs, rounds, PROCESSOR)
    lines = (
        (f"read one workbook, in process, {name}", "read", 0.5),
        ("read and judge it, in process", "judge", None),
        ("the whole reconcile, in process", "whole", 0.75),
    )
    for what, job, at_most in lines:
        yield compared(
            what, f"one `{_OPENPYXL}` of it", times[job], times["theirs"], at_most if targets else None
        )


def _regenerating(case: Case, path: Path, rounds: int) -> Iterator[Row]:
    # An agency more: rows on three sheets. Where nothing is to do, less is done.
    grown = replace(case, agencies=(*case.agencies, Agency("Housing", "HOU")))

    def regenerate(wishes: UpdateOptions) -> object:
        content, _ = workbook_content(path)
        outcome, _ = regenerate_content(content, str(path), dorset, FACTS, AS_AT, wishes)
        assert outcome is not None
        return outcome

    jobs: dict[str, Job] = {
        "grown": lambda: regenerate(UpdateOptions(case=grown)),
        "reconcile": lambda: read_file(path, Settings(AS_AT, dorset)),
        "nothing": lambda: regenerate(UpdateOptions()),
    }
    times = by_turns(jobs, rounds, PROCESSOR)
    against = "reconcile of it"
    yield compared(
        "regenerate, one workbook, an agency added", against, times["grown"], times["reconcile"], 3
    )
    yield compared("regenerate, nothing to do", against, times["nothing"], times["reconcile"], 3)
