"""The rules of a merge: base (as issued), edited (as people left it), new (as it should be now).

The decision tables, the base out of what the workbook remembers, what a merge gathers, and conflicts with their words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import column_letters, column_number
from tracker.problems import Problem, codes, problem
from tracker.records import JsonRecord, Record, plain
from tracker.text import clean_text, short_date
from tracker.workbook import layout
from tracker.workbook.reading import CellValue, Reading, ReadRow, address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.baseline import Baseline
    from tracker.workbook.layout import SheetColumn

Values = dict[str, CellValue]


def comparable(value: CellValue) -> CellValue:
    """A value as it is compared: cleaned text, whole numbers as such, blank as None."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return clean_text(value) or None
    return value


class CellFate(Enum):
    """What becomes of a cell."""

    KEEP = "keep"  # the person's value stands
    TAKE = "take"  # the new value is written
    CONFLICT = "conflict"  # the person's value stands until somebody settles it


def merge_cell(base: CellValue, edited: CellValue, new: CellValue) -> CellFate:
    """The fate of one cell; values are compared as `comparable` sees them."""
    was, now, wanted = comparable(base), comparable(edited), comparable(new)
    if wanted in (now, was):
        return CellFate.KEEP
    return CellFate.TAKE if now == was else CellFate.CONFLICT


class RowFate(Enum):
    """What becomes of a row."""

    MERGE = "merge"  # in all three, or on both sides: cell by cell
    ADD = "add"
    KEEP = "keep"  # the person's own
    WITHDRAW = "withdraw"  # no longer a step: Not applicable, with the reason
    WITHDRAWN_WITH_WORK = "withdrawn but has work in it"
    STAYS_DELETED = "stays deleted"
    DELETED_BUT_CHANGED = "deleted, but its rule changed"
    GONE = "gone"  # neither edited nor new: nothing to do


def merge_row(*, base: bool, edited: bool, new: bool, touched: bool, changed: bool) -> RowFate:
    """The fate of a row that is (or is not) in each of the three.

    `touched`: a person has worked in it since the base; `changed`: the new differs from the base.
    """
    if edited and new:
        return RowFate.MERGE
    if new and not base:
        return RowFate.ADD
    if new:
        return RowFate.DELETED_BUT_CHANGED if changed else RowFate.STAYS_DELETED
    if edited and base:
        return RowFate.WITHDRAWN_WITH_WORK if touched else RowFate.WITHDRAW
    return RowFate.KEEP if edited else RowFate.GONE


def from_json(value: object) -> CellValue:
    """A value of a record as it is typed: dates are dates."""
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value
        return day if day.isoformat() == value else value  # other spellings are a person's text
    return value if isinstance(value, (int, float)) else None


def issued_value(column: SheetColumn, value: object) -> CellValue:
    """A value as the hidden sheet's JSON holds it, as it was typed: only a column of dates has dates."""
    return value if isinstance(value, str) and column.kind != "date" else from_json(value)


def issued_rows(reading: Reading, sheet: str, columns: Sequence[SheetColumn]) -> dict[str, Values]:
    """The rows of a sheet as they were issued, by their ID."""
    by_title = {column.title: column for column in columns}
    found: dict[str, Values] = {}
    for row_id, values in reading.baseline.values.get(sheet, {}).items():
        known = [title for title in values if title in by_title]
        found[row_id] = {title: issued_value(by_title[title], values[title]) for title in known}
    return found


OPEN = "open"
_BRIEF = 60
"""Letters of a value in what to do; whole, it stands under Yours and New."""


def display_value(value: object) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "(blank)"
    return short_date(value) if isinstance(value, date) else str(value)


def shorten_value(value: object) -> str:
    """A value as it is named in a sentence: a long text only by its beginning."""
    text = " ".join(display_value(value).split())
    return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1].rstrip()}…"


YOURS, NEW, BOTH = "yours", "new", "both"
ConflictKey = tuple[str, str, str, str]
TAKES = (YOURS, NEW, BOTH)
CELL_KINDS = frozenset(("cell", "copies"))
"""The kinds of conflict between two values of one cell."""
_VALUES = ("was", "yours", "new")
_OR_BOTH = ", or both."


