"""The weekly report's first screen, its cases one by one, and what was changed and found in the workbooks."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.problems import SEVERITIES, catalogue
from tracker.report import parts
from tracker.report.blocks import (
    Block,
    Collapsible,
    Heading,
    Para,
    ReportCell,
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
from tracker.report.decisions import to_decide
from tracker.report.figures import totals
from tracker.report.rows import file_name, natural
from tracker.rules import DONE_WORDS
from tracker.text import listed, listed_first, quantity, short_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from tracker.problems import Problem
    from tracker.reconcile.model import Change
    from tracker.report.blocks import Tile
    from tracker.report.figures import Count, SheetCounts
    from tracker.report.frame import ClosedCase, ReportedHold
    from tracker.report.rows import CaseRows
    from tracker.report.weekly import WeeklyCase, WeeklyView

_HEADLINES, _CODES, _PLACES_SHOWN = 3, 6, 6


# The first screen


def lead(view: WeeklyView) -> tuple[Para, ...]:
    """How many cases are late; which, why and what that holds up; what is to be decided."""
    live = [each for each in view.details if not each.closed]
    late = sum(bool(each.status.overdue) for each in live)
    first = "Every case is closed." if view.closed or view.details else "No case was read."
    if live:
        whole = "The case" if len(live) == 1 else f"All {len(live)} cases"
        many = whole if late == len(live) else f"{late} of {quantity(len(live), 'case')}"
        first = f"{many} {'is' if late == 1 else 'are'} late." if late else "No case is late."
    found = [
        Para(spans(strong(first)), "headline"),
        *(
            Para(spans(name(each.case, to=each.case_anchor), ": ", free(each.words)), "lead")
            for each in view.headlines[:_HEADLINES]
        ),
    ]
    if (more := len(view.headlines) - _HEADLINES) > 0:
        needs = "needs" if more == 1 else "need"
        found.append(Para(spans(f"{quantity(more, 'more case')} {needs} somebody this week."), "lead"))
    if asked := to_decide(view.decisions):
        *first_ones, last = asked
        phrases = [each for phrase in first_ones for each in (phrase, ", ")]
        joined = (*phrases[:-1], " and ", last) if first_ones else (last,)
        found.append(Para(spans(strong("To decide:"), " ", *joined, "."), "lead"))
    return tuple(found)


def quiet_tiles(tiles: Iterable[Tile]) -> str:
    """The numbers that are nought, in one sentence."""
    quiet = [each.words for each in tiles if each.number == "0"]
    found = [f"nothing {'is ' if words.startswith(('overdue', 'due')) else ''}{words}" for words in quiet]
    return f"{listed(found).capitalize()}." if found else ""


def cases_section(view: WeeklyView) -> tuple[Block, ...]:
    """A row a case, and the closed cases behind a fold."""
    rows = case_table(view, len(view.details)) if view.cases else ()
    if not view.closed:
        return rows or (parts.none("No case was read."),)
    table = parts.table(
        f"Closed cases on {short_date(view.as_at)}",
        view.closed,
        ("Case", "case", lambda each: parts.name_cell(each.case.reference)),
        ("Closed", "day", lambda each: day_cell(each.closed)),
        ("Last done", "day", lambda each: day_cell(each.ended)),
        ("Done", "number", lambda each: number_cell(sum(each.counts[word] for word in DONE_WORDS))),
        ("Done late", "number", lambda each: number_cell(each.counts["Complete, late"])),
        ("Not applicable", "number", lambda each: number_cell(each.counts["Not applicable"])),
        first=0,
    )
    return (*rows, parts.folded(quantity(len(view.closed), "closed case"), table, anchor="closed-cases"))


def case_table(view: WeeklyView, most: int) -> tuple[Block, ...]:
    """A row a case: where it stands, its key dates on one axis, what is overdue and open."""
    ranks = {each.case_anchor: place for place, each in enumerate(view.headlines)}  # the gravest first
    ordered = sorted(
        view.details,
        key=lambda each: (each.closed, not each.status.overdue, ranks.get(each.status.anchor, len(ranks))),
    )
    table = parts.table(
        "Late cases first; the line in the middle is today, ◆ due, ■ agreed, ● done",
        ordered[:most],
        ("Case", "ref", lambda each: parts.reference_cell(each.status)),
        ("State", "standing", _state),
        ("Key dates, eight weeks back and ahead", "strip", _key_dates),
        ("Overdue", "number", lambda each: number_cell(each.status.overdue, to="needs", pressing=True)),
        ("Open", "number", lambda each: number_cell(each.status.open, to=each.status.anchor)),
        look="cases",
        plain=True,
        first=1,
    )
    more = len(ordered) - most
    return (table, parts.none(f"{quantity(more, 'more case')} in the full report.")) if more > 0 else (table,)


def _state(each: WeeklyCase) -> ReportCell:
    status = each.status
    late = f" {quantity(each.days_late, 'working day')} late" if each.days_late and not status.hold else ""
    plain = status.hold or (status.standing and status.standing == late.strip())
    where = status.stage if plain else f"{status.stage}, {status.standing}"
    waits = f"waits for {listed_first(each.waits_for, _CODES)}" if each.waits_for else ""
    hold = _hold(status.hold) if status.hold else ""
    return text_cell(rag(each.rag), words(late), small(where), small(waits), small(hold))


def _hold(hold: ReportedHold) -> str:
    """Until when publication is held, and why."""
    review = "without a review date"
    if hold.review_on:
        begins = "the review was due on" if hold.past_review else "to be reviewed on"
        review = f"{begins} {short_date(hold.review_on)}"
    return f"publication on hold, {review}{f': {hold.reason}' if hold.reason else ''}"


def _key_dates(each: WeeklyCase) -> ReportCell:
    key = each.status.next_key
    shown = "no key date ahead"
    if key and key.judged and key.rag != "On hold":
        what = "Key date missed" if key.rag in {"Overdue", "Chase"} else "Next"
        shown = f"{what}: {key.short or key.label}, {short_date(key.judged)}"
    return ReportCell((small(shown),), sort=str(key.judged) if key else "", strip=each.strip)


# The cases one by one


def counts(view: WeeklyView, anchors: AbstractSet[str]) -> tuple[Block, ...]:
    """The rows by state, and by case and sheet; `anchors` are the sections that a state can lead to."""
    months = parts.months_block(view.chart)
    every_case = (*view.rows, *(each.case for each in view.closed))
    found = totals(row.rag for case in every_case for row in case.state.rows)
    if not found:
        return (parts.none("There is nothing to count."), *months)
    led = [each if each.anchor in anchors else replace(each, anchor="details") for each in found]

    def bar(each: Count) -> ReportCell:
        return ReportCell((words(f"{each.number} {each.rag}"),), counts=(each,), scale=True)

    table = parts.table(
        "All rows of all cases",
        led,
        ("State", "state", lambda each: ReportCell((rag(each.rag),))),
        ("Rows", "number", lambda each: ReportCell((words(str(each.number), to=each.anchor),))),
        ("Drawn to scale", "bar", bar),
        look="totals",
        plain=True,
    )
    without = ", without the closed cases" if view.closed else ""
    caption = f"By case and sheet{without}; the words lead to the rows"
    listed_in = {group[0].anchor for each in view.details for group in each.groups}

    def in_words(each: SheetCounts) -> ReportCell:
        """Each count leads to its rows: those of its case, or those that stand above."""
        above = {one.anchor for one in each.counts} - {"", *listed_in}
        counts = (replace(one, anchor="main") if one.anchor in above else one for one in each.counts)
        return ReportCell((words(each.sheet),), counts=tuple(counts))

    def done(each: SheetCounts) -> ReportCell:
        return ReportCell((words(f"{each.done} of {each.live}"),), sort=str(each.done))

    by_sheet = parts.table(
        caption,
        view.counts,
        ("Case", "case", lambda each: parts.name_cell(each.case, each.case_anchor)),
        ("Sheet", "sheet", lambda each: text_cell(words(each.sheet))),
        ("Done", "done", done),
        ("In words", "words", in_words),
        look="counts",
    )
    return (table, *((by_sheet,) if view.counts else ()), *months)


def details(view: WeeklyView) -> tuple[Block, ...]:
    """The cases one by one."""
    if not view.details:
        return (parts.none("Every case is closed." if view.closed else "No case was read."),)
    first = next((each for each in view.details if each.timeline), None)
    return tuple(_detail(each, view, legend=each is first) for each in view.details)


def _detail(each: WeeklyCase, view: WeeklyView, *, legend: bool) -> Block:
    """A case by itself, all its open rows behind a fold."""
    blocks: tuple[Block, ...] = ()
    if each.left:
        blocks = (parts.table("Left to do", each.left, "id action who judged rag", plain=True),)
    if each.groups:
        caption = f"Open rows of {each.status.reference} that stand nowhere above, by sheet and state"
        table = parts.groups_table(caption, each.groups, "id action person judged")
        number = sum(map(len, each.groups))
        blocks += (parts.folded(quantity(number, "further open row"), table),)
    keys = tuple(row for row in each.keys if row.judged or row.completed)
    return parts.case_fold(view, each.status, each.timeline, keys, blocks, legend=legend)


# What was changed and found


@dataclass(frozen=True, slots=True)
class FoldedProblem:
    """All problems of one kind in one case or file: `T310 in 12 cells: SIN!H5, SIN!H9, ...`."""

    case: str
    problems: tuple[Problem, ...]

    @property
    def first(self) -> Problem:
        """The first of them; it speaks for the rest."""
        return self.problems[0]

    @property
    def code(self) -> str:
        """What kind they are of."""
        return self.first.code

    @property
    def where(self) -> str:
        """The cells, the first few of them named."""
        places = [each.place for each in self.problems if each.place]
        if len(places) <= 1:
            return "".join(places)
        more = ", ..." if len(places) > _PLACES_SHOWN else ""
        return f"{quantity(len(places), 'cell')}: {', '.join(places[:_PLACES_SHOWN])}{more}"


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """How many cells of a case differ from what was issued, by column; and those of them that somebody must know of.

    `cells` are those that held something else when issued, and sheet Case. What was filled in, and the state of a
    row, stands in the sections above.
    """

    case: str
    columns: tuple[tuple[str, int], ...]
    number: int
    cells: tuple[Change, ...]


def folded_problems(problems: Iterable[Problem], cases: Iterable[CaseRows]) -> tuple[FoldedProblem, ...]:
    """What was found in the workbooks that were read, the gravest first; files left out stand at the top instead."""
    found = [("", 0, each) for each in problems if each.severity != "error"]
    found += [
        (case.reference, place, each) for place, case in enumerate(cases) for each in case.state.problems
    ]
    groups: defaultdict[tuple[int, str, str, str, int], list[Problem]] = defaultdict(list)
    for case, place, each in sorted(found, key=lambda each: (natural(each[2].place), each[2].found)):
        groups[SEVERITIES.index(each.severity), each.code, case, each.file, place].append(each)
    return tuple(FoldedProblem(key[2], tuple(groups[key])) for key in sorted(groups))


def changes_of(case: CaseRows) -> CaseChanges:
    """What was changed in a case."""
    found = case.state.changes
    cells = [
        replace(each, was=_value_text(each.was), now=_value_text(each.now))
        for each in sorted(found, key=lambda each: natural(each.cell))
        if each.cell.startswith("Case!") or (each.was is not None and each.column != "Status")
    ]
    columns = Counter(each.column for each in found)
    in_order = tuple(sorted(columns.items(), key=lambda each: (-each[1], each[0])))
    return CaseChanges(case.reference, in_order, len(found), tuple(cells))


def _value_text(value: str | float | date | None) -> str:
    """A cell's value as people read it: 3.0 is 3, a date is written out, a blank is nothing."""
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def change_blocks(changes: Sequence[CaseChanges]) -> tuple[Block, ...]:
    """The cells somebody must know of, case by case; of the other cases how many cells were filled in, by column."""
    columns: list[parts.Column[Change]] = [
        ("Cell", "cell", lambda each: text_cell(words(each.cell))),
        ("ID", "id", lambda each: text_cell(name(each.id))),
        ("Column", "why", lambda each: text_cell(words(each.column))),
        ("Was", "text", lambda each: text_cell(free(str(each.was)))),
        ("Now", "text", lambda each: text_cell(free(str(each.now)))),
    ]
    shown, filled = [], []
    for each in changes:
        by_column = ", ".join(f"{column} {number}" for column, number in each.columns)
        title = (name(each.case), words(f": {quantity(each.number, 'cell')} "), small(by_column))
        if not each.cells:
            filled.append(title)
            continue
        caption = (
            f"Cells of {each.case} that held something else when issued, and what was typed on sheet Case"
        )
        shown.append(Collapsible(title, (parts.table(caption, each.cells, *columns, names=0),)))
    return (*shown, *parts.bullets(filled)) or (parts.none("Nothing was changed."),)


