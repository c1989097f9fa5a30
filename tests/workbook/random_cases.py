"""Cases by chance, the same for the same number: every kind of case, and what people type into its workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from tracker import rules
from tracker.case.load import chairs_of
from tracker.case.model import (
    CHOICES,
    Agency,
    Case,
    Child,
    Dates,
    Decisions,
    Details,
    Hold,
    Meeting,
    Options,
    Person,
)
from tracker.plan import Plan, PlannedRow, make_plan
from tracker.procedure.model import EMPLOYERS
from tracker.workbook import layout
from tracker.workbook.build import Workbook, build
from tracker.workdays import bank_holidays
from workbook.making import FACTS, PROCEDURE, STAGES, lay_rows, row_of, type_in, worked_out_again

if TYPE_CHECKING:
    from collections.abc import Callable

BANK_HOLIDAYS = tuple(bank_holidays("GB", "ENG", 2018, 2027))
FIRST, LAST = date(2018, 1, 1), date(2027, 12, 31)
ROLES = tuple(role.name for role in chairs_of(PROCEDURE))
CLOCKS = tuple(clock.name for clock in PROCEDURE.clocks)
NASTY = (
    "=1+1",
    "+44 1305",
    "-5",
    "@home",
    '=HYPERLINK("x")',
    "a*b?c~d",
    '"quoted" & <tag>',
    "Käthe",
    "_x0041_ x",
)
AGENCIES = (
    "Dorset Police",
    "NHS Dorset ICB",
    "University Hospitals Dorset",
    "Probation",
    "Adult Social Care",
    *NASTY,
)
UNITS = (*("working days", "weeks", "months") * 3, "", "fortnights")


def _day_zero(chance: Random) -> date:
    """Any day of ten years; a bank holiday or a weekend more often than by itself."""
    kind = chance.random()
    if kind < 0.2:
        return chance.choice(BANK_HOLIDAYS)
    day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))
    if kind < 0.4:
        day -= timedelta(days=day.weekday() - chance.choice((5, 6)))
    return min(max(day, FIRST), LAST)


def _later(chance: Random, start: date, most: int, share: float) -> date | None:
    return start + timedelta(days=chance.randint(0, most)) if chance.random() < share else None


def _agencies(chance: Random) -> tuple[Agency, ...]:
    names = chance.sample(AGENCIES, chance.randint(0, 8))
    return tuple(
        Agency(
            name,
            f"A{number}",
            chance.choice(EMPLOYERS),
            statutory=chance.random() < 0.5,
            contact=chance.choice(("", "P. Example", *NASTY)),
        )
        for number, name in enumerate(names, 1)
    )


def _decisions(chance: Random, zero: date) -> Decisions:
    def word(path: str) -> str:
        return chance.choice(CHOICES[f"decisions.{path}"])

    return Decisions(
        criteria_met=word("criteria_met"),
        criteria_decided=_later(chance, zero, 60, 0.5),
        criteria_reason=chance.choice(("", "Not met", *NASTY)),
        rapid_review_recommends=word("rapid_review_recommends"),
        panel_response=word("panel_response"),
        lcspr=word("lcspr"),
        lcspr_reason=chance.choice(("", "Local learning is enough", *NASTY)),
        publication_form=word("publication_form"),
        case_closed=_later(chance, zero, 900, 0.1),
    )


def _details(chance: Random, number: int, aware: date | None) -> Details:
    return Details(
        reference=f"DOR-{number:04}",
        summary=chance.choice(("", "Harm to an infant", *NASTY)),
        incident=aware,
        aware=aware,
        died=chance.random() < 0.3,
        looked_after=chance.choice(CHOICES["case.looked_after"]),
        abuse_or_neglect=chance.choice(CHOICES["case.abuse_or_neglect"]),
    )


def random_case(number: int) -> tuple[Case, date]:
    """A case, and the date it is looked at."""
    chance = Random(number)
    zero = _day_zero(chance)
    aware = None if chance.random() < 0.04 else zero
    recommended = _later(chance, zero, 90, 0.35)
    people = {role: Person(chance.choice(("A. Example", *NASTY))) for role in chance.sample(ROLES, 4)}
    case = Case(
        details=_details(chance, number, aware),
        marking=chance.choice(("OFFICIAL-SENSITIVE", "", "=OFFICIAL & more")),
        children=tuple(Child(f"Child {place}") for place in range(1, chance.randint(1, 3) + 1)),
        agencies=_agencies(chance),
        people=people,
        dates=Dates(
            sin_submitted=_later(chance, zero, 14, 0.55),
            national_panel_meeting=_later(chance, zero, 70, 0.4),
            lcspr_recommended=recommended,
            lcspr_decided=_later(chance, zero, 120, 0.25),
            publication=_later(chance, zero + timedelta(days=90), 900, 0.35),
            published=_later(chance, zero + timedelta(days=90), 300, 0.15),
        ),
        decisions=_decisions(chance, zero),
        holds=_holds(chance, zero),
        options=Options(
            tuple(chance.sample(("Somerset", "Wiltshire", "=BCP"), chance.randint(0, 3))),
            submitters_absent=chance.random() < 0.3,
            rapid_review_chair=chance.choice(ROLES),
        ),
        meetings=tuple(
            Meeting(
                chance.choice(PROCEDURE.meeting_kinds),
                _later(chance, zero, 90, 0.8),
                chance.choice(("", "9:30")),
            )
            for _ in range(chance.randint(0, 3))
        ),
        extra_bank_holidays=tuple(
            sorted({zero + timedelta(days=chance.randint(-20, 200)) for _ in range(chance.randint(0, 4))})
        ),
        office_closures=tuple(
            zero + timedelta(days=chance.randint(0, 60)) for _ in range(chance.randint(0, 6))
        ),
    )
    return case, zero + timedelta(days=chance.choice((-3, 0, 1, 5, 8, 15, 30, 60, 120, 250, 400)))


def _holds(chance: Random, zero: date) -> tuple[Hold, ...]:
    starts = [zero + timedelta(days=chance.randint(0, 200)) for _ in range(chance.choice((0, 0, 1, 2)))]
    return tuple(
        Hold(start, _later(chance, start, 300, 0.7), _later(chance, start, 200, 0.5), "A trial", "Leadership")
        for start in starts
    )


def _own_rows(chance: Random, plan: Plan) -> Plan:
    """The plan with a few rows of a person's own on each stage sheet."""
    rows = {
        stage: (
            *issued,
            *(
                PlannedRow(
                    id="",
                    stage=stage,
                    step="",
                    paragraph="",
                    action=chance.choice(("Ask the school", *NASTY)),
                    owner=chance.choice((*ROLES, *AGENCIES, "somebody else", "")),
                    counted_from=chance.choice((*CLOCKS, "", "no such clock")),
                    count=chance.choice((None, -7, 0, 3, 8)),
                    unit=chance.choice(UNITS),
                    basis="Added",
                    status=chance.choice(rules.STATUSES),
                )
                for _ in range(chance.randint(0, 3))
            ),
        )
        for stage, issued in plan.rows.items()
    }
    return replace(plan, rows=rows)