def action_tables(
    procedure: Procedure,
) -> list[tuple[str, str, tuple[SheetColumn, ...], Mapping[str, Formula]]]:
    """Sheet, table, columns and, by title, formulas of each stage and, last, of the plan."""
    stage = layout.STAGE_COLUMNS, rules.stage_rules(procedure)
    stages = [(each.name, rules.table_name(each.name), *stage) for each in procedure.stages]
    return [*stages, (layout.PLAN, rules.PLAN, layout.PLAN_COLUMNS, rules.plan_rules())]


def action_rows(reading: Reading, procedure: Procedure) -> list[ReadRow]:
    """The rows of each stage and, last, of the plan."""
    return [row for _, table, *_ in action_tables(procedure) for row in reading.tables[table]]


@dataclass(frozen=True, slots=True)
class CellSpot:
    """A cell of the file: sheet, row and column number; and what it is to people: row ID and column title."""

    sheet: str
    row: int
    column: int
    id: str
    title: str

    @property
    def cell(self) -> str:
        """The address people know: `'Rapid Review'!F12`."""
        return address(self.sheet, column_letters(self.column), self.row)


def spot_of(row: ReadRow, title: str, row_id: str = "") -> CellSpot:
    """The place of a row's cell under a title."""
    return CellSpot(row.sheet, row.number, column_number(row.columns[title]), row_id or row.text("ID"), title)


def rows_by_id(rows: Iterable[ReadRow]) -> dict[str, ReadRow]:
    """The rows that have an ID; of two with one ID, the first."""
    found: dict[str, ReadRow] = {}
    for row in rows:
        if row.text("ID"):
            found.setdefault(row.text("ID"), row)
    return found


