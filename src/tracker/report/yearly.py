"""What a year of reviews shows: averages, how often each step was on time, where reviews wait, facts about quality.

Regulation 14 of SI 2018/789 asks the partners to monitor both time and quality. Time can be counted; of quality a
tracker holds a few facts, and the page lists what they cannot show. On time by month and step counts rows with a due
date that the council or the partnership completed (interpretations: averages of lateness leave external and agency
rows out); the average is over those done late.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile
from typing import TYPE_CHECKING, Any

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Bullets,
    Heading,
    Para,
    ReportCell,
    free,
    name,
    number_cell,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.report.frame import recorded_holds
from tracker.report.rows import PLAN, natural, safe_id, step_of
from tracker.rules import DONE_WORDS
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tracker.report.figures import Chart
    from tracker.report.history import Done
    from tracker.report.rows import CaseRows, ReportRow, WorkingDays
    from tracker.report.timeliness import Review

_MONTHS_SHOWN, _WAITS_SHOWN = 12, 10
_YEAR = 12
_NOT_WAITING = {"On hold", "Clock not started", "No date"}
_WaitDays = tuple[int, "int | None", bool]
"""Of one wait: its working days, those the procedure allows, and whether it still runs."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How many were done, how many in time; average working days, and average days late of those that were late."""

    words: str
    done: int
    on_time: int | None
    average: float | None
    average_late: float | None
    open_late: int | None


def measures(reviews: Sequence[Review], named: tuple[str, str]) -> tuple[Measure, ...]:
    """What is measured over the reviews; `named` is what the Rapid Review and the LCSPR are called."""
    rapid, local = named
    fields = (
        ("Notification sent, from awareness", "sin_days", "sin_late", "sin_running"),
        (f"{rapid} sent, from the notification", "days_from_sin", "review_late", "review_running"),
        (f"{rapid} sent, from awareness", "days_from_awareness", "", ""),  # which has no date of its own
        (f"{local} published, from its day zero", "lcspr_days", "lcspr_late", "lcspr_running"),
    )
    found = []
    for measured, days, late, running in fields:
        done = [each for each in reviews if getattr(each, days) is not None]
        lates = [getattr(each, late) for each in done if late and getattr(each, late) is not None]
        open_late = sum(getattr(each, running) > 0 for each in reviews) if running else None
        average = _average([getattr(each, days) for each in done])
        average_late = _average([each for each in lates if each])
        on_time = lates.count(0) if lates else None
        found.append(Measure(measured, len(done), on_time, average, average_late, open_late))
    return tuple(found)


def _average(numbers: Sequence[int]) -> float | None:
    return round(sum(numbers) / len(numbers), 1) if numbers else None


# On time by month and by step


@dataclass(frozen=True, slots=True)
class Month:
    """What was done in a month; in a gap nothing was."""

    month: str
    words: str
    done: int
    on_time: int
    average_late: float | None

    @property
    def share(self) -> int:
        """The on-time share, in percent."""
        return round(100 * self.on_time / self.done) if self.done else 0


@dataclass(frozen=True, slots=True)
class StepDone:
    """How often a step was done over the months, how often on time, and how late the others were."""

    step: str
    done: int
    on_time: int
    average_late: float | None
    longest: int | None


def month_of(day: date) -> str:
    """`2026-11` of a day in November 2026."""
    return day.isoformat()[:7]


