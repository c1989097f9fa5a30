"""The weekly report's first screen: which case is late and why, the numbers, a row a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Collapsible,
    Para,
    ReportCell,
    Tile,
    day_cell,
    free,
    name,
    number_cell,
    rag,
    small,
    spans,
    strong,
    text_cell,
    words,
)
from tracker.rules import DONE_WORDS
from tracker.text import listed, listed_first, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.report.blocks import Spans
    from tracker.report.frame import ClosedCase, ReportedHold
    from tracker.report.weekly import CaseAtGlance, WeeklyView

HEADLINES, CODES = 3, 6


def lead(view: WeeklyView) -> tuple[Para, ...]:
    """How many cases are late; which, why and what that holds up; what is to be decided."""
    live = [each for each in view.summaries if not each.closed]
    if live:
        whole = "The case" if len(live) == 1 else f"All {len(live)} cases"
        many = whole if view.late == len(live) else f"{view.late} of {quantity(len(live), 'case')}"
        first = f"{many} {'is' if view.late == 1 else 'are'} late." if view.late else "No case is late."
    else:
        first = "Every case is closed." if view.closed or view.cases else "No case was read."
    found = [
        Para(spans(strong(first)), "headline"),
        *(
            Para(spans(name(each.case, to=each.case_anchor), ": ", free(each.words)), "lead")
            for each in view.headlines[:HEADLINES]
        ),
    ]
    if (more := len(view.headlines) - HEADLINES) > 0:
        needs = "needs" if more == 1 else "need"
        found.append(Para(spans(f"{quantity(more, 'more case')} {needs} somebody this week."), "lead"))
    if view.to_decide.phrases:
        found.append(parts.sentence(view.to_decide))
    return tuple(found)


def quiet_tiles(tiles: Iterable[Tile]) -> str:
    """The numbers that are nought, in one sentence."""
    nothing = {
        "overdue": "nothing is overdue",
        "to chase": "nothing to chase",
        "to decide": "nothing to decide",
    }
    found = [
        nothing.get(each.words, f"nothing {each.words}".replace("nothing due", "nothing is due"))
        for each in tiles
        if each.number == "0"
    ]
    text = listed(found)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def cases_section(view: WeeklyView) -> tuple[Block, ...]:
    """A row a case, and the closed cases behind a fold."""
    rows = case_table(view, len(view.summaries)) if view.cases else ()
    if not view.closed:
        return rows or (parts.none("No case was read."),)
    columns: list[parts.Column[ClosedCase]] = [
        ("Case", "case", lambda each: parts.name_cell(each.rows.reference)),
        ("Closed", "day", lambda each: day_cell(each.closed)),
        ("Last done", "day", lambda each: day_cell(each.ended)),
        ("Done", "number", lambda each: number_cell(sum(each.counts[word] for word in DONE_WORDS))),
        ("Done late", "number", lambda each: number_cell(each.counts["Complete, late"])),
        ("Not applicable", "number", lambda each: number_cell(each.counts["Not applicable"])),
    ]
    table = parts.table(f"Closed cases on {short_date(view.as_at)}", view.closed, *columns, first=0)
    title = (words(quantity(len(view.closed), "closed case")),)
    return (*rows, Collapsible(title, (table,), "closed-cases"))


def case_table(view: WeeklyView, most: int) -> tuple[Block, ...]:
    """A row a case: where it stands, its key dates on one axis, what is overdue and open."""
    columns: list[parts.Column[CaseAtGlance]] = [
        ("Case", "ref", lambda each: text_cell(name(each.line.reference, to=each.line.anchor),
                                               small(each.line.summary))),
        ("State", "standing", _state),
        ("Key dates, eight weeks back and ahead", "strip", _key_dates),
        ("Overdue", "number", lambda each: number_cell(each.line.overdue, to="needs", pressing=True)),
        ("Open", "number", lambda each: number_cell(each.line.open, to=each.line.anchor)),
    ]  # fmt: skip
    ranks = {each.case_anchor: place for place, each in enumerate(view.headlines)}  # the gravest first
    ordered = sorted(
        view.summaries,
        key=lambda each: (each.closed, not each.line.overdue, ranks.get(each.line.anchor, len(ranks))),
    )
    caption = "Late cases first; the line in the middle is today, ◆ due, ■ agreed, ● done"
    table = parts.table(caption, ordered[:most], *columns, look="cases", plain=True, first=1)
    more = len(ordered) - most
    return (table, *((parts.none(f"{quantity(more, 'more case')} in the full report."),) if more > 0 else ()))


def _state(each: CaseAtGlance) -> ReportCell:
    line = each.line
    late = f" {quantity(each.days_late, 'working day')} late" if each.days_late and not line.hold else ""
    plain = line.hold or (line.standing and line.standing == late.strip())
    where = line.stage if plain else f"{line.stage}, {line.standing}"
    waits = f"waits for {listed_first(each.waits_for, CODES)}" if each.waits_for else ""
    hold = _hold(line.hold) if line.hold else ""
    return text_cell(rag(each.rag), words(late), small(where), small(waits), small(hold))


def _hold(hold: ReportedHold) -> str:
    """Until when publication is held, and why."""
    why = f": {hold.reason}" if hold.reason else ""
    if hold.review_on is None:
        return f"publication on hold, without a review date{why}"
    review = "the review was due on" if hold.past_review else "to be reviewed on"
    return f"publication on hold, {review} {short_date(hold.review_on)}{why}"


def _key_dates(each: CaseAtGlance) -> ReportCell:
    key = each.line.next_key
    if key is None or key.rag == "On hold":
        said: Spans = (small("no key date ahead"),)
    else:
        missed = key.rag in {"Overdue", "Chase"}
        what = "Key date missed: " if missed else "Next: "
        said = (small(f"{what}{key.short or key.label}, {short_date(key.day)}"),)
    return ReportCell(said, sort=key.day.isoformat() if key else "", strip=each.strip)
