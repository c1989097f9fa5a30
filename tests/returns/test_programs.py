"""A return is read back whatever program its owner filled it in with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from office.program import need
from office.savers import PROGRAMS, absent, saved_by

from tracker.workbook.preflight import given_content

from .sending import SHEET, filled, merged, read, sent

if TYPE_CHECKING:
    from pathlib import Path

EDITS: dict[str, date | str] = {
    f"{SHEET}!F7": date(2026, 11, 18),
    f"{SHEET}!G7": "Complete",
    f"{SHEET}!H7": '- sent "by mail", see <3> & more',
    f"{SHEET}!G8": "No involvement",
}


def typed() -> bytes:
    """The return with the edits, as openpyxl saves it."""
    return filled(
        sent("POL"),
        {
            "RR-5.7b-POL:Completed": date(2026, 11, 18),
            "RR-5.7b-POL:Status": "Complete",
            "RR-5.7b-POL:Progress": EDITS[f"{SHEET}!H7"],
            "LCSPR-7.9b-POL:Status": "No involvement",
        },
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_return_is_read_after_every_program(program: str, tmp_path: Path) -> None:
    need(absent(program))
    content = saved_by(program, tmp_path, sent("POL"), EDITS, typed).read_bytes()
    content, refused = given_content(content, "POL.xlsx", None)
    assert refused == []
    assert read(content)[1] == []

    run = merged(content)
    assert run.codes == ["T630"]
    assert run.row("RR-5.7b-POL", "Completed", "Status", "Progress") == [
        date(2026, 11, 18),
        "Complete",
        '- sent "by mail", see <3> & more',
    ]
    assert run.row("LCSPR-7.9b-POL", "Status", "Progress") == ["Not applicable", "No involvement"]
