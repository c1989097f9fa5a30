"""One run of regenerate over the bytes of a workbook: read, merge, patch, work out, remember."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracker.merge import OPEN
from tracker.plan import make_plan
from tracker.problems import Problem, codes, problem
from tracker.reconcile.run import reconcile_reading, with_typed_dates
from tracker.regenerate.apply import Applier, FormulaRepair, OurCells
from tracker.regenerate.ids import accept_typed_dates, correct_ids, log_moves, plan_ids
from tracker.regenerate.mend import missing_tables, put_names_back
from tracker.regenerate.model import Merge, Outcome
from tracker.regenerate.ready import UnreadableError, Way, made_ready
from tracker.regenerate.remember import add_holidays, check_procedure, forgotten, next_issue, write_issue
from tracker.regenerate.rows import StageRows, target
from tracker.regenerate.shared import SharedCells
from tracker.regenerate.sheets import (
    carried,
    is_written_by_us,
    numbered,
    print_lines,
    settled_otherwise,
    write_conflicts,
    write_problems,
)
from tracker.text import clean_text, listed, quantity
from tracker.workbook import layout
from tracker.workbook.case_of import case_of
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.preflight import check_size_limits
from tracker.workbook.read import lost_cells, read_content
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from tracker.case.model import Case
    from tracker.formula.values import Value
    from tracker.merge import Values
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.regenerate.model import Choice, Conflict, ConflictKey, Load, SetCell
    from tracker.workbook.issue import Issue
    from tracker.workbook.reading import Reading

_FOR_A_PERSON = frozenset(
    (codes.SHEET_MISSING, codes.HEADER_ROW_MISSING, codes.COLUMN_MISSING, codes.IDS_MISALIGNED)
)
_MOST_NAMED = 5
"""Cells that one message names."""


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """What a run is asked for beside bringing the workbook up to date."""

    case: Case | None = None
    restore: frozenset[str] = frozenset()
    takes: Mapping[str, str] = field(default_factory=dict)
    accept_typed_dates: bool = False
    annotate: bool = False
    move_edition: bool = False
    realign: bool = False
    between_copies: Sequence[Conflict] = ()
    sources: tuple[str, ...] = ()  # SHA-256 of the workbooks the result is made from; empty: the one read
    taken_over: Sequence[SetCell] = ()  # what returns have filled in, in the bytes already: to be listed
    merged: bool = False  # the bytes already carry what another copy adds, and have to be written


def regenerate_content(
    content: bytes, path: str, load: Load, facts: CalendarFacts, as_at: date, options: UpdateOptions
) -> tuple[Outcome | None, list[Problem]]:
    """Bring the bytes of a workbook up to date. None where it cannot be done, with every reason."""
    reading, procedure, found = read_content(content, path, load, realign=options.realign)
    if reading is None or procedure is None:
        return None, found
    options = replace(options, sources=options.sources or (reading.sha256,))
    refused = check_procedure(reading.issue, procedure, path, moves=options.move_edition)
    # Nobody may guess which row or column is which: a person puts these right first.
    refused = refused or [each for each in found if each.code in _FOR_A_PERSON]
    if refused:
        return None, refused
    try:
        before = content
        ready = made_ready(
            content,
            reading,
            procedure,
            found,
            Way(load, facts, as_at, options.case, realign=options.realign, takes=options.takes),
        )
        if ready.refused:
            return None, ready.refused
        reading, procedure, found = ready.reading, ready.procedure, ready.found
        file = WorkbookFile(ready.content)
        named, unnamed = put_names_back(file, reading, procedure, facts, as_at)
        mends = [*ready.done, *([f"{quantity(len(named), 'defined name')} put back"] if named else [])]
        missing = [*missing_tables(file, reading, procedure), *unnamed]
        if missing:
            return None, [problem(codes.TABLE_NOT_REPAIRED, file=path, tables=", ".join(missing))]
        run = _Run(file, reading, procedure, found, facts, as_at, options, load, ready.picked)
        run.merge.mended += mends
        run.problems += ready.notes
        outcome, problems = run.run(ready.content)
    except CannotPatchError as error:
        return None, [problem(codes.WORKBOOK_NOT_PATCHED, file=path, reason=str(error))]
    except UnreadableError as error:
        return None, [_unreadable(path, error.problems)]
    put = {**ready.put, **file.changes()}
    refused = _not_kept(outcome, before, put, file, load, ready.rewritten) if outcome else []
    return (None, [*problems, *refused]) if refused else (outcome, problems)


def _not_kept(
    outcome: Outcome, before: bytes, put: Mapping[tuple[str, int, int], Value], file: WorkbookFile, load: Load,
    rewritten: Collection[str],
) -> list[Problem]:  # fmt: skip
    """Why the result may not be written: the reader that will be used next time must find every typed cell in it."""
    if not outcome.changed:
        return []
    path = outcome.path
    refused = check_size_limits(outcome.content, path)
    if refused and check_size_limits(before, path):
        refused = None  # as it was before: whoever calls this has let it pass
    again, _, why = (None, None, [refused]) if refused else read_content(outcome.content, path, load)
    if again is None:
        return [_unreadable(path, why)]
    lost = lost_cells(
        before,
        outcome.content,
        put,
        rewritten={
            layout.HIDDEN,
            *rewritten,
            *(name for name in file.names() if is_written_by_us(file, name)),
        },
        headers={(each.sheet, each.header_row) for each in again.places.values()},
    )
    if not lost:
        return []
    rest = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
    return [
        problem(codes.TYPED_CELLS_LOST, file=path, place=lost[0], cells=", ".join(lost[:_MOST_NAMED]) + rest)
    ]


def _unreadable(path: str, why: Sequence[Problem]) -> Problem:
    return problem(codes.RESULT_UNREADABLE, file=path, reason=listed(each.found for each in why))


class _Run:
    """One run over a workbook that can be read and changed."""

    def __init__(
        self, file: WorkbookFile, reading: Reading, procedure: Procedure, found: Sequence[Problem],
        facts: CalendarFacts, as_at: date, options: UpdateOptions, load: Load,
        picked: Mapping[ConflictKey, Choice],
    ) -> None:  # fmt: skip
        self.file, self.reading, self.procedure, self.found = file, reading, procedure, found
        self.facts, self.as_at, self.options, self.load = facts, as_at, options, load
        self.problems: list[Problem] = []
        self._asked = {_parse_address(cell, reading): cell for cell in options.restore}
        self.merge = Merge(restore=frozenset(self._asked), choices=picked)
        issue = reading.issue
        self._is_older = issue.edition != procedure.edition or issue.is_of_another(procedure)
        # Whether the rows stay under the edition they were issued with.
        self._keeps_edition = self._is_older and not options.move_edition
        # The description to merge with: a run without one has learnt nothing new of it.
        self._last_described = issue.described or issue.case

    def run(self, content: bytes) -> tuple[Outcome | None, list[Problem]]:
        merge, path = self.merge, self.reading.path
        accepted: list[str] = []
        if self.options.accept_typed_dates:
            accepted = accept_typed_dates(merge, self.reading, self.procedure)
            self.reading, _ = with_typed_dates(self.reading, self.procedure, ())
        shared = self._case()
        if shared is None:
            return None, [replace(each, file=each.file or path) for each in self.problems]
        formulas = FormulaRepair(merge, self.reading, self.procedure, self.file, self.found)
        rows = self._merged(shared, formulas)
        applier = Applier(self.file, self.reading, self.procedure)
        applier.run(merge)
        self.problems += applier.problems
        book = self.file.evaluate(self.as_at, OurCells(self.reading, self.procedure))
        formulas.offer(book, accepted)
        records = self._records()
        problems = [replace(each, file=path) for each in self.problems]

        def remembered(*sources: str) -> Issue:
            described = shared.base if self.options.case else self._last_described
            issue = next_issue(
                self.reading.issue, self.procedure, shared.case, described, sources, rows, book, self.as_at,
                keeps_edition=self._keeps_edition, conflicts=records,
            )  # fmt: skip
            add_holidays(issue, merge)
            return issue

        now = remembered()
        if self.reading.issue.layout == layout.LAYOUT and forgotten(self.reading.issue, now):
            merge.marks.append("what was deleted is no longer remembered")
        if not self._has_work(records):
            return Outcome(path, content, False, merge, records, problems), problems
        result = content
        write_issue(self.file, self.reading.issue, now)
        if self._differs(content, shared.case, records):
            # Only now: what is not written is made from nothing.
            write_issue(self.file, self.reading.issue, remembered(*self.options.sources), again=True)
            result = self.file.to_bytes()
        merge.cells[:0] = self.options.taken_over
        changed = result != content or bool(merge.mended)
        return Outcome(path, result, changed, merge, records, problems, applier.places), problems

    def _case(self) -> SharedCells | None:
        """The merged case; None where the description is of another case."""
        edited, doubts = case_of(self.reading, self.procedure)
        self.problems += doubts
        new = self.options.case or edited
        if self.options.move_edition and new.procedure:
            new = replace(new, procedure=self.procedure.edition)
        mine, theirs = edited.details.reference, new.details.reference
        if mine and theirs and mine != theirs:
            self.problems.append(
                problem(codes.OTHER_CASES_DESCRIPTION, file=self.reading.path, mine=mine, theirs=theirs)
            )
            return None
        moves = self._is_older and self.options.move_edition
        shared = SharedCells(
            self.merge, self.reading, self.procedure, self._last_described, edited, new, moves=moves
        )
        shared.run()
        return shared

    def _merged(self, shared: SharedCells, formulas: FormulaRepair) -> dict[str, dict[str, Values]]:
        """Merge rows, formulas, IDs and the log; what to remember of each sheet's rows."""
        stages = StageRows(self.merge, self.reading, self.procedure)
        old, new = (make_plan(case, self.procedure) for case in (self.reading.issue.case, shared.case))
        stages.run(target(stages.base, old, new, keeps_edition=self._keeps_edition))
        formulas.restore()
        correct_ids(self.merge, self.reading, self.procedure, self.file, all_of_them=self.options.realign)
        plan = plan_ids(self.merge, self.reading)
        log_moves(self.merge, self.reading, self.procedure, self.as_at)
        if self._is_older:
            code = codes.NEWER_EDITION if self._keeps_edition else codes.OLDER_GUIDE
            self.problems.append(problem(code, file=self.reading.path, **self._editions()))
        for cell in sorted(set(self._asked) - self.merge.restored):
            self.problems.append(problem(codes.NOTHING_TO_RESTORE, place=self._asked[cell]))
        chosen = [each.conflict for each in self.merge.choices.values()]
        was_open = {str(each["number"]) for each in chosen if each.get("state") == OPEN}
        for number in sorted(set(self.options.takes) - was_open):
            self.problems.append(problem(codes.NOTHING_TO_TAKE, file=self.reading.path, number=number))
        self._marks(shared.case)
        return {**stages.values, layout.PLAN: plan}

    def _editions(self) -> dict[str, str]:
        issue, procedure = self.reading.issue, self.procedure
        if not issue.is_of_another(procedure):
            return {"was": issue.edition, "now": procedure.edition}
        return {
            "was": f"{issue.edition} of set {issue.set_name}",
            "now": f"{procedure.edition} of set {procedure.set_name}",
        }

    def _marks(self, case: Case) -> None:
        """What the workbook says of itself beside its rows, where that is behind."""
        issue, marks = self.reading.issue, self.merge.marks
        if case.details.reference and not issue.case.details.reference:
            marks.append(f"case {case.details.reference}")
        if issue.layout < layout.LAYOUT:
            marks.append(f"layout {issue.layout} -> {layout.LAYOUT}")
        if print_lines(self.file, self.reading.sheets, issue.case, case):
            marks.append("marking and reference on printed pages")
        if self.options.move_edition and self._is_older:
            marks.append("edition {was} -> {now}".format(**self._editions()))

    def _records(self) -> list[dict[str, Any]]:
        """Every conflict on record: met now, between copies, waiting from earlier runs, settled."""
        merge, known = self.merge, self.reading.issue.conflicts
        met = {each.key for each in merge.conflicts}
        merge.conflicts += [each for each in self.options.between_copies if each.key not in met]
        merge.conflicts += carried(merge, self.file, self.reading, self.procedure)
        merge.settled += settled_otherwise(merge, known)
        return numbered(merge.conflicts, merge.settled, known)

    def _has_work(self, records: Sequence[Mapping[str, Any]]) -> bool:
        """Whether anything is to be written at all, such as a choice on a conflict that was still open."""
        merge, options = self.merge, self.options
        done = merge.cells or merge.rows or merge.marks or merge.mended or options.annotate or options.merged
        chosen = any(choice.conflict.get("state") == OPEN for choice in merge.choices.values())
        same = [dict(each) for each in self.reading.issue.conflicts] == list(records)
        return bool(done) or not same or chosen

    def _differs(self, content: bytes, case: Case, records: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the file is another one with its conflicts, and with what was asked for beside."""
        write_conflicts(self.file, records, case)
        self.file.package.recalculate_on_opening()
        if not self.options.annotate:
            return self.file.changed() or bool(self.merge.mended)
        # A sheet of what is wrong in it, each row linked to its cell.
        made = self.file.to_bytes()
        reading, procedure, found = read_content(made, self.reading.path, self.load)
        if reading is not None and procedure is not None:  # else it is refused before it is written
            state = reconcile_reading(reading, procedure, found, self.as_at, facts=self.facts)
            write_problems(self.file, state.problems, case)
            made = self.file.to_bytes()
        return made != content


def _parse_address(cell: str, reading: Reading) -> str:
    """An address as people type it, as this program spells it: `Rapid Review!$b$5` is `'Rapid Review'!B5`."""
    sheet, _, ref = cell.rpartition("!")
    plain = clean_text(sheet).strip("'").replace("''", "'")
    named = next((each for each in reading.sheets.values() if each.casefold() == plain.casefold()), plain)
    return f"{quoted(named)}!{ref.replace('$', '').strip().upper()}"
