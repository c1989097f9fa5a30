"""Makes `sample_cases/partnership`: what a partnership has under way on one day, for the demo, README and docs.

The case in time is the edited sample; the others are lives of the bench, under references of one year.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from stories import PROCEDURE, story
from typed import typed_bytes

from tracker.case.description import load_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.case.model import Person

SAMPLES = Path(__file__).resolve().parents[1] / "sample_cases"
SEED = 6
CASES: Mapping[str, int] = {
    "DOR-2026-012": 784,  # its Rapid Review is late
    "DOR-2026-011": 160,  # waits for the National Panel
    "DOR-2026-007": 448,  # an LCSPR is under way
    "DOR-2026-002": 368,  # publication is on hold
    "DOR-2026-005": 68,  # closed
}
"""Reference -> the number of the life."""


MOVED = {"DOR-2026-012": -7, "DOR-2026-002": 60}
"""Reference -> by how many days its life is moved."""
LEFT = {"DOR-2026-012": 4}
"""Reference -> for how many days nobody has typed anything."""


@cache
def people() -> Mapping[str, Person]:
    """Who holds each role in this partnership."""
    case, problems = load_case(SAMPLES / "ordinary-in-time.toml", PROCEDURE)
    assert case, problems
    return case.people


def tracker(reference: str, number: int) -> bytes:
    """The workbook of a life under another reference, moved to the days that this folder needs."""
    life = story(number, SEED)
    by = timedelta(days=MOVED.get(reference, 0))
    incident = life.case.details.incident
    aware = life.aware + by
    details = replace(
        life.case.details, reference=reference, incident=incident + by if incident else None, aware=aware
    )
    return typed_bytes(
        replace(
            life,
            case=replace(life.case, details=details, people=people()),
            aware=aware,
            sent=life.sent + by,
            panel=life.panel + by,
            letter=life.letter + by if life.letter else None,
            publication=life.publication + by if life.publication else None,
            end=life.end - timedelta(days=LEFT.get(reference, 0)),
        )
    )


def main() -> None:
    """Write the folder anew."""
    folder = SAMPLES / "partnership"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(SAMPLES / "ordinary-in-time-edited.xlsx", folder / "DOR-2026-014.xlsx")
    for reference, number in CASES.items():
        (folder / f"{reference}.xlsx").write_bytes(tracker(reference, number))


if __name__ == "__main__":
    main()
