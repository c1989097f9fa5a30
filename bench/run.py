"""Times the main jobs against what they are built on, as ratios measured in one run. `make bench`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import xlsxwriter

from tracker.case.load import load_case
from tracker.case.model import Agency
from tracker.plan import make_plan
from tracker.procedure.load import load_calendar_facts, load_procedure
from tracker.reconcile.run import reconcile_paths
from tracker.reconcile.state import case_state
from tracker.regenerate.run import Wishes, regenerate_content
from tracker.workbook.build import build
from tracker.workbook.read import read_workbook, workbook_content
from tracker.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
AS_AT = date(2026, 11, 19)
RUNS = 9


def milliseconds(job: Callable[[], object]) -> list[float]:
    """The times of some runs, after one that is not counted."""
    job()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        times.append((time.perf_counter() - start) * 1000)
    return times


def plain_writing(content: bytes) -> Callable[[], object]:
    """XlsxWriter writing the cells of a workbook with nothing else."""
    sheets = [
        (
            sheet.title,
            [(cell.row - 1, cell.column - 1, cell.value) for row in sheet.iter_rows() for cell in row],
        )
        for sheet in openpyxl.load_workbook(BytesIO(content), data_only=True).worksheets
    ]

    def write() -> None:
        workbook = xlsxwriter.Workbook(BytesIO(), {"in_memory": True})
        style = workbook.add_format({"border": 1})
        day = workbook.add_format({"num_format": "ddd d mmm yy"})
        for title, cells in sheets:
            sheet = workbook.add_worksheet(title)
            for row, column, value in cells:
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                elif value is not None:
                    sheet.write(row, column, value, style)
        workbook.close()

    return write


def process(*words: str) -> Callable[[], object]:
    """A whole process."""
    return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)


def main() -> None:
    procedure, _ = load_procedure("dorset")
    assert procedure is not None
    facts = load_calendar_facts()
    case, _ = load_case(ROOT / "sample_cases" / "ordinary-in-time.toml", procedure)
    assert case is not None

    def generate() -> bytes:
        return workbook_bytes(build(make_plan(case, procedure), facts, AS_AT))

    content = generate()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.xlsx"
        path.write_bytes(content)

        def read() -> object:
            return read_workbook(path, lambda _: (procedure, []))[0]

        def reconcile() -> object:
            return case_state(read(), procedure, AS_AT)  # type: ignore[arg-type]  # it reads

        def reconciled() -> object:
            return reconcile_paths([path], AS_AT, load=lambda _: (procedure, []))

        # An agency more: rows on three sheets. Where nothing is to do, less is done.
        grown = replace(case, agencies=(*case.agencies, Agency("Housing", "HOU")))

        def regenerate(wishes: Wishes) -> Callable[[], object]:
            def run() -> object:
                content, _ = workbook_content(path)
                outcome, _ = regenerate_content(
                    content, str(path), lambda _: (procedure, []), facts, AS_AT, wishes
                )
                assert outcome is not None
                return outcome

            return run

        load = lambda: openpyxl.load_workbook(path)  # noqa: E731
        pairs = (
            (
                "tracker --help, whole process",
                process("-m", "tracker", "--help"),
                process("-c", "import click"),
            ),
            ("generate, in process", generate, plain_writing(content)),
            ("read one workbook, in process", read, load),
            ("read and judge one workbook, in process", reconcile, load),
            ("regenerate, one workbook / reconcile of it", regenerate(Wishes(case=grown)), reconciled),
            ("regenerate, nothing to do / reconcile of it", regenerate(Wishes()), reconciled),
        )
        print("| what | ms, median (min to max) | against, ms | ratio |\n| --- | --- | --- | --- |")
        for name, ours, theirs in pairs:
            mine, other = milliseconds(ours), milliseconds(theirs)
            middle, against = statistics.median(mine), statistics.median(other)
            spread = f"{middle:.0f} ({min(mine):.0f} to {max(mine):.0f})"
            print(f"| {name} | {spread} | {against:.0f} | {middle / against:.2f} |")


if __name__ == "__main__":
    main()
