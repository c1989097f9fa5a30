"""One run of regenerate over the bytes of a workbook: read, merge, patch, work out, remember."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tracker.merge import Conflict, Merge, SetCell, Values, issued_conflicts
from tracker.plan import make_plan
from tracker.problems import Problem, codes, problem
from tracker.reconcile.run import reconcile_reading, with_typed_dates
from tracker.regenerate.apply import Applier, FormulaRepair, OurCells, put_names_back
from tracker.regenerate.copies import name_first
from tracker.regenerate.mend import Ready, UnreadableError, open_workbook
from tracker.regenerate.outcome import (
    Outcome,
    check_procedure,
    deleted_texts,
    next_baseline,
    with_sources,
    write_baseline,
)
from tracker.regenerate.rows import StageRows, target_rows
from tracker.regenerate.shared import (
    SharedCells,
    accept_typed_dates,
    correct_ids,
    log_moves,
    logged_moves,
    plan_ids,
)
from tracker.regenerate.sheets import (
    number_conflicts,
    print_lines,
    settle_unmet,
    sheets_of_ours,
    waiting_conflicts,
    write_conflicts,
    write_problems,
)
from tracker.regenerate.upgrade import make_ready
from tracker.text import clean_text, listed
from tracker.workbook import layout
from tracker.workbook.case_of import case_of
from tracker.workbook.fast_reader import fast_book
from tracker.workbook.fast_reader_sheet import UnusualError
from tracker.workbook.patch.markup import CannotPatchError
from tracker.workbook.preflight import UnpackedWorkbook, unpack
from tracker.workbook.read import lost_cells, read_content
from tracker.workbook.reading import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from tracker.case.model import Case
    from tracker.procedure.load import CalendarFacts
    from tracker.procedure.model import Procedure
    from tracker.workbook.baseline import Baseline
    from tracker.workbook.patch.file import WorkbookFile
    from tracker.workbook.patch.package import Package
    from tracker.workbook.read import LoadProcedure
    from tracker.workbook.reading import Reading

_FORMULA_CELL = re.compile(rb"<c [^<>]*><f(?: [^<>]*)?>[^<]*</f>(?:<v>[^<]*</v>)?</c>")
_FOR_A_PERSON = (codes.SHEET_MISSING, codes.HEADER_ROW_MISSING, codes.COLUMN_MISSING, codes.IDS_MISALIGNED)


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
    content: bytes, path: str, load: LoadProcedure, facts: CalendarFacts, as_at: date, options: UpdateOptions
) -> tuple[Outcome | None, list[Problem]]:
    """Bring the bytes of a workbook up to date. None where it cannot be done, with every reason."""
    ready, found = open_workbook(content, path, load, realign=options.realign)
    if ready is None:
        return None, found
    reading = ready.reading
    options = replace(options, sources=options.sources or (reading.sha256,))
    refused = check_procedure(reading.baseline, ready.procedure, path, moves=options.move_edition)
    # Nobody may guess which row or column is which: a person puts these right first.
    refused = refused or [each for each in found if each.code in _FOR_A_PERSON]
    if refused:
        return None, refused
    try:
        file = make_ready(ready, facts, as_at, options.case, options.takes)
        if file is None:
            return None, ready.refused
        done, missing = put_names_back(file, ready.reading, ready.procedure, facts, as_at)
        if missing:
            return None, [problem(codes.TABLE_NOT_REPAIRED, file=path, tables=", ".join(missing))]
        ready.done += done
        outcome, problems = _Run(file, ready, facts, as_at, options).run()
    except CannotPatchError as error:
        return None, [problem(codes.WORKBOOK_NOT_PATCHED, file=path, reason=str(error))]
    except UnreadableError as error:
        return None, [_unreadable(path, error.problems)]
    refused = _not_kept(outcome, content, ready, file) if outcome else []
    return (None, [*problems, *refused]) if refused else (outcome, problems)


def _not_kept(outcome: Outcome, before: bytes, ready: Ready, file: WorkbookFile) -> list[Problem]:
    """Why the result may not be written: the reader that will be used next time must find every typed cell in it."""
    if not outcome.changed:
        return []
    path = outcome.path
    after: bytes | Problem = unpack(outcome.content, path)
    if isinstance(after, Problem) and isinstance(unpack(before, path), Problem):
        after = outcome.content  # as it was before: whoever calls this has let it pass
    if isinstance(after, Problem):
        return [_unreadable(path, [after])]
    with suppress(UnusualError):  # then openpyxl reads it
        fast_book(after, made_from=before)
    again, _, why = read_content(after, path, ready.load)
    if again is None:
        return [_unreadable(path, why)]
    put = {**ready.put, **file.changes()}
    left_out = {layout.HIDDEN, *ready.rewritten, *sheets_of_ours(file)}
    settled = left_out | {sheet for sheet, _, _ in put}  # in any case, or in none
    lost = lost_cells(
        before,
        after,
        put,
        left_out=left_out | _same_but_for_formulas(before, after, file.package, settled),
        headers={(each.sheet, each.header_row) for each in again.places.values()},
    )
    if not lost:
        return []
    return [problem(codes.TYPED_CELLS_LOST, file=path, place=lost[0], cells=name_first(lost))]


def _same_but_for_formulas(
    before: bytes, after: bytes, package: Package, settled: Collection[str]
) -> set[str]:
    """The sheets beside some that hold byte for byte what they did, but for their formulas and what these show."""
    if not (isinstance(before, UnpackedWorkbook) and isinstance(after, UnpackedWorkbook)):
        return set()
    old, new = before.parts, after.parts
    if old.get(package.shared_strings) != new.get(package.shared_strings):
        return set()
    return {
        name
        for name, part in package.sheets().items()
        if name not in settled
        and part in old
        and _FORMULA_CELL.sub(b"", old[part]) == _FORMULA_CELL.sub(b"", new[part])
    }


def _unreadable(path: str, why: Sequence[Problem]) -> Problem:
    return problem(codes.RESULT_UNREADABLE, file=path, reason=listed(each.found for each in why))


class _Run:
    """One run over a workbook that can be read and changed."""

    def __init__(
        self, file: WorkbookFile, ready: Ready, facts: CalendarFacts, as_at: date, options: UpdateOptions
    ) -> None:
        self.file, self.ready, self.facts, self.as_at, self.options = file, ready, facts, as_at, options
        self.reading, self.procedure = ready.reading, ready.procedure
        self.problems = list(ready.notes)
        self._asked = {_parse_address(cell, self.reading): cell for cell in options.restore}
        self.merge = Merge(restore=frozenset(self._asked), choices=ready.picked, mended=ready.done)
        baseline = self.reading.baseline
        self._is_older = baseline.edition != self.procedure.edition or baseline.is_of_another(self.procedure)
        # Whether the rows stay under the edition they were issued with.
        self._keeps_edition = self._is_older and not options.move_edition
        # The description to merge with: a run without one has learnt nothing new of it.
        self._last_described = baseline.described or baseline.case

    def run(self) -> tuple[Outcome | None, list[Problem]]:
        merge, path, content = self.merge, self.reading.path, self.ready.content
        accepted: list[str] = []
        if self.options.accept_typed_dates:
            accepted = accept_typed_dates(merge, self.reading, self.procedure)
            self.reading, _ = with_typed_dates(self.reading, self.procedure, ())
        shared = self._case()
        if shared is None:
            return None, [replace(each, file=each.file or path) for each in self.problems]
        formulas = FormulaRepair(merge, self.reading, self.procedure, self.file, self.ready.found)
        rows = self._merged(shared, formulas)
        applier = Applier(self.file, self.reading, self.procedure)
        applier.run(merge)
        self.problems += applier.problems
        book = self.file.book(self.as_at, OurCells(self.reading, self.procedure))
        formulas.offer(book, accepted)
        conflicts = self._conflicts()
        problems = [replace(each, file=path) for each in self.problems]
        before = self.reading.baseline
        now = next_baseline(
            before, self.procedure, shared.case, shared.base if self.options.case else self._last_described,
            rows, book, self.as_at, keeps_edition=self._keeps_edition, conflicts=conflicts, added=merge.rows,
            moves=logged_moves(self.reading, merge.rows).elements(),
        )  # fmt: skip
        if before.layout == layout.LAYOUT and deleted_texts(before, now):
            merge.marks.append("what was deleted is no longer remembered")
        if not self._has_work(conflicts):
            return Outcome(path, content, False, merge, conflicts, problems), problems
        result = content
        self.file.note_values(book)
        write_baseline(self.file, before, now)
        if self._differs(content, shared.case, conflicts):
            # Only now: what is not written is made from nothing.
            write_baseline(self.file, before, with_sources(now, before, self.options.sources), again=True)
            result = self.file.to_bytes()
        merge.cells[:0] = self.options.taken_over
        changed = result != content or bool(merge.mended)
        return Outcome(path, result, changed, merge, conflicts, problems, applier.places), problems

    def _case(self) -> SharedCells | None:
        """The merged case; None where the description is of another case."""
        edited, doubts = case_of(self.reading, self.procedure)
        self.problems += doubts
        new = self.options.case or edited
        if self.options.move_edition and new.procedure:
            new = replace(new, procedure=self.procedure.edition)
        mine, theirs = edited.details.reference, new.details.reference
        if mine and theirs and mine != theirs:
            facts = {"mine": mine, "theirs": theirs}
            self.problems.append(problem(codes.OTHER_CASES_DESCRIPTION, file=self.reading.path, **facts))
            return None
        three, moves = (self._last_described, edited, new), self._is_older and self.options.move_edition
        shared = SharedCells(self.merge, self.reading, self.procedure, *three, moves=moves)
        shared.run()
        return shared

    def _merged(self, shared: SharedCells, formulas: FormulaRepair) -> dict[str, dict[str, Values]]:
        """Merge rows, formulas, IDs and the log; what to remember of each sheet's rows."""
        stages = StageRows(self.merge, self.reading, self.procedure)
        old, new = (make_plan(case, self.procedure) for case in (self.reading.baseline.case, shared.case))
        stages.run(*target_rows(stages.base, old, new, keeps_edition=self._keeps_edition))
        formulas.restore()
        correct_ids(self.merge, self.reading, self.procedure, self.file, all_of_them=self.options.realign)
        plan = plan_ids(self.merge, self.reading)
        log_moves(self.merge, self.reading, self.procedure, self.as_at)
        if self._is_older:
            code = codes.NEWER_EDITION if self._keeps_edition else codes.OLDER_GUIDE
            self.problems.append(problem(code, file=self.reading.path, **self._editions()))
        for cell in sorted(set(self._asked) - self.merge.restored):
            self.problems.append(problem(codes.NOTHING_TO_RESTORE, place=self._asked[cell]))
        self._marks(shared.case)
        return {**stages.values, layout.PLAN: plan}

    def _editions(self) -> dict[str, str]:
        sides: dict[str, Baseline | Procedure] = {"was": self.reading.baseline, "now": self.procedure}
        if not self.reading.baseline.is_of_another(self.procedure):
            return {name: each.edition for name, each in sides.items()}
        return {name: f"{each.edition} of set {each.set_name}" for name, each in sides.items()}

    def _marks(self, case: Case) -> None:
        """The facts of the workbook beside its rows, where they are behind."""
        baseline, marks = self.reading.baseline, self.merge.marks
        if case.details.reference and not baseline.case.details.reference:
            marks.append(f"case {case.details.reference}")
        if baseline.layout < layout.LAYOUT:
            marks.append(f"layout {baseline.layout} -> {layout.LAYOUT}")
        if print_lines(self.file, self.reading.sheets, baseline.case, case):
            marks.append("marking and reference on printed pages")
        if self.options.move_edition and self._is_older:
            marks.append("edition {was} -> {now}".format(**self._editions()))

    def _conflicts(self) -> list[Conflict]:
        """Every conflict on record: met now, between copies, waiting from earlier runs, settled."""
        merge, known = self.merge, issued_conflicts(self.reading.baseline)
        met = {each.key for each in merge.conflicts}
        merge.conflicts += [each for each in self.options.between_copies if each.key not in met]
        merge.conflicts += waiting_conflicts(merge, self.file, self.reading, self.procedure, known)
        merge.settled += settle_unmet(merge, known)
        return number_conflicts(merge.conflicts, merge.settled, known)

    def _has_work(self, conflicts: Sequence[Conflict]) -> bool:
        """Whether anything is to be written at all, such as a choice on a conflict that was still open."""
        merge, options = self.merge, self.options
        done = merge.cells or merge.rows or merge.marks or merge.mended or options.annotate or options.merged
        chosen = any(choice.conflict.open for choice in merge.choices.values())
        same = [dict(each) for each in self.reading.baseline.conflicts] == [
            each.record() for each in conflicts
        ]
        return bool(done) or not same or chosen

    def _differs(self, content: bytes, case: Case, conflicts: Sequence[Conflict]) -> bool:
        """Whether the file is another one with its conflicts, and with what was asked for beside."""
        write_conflicts(self.file, conflicts, case)
        self.file.package.recalculate_on_opening()
        if not self.options.annotate:
            return bool(self.merge.rows or self.merge.mended) or self.file.changed()
        # A sheet of what is wrong in it, each row linked to its cell.
        made = self.file.to_bytes()
        reading, procedure, found = read_content(made, self.reading.path, self.ready.load)
        if reading is not None and procedure is not None:  # else it is refused before it is written
            state = reconcile_reading(reading, procedure, found, self.as_at)
            write_problems(self.file, state.problems, case)
            made = self.file.to_bytes()
        return made != content


def _parse_address(cell: str, reading: Reading) -> str:
    """An address as people type it, as this program spells it: `Rapid Review!$b$5` is `'Rapid Review'!B5`."""
    sheet, _, ref = cell.rpartition("!")
    plain = clean_text(sheet).strip("'").replace("''", "'")
    named = next((each for each in reading.sheets.values() if each.casefold() == plain.casefold()), plain)
    return f"{quoted(named)}!{ref.replace('$', '').strip().upper()}"
