"""A report as plain blocks: sections, tables, lists, pictures. Every format is written from these alone.

A block names its kind in `block`, so that a template only has to look that up. Nothing here is escaped: each
format does that for itself.

Example:
    >>> ReportTable("Overdue", (ReportColumn("ID", "id"),), (ReportTableRow((text_cell(name("RR-5.4")),)),))
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from tracker.report.rows import rag_rank
from tracker.text import quantity, short_date

if TYPE_CHECKING:
    from datetime import date

    from tracker.report.figures import CaseStrip, Chart, Count, Timeline

BLANK = ""
LEADING = ("case", "id", "action", "code", "cell")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text.

    `kind` is one of: "" (our words), `free` (typed by a person, with its lines), `name` (typed by a person, one
    line), `strong`, `small`, `none` (muted), `rag`, `day`. `to` is the anchor it leads to.
    """

    text: str
    kind: str = BLANK
    to: str = BLANK
    day: date | None = None


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A cell of a table. `sort` is what it is sorted by where that is not its text; `mark` is `pressing` or `nil`.

    `counts` are drawn as one bar above the text, `strip` as a line of time; `more` are further items behind a fold.
    """

    spans: Spans = ()
    sort: str = BLANK
    mark: str = BLANK
    counts: tuple[Count, ...] = ()
    scale: bool = False
    more: tuple[Spans, ...] = ()
    strip: CaseStrip | None = None


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: its header, the kind that sets its width and alignment, and whether its cells name the row."""

    title: str
    kind: str
    names_row: bool = False


@dataclass(frozen=True, slots=True)
class ReportTableRow:
    """A row of a table; `anchor` where a count leads to it."""

    cells: tuple[ReportCell, ...]
    anchor: str = BLANK


@dataclass(frozen=True, slots=True)
class BlockGroup:
    """Rows that stand together under a line of their own, and the anchor that leads to them."""

    anchor: str
    title: Spans
    rows: tuple[ReportTableRow, ...]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table; `rows` or `groups`. `look` names a special style, `plain` leaves out sorting and filtering."""

    block: ClassVar[str] = "table"
    caption: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportTableRow, ...] = ()
    groups: tuple[BlockGroup, ...] = ()
    look: str = BLANK
    plain: bool = False

    @property
    def as_list(self) -> bool:
        """Whether a format for mails lists its rows one by one: they hold sentences."""
        return any(column.kind in {"action", "text"} for column in self.columns)

    @property
    def leading(self) -> int:
        """How many of its first columns say which row it is."""
        kinds = [column.kind for column in self.columns]
        return max((place for place, kind in enumerate(kinds, 1) if kind in LEADING), default=1)


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; `look` is "", `headline`, `lead`, `alert`, `none` or `note`."""

    block: ClassVar[str] = "para"
    spans: Spans
    look: str = BLANK


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    block: ClassVar[str] = "bullets"
    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    block: ClassVar[str] = "heading"
    title: str
    anchor: str = BLANK
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Collapsible:
    """Blocks behind a line that opens them; `paper` starts a new page on paper.

    `look` is `case`, `all` (the rest of a list), or `annex`: what paper has only where it stands open.
    """

    block: ClassVar[str] = "fold"
    title: Spans
    blocks: tuple[Block, ...]
    anchor: str = BLANK
    look: str = "annex"
    open: bool = False
    paper: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The timeline of a case; `legend` explains its signs, shown once, with the first of a page."""

    block: ClassVar[str] = "timeline"
    anchor: str
    reference: str
    drawn: Timeline
    as_at: date
    legend: bool = True


@dataclass(frozen=True, slots=True)
class Months:
    """A chart over months; formats without pictures show its table."""

    block: ClassVar[str] = "chart"
    chart: Chart
    table: ReportTable


Block = ReportTable | Para | Bullets | Heading | Collapsible | Drawing | Months


@dataclass(frozen=True, slots=True)
class Tile:
    """A number at the top, and where its rows stand; `more` is how it differs from the last report."""

    number: str
    words: str
    anchor: str
    pressing: bool
    more: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report. `nav` is its name in the list of sections; `paper` starts a new page on paper."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    number: int | None = None
    nav: str = BLANK
    paper: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a report holds between its title and its footer. `what` is the end of its title."""

    what: str
    lead: tuple[Para, ...]
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A whole report. `left_out` stands at its top, then `lead` and the tiles; `quiet` names those that are nought.

    `look` is `brief` for one page without a list of sections, `one` for a report of one case.
    """

    title: str
    about: Spans
    marking: str
    left_out: Bullets | None
    lead: tuple[Para, ...]
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    procedures: tuple[str, ...]
    sources: tuple[Spans, ...]
    as_at: date
    quiet: str = BLANK
    look: str = BLANK


def with_annex(page: ReportPage) -> ReportPage:
    """The page with all that is folded away open, so that paper has it too."""
    sections = (replace(each, blocks=tuple(map(_open_annex, each.blocks))) for each in page.sections)
    return replace(page, sections=tuple(sections))


def _open_annex(block: Block) -> Block:
    if not isinstance(block, Collapsible):
        return block
    return replace(
        block, blocks=tuple(map(_open_annex, block.blocks)), open=block.open or block.look == "annex"
    )


# Ways to write spans and cells


def spans(*stretches: Span | str) -> Spans:
    """Stretches of text in a row; a plain one is our own words."""
    return tuple(each if isinstance(each, Span) else Span(each) for each in stretches)


words = partial(Span, kind=BLANK)
"""Our own words."""
name = partial(Span, kind="name")
"""A short text of a person's: a reference, an ID, a name."""
free = partial(Span, kind="free")
"""What a person wrote, with its line breaks."""
strong = partial(Span, kind="strong")
"""Words that stand out."""
small = partial(Span, kind="small")
"""Words that stand back, on a line of their own in a table."""
muted = partial(Span, kind="none")
"""Words that say there is nothing."""
rag = partial(Span, kind="rag")
"""A state, in words and colour."""


def day(value: date | None) -> Span:
    """A date; nothing where there is none."""
    return Span(short_date(value), "day", day=value) if value else Span(BLANK)


def text_cell(*spans: Span) -> ReportCell:
    """A cell of spans; empty ones are left out."""
    return ReportCell(tuple(span for span in spans if span.text))


def day_cell(value: date | None, *more: Span) -> ReportCell:
    """A cell with a date, sorted by it."""
    spans = tuple(span for span in (day(value), *more) if span.text)
    return ReportCell(spans, sort=value.isoformat() if value else BLANK)


def rag_cell(word: str, days_late: int | None = None) -> ReportCell:
    """A cell with a state and how many working days late, sorted from the most pressing on."""
    late = (small(quantity(days_late, "working day") + " late"),) if days_late else ()
    return ReportCell((rag(word), *late), sort=str(rag_rank(word))) if word else ReportCell()


def number_cell(number: float | None, *, pressing: bool = False, to: str = BLANK) -> ReportCell:
    """A cell with a number, which leads to its rows; none is a blank, zero stands back."""
    if number is None:
        return ReportCell()
    mark = "pressing" if pressing and number else BLANK if number else "nil"
    return ReportCell((words(f"{number:g}", to=to if number else BLANK),), mark=mark)
