"""Problems of whole workbooks: two of one case, another procedure, another day, a missing sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from workbook.making import PROCEDURE

from reconcile.editing import (
    EARLY,
    Edited,
    case_in,
    load,
    reconcile_paths,
)

from .test_problems import NEXT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.reconcile.model import CaseState


def test_two_workbooks_of_one_case_are_told_and_kept_apart(tmp_path: Path) -> None:
    paths = [Edited().saved(tmp_path, name) for name in ("a.xlsx", "b.xlsx")]
    outcome = reconcile_paths(paths, EARLY, load=load)
    assert [[(each.file, each.code) for each in case.problems] for case in outcome.cases] == [
        [],
        [(str(paths[1]), "T309")],
    ]


@pytest.mark.parametrize(
    ("judged_by", "told"),
    [
        ({}, []),
        ({"set_name": "renamed"}, []),  # the same files in a folder of another name
        ({"sha256": "edited"}, []),
        ({"sha256": "newer", "edition": "2027", "title": "The process, 2027"}, []),
        ({"sha256": "other", "set_name": "mine"}, ["T345"]),
        ({"sha256": "other", "title": "A set of the same name"}, ["T345"]),
    ],
)
def test_a_workbook_judged_by_another_procedure_is_told(
    judged_by: dict[str, str], told: list[str], tmp_path: Path
) -> None:
    procedure = replace(PROCEDURE, **judged_by)  # type: ignore[arg-type]  # texts all of them
    outcome = reconcile_paths([Edited().saved(tmp_path)], EARLY, load=lambda _: (procedure, []))
    assert [each.code for case in outcome.cases for each in case.problems] == told


def _open_row(case: CaseState) -> list[tuple[str, str, object]]:
    return [(each.rag, each.status, each.completed) for each in case.actions if each.id == "SIN-2.6"]


def test_an_earlier_day_shows_that_day(tmp_path: Path) -> None:
    cells = {"SIN-2.6:Completed": date(2026, 11, 6), "SIN-2.6:Status": "Complete", "SIN-3.4:Completed": NEXT}
    paths = [Edited(cells).saved(tmp_path)]
    found = {}
    for as_at in (date(2026, 11, 2), date(2026, 11, 4), date(2026, 11, 6)):
        (case,) = reconcile_paths(paths, as_at, load=load, today=date(2026, 11, 6)).cases
        codes = [each.code for each in case.problems if each.id == "SIN-2.6"]
        found[as_at.day] = (*_open_row(case), case.clocks["Rapid Review day zero"].provisional, codes)
    assert found == {
        2: (("On track", "Not started", None), True, ["T346"]),
        4: (("On track", "Not started", None), False, ["T346"]),
        6: (("Complete", "Complete", date(2026, 11, 6)), False, []),
    }


def _no_people(book: XlsxWorkbook) -> None:
    del book["People"]


@pytest.mark.parametrize(
    ("then", "found"),
    [
        (_no_people, ["T109"]),
        (lambda book: book["SIN"].__setitem__("A3", "Number"), []),
        (lambda book: book["SIN"].__setitem__("M3", "Why"), []),
    ],
    ids=["a missing sheet", "a renamed ID column", "a renamed reason column"],
)
def test_what_is_missing_is_told_once(
    then: Callable[[XlsxWorkbook], None], found: list[str], tmp_path: Path
) -> None:
    edited = Edited({"SIN-2.1:Status": "Not applicable", "SIN-2.6:Agreed date": date(2026, 11, 12)}, then)
    case = case_in(edited.saved(tmp_path))
    errors = [each.code for each in case.problems if each.severity == "error"]
    assert errors == found
    rest = {each.code for each in case.problems if each.severity != "error"}
    assert rest <= {"T312", "T315", "T360"}
