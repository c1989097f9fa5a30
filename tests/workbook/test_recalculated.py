"""Every formula cell's cached value against LibreOffice's own recalculation: no difference anywhere."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import pytest
from office.calc import counted_values, differences, needs_soffice

from tracker import rules
from tracker.formula.values import is_number, serial
from tracker.procedure.sets import set_names
from workbook.making import FACTS, SAMPLES, made, made_blank, procedure_named, sample, stripped, written
from workbook.random_cases import BANK_HOLIDAYS, random_case, random_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tracker.workbook.build import Workbook

CASES = int(os.environ.get("TRACKER_GENERATED_CASES", "20"))
"""How many generated cases each procedure is tried with: each has a hundred rows typed over by chance."""
CHUNK = 50
SETS = tuple(sorted(set_names()))
RAG_WORDS = set(rules.RAG_WORDS)
STATES = {"Confirmed", "Provisional", "Not known"}


def _differences(
    folder: Path, workbooks: Mapping[str, Workbook]
) -> dict[str, list[tuple[str, object, object]]]:
    """Each workbook's wrong cells: as written, against a copy without values that LibreOffice counted."""
    bare = folder / "stripped"
    bare.mkdir()
    paths = {name: written(workbook, folder / f"{name}.xlsx") for name, workbook in workbooks.items()}
    copies = [stripped(paths[name], bare / f"{name}.xlsx", each.as_at) for name, each in workbooks.items()]
    wrong = {}
    for (name, path), counted in zip(paths.items(), counted_values(copies), strict=True):
        if found := differences(path, counted):
            wrong[name] = found[:20]
        else:
            for each in (path, bare / path.name):
                each.unlink()
    return wrong


@needs_soffice
def test_no_cell_of_a_sample_differs(tmp_path: Path) -> None:
    days = {
        "converted-to-lcspr": ("2026-01-12", "2026-06-01"),
        "ends-with-rapid-review": ("2025-05-02", "2030-01-01"),
        "late-sin-over-christmas": ("2025-12-19", "2025-12-31", "2026-01-23"),
        "looked-after-death": ("2024-06-03", "2026-12-27"),
        "ordinary-in-time": ("2026-11-02", "2026-11-22", "2029-06-01"),
        "publication-on-hold": ("2026-11-23", "2027-01-18"),
    }
    assert tuple(days) == SAMPLES
    workbooks = {
        f"{name}-{day}": made(sample(name), date.fromisoformat(day))
        for name, each in days.items()
        for day in each
    }
    for name in SETS:
        procedure = procedure_named(name)
        workbooks[f"blank-{name}"] = made_blank(date(2026, 11, 22), procedure)
    assert _differences(tmp_path, workbooks) == {}


@needs_soffice
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_no_cell_of_a_generated_case_differs(tmp_path: Path, first: int, name: str) -> None:
    numbers = range(first, min(first + CHUNK, CASES))
    procedure = procedure_named(name)
    made_by_chance = {f"{name}-{number:04}": random_workbook(number, procedure) for number in numbers}
    assert _differences(tmp_path, made_by_chance) == {}


@pytest.mark.parametrize("name", SETS)
def test_every_state_is_among_the_generated_cases(name: str) -> None:
    procedure = procedure_named(name)
    words: set[object] = set()
    states: set[object] = set()
    meetings: set[object] = set()
    zeros, beyond = set(), False
    planned = {clock.name for clock in procedure.clocks if clock.meeting}
    known = serial(FACTS.known_until)
    for number in range(60):
        zeros.add(random_case(number, procedure)[0].details.aware)
        if (words, states, meetings, beyond) == (RAG_WORDS, STATES, STATES if planned else set(), True):
            continue  # the days take all the cases, the states a few
        workbook = random_workbook(number, procedure)
        told = (workbook.book.column(rules.CLOCKS, each) for each in ("Clock", "Confirmed or provisional"))
        meetings |= {state for clock, state in zip(*told, strict=True) if clock in planned}
        states |= set(workbook.book.column(rules.CLOCKS, "Confirmed or provisional"))
        for stage in procedure.stages:
            table = rules.table_name(stage.name)
            words |= set(workbook.book.column(table, "RAG"))
            beyond |= any(is_number(due) and due > known for due in workbook.book.column(table, "Due"))
    assert words == RAG_WORDS
    assert states == STATES
    assert meetings == (STATES if planned else set())
    days = {day for day in zeros if day}
    assert None in zeros
    assert days & set(BANK_HOLIDAYS)
    assert {day.weekday() for day in days} == set(range(7))
    assert (min(days).year, max(days).year) == (2018, 2027)
    assert beyond
