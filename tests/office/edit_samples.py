"""Makes the edited sample workbooks: generates two samples and edits them in LibreOffice, as people would.

Run by hand when a sample or the workbook changes: `python tests/office/edit_samples.py`. The results,
`sample_cases/*-edited.xlsx`, are saved by LibreOffice itself through its own API.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from office import calc, edits  # noqa: E402  the path above comes first when run by hand
from tracker.case.description import load_case  # noqa: E402
from tracker.plan import make_plan  # noqa: E402
from tracker.procedure.load import load_calendar_facts, load_procedure  # noqa: E402
from tracker.workbook import layout  # noqa: E402
from tracker.workbook.build import build  # noqa: E402
from tracker.workbook.write import workbook_bytes  # noqa: E402

if TYPE_CHECKING:
    from tracker.workbook.build import Workbook

SAMPLES = ROOT / "sample_cases"


def _letter(title: str) -> str:
    """The letter of a column of a stage sheet."""
    return chr(65 + layout.titles(layout.STAGE_COLUMNS).index(title))


@dataclass(frozen=True)
class Issued:
    """A generated sample, and where its rows and titles stand."""

    workbook: Workbook
    path: Path

    def row(self, row_id: str) -> tuple[str, int]:
        """The sheet and sheet row of an ID."""
        for stage, rows in self.workbook.plan.rows.items():
            for number, row in enumerate(rows, layout.HEADER_ROW + 1):
                if row.id == row_id:
                    return stage, number
        raise KeyError(row_id)

    def set(self, row_id: str, **typed: object) -> list[edits.Edit]:
        """Type values into a row: `Completed=date(...)`, `Progress="..."`; `_` stands for a blank."""
        sheet, number = self.row(row_id)
        return [
            edits.Set(sheet, f"{_letter(title.replace('_', ' '))}{number}", value)  # type: ignore[arg-type]  # checked there
            for title, value in typed.items()
        ]

    def done(self, day: date, *row_ids: str) -> list[edits.Edit]:
        """Complete rows on a day."""
        return [each for row_id in row_ids for each in self.set(row_id, Completed=day, Status="Complete")]


def baseline(name: str, as_at: date, folder: Path) -> Issued:
    """Generate a sample into a folder."""
    procedure, _ = load_procedure("dorset")
    assert procedure is not None
    case, problems = load_case(SAMPLES / f"{name}.toml", procedure)
    assert case is not None, problems
    workbook = build(make_plan(case, procedure), load_calendar_facts(), as_at)
    path = folder / f"{name}.xlsx"
    path.write_bytes(workbook_bytes(workbook))
    return Issued(workbook, path)


def november(day: int) -> date:
    return date(2026, 11, day)


def ordinary(it: Issued) -> list[edits.Edit]:
    """Day 8 of an ordinary Rapid Review: most is done, one return is missing, Leadership has been moved."""
    rapid, last = "Rapid Review", layout.HEADER_ROW + len(it.workbook.plan.rows["Rapid Review"])
    return [
        *it.done(november(4), "SIN-2.1", "SIN-3.2"),
        *it.done(november(5), "SIN-3.2b", "SIN-3.3"),
        *it.done(november(6), "SIN-3.3b", "SIN-3.3d", "SIN-3.3c"),
        *it.done(november(9), "SIN-2.6", "SIN-3.4b", "SIN-3.6-C1", "SIN-3.6b", "RR-5.3"),
        *it.done(november(10), "RR-5.6", "RR-5.8"),
        *it.done(november(11), "RR-5.9", "RR-5.7", "RR-5.10", "RR-5.11", "RR-5.12"),
        *it.done(november(16), "RR-5.4", "RR-5.4b"),
        *it.done(november(18), "RR-5.4c"),
        *it.set("RR-5.4c", Progress="Genogram delayed: access to Synergy came on 17 November"),
        *it.done(november(17), "RR-5.13"),
        *it.done(november(18), "RR-5.7b-POL", "RR-5.7b-ICB", "RR-5.7b-CAF", "RR-5.7b-PRO"),
        *it.done(november(19), "RR-5.7b-DHC", "RR-5.7b-DCH", "RR-5.7b-ASC", "RR-5.13b"),
        *it.set(
            "RR-5.7b-UHD",
            Status="Waiting on others",
            Progress="Chased by e-mail 17 Nov and by phone 19 Nov; deputy promises Friday noon",
        ),
        *it.set("RR-5.12b", Agreed_date=date(2026, 12, 3)),
        *it.set(
            "RR-6.5",
            Agreed_date=date(2026, 12, 1),
            Reason_for_change="Two members at an inspection feedback; agreed by the Independent Chair",
        ),
        *it.set("RR-6.4", Named_owner="B. Example"),
        edits.Set("People", "B10", "T. Example"),
        # LibreOffice does not grow a table: a row is inserted inside it and a neighbour copied there.
        edits.InsertRows(rapid, last),
        edits.CopyRow(rapid, last + 1, last),
        edits.Set(rapid, f"A{last}", None),
        edits.Set(rapid, f"B{last}", "Brief the press office before the Rapid Review meeting"),
        edits.Set(rapid, f"D{last}", "PDSCP Business Manager"),
        edits.Set(rapid, f"G{last}", november(23)),
        *[
            edits.Set(rapid, f"{_letter(title)}{last}", None)
            for title in ("Paragraph", "Counted from", "Count", "Unit", "Waits for", "Note")
        ],
        edits.Set(rapid, f"{_letter('Basis')}{last}", "Added"),
        edits.Set(layout.LOG, "A4", november(19)),
        edits.Set(layout.LOG, "B4", "RR-5.7b-UHD"),
        edits.Set(layout.LOG, "C4", "Chased"),
        edits.Set(layout.LOG, "D4", "Named nurse on leave; deputy promises the report by Friday noon"),
        edits.Set(layout.PLAN, "B4", "Bruising in babies who do not move yet is always referred"),
        edits.Set(layout.PLAN, "C4", "Remind all health visitors of the bruising protocol"),
        edits.Set(layout.PLAN, "D4", "Dorset HealthCare"),
        edits.Set(layout.PLAN, "F4", date(2026, 12, 18)),
        edits.Set(layout.PLAN, "R4", "SIN immediate action"),
        edits.Note(rapid, "C8", "Templates were sent through the secure portal"),
        edits.Colour(rapid, "B20:B22", 0xFFF8DC),
        edits.SelectSheet(layout.SUMMARY),
        edits.Recalc(),
    ]


def late(it: Issued) -> list[edits.Edit]:
    """Day 10 after a SIN sent late over Christmas: returns come in, some steps are late, sheet SIN is sorted."""
    january = date(2026, 1, 2)
    last = layout.HEADER_ROW + len(it.workbook.plan.rows["SIN"])
    return [
        *it.done(date(2025, 12, 22), "SIN-2.1", "SIN-3.2", "SIN-3.5"),
        *it.done(date(2025, 12, 23), "SIN-3.2b", "SIN-3.3"),
        *it.done(january, "SIN-3.3b", "SIN-3.3d", "SIN-3.3c", "SIN-3.4b", "SIN-2.6", "SIN-2.6b-SOM"),
        *it.set("SIN-3.3b", Progress="Three of four answered before the closure"),
        *it.done(date(2026, 1, 5), "SIN-3.6b", "RR-5.3", "RR-5.6", "RR-5.8"),
        *it.done(date(2026, 1, 6), "RR-5.7", "RR-5.10", "RR-5.11"),
        *it.done(date(2026, 1, 9), "RR-5.9", "RR-5.4", "RR-5.4b", "RR-5.4c", "SIN-3.6-C1"),
        *it.done(date(2026, 1, 13), "RR-5.13", "RR-5.7b-POL", "RR-5.7b-ICB"),
        *it.set("SIN-3.6-SA", Status="In progress"),
        edits.Sort("SIN", f"A{layout.HEADER_ROW}:{_letter('Order')}{last}", by="F"),
        edits.SelectSheet("Rapid Review"),
        edits.Recalc(),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        samples = (
            ("ordinary-in-time", november(19), ordinary),
            ("late-sin-over-christmas", date(2026, 1, 16), late),
        )
        jobs = []
        for sample, as_at, edited in samples:
            issued = baseline(sample, as_at, folder)
            target = SAMPLES / f"{sample}-edited.xlsx"
            jobs.append(edits.Job(issued.path, target, edited(issued)))
        calc.edit(jobs)
        for job in jobs:
            print(job.save)


if __name__ == "__main__":
    main()
