"""The lives of cases by chance: when each step was taken, and what people typed, the same for the same number.

Of sixteen cases one is live, at every stage in turn: some thirty of 500, the few dozen of a partnership, and of ten
years of a country about as many as a year has Rapid Reviews. The others are over, two in three with their Rapid
Review. The bench looks at them as at `AS_AT`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from tracker.case.model import Agency, Case, Child, Details, Meeting, Person
from tracker.formula.values import day_of, serial
from tracker.procedure.load import load_calendar_facts, load_procedure
from tracker.workdays import bank_holidays, edate, workday

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.plan import Plan, PlannedRow
    from tracker.procedure.model import Procedure, Step

AS_AT = date(2026, 11, 19)
FACTS = load_calendar_facts()
LIVE = (
    "SIN",
    "Rapid Review",
    "National Panel",
    "commissioned",
    "LCSPR",
    "LCSPR late",
    "improvement plan",
    "hold",
)
_FIRST = date(2016, 11, 21)
ONE_LIVE_OF = 16
_AGO = {"SIN": (1, 6), "Rapid Review": (10, 26), "National Panel": (35, 60), "commissioned": (75, 95),
        "LCSPR": (110, 200), "LCSPR late": (290, 330), "improvement plan": (340, 420), "hold": (250, 300)}  # fmt: skip
"""How many days ago the council became aware, for each kind of live case."""
_BEFORE_SIN = frozenset(
    {"SIN-2.1", "SIN-2.6", "SIN-3.2", "SIN-3.2b", "SIN-3.3", "SIN-3.3b", "SIN-3.3c", "SIN-3.3d", "SIN-3.5"}
)

_AGENCIES = (
    ("Dorset Police", "POL"), ("NHS Dorset ICB", "ICB"), ("Dorset HealthCare", "DHC"),
    ("University Hospitals Dorset", "UHD"), ("Dorset County Hospital", "DCH"), ("Adult Social Care", "ASC"),
    ("Probation Service", "PRO"), ("Cafcass", "CAF"), ("Housing", "HOU"), ("Fire and Rescue", "FRS"),
)  # fmt: skip
_SUMMARIES = ("Serious harm to an infant", "Death of a baby, neglect suspected", "Serious harm to two siblings",
              "Harm to a young person by an adult known to the family", "Death in the home, cause not yet known",
              "Serious injury, first thought an accident", "Exploitation of a young person")  # fmt: skip
_PROGRESS = (
    "Asked the author: the second draft is promised for next week",
    "Spoke with the Head of Service: the return is nearly finished",
    "Rang the agency's single point of contact: one section is still missing",
    "Mail sent to all members; comments are asked for by Friday",
    "Raised at Leadership; they will come back to it at the next meeting",
    "The draft is with Legal Services",
    "The chair has seen it and asks for two changes",
    "Business Support is arranging it",
    "Waiting for the medical opinion",
    "Checked against the Mosaic record: two dates were put right",
    "The family has been told what happens next",
    "The numbers are to be confirmed by the data team",
)
_DECISIONS = (
    "Agreed to go on without the medical opinion and to add it when it arrives",
    "Agreed that the chair signs off by mail",
    "Agreed to ask every agency for a full chronology",
    "Agreed that the family is told in person",
    "Agreed to hold the next meeting online",
    "Agreed without change",
)
_CHASED = (
    "Rang the agency's single point of contact: the return is promised for this week",
    "Second reminder sent by mail",
    "Asked the Head of Service to press for the return",
    "Left a message with the agency's business support",
    "Spoke with the author: the draft comes before the next meeting",
    "Reminder sent; an answer is promised for Friday",
)
_IMPACT = (
    "Dip sample of ten records: nine follow the new guidance",
    "All team managers have had the training",
    "Supervision notes now record it",
    "The audit finds fewer late handovers than last year",
    "Practitioners say that they know whom to ask",
    "Escalations are answered within two days",
)
_TEXTS = {"Decision": _DECISIONS, "Chased": _CHASED, "Impact": _IMPACT}
_REASONS = ("Two agencies asked for more time", "Author on leave; agreed by the chair",
            "Medical report outstanding", "Criminal proceedings: agreed with the Crown Prosecution Service",
            "Meeting moved by Leadership")  # fmt: skip


def _procedure() -> Procedure:
    procedure, problems = load_procedure("dorset")
    assert procedure, problems
    return procedure


PROCEDURE = _procedure()
_STEPS: Mapping[str, Step] = {step.id: step for stage in PROCEDURE.stages for step in stage.steps}
STANDING = frozenset(step.id for step in _STEPS.values() if step.standing)
"""Steps done again and again until the case is closed."""


@cache
def _holidays() -> frozenset[int]:
    return frozenset(serial(day) for day in bank_holidays("GB", "ENG", 2016, 2029))


@dataclass(frozen=True)
class Story:
    """One case: its kind, its description as known in its first days, and the dates of its life."""

    number: int
    kind: str
    case: Case
    aware: date
    sent: date
    panel: date
    letter: date | None
    publication: date | None
    end: date
    closed: date | None

    @property
    def live(self) -> bool:
        return self.kind in LIVE

    @property
    def chance(self) -> Random:
        """Chance of its own for what is typed."""
        return Random(f"typed {self.case.details.reference} {self.aware}")


def _on(day: date, count: int) -> date:
    """The working day so many after a day."""
    return day_of(workday(serial(day), count, _holidays()))


def story(number: int, seed: int) -> Story:
    """The case of a number."""
    chance = Random(f"{seed} {number}")
    if number % ONE_LIVE_OF == 0:
        kind = LIVE[number // ONE_LIVE_OF % len(LIVE)]
        aware = AS_AT - timedelta(days=chance.randint(*_AGO[kind]))
    else:
        kind = "LCSPR over" if number % 3 == 0 else "Rapid Review over"
        least = 560 if number % 3 == 0 else 160
        aware = _FIRST + timedelta(days=chance.randrange((AS_AT - _FIRST).days - least))
    aware = _on(aware, 0 if aware.weekday() < 5 else 1)
    late = chance.random() < 0.1
    sent = _on(aware, chance.randint(6, 8) if late else chance.choice((3, 4, 5, 5, 5)))
    panel = _on(sent, chance.randint(25, 33))
    letter = publication = None
    if kind == "LCSPR over" or kind in LIVE[3:]:
        letter = _on(panel, chance.randint(5, 9))
        publication = _on(day_of(edate(serial(letter), 6)), -chance.randint(0, 12))
    finished = _on(publication, chance.randint(30, 60)) if publication else _on(panel, chance.randint(25, 45))
    closed = None if kind in LIVE else min(finished, AS_AT)
    case = _described(number, kind, aware, chance)
    return Story(number, kind, case, aware, sent, panel, letter, publication, closed or AS_AT, closed)


def _described(number: int, kind: str, aware: date, chance: Random) -> Case:
    agencies = tuple(
        Agency(name, code, employer="council" if code in {"ASC", "HOU"} else "partner agency",
               statutory=code in {"POL", "ICB"}, contact="P. Example", email=f"{code.lower()}@example.org")
        for name, code in (*_AGENCIES[:2], *chance.sample(_AGENCIES[2:], chance.randint(3, 6)))
    )  # fmt: skip
    people = {role.name: Person(f"{chance.choice('ABCDEFHJKLMNPRSTW')}. Example", f"role{place}@example.org")
              for place, role in enumerate(PROCEDURE.roles) if not role.option}  # fmt: skip
    details = Details(
        reference=f"DOR-{aware.year}-{number:03}",
        summary=chance.choice(_SUMMARIES),
        incident=aware - timedelta(days=chance.randint(0, 12)),
        aware=aware,
        died=kind != "SIN" and chance.random() < 0.4,
    )
    meetings = tuple(
        Meeting(name, _on(aware, count), chance.choice(("10:00", "14:00")), "Online")
        for name, count in (("Rapid Review", 15), ("Leadership", 18), ("Action planning", 23))
    )
    children = tuple(Child(f"Child {place}") for place in range(1, chance.choice((1, 1, 1, 2, 2, 3)) + 1))
    return Case(details, children=children, agencies=agencies, people=people, meetings=meetings)


def words(chance: Random, kind: str = "Progress") -> str:
    """A line of progress, or what was decided, chased or achieved; drawn three times, so that no life changes."""
    found = _TEXTS.get(kind, _PROGRESS)
    return found[sum(chance.randrange(count) for count in (8, 9, 7)) % len(found)]


def reason(chance: Random) -> str:
    """Why a date was moved."""
    return chance.choice(_REASONS)


# When each step was taken


def _due(told: Story, row: PlannedRow, first_panel: date | None) -> date | None:
    zero = {"SIN day zero": told.aware, "Rapid Review day zero": told.sent, "LCSPR day zero": told.letter,
            "Publication": told.publication, "National Panel meeting": told.panel,
            "First Review Panel": first_panel}.get(row.counted_from)  # fmt: skip
    if zero is None or row.count is None:
        return None
    if row.unit == "weeks":
        return zero + timedelta(weeks=row.count)
    return day_of(edate(serial(zero), row.count)) if row.unit == "months" else _on(zero, row.count)


def _own_day(told: Story, row: PlannedRow, due: date | None, before: date, chance: Random) -> date:
    """The day a row was done, were it for itself: mostly in time; undated ones soon after what came before."""
    if row.step == "SIN-3.4":
        return told.sent
    if due is None:
        return _on(before, chance.randint(0, 2))
    if chance.random() < 0.06 and row.basis != "Statutory":
        return _on(due, chance.randint(1, 5))
    day = _on(due, -chance.randint(0, 2))
    counts_on = row.count is not None and row.count >= 0
    return max(day, due if counts_on and not row.count else told.aware)


def days_done(told: Story, plan: Plan) -> dict[str, date]:
    """When each row of a case was or will be done, by its ID, in the order in which steps wait for each other."""
    chance, days, by_step = told.chance, {}, dict[str, date]()
    zero = {"SIN": told.aware, "Rapid Review": told.sent, "LCSPR": told.letter or told.end}
    for stage, rows in plan.rows.items():
        for row in rows:
            due = _due(told, row, by_step.get("LCSPR-7.8"))
            waits = [by_step[each] for each in _STEPS[row.step].after if each in by_step]
            start = {"National Panel meeting": told.panel, "First Review Panel": by_step.get("LCSPR-7.8")}
            waits.append(start.get(row.counted_from) or zero[stage])
            day = max(_own_day(told, row, due, max(waits), chance), *waits)
            if row.step in _BEFORE_SIN:
                day = min(day, told.sent)
            if row.step == "RR-6.8":
                day = max(day, told.panel)
            if row.step in STANDING:
                day = told.closed or date.max
            days[row.id] = day
            if row.step not in STANDING:
                by_step[row.step] = max(day, by_step.get(row.step, day))
    return days