def _typed_rows(chance: Random, workbook: Workbook, as_at: date) -> None:
    """Agreed dates, completions, statuses and words typed over some rows of each stage."""

    def near() -> date:
        return as_at + timedelta(days=chance.randint(-25, 25))

    typed: dict[str, Callable[[], object]] = {
        "Agreed date": lambda: chance.choice((near(), near(), near(), "to be agreed")),
        "Completed": lambda: chance.choice((near(), near(), near(), "yes", "ongoing =")),
        "Status": lambda: chance.choice((*rules.STATUSES, None)),
        "Progress": lambda: chance.choice(NASTY),
        "Reason for change": lambda: chance.choice(("As agreed", *NASTY, "long " * 30)),
        "Named owner": lambda: chance.choice(("Someone else", *NASTY)),
        "Owner": lambda: chance.choice((*ROLES, *AGENCIES, None)),
        "Unit": lambda: chance.choice((*UNITS, None)) or None,
        "Count": lambda: chance.choice((None, 1, -2, 4)),
    }
    shares = (0.15, 0.2, 0.15, 0.1, 0.1, 0.03, 0.04, 0.02, 0.02)
    for sheet in STAGES:
        table = workbook.book.tables[rules.table_name(sheet)]
        for row in table.rows():
            for (title, draw), share in zip(typed.items(), shares, strict=True):
                if chance.random() < share:
                    type_in(workbook, sheet, row, title, draw())


def _milestones(chance: Random, workbook: Workbook, zero: date) -> None:
    """What starts clocks: the SIN sent, at some hour of the day perhaps; the first Review Panel held."""
    for row_id, share in (("SIN-3.4", 0.2), ("LCSPR-7.8", 0.4)):
        if chance.random() < share:
            sheet, row = row_of(workbook, row_id)
            day = zero + timedelta(days=chance.randint(0, 150 if sheet == "LCSPR" else 9))
            hour = chance.choice((0, 0.5))
            type_in(workbook, sheet, row, "Completed", (day - date(1899, 12, 30)).days + hour)


def _plan_and_log(chance: Random, workbook: Workbook, as_at: date) -> None:
    def near(share: float = 0.6) -> date | None:
        return as_at + timedelta(days=chance.randint(-20, 20)) if chance.random() < share else None

    lay_rows(
        workbook,
        layout.PLAN,
        [
            {
                "ID": f"AP-{number:03}",
                "Recommendation": chance.choice(("Train", "", *NASTY)),
                "Action": chance.choice(("Write the guidance", None, *NASTY)),
                "Owner": chance.choice((*ROLES, *AGENCIES, None)),
                "Target date": near(),
                "Agreed date": near(0.3),
                "Completed": near(0.2),
                "Status": chance.choice((*rules.STATUSES, None)),
            }
            for number in range(1, chance.randint(1, 8))
        ],
    )
    lay_rows(
        workbook,
        layout.LOG,
        [{"Date": near(), "What": "Note", "Text": chance.choice(NASTY)} for _ in range(chance.randint(0, 4))],
    )


def random_workbook(number: int) -> Workbook:
    """A workbook by chance, with what people typed into it."""
    case, as_at = random_case(number)
    chance = Random(f"typed {number}")
    workbook = build(_own_rows(chance, make_plan(case, PROCEDURE)), FACTS, as_at)
    _typed_rows(chance, workbook, as_at)
    _milestones(chance, workbook, case.details.aware or as_at)
    _plan_and_log(chance, workbook, as_at)
    return worked_out_again(workbook)
