"""A program that uses the package as others would: `make types` checks it, and `test_api.py` runs it.

`assert_type` does nothing when it runs; the type checker refuses the file where a type is another.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, assert_type

from tracker import (
    Case,
    CaseState,
    Outcome,
    Problem,
    Procedure,
    Rag,
    Reading,
    Reconciliation,
    Report,
    Severity,
    generate,
    load_case,
    load_procedure,
    make_report,
    read_workbook,
    reconcile_workbooks,
    regenerate_workbook,
)

if TYPE_CHECKING:
    from pathlib import Path


DAY = date(2026, 11, 19)


def still_open(outcome: Reconciliation) -> dict[str, list[str]]:
    """Case reference -> the IDs of what still has to be done."""
    cases: tuple[CaseState, ...] = outcome.cases
    assert_type(cases[0].actions[0].rag, Rag)
    assert_type(outcome.all_problems()[0].severity, Severity)
    assert_type(outcome.to_json(), str)
    return {state.reference: [each.id for each in state.actions if each.open] for state in cases}


def main(case_file: Path, edited: Path) -> list[str]:
    """Every code that was met on the way from a description to a workbook brought up to date."""
    procedure, problems = load_procedure("dorset")
    assert_type(procedure, Procedure | None)
    assert_type(problems, list[Problem])
    assert procedure is not None
    case, of_case = load_case(case_file.read_bytes(), procedure)
    assert_type(case, Case | None)
    content, of_set = generate(case, DAY, procedure)
    assert_type(content, bytes | None)
    assert content is not None
    reading, found, of_workbook = read_workbook(content)
    assert_type(reading, Reading | None)
    assert_type(found, Procedure | None)
    outcome = reconcile_workbooks([edited], DAY, case=case)
    assert_type(outcome, Reconciliation)
    assert still_open(outcome)
    report, of_report = make_report(outcome, "weekly", form="md")
    assert_type(report, Report | None)
    updated, of_merge = regenerate_workbook(
        [content, content], DAY, case=case, restore=["SIN!B5"], password=""
    )
    assert_type(updated, Outcome | None)
    told = [*problems, *of_case, *of_set, *of_workbook, *outcome.all_problems(), *of_report, *of_merge]
    return sorted({each.code for each in told})
