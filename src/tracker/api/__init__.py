"""What other programs may rely on: the steps that the commands themselves call.

They are taken from the package itself: `from tracker import load_case, generate, reconcile_workbooks`. Each gives back
what was understood together with every problem as a value: a wrong file, cell or word raises nothing. Nothing is
printed, asked or written (but for `copy_procedure`), the clock is not read, and the same input gives the same result.

Where a `Source` is taken, a text or a path names a file, and bytes are the content itself. A procedure is a set's
name, its folder, or a `Procedure` that was loaded before. A password is a text, or a function that gives it by the
name of the file; no password at all leaves a locked workbook unread.
"""

# mypy: implicit-reexport
# ruff: noqa: F401  what is imported here is offered, by the names in `tracker.__all__`
from __future__ import annotations

from tracker.api.cases import (
    CaseSummary,
    CheckedCase,
    ClockDate,
    FilledForm,
    KeyDate,
    case_form,
    check_case,
    generate,
    load_case,
    load_people,
    milestone_dates,
    summarise_case,
    write_case,
)
from tracker.api.handouts import AgencyReturn, Documents, make_documents, make_returns
from tracker.api.reports import (
    CalendarFile,
    Messages,
    Report,
    UnknownReportError,
    check_report_name,
    load_earlier_report,
    make_calendar,
    make_messages,
    make_report,
    report_names,
)
from tracker.api.sources import (
    check_procedure,
    copy_procedure,
    find_workbooks,
)
from tracker.api.workbooks import (
    explain_due_date,
    format_outcome,
    format_reconciliation,
    read_workbook,
    reconcile_workbooks,
    regenerate_workbook,
)
from tracker.case.answers import FormQuestion, GoBack, ask_for_case
from tracker.case.model import Case, Person
from tracker.case.questions import Asker
from tracker.merge import Conflict
from tracker.plan import step_table
from tracker.problems import Problem, Severity
from tracker.procedure.format import procedure_schema
from tracker.procedure.load import load_procedure
from tracker.procedure.model import Procedure, rules_currency
from tracker.procedure.sets import Difference, compare_procedures
from tracker.reconcile.model import (
    Action,
    CaseState,
    Change,
    ClockState,
    HoldEntry,
    LogEntry,
    MeetingEntry,
    OwnerEntry,
    PlanAction,
    Reconciliation,
    ReturnEntry,
    SourceWorkbook,
    Timeliness,
)
from tracker.regenerate.outcome import Outcome
from tracker.report.history import Earlier
from tracker.rules import Rag, Status
from tracker.workbook.reading import Reading
