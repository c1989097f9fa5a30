"""Makes `sample_cases/partnership`: what a partnership has under way on one day, for the demo, README and docs.

The case in time is the edited sample; the others are lives of the bench, under references of one year.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from stories import story
from typed import typed_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

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


LATE = {"DOR-2026-012": 7}
"""Reference -> by how many days its life is moved back."""


def tracker(reference: str, number: int) -> bytes:
    """The workbook of a life under another reference; nothing was typed into a late one for the last days."""
    life = story(number, SEED)
    early = timedelta(days=LATE.get(reference, 0))
    details = replace(
        life.case.details,
        reference=reference,
        incident=life.case.details.incident - early if life.case.details.incident else None,
        aware=life.aware - early,
    )
    case = replace(life.case, details=details)
    ended = life.end - early + timedelta(days=3 if early else 0)
    return typed_bytes(
        replace(
            life,
            case=case,
            aware=life.aware - early,
            sent=life.sent - early,
            panel=life.panel - early,
            end=ended,
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