def months(done: Iterable[Done], first: str, last: str) -> tuple[Month, ...]:
    """Every month from the first in which something was done to `last`, gaps too; none before `first`, 12 at most."""
    by_month: defaultdict[str, list[int]] = defaultdict(list)
    for each in done:
        by_month[each.month].append(each.days_late)
    year, number = map(int, last.split("-"))
    end = year * _YEAR + number
    days = [date(each // _YEAR, each % _YEAR + 1, 1) for each in range(end - _MONTHS_SHOWN, end)]
    shown = [(month_of(day), f"{day:%b %Y}") for day in days if month_of(day) >= first]
    found = []
    for month, month_words in dropwhile(lambda each: each[0] not in by_month, shown):
        on_time, average, _ = _lateness(by_month[month])
        found.append(Month(month, month_words, len(by_month[month]), on_time, average))
    return tuple(found)


def _lateness(days: list[int]) -> tuple[int, float | None, int | None]:
    """How many were on time; the average and the longest of the days late of the others."""
    late = [each for each in days if each > 0]
    return len(days) - len(late), _average(late), max(late, default=None)


def steps_done(done: Iterable[Done], shown: Iterable[Month]) -> tuple[StepDone, ...]:
    """The steps done in these months, the one most often late first."""
    within = {each.month for each in shown}
    by_step: defaultdict[str, list[int]] = defaultdict(list)
    for each in done:
        if each.month in within:
            by_step[step_of(each.label)].append(each.days_late)
    found = [StepDone(step, len(days), *_lateness(days)) for step, days in by_step.items()]
    return tuple(
        sorted(found, key=lambda each: (each.on_time - each.done, -(each.average_late or 0), each.step))
    )


# Where reviews wait


@dataclass(frozen=True, slots=True)
class Wait:
    """How long reviews took from one step to the next, in working days.

    `reviews` counts those that wait now too, up to the report date; `waiting` those alone. `allowed` are the working
    days the procedure leaves between the two, on average; None where it dates only one of them.
    """

    before: str
    after: str
    reviews: int
    average: float
    longest: int
    allowed: float | None
    waiting: int


def waits(cases: Iterable[CaseRows], as_at: date, days: WorkingDays) -> tuple[Wait, ...]:
    """Every pair of steps between which reviews waited, the longest on average first."""
    found: defaultdict[tuple[str, str], list[_WaitDays]] = defaultdict(list)
    for case in cases:
        for pair, wait in _waits_of(case, as_at, days):
            found[pair].append(wait)
    pairs = []
    for (before, after), each in found.items():
        days_taken, rooms, running = zip(*each, strict=True)
        if any(days_taken):
            allowed = _average([room for room in rooms if room is not None])
            average = _average(days_taken) or 0
            pairs.append(Wait(before, after, len(each), average, max(days_taken), allowed, sum(running)))
    return tuple(sorted(pairs, key=lambda each: (-each.average, natural(each.after), natural(each.before))))


def _waits_of(case: CaseRows, as_at: date, days: WorkingDays) -> Iterator[tuple[tuple[str, str], _WaitDays]]:
    """The waits of one case, each with its two steps: its days, what the procedure allows, whether it still runs."""
    days = days.of(case.state.holidays)
    steps: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in case.rows:
        if safe_id(row.label) and row.sheet != PLAN and row.rag != "Not applicable":
            steps[step_of(row.label)].append(row)
    for step, rows in steps.items():
        needed = {step_of(label) for row in rows for label in row.after} & steps.keys()
        last = max(((day, each) for each in needed if (day := _done(steps[each]))), default=None)
        running = any(row.open and row.rag not in _NOT_WAITING for row in rows)
        done = _done(rows)
        if last is None or not all(_done(steps[each]) for each in needed) or not (done or running):
            continue
        since, before = last
        dues = [max((row.due for row in steps[each] if row.due), default=None) for each in (before, step)]
        room = days.between(dues[0], dues[1]) if dues[0] and dues[1] else None
        yield (before, step), (days.between(since, done or as_at), room, not done)


def _done(rows: Sequence[ReportRow]) -> date | None:
    """The day a step was done: that of its last agency or child; None while one is open or has no day."""
    days = [row.completed for row in rows if row.completed and not row.open]
    return max(days) if days and len(days) == len(rows) else None


# Quality


@dataclass(frozen=True, slots=True)
class QualityFact:
    """What the tracker holds about quality: how many, of how many."""

    fact: str
    number: int
    of: int


def quality(
    cases: Sequence[CaseRows], reviews: Sequence[Review], named: tuple[str, str], as_at: date
) -> tuple[QualityFact, ...]:
    """What the workbooks hold about quality; `named` is what the Rapid Review and the LCSPR are called."""
    rapid, local = named
    sent = [case for case in cases if case.state.timeliness.rapid_review_sent]
    answer_words = {
        "agrees": "agrees",
        "recommends LCSPR": f"recommends {local}",
        "recommends no LCSPR": f"recommends no {local}",
        "asks for more": "asks for more",
    }
    answers = [str(case.state.decisions.get("panel_response")) for case in sent]
    answered = [answer for answer in answers if answer in answer_words]
    reasons = [reason.text not in {"", "no reason given"} for review in reviews for reason in review.reasons]
    holds = [
        bool(hold.reason and hold.agreed_by) for case in cases for hold in recorded_holds(case.state, as_at)
    ]
    decided = [case.state.decisions for case in cases if case.state.decisions.get("lcspr") in {"yes", "no"}]
    plan = [row for case in cases for row in case.state.action_plan if row.rag != "Not applicable"]
    done = [row for row in plan if row.rag in DONE_WORDS]
    finished = [row for case in cases for row in case.rows if row.rag in DONE_WORDS]
    facts: list[tuple[str, list[Any]]] = [
        (f"{rapid}s sent that the National Panel has answered", [answer in answer_words for answer in answers]),
        *((f"Answers: the National Panel {words}", [each == answer for each in answered])
          for answer, words in answer_words.items()),
        (f"Decisions on {local} with a recorded reason", [each.get("lcspr_reason") for each in decided]),
        ("Key dates late or moved, with a reason", reasons),
        ("Holds with a reason and who agreed", holds),
        ("Plan actions with a success measure", [row.success_measure for row in plan]),
        ("Plan actions done", [row.rag in DONE_WORDS for row in plan]),
        ("Plan actions done, with evidence", [row.evidence for row in done]),
        ("Plan actions done, with their impact", [row.impact for row in done]),
        ("Plan actions done, signed off", [row.signed_off for row in done]),
        ("Rows done, with the day", [row.completed for row in finished]),
    ]  # fmt: skip
    return tuple(QualityFact(fact, sum(map(bool, each)), len(each)) for fact, each in facts)


def step_words(cases: Iterable[CaseRows]) -> Mapping[str, str]:
    """What each step asks for, in the words of the first case that has it."""
    found: dict[str, str] = {}
    for row in (row for case in cases for row in case.rows if safe_id(row.label)):
        step, (_, _, of_repeat) = step_of(row.label), row.action.partition(": ")
        action = of_repeat if step != row.label and of_repeat else row.action
        found.setdefault(step, action[:1].upper() + action[1:])
    return found


def step_headings(cases: Iterable[CaseRows]) -> Mapping[str, str]:
    """What each step is called by the procedure itself: nothing of a workbook is in it."""
    return {
        step_of(row): words.partition(" (")[0]  # behind it stands whose row it is
        for case in cases
        for row, words in case.state.headings.items()
        if safe_id(row)
    }


# On the page


def on_time(drawn: Chart | None, steps: Sequence[StepDone], actions: Mapping[str, str]) -> tuple[Block, ...]:
    """On time by month, or that there are too few months to compare; and by step."""
    too_few = parts.none("Too few months with anything done to compare.")
    by_month = parts.months_block(drawn) or (Heading("On time by month", "months"), too_few)
    return (*by_month, *_by_step(steps, actions))


def _by_step(steps: Sequence[StepDone], actions: Mapping[str, str]) -> tuple[Block, ...]:
    """The steps that were late at least once; the others are counted."""
    late = [each for each in steps if each.on_time < each.done]
    action: parts.Column[StepDone] = (
        "Action",
        "action",
        lambda each: text_cell(free(actions.get(each.step, ""))),
    )
    table = parts.table_or(
        "No step was done late.",
        "The same rows by step, the step most often late first; working days past the due date",
        late,
        ("Step", "id", lambda each: parts.name_cell(each.step)),
        *([action] if actions else []),
        *parts.numbers(done="Done"),
        ("On time", "number", lambda each: text_cell(words(f"{each.on_time} of {each.done}"))),
        *parts.numbers(average_late="Average days late", longest="Longest"),
    )
    others = len(steps) - len(late)
    always = (parts.none(f"{quantity(others, 'other step')} always on time."),) if others and late else ()
    return (Heading("On time by step", "steps"), *table, *always)


def waits_blocks(found: Sequence[Wait], actions: Mapping[str, str]) -> tuple[Block, ...]:
    """The longest waits."""

    def step(label: str) -> ReportCell:
        return text_cell(name(label), small(actions.get(label, "")))

    kind = "text" if actions else "id"
    table = parts.table_or(
        "No review has waited between two steps.",
        "From the last step that was needed first to the step that follows; a review that still waits counts up to "
        "the report date",
        found[:_WAITS_SHOWN],
        ("From", kind, lambda each: step(each.before)),
        ("To", kind, lambda each: step(each.after)),
        *parts.numbers(reviews="Reviews", average="Average working days", allowed="Procedure allows"),
        *parts.numbers(longest="Longest"),
        ("Still waiting", "number", lambda each: number_cell(each.waiting, pressing=True)),
        look="matrix",
    )
    more = len(found) - _WAITS_SHOWN
    others = parts.none(f"Reviews waited less between {more} other pairs of steps.")
    return (*table, others) if more > 0 else table


def quality_blocks(facts: Sequence[QualityFact]) -> tuple[Block, ...]:
    """The facts about quality, and what no number here can show."""
    cannot = (
        "whether a review asked the right questions, or heard the family and front-line staff",
        "whether it found the learning that matters",
        "whether practice changed: an action that is done, and even a recorded impact, is what its owner says",
        "why the National Panel answered as it did: read its letters beside these counts",
    )
    return (
        Para(
            spans("Regulation 14 asks the partners to monitor quality as well as time. The numbers above show time. ",
                  "These show what the partners and the National Panel recorded.")
        ),
        parts.table(
            "What is recorded about quality",
            facts,
            ("What the workbooks hold", "sheet", lambda each: text_cell(words(each.fact))),
            ("Number", "number", lambda each: text_cell(words(
                f"{each.number} of {each.of}" if each.of else "none yet"))),
            look="narrow",
            plain=True,
        ),
        Para(spans(strong("What no number in this report can show:"))),
        Bullets(tuple(spans(each + ".") for each in cannot)),
    )  # fmt: skip
