"""What needs a decision, and the two sentences at the top of a report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from tracker.problems import codes
from tracker.report.blocks import name
from tracker.report.frame import hold_of, is_closed
from tracker.report.lines import working_days
from tracker.text import article, listed, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from tracker.report.blocks import Spans
    from tracker.report.lines import CaseRows, ReportRow

_RESPONSES = {
    "agrees": "the National Panel agrees with the {review}",
    "recommends LCSPR": "the National Panel recommends one",
    "recommends no LCSPR": "the National Panel recommends none",
}
_DISAGREES = {("LCSPR", "recommends no LCSPR"), ("no LCSPR", "recommends LCSPR")}
CELLS_NAMED = 3
_STEPS_NAMED = 12
CASES_NAMED = 3
"""Up to this many cases a sentence names; beyond, it counts them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that is awaited. `kind` says which, `because` what it follows from.

    `review` is the local review it is about, with its article: `an LCSPR`.
    """

    case: str
    case_anchor: str
    kind: str
    ask: str
    because: str
    review: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its lead, then phrases that lead to the rows they count, else what to say where there are none."""

    lead: str
    phrases: Spans
    otherwise: str


def decisions(case: CaseRows, as_at: date) -> tuple[Decision, ...]:
    """What someone must decide in a case; a closed case asks for nothing."""
    if is_closed(case.state, as_at):
        return ()
    return (*_about_lcspr(case), *_about_hold(case, as_at), *_about_delay(case, as_at))


def awaited(case: CaseRows, as_at: date) -> tuple[Decision, ...]:
    """What someone must decide in a case, and what must be settled before its figures can be relied on."""
    return (*decisions(case, as_at), *_to_settle(case, as_at))


def _about_lcspr(case: CaseRows) -> Iterator[Decision]:
    values = case.state.decisions
    response = str(values.get("panel_response") or "")
    undecided = values.get("lcspr") not in {"yes", "no"}
    rapid, local = case.state.marks.names
    local = f"{article(local)} {local}"
    if response == "asks for more":
        answer = case.by_id.get(case.state.marks.question.step)
        if answer is None or answer.open:  # else the National Panel's next letter is awaited
            because = "the National Panel asks for more"
            yield _decision(case, "question", "Answer the National Panel's question", because)
    elif undecided and response in _RESPONSES:
        because = _RESPONSES[response].format(review=rapid)
        if (values.get("rapid_review_recommends"), response) in _DISAGREES:
            because += f", the {rapid} the opposite"
        yield _decision(case, "LCSPR", f"Whether to hold {local}", because, local)
    elif undecided and values.get("criteria_met") == "no":
        because = "the notification criteria were found not met"
        yield _decision(case, "LCSPR", f"Whether to hold {local} all the same", because, local)


def _about_hold(case: CaseRows, as_at: date) -> Iterator[Decision]:
    hold = hold_of(case.state, as_at)
    if hold and hold.review_on and hold.past_review:
        because = f"its review date was {short_date(hold.review_on)}"
        yield _decision(case, "hold", "Whether the hold on publication goes on", because)
    elif hold and hold.review_on is None:
        yield _decision(case, "hold", "When the hold on publication is reviewed", "it has no review date")


def _about_delay(case: CaseRows, as_at: date) -> Iterator[Decision]:
    """The reasons for delay, asked for shortly before publication is due while steps before it are open."""
    milestones = case.state.marks
    last, reasons = case.by_id.get(milestones.local_review.step), case.by_id.get(milestones.delay.step)
    if not (last and reasons and last.due and last.open and reasons.open):
        return
    days = working_days(as_at, max(last.due, as_at)).of(case.state.holidays)
    open_before = _in_the_way(case, last, as_at)
    if open_before and last.due <= days.after(as_at, milestones.delay_within):
        more = len(open_before) - _STEPS_NAMED
        named = listed([*open_before[:_STEPS_NAMED], f"{more} more"] if more > 0 else open_before)
        because = f"{last.label} is due {short_date(last.due)}, and still open before it: {named}"
        yield _decision(case, "delay", f"The reason for delay ({reasons.label})", because)


