"""What a year of reviews shows: how often each step was on time, where reviews wait, and what is known of quality.

Regulation 14 of SI 2018/789 asks the partners to monitor both time and quality. Time can be counted; of quality a
tracker holds a few facts, and the page says what they cannot show.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from tracker.report.history import safe_id
from tracker.report.lines import PLAN, natural
from tracker.report.monthly import step_of
from tracker.rules import DONE_WORDS
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.report.days import WorkingDays
    from tracker.report.lines import CaseRows, ReportRow
    from tracker.report.monthly import Chart, StepDone
    from tracker.report.sections import Review

WAITS_SHOWN = 10
_NOT_WAITING = {"On hold", "Clock not started", "No date"}
_Taken = tuple[int, "int | None", bool]
"""Of one wait: its working days, those the procedure allows, and whether it still runs."""


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


@dataclass(frozen=True, slots=True)
class QualityFact:
    """What the tracker holds about quality: how many, of how many."""

    fact: str
    number: int
    of: int


# Where reviews wait


def waits(cases: Iterable[CaseRows], as_at: date, days: WorkingDays) -> tuple[Wait, ...]:
    """Every pair of steps between which reviews waited, the longest on average first."""
    found: defaultdict[tuple[str, str], list[_Taken]] = defaultdict(list)
    for case in cases:
        for pair, wait in _waits_of(case, as_at, days):
            found[pair].append(wait)
    pairs = []
    for (before, after), each in found.items():
        taken = [days_taken for days_taken, _, _ in each]
        allowed = [room for _, room, _ in each if room is not None]
        if any(taken):
            average, room = _average(taken), _average(allowed) if allowed else None
            waiting = sum(running for _, _, running in each)
            pairs.append(Wait(before, after, len(each), average, max(taken), room, waiting))
    return tuple(sorted(pairs, key=lambda each: (-each.average, natural(each.after), natural(each.before))))


def _average(numbers: Sequence[int]) -> float:
    return round(sum(numbers) / len(numbers), 1)


def _waits_of(case: CaseRows, as_at: date, days: WorkingDays) -> Iterator[tuple[tuple[str, str], _Taken]]:
    """The waits of one case, each with its two steps: its days, what the procedure allows, whether it still runs."""
    days = days.of(case.state.holidays)
    steps: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in case.lines:
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
    days = [row.completed for row in rows]
    return (
        max(day for day in days if day) if days and all(days) and not any(row.open for row in rows) else None
    )


# Quality


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
    reasons = [reason for review in reviews for reason in review.reasons]
    holds = [hold for case in cases for hold in recorded_holds(case.state, as_at)]
    decided = [case for case in cases if case.state.decisions.get("lcspr") in {"yes", "no"}]
    plan = [row for case in cases for row in case.state.action_plan if row.rag != "Not applicable"]
    done = [row for row in plan if row.rag in DONE_WORDS]
    finished = [row for case in cases for row in case.lines if row.rag in DONE_WORDS]
    facts = [QualityFact(f"{rapid}s sent that the National Panel has answered", len(answered), len(sent))]
    facts += [
        QualityFact(f"Answers: the National Panel {said}", answered.count(answer), len(answered))
        for answer, said in answer_words.items()
    ]
    facts += [
        QualityFact(f"Decisions on {local} with a recorded reason",
                    sum(bool(case.state.decisions.get("lcspr_reason")) for case in decided), len(decided)),
        QualityFact("Key dates late or moved, with a reason",
                    sum(each.text not in {"", "no reason given"} for each in reasons), len(reasons)),
        QualityFact("Holds with a reason and who agreed", sum(bool(each.reason and each.agreed_by) for each in holds),
                    len(holds)),
        QualityFact("Plan actions with a success measure", sum(bool(row.success_measure) for row in plan), len(plan)),
        QualityFact("Plan actions done", len(done), len(plan)),
        QualityFact("Plan actions done, with evidence", sum(bool(row.evidence) for row in done), len(done)),
        QualityFact("Plan actions done, with their impact", sum(bool(row.impact) for row in done), len(done)),
        QualityFact("Plan actions done, signed off", sum(row.signed_off is not None for row in done), len(done)),
        QualityFact("Rows done, with the day", sum(row.completed is not None for row in finished), len(finished)),
    ]  # fmt: skip
    return tuple(facts)


# The page


def step_words(cases: Iterable[CaseRows]) -> Mapping[str, str]:
    """What each step asks for, as the first case that has it says it."""
    found: dict[str, str] = {}
    for case in cases:
        for row in case.lines:
            if safe_id(row.label):
                step = step_of(row.label)
                action = (
                    row.action.partition(": ")[2] if step != row.label and ": " in row.action else row.action
                )
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


def by_month(drawn: Chart | None) -> tuple[Block, ...]:
    """On time by month, or that there are too few months to compare."""
    return parts.months_block(drawn) or (
        Heading("On time by month", "months"),
        parts.none("Too few months with anything done to compare."),
    )


def by_step(steps: Sequence[StepDone], actions: Mapping[str, str]) -> tuple[Block, ...]:
    """The steps that were late at least once; the others are counted."""
    late = [each for each in steps if each.on_time < each.done]
    columns: list[parts.Column[StepDone]] = [
        ("Step", "id", lambda each: parts.name_cell(each.step)),
        ("Action", "action", lambda each: text_cell(free(actions.get(each.step, "")))),
        ("Done", "number", lambda each: number_cell(each.done)),
        ("On time", "number", lambda each: text_cell(words(f"{each.on_time} of {each.done}"))),
        ("Average days late", "number", lambda each: number_cell(each.average_late)),
        ("Longest", "number", lambda each: number_cell(each.longest)),
    ]
    shown = columns if actions else [columns[0], *columns[2:]]
    caption = "The same rows by step, the step most often late first; working days past the due date"
    table = parts.table_or("No step was done late.", caption, late, *shown)
    others = len(steps) - len(late)
    always = (parts.none(f"{quantity(others, 'other step')} always on time."),) if others and late else ()
    return (Heading("On time by step", "steps"), *table, *always)


def waits_blocks(found: Sequence[Wait], actions: Mapping[str, str]) -> tuple[Block, ...]:
    """The longest waits."""

    def step(title: str, field: str) -> parts.Column[Wait]:
        def cell(each: Wait) -> ReportCell:
            label: str = getattr(each, field)
            return text_cell(name(label), small(actions.get(label, "")))

        return title, "text" if actions else "id", cell

    columns: list[parts.Column[Wait]] = [
        step("From", "before"),
        step("To", "after"),
        ("Reviews", "number", lambda each: number_cell(each.reviews)),
        ("Average working days", "number", lambda each: number_cell(each.average)),
        ("Procedure allows", "number", lambda each: number_cell(each.allowed)),
        ("Longest", "number", lambda each: number_cell(each.longest)),
        ("Still waiting", "number", lambda each: number_cell(each.waiting, pressing=True)),
    ]
    caption = (
        "From the last step that was needed first to the step that follows; a review that still waits counts up to "
        "the report date"
    )
    nothing = "No review has waited between two steps."
    table = parts.table_or(nothing, caption, found[:WAITS_SHOWN], *columns, look="matrix")
    more = len(found) - WAITS_SHOWN
    return (
        (*table, parts.none(f"Reviews waited less between {more} other pairs of steps."))
        if more > 0
        else table
    )


def quality_blocks(facts: Sequence[QualityFact]) -> tuple[Block, ...]:
    """The facts about quality, and what no number here can show."""
    columns: list[parts.Column[QualityFact]] = [
        ("What the workbooks hold", "sheet", lambda each: text_cell(words(each.fact))),
        (
            "Number",
            "number",
            lambda each: text_cell(words(f"{each.number} of {each.of}" if each.of else "none yet")),
        ),
    ]
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
        parts.table("What is recorded about quality", facts, *columns, look="narrow", plain=True),
        Para(spans(strong("What no number in this report can show:"))),
        Bullets(tuple(spans(each + ".") for each in cannot)),
    )  # fmt: skip
