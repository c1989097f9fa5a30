"""The action tracker for SIN, Rapid Review and LCSPR.

What other programs may rely on is named in `__all__` and described in `tracker.api`. It is loaded when one of
its names is first used, so that the command line starts at once.
"""

# ruff: noqa: F405  the names of `__all__` come from the API
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.api import *  # noqa: F403

__all__ = [
    "Action",
    "AgencyReturn",
    "Asker",
    "CalendarFile",
    "Case",
    "CaseState",
    "CaseSummary",
    "Change",
    "CheckedCase",
    "ClockDate",
    "ClockState",
    "Conflict",
    "Difference",
    "Documents",
    "Earlier",
    "FilledForm",
    "FormQuestion",
    "GoBack",
    "HoldEntry",
    "KeyDate",
    "LogEntry",
    "MeetingEntry",
    "Messages",
    "Outcome",
    "OwnerEntry",
    "Person",
    "PlanAction",
    "Problem",
    "Procedure",
    "Rag",
    "Reading",
    "Reconciliation",
    "Report",
    "ReturnEntry",
    "Severity",
    "SourceWorkbook",
    "Status",
    "Timeliness",
    "UnknownReportError",
    "ask_for_case",
    "case_form",
    "check_case",
    "check_procedure",
    "check_report_name",
    "compare_procedures",
    "copy_procedure",
    "explain_due_date",
    "find_workbooks",
    "format_outcome",
    "format_reconciliation",
    "generate",
    "load_case",
    "load_earlier_report",
    "load_people",
    "load_procedure",
    "make_calendar",
    "make_documents",
    "make_messages",
    "make_report",
    "make_returns",
    "milestone_dates",
    "procedure_schema",
    "read_workbook",
    "reconcile_workbooks",
    "regenerate_workbook",
    "report_names",
    "rules_currency",
    "step_table",
    "summarise_case",
    "write_case",
]

__version__ = "1.0.0"


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("tracker.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