def _in_the_way(case: CaseRows, last: ReportRow, as_at: date) -> list[str]:
    """The open steps that a step waits for, directly or through others, in working order.

    One whose own day is still to come, and comes before the step's, is in time and stands in nobody's way.
    """
    before = case.open_before(last)
    return [row.label for row in before if not (row.judged and last.due and as_at <= row.judged <= last.due)]


def _to_settle(case: CaseRows, as_at: date) -> Iterator[Decision]:
    """What two workbooks, two values of a cell, or actions left over in a closed case ask."""
    file = PurePath(case.state.workbooks[0].path).name
    for twin in case.state.problems:
        if twin.code == codes.SAME_CASE_TWICE:
            because = f"{twin.found} as {file}; this report counts both"
            yield _decision(case, "twin", "Which workbook of the case is in use", because)
    cells = [str(each.get("cell") or each.get("id") or "") for each in case.state.conflicts]
    if cells:
        named = listed(cells) if len(cells) <= CELLS_NAMED else quantity(len(cells), "cell")
        because = f"a conflict is open in {named}; tracker regenerate lists it"
        yield _decision(case, "conflict", "Which of two values stands", because)
    late = sum(row.rag == "Overdue" for row in case.lines)
    if late and is_closed(case.state, as_at):
        ask = "Whether the case is closed: complete its rows, or mark them Not applicable"
        because = f"{quantity(late, 'action')} overdue in it; no owner is reminded"
        yield _decision(case, "closed", ask, because)


def _decision(case: CaseRows, kind: str, ask: str, because: str, review: str = "") -> Decision:
    return Decision(case.reference, case.anchor, kind, ask, because, review)


def needed(
    overdue: Sequence[ReportRow],
    chase: Sequence[ReportRow],
    today: Sequence[ReportRow],
    provisional: Sequence[ReportRow],
    statutory: Sequence[ReportRow],
    closed_cases: Collection[str] = (),
) -> Sentence:
    """The first sentence: who is needed. `closed_cases` are the anchors of cases that were closed."""
    cases = {row.case_anchor for row in overdue}
    ended = sum(row.case_anchor in closed_cases for row in overdue)
    of_them = f" ({ended} in {quantity(len(cases & set(closed_cases)), 'closed case')})" if ended else ""
    late = f"{quantity(len(overdue), 'action')} overdue in {quantity(len(cases), 'case')}{of_them}"
    counted = (
        (overdue, late, "overdue"),
        (statutory, f"{quantity(len(statutory), 'statutory date')} missed", "overdue"),
        (chase, f"{len(chase)} to chase", "waiting"),
        (today, f"{len(today)} due today", "due"),
        (provisional, f"{len(provisional)} past a provisional date", "provisional"),
    )
    phrases = tuple(name(text, to=anchor) for rows, text, anchor in counted if rows)
    return Sentence("Needed now", phrases, "nothing is overdue, to chase or due today")


def to_decide(awaited: Sequence[Decision]) -> Sentence:
    """The second sentence: what is to be decided."""
    words = (
        ("LCSPR", "whether to hold {review} in {cases}"),
        ("question", "the answer to the National Panel in {cases}"),
        ("hold", "the hold on publication in {cases}"),
        ("delay", "the reason for delay in {cases}"),
        ("twin", "which workbook of {cases} is in use"),
        ("conflict", "which of two values stands in {cases}"),
        ("closed", "whether {cases} is closed, with actions overdue"),
    )
    phrases = []
    for kind, text in words:
        by_review: dict[str, dict[str, None]] = {}
        for decision in awaited:
            if decision.kind == kind:
                by_review.setdefault(decision.review, {})[decision.case] = None
        for review, cases in by_review.items():
            named = listed(cases) if len(cases) <= CASES_NAMED else quantity(len(cases), "case")
            phrases.append(name(text.format(cases=named, review=review), to="decisions"))
    return Sentence("To decide", tuple(phrases), "no decision is awaited")
