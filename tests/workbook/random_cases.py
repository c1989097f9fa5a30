"""Cases by chance, the same for the same number: every kind of case, and what people type into its workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from tracker import rules
from tracker.case.description import assignable_roles
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
from workbook.making import FACTS, PROCEDURE, content, lay_rows, page_of, row_of, type_in, worked_out_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.procedure.model import Procedure

BANK_HOLIDAYS = tuple(bank_holidays("GB", "ENG", 2018, 2027))
FIRST, LAST = date(2018, 1, 1), date(2027, 12, 31)
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
UNITS = (*("working days", "days", "weeks", "months") * 3, "", "fortnights")


def _roles(procedure: Procedure) -> tuple[str, ...]:
    return tuple(role.name for role in assignable_roles(procedure)) or tuple(
        role.name for role in procedure.roles if not role.option
    )


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
        notify=chance.choice(("yes", "yes", "yes", word("notify"))),
        notify_decided=_later(chance, zero, 5, 0.2),
        rapid_review_continues=word("rapid_review_continues"),
        learning_review=word("learning_review"),
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


def _child(chance: Random, place: int) -> Child:
    looked_after = chance.choice(("", "", *CHOICES["case.looked_after"]))
    return Child(f"Child {place}", chance.choice((None, None, True, False)), looked_after)


def random_case(number: int, procedure: Procedure = PROCEDURE) -> tuple[Case, date]:
    """A case, and the date it is looked at."""
    roles = _roles(procedure)
    chance = Random(number)
    zero = _day_zero(chance)
    aware = None if chance.random() < 0.04 else zero
    recommended = _later(chance, zero, 90, 0.35)
    people = {role: Person(chance.choice(("A. Example", *NASTY))) for role in chance.sample(roles, 4)}
    case = Case(
        details=_details(chance, number, aware),
        marking=chance.choice(("OFFICIAL-SENSITIVE", "", "=OFFICIAL & more")),
        children=tuple(_child(chance, place) for place in range(1, chance.randint(1, 3) + 1)),
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
            rapid_review_chair=chance.choice(roles),
        ),
        meetings=tuple(
            Meeting(
                chance.choice(procedure.meeting_kinds),
                _later(chance, zero, 90, 0.8),
                chance.choice(("", "9:30")),
            )
            for _ in range(chance.randint(0, 4))
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
    clocks = tuple(clock.name for clock in plan.procedure.clocks)
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
                    owner=chance.choice((*_roles(plan.procedure), *AGENCIES, "somebody else", "")),
                    counted_from=chance.choice((*clocks, "", "no such clock")),
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
        "Owner": lambda: chance.choice((*_roles(workbook.plan.procedure), *AGENCIES, None)),
        "Unit": lambda: chance.choice((*UNITS, None)) or None,
        "Count": lambda: chance.choice((None, 1, -2, 4)),
    }
    shares = (0.15, 0.2, 0.15, 0.1, 0.1, 0.03, 0.04, 0.02, 0.02)
    for sheet in (stage.name for stage in workbook.plan.procedure.stages):
        table = workbook.book.tables[rules.table_name(sheet)]
        for row in table.rows():
            for (title, draw), share in zip(typed.items(), shares, strict=True):
                if chance.random() < share:
                    type_in(workbook, sheet, row, title, draw())


def _milestones(chance: Random, workbook: Workbook, zero: date) -> None:
    """What starts clocks: the SIN sent, at some hour of the day perhaps; the first Review Panel held."""
    procedure = workbook.plan.procedure
    planned = {each.id for rows in workbook.plan.rows.values() for each in rows}
    starting = [clock.step for clock in procedure.clocks if clock.step in planned]
    for row_id, share in zip(starting, (0.2, *[0.4] * len(starting)), strict=False):
        if chance.random() < share:
            sheet, row = row_of(workbook, row_id)
            first = sheet == procedure.stages[0].name
            day = zero + timedelta(days=chance.randint(0, 9 if first else 150))
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
                "Owner": chance.choice((*_roles(workbook.plan.procedure), *AGENCIES, None)),
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


def _prepared(chance: Random, workbook: Workbook, as_at: date) -> None:
    """Some rows have all they wait for done, or not applicable: those without a date are Ready then."""
    planned = [each for rows in workbook.plan.rows.values() for each in rows]
    steps = {step.id: step for _, step in workbook.plan.procedure.steps()}
    waiting = [each for each in planned if each.step in steps and steps[each.step].after]
    for each in chance.sample(waiting, min(len(waiting), chance.randint(0, 5))):
        for before in (row for row in planned if row.step in steps[each.step].after):
            sheet, row = row_of(workbook, before.id)
            if chance.random() < 0.15:
                type_in(workbook, sheet, row, "Status", "Not applicable")
            else:
                type_in(workbook, sheet, row, "Completed", as_at - timedelta(days=chance.randint(0, 9)))


def _meetings(chance: Random, workbook: Workbook) -> None:
    """Meetings that were held, and words where a meeting's date belongs."""
    page, table = page_of(workbook, layout.CALENDAR), workbook.book.tables[layout.MEETING_TABLE]
    for row in table.rows():
        if workbook.book.contents[layout.CALENDAR].get((row, table.columns["Kind"])) is None:
            continue
        for title, word, share in (("Held", "yes", 0.4), ("Date", "to be agreed", 0.1)):
            if chance.random() < share:
                spot = row, table.columns[title]
                page.put(*spot, content(word), page.styles[spot])


def random_workbook(number: int, procedure: Procedure = PROCEDURE) -> Workbook:
    """A workbook by chance, with what people typed into it."""
    case, as_at = random_case(number, procedure)
    chance = Random(f"typed {number}")
    workbook = build(_own_rows(chance, make_plan(case, procedure)), FACTS, as_at)
    _typed_rows(chance, workbook, as_at)
    _milestones(chance, workbook, case.details.aware or as_at)
    _plan_and_log(chance, workbook, as_at)
    _prepared(chance, workbook, as_at)
    _meetings(chance, workbook)
    return worked_out_again(workbook)