def problem_blocks(problems: Sequence[FoldedProblem]) -> tuple[Block, ...]:
    """What the reading found."""

    def found(problem: FoldedProblem) -> ReportCell:
        more = tuple(
            (name(each.place), words(f" ({each.id}): " if each.id else ": "), free(each.found))
            for each in problem.problems
        )
        what = (strong(f"{catalogue()[problem.code].title}:"), words(" "), free(problem.first.found))
        return ReportCell(what, more=more if len(more) > 1 else ())

    return parts.table_or(
        "The reading found no problem.",
        "What to mend in the workbooks, the gravest first",
        problems,
        ("Code", "code", lambda each: text_cell(words(each.code))),
        ("Severity", "severity", lambda each: text_cell(strong(each.first.severity))),
        ("Case or file", "case", lambda each: text_cell(name(each.case or file_name(each.first.file)))),
        ("Where", "cell", lambda each: text_cell(name(each.where))),
        ("Found", "text", found),
        ("What to do", "text", lambda each: text_cell(free(each.first.remedy))),
    )


def blocks_of_closed(closed: Sequence[ClosedCase]) -> tuple[Block, ...]:
    """What was found in closed cases: errors by code and cell, the rest counted."""
    found = [(case.case.reference, each) for case in closed for each in case.case.state.problems]
    if not found:
        return ()
    numbers = Counter(each.severity for _, each in found)
    errors = parts.bullets(
        spans(name(case), " ", name(each.place), f": {each.code}, {catalogue()[each.code].title}.")
        for case, each in found
        if each.severity == "error"
    )
    milder = [quantity(numbers[kind], kind) for kind in ("warning", "note") if numbers[kind]]
    return (
        *((Heading("Errors in closed cases", number=numbers["error"]), *errors) if errors else ()),
        *((parts.none(f"Closed cases also have {listed(milder)}."),) if milder else ()),
        parts.none("Run tracker reconcile to see what each workbook holds and what to do."),
    )