@dataclass(frozen=True, slots=True)
class SetCell:
    """A cell that gets another content. `was` is what a person sees there now."""

    spot: CellSpot
    content: CellValue | Formula
    was: CellValue = None

    def record(self) -> Record:
        """As JSON holds it; a formula is not shown."""
        formula = isinstance(self.content, Formula)
        return {
            "cell": self.spot.cell, "id": self.spot.id, "column": self.spot.title, "was": plain(self.was),
            "now": None if formula else plain(self.content), "formula": formula,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddRow:
    """A row put below a table. `values` by title; `like` is the sheet row whose look it takes, 0 for the last."""

    table: str
    id: str
    values: Mapping[str, CellValue]
    like: int = 0


@dataclass(frozen=True, slots=True)
class Conflict(JsonRecord):
    """Something that only a person can settle.

    `kind` is `cell`, `typed over`, `withdrawn` (a row), `dropped` (an entry of a list), `deleted` or `copies`.
    """

    number: str = field(default="", kw_only=True)
    kind: str
    sheet: str
    id: str
    column: str
    cell: str
    was: CellValue
    yours: CellValue
    new: CellValue
    do: str
    state: str = OPEN

    @property
    def key(self) -> ConflictKey:
        """What makes it the same conflict in the next run."""
        return self.kind, self.sheet, self.id, self.column

    @property
    def open(self) -> bool:
        """Whether somebody still has to settle it."""
        return self.state == OPEN

    @property
    def names(self) -> tuple[str, str]:
        """What people call its column, and whose cell it is."""
        return self.column or "the row", self.id or "the case"

    def shown(self) -> dict[str, str]:
        """Its values as people read them: those that were, that are yours and that are new."""
        return {name: display_value(from_json(plain(getattr(self, name)))) for name in _VALUES}

    def problem(self, file: str) -> Problem:
        """The problem that it is while it is open."""
        column, whose = self.names
        facts = {**self.shown(), "column": column, "whose": whose, "do": self.do}
        return problem(codes.CONFLICT, file=file, place=self.cell, id=self.id, **facts)


def conflict_at(
    kind: str, spot: CellSpot, was: CellValue, yours: CellValue, new: CellValue, do: str
) -> Conflict:
    """A conflict about one cell."""
    return Conflict(kind, spot.sheet, spot.id, spot.title, spot.cell, was, yours, new, do)


def issued_conflicts(baseline: Baseline) -> list[Conflict]:
    """The conflicts that the hidden sheet remembers, open ones and settled ones."""
    return [_issued_conflict(record) for record in baseline.conflicts]


def _issued_conflict(record: Mapping[str, Any]) -> Conflict:
    held: dict[str, Any] = {each.name: str(record.get(each.name, "")) for each in fields(Conflict)}
    found = Conflict(**held | {name: from_json(record.get(name)) for name in _VALUES})
    # An earlier version offered both of what is no sentence.
    offered = found.do.endswith(_OR_BOTH) and not Choice(BOTH, found).possible
    return replace(found, do=f"{found.do.removesuffix(_OR_BOTH)}.") if offered else found


def is_note(value: object, column: str) -> bool:
    """Whether a value is a sentence beside which another can stand in one cell: no name, date or word of a list."""
    return column in layout.NOTES and isinstance(value, str) and isinstance(from_json(value), str)


def what_to_take(column: str, yours: CellValue, new: CellValue, source: str = "") -> str:
    """What to do about a conflict between two values of a column; `source` is the copy the new one is from."""
    from_copy = f" from {source}" if source else ""
    end = _OR_BOTH if is_note(yours, column) and is_note(new, column) else "."
    return f"Take yours to keep {shorten_value(yours)}, or new to have {shorten_value(new)}{from_copy}{end}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person took on the Conflicts sheet, of the conflict as it was listed."""

    take: str
    conflict: Conflict

    @property
    def possible(self) -> bool:
        """Whether the choice can be made: only two texts in one cell can both be kept."""
        found = self.conflict
        in_cell = found.kind in CELL_KINDS and bool(found.column)
        texts = all(is_note(each, found.column) for each in (found.yours, found.new))
        return self.take != BOTH or (in_cell and texts)

    def settles(self, new: CellValue) -> bool:
        """Whether the choice still fits: the new value is the one it was made on."""
        return comparable(plain(new)) == comparable(plain(self.conflict.new))


@dataclass(slots=True)
class Merge:
    """Gathers what a run does."""

    restore: frozenset[str] = frozenset()
    choices: Mapping[ConflictKey, Choice] = field(default_factory=dict)
    cells: list[SetCell] = field(default_factory=list)
    rows: list[AddRow] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    kept: list[SetCell] = field(default_factory=list)  # edits in the procedure's cells that stay: not set
    conflicts: list[Conflict] = field(default_factory=list)
    settled: list[Conflict] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    mended: list[str] = field(default_factory=list)  # titles, tables and references put right before
    marks: list[str] = field(default_factory=list)  # layout, edition, case: facts of the workbook itself

    def put(self, spot: CellSpot, content: CellValue | Formula, was: CellValue = None) -> None:
        """Set a cell."""
        self.cells.append(SetCell(spot, content, was))

    def cell(
        self, spot: CellSpot, base: CellValue, edited: CellValue, new: CellValue, *, owned: bool = False
    ) -> tuple[CellValue, CellValue]:
        """Merge one cell. Returns what it holds afterwards and what its base is from then on.

        `owned` are the procedure's: an edit that is kept there is listed, and `restore` takes it back.
        """
        differs = edited != new and comparable(edited) != comparable(new)
        fate = merge_cell(base, edited, new)
        if spot.cell in self.restore and differs:
            self.restored.add(spot.cell)
            fate = CellFate.TAKE
        elif fate is CellFate.CONFLICT:
            take = self.settle(
                conflict_at("cell", spot, base, edited, new, what_to_take(spot.title, edited, new))
            )
            if take != NEW:
                return edited, new if take else base  # both are in the cell by now
            fate = CellFate.TAKE
        if fate is CellFate.TAKE:
            self.put(spot, new, edited)
            return new, new
        if owned and differs:
            self.kept.append(SetCell(spot, new, edited))
        return edited, new

    def settle(self, found: Conflict) -> str:
        """What a person chose for a conflict; empty where nobody has, or it is another one by now: it is listed."""
        choice = self.choices.get(found.key)
        if choice is None or not choice.settles(found.new):
            self.conflicts.append(found)
            return ""
        self.settled.append(replace(found, number=choice.conflict.number, state=choice.take))
        return choice.take
