"""A case lived week by week: typed into as a Business Manager does, with a report on every Monday.

A day is spelt `14 Sep`, in the year that brings it nearest to the last Monday. Several IDs of one stage are spelt
`RR-5.7 5.11 5.12`, an agency's return `RR-5.7b-POL`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reconcile.editing import reconcile_paths

from tracker.api import generate, load_case, load_procedure, read_workbook, regenerate_workbook
from tracker.report.history import read_earlier
from tracker.report.reports import Wanted, make
from tracker.report.weekly import WeeklyView
from tracker.workbook import layout
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.reading import place_of

from . import readers
from .mondays import day_of, ids, monday, spell, told_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.workbook.baseline import Baseline
    from tracker.workbook.reading import Reading, ReadRow

Typed = str | date | None
WEEK = timedelta(weeks=1)
_TABLES = {"Log": layout.LOG_TABLE, "Meetings": layout.MEETING_TABLE, "Action Plan": "Plan_actions",
           "Agencies": "People_agencies"}  # fmt: skip
_DAY = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2})( \d{4})?")


def _procedure() -> Procedure:
    found, problems = load_procedure("dorset")
    assert found, problems
    return found


PROCEDURE = _procedure()
LABELS = {each.label: each.path for each in layout.fields(PROCEDURE)}


@dataclass
class Life:
    """One workbook from its description on. What was typed is remembered, and is there to the end."""

    folder: Path
    saved: bytes
    today: date
    expected: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    noted: str = ""  # the codes of what the reading notes, from then on every Monday
    typed: dict[str, Typed] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    completed: dict[str, date] = field(default_factory=dict)  # since the last Monday's report
    _file: WorkbookFile | None = None
    _reading: Reading | None = None

    @classmethod
    def of(cls, description: str, folder: Path, day: str) -> Life:
        """The workbook of a description as it is generated on a day."""
        case, problems = load_case(description.encode(), PROCEDURE)
        assert case, problems
        made = day_of(day)
        content, problems = generate(case, made, PROCEDURE)
        assert content, problems
        return cls(folder, content, made)

    def day(self, words: str) -> date:
        """A day as a story spells it."""
        exact = _DAY.fullmatch(words)
        assert exact, words
        if exact[3]:
            return day_of(words)
        years = (self.today.year - 1, self.today.year, self.today.year + 1)
        return min((day_of(f"{words} {year}") for year in years), key=lambda day: abs(day - self.today))

    # What people type

    def cells(self, cells: Mapping[str, str]) -> None:
        """Type into cells: `RR-5.10:Agreed date`, `Case:LCSPR`, `Case:LCSPR day zero`."""
        for key, words in cells.items():
            self.typed[key] = value = self._value(words)
            self._put(self._field(key)[0], value)

    def done(self, day: str, words: str, *, status: bool = True) -> None:
        """Steps completed on a day; some people fill in the status too, some the date alone."""
        given = {}
        for each in ids(words):
            given[f"{each}:Completed"] = day
            if status:
                given[f"{each}:Status"] = "Complete"
            self.completed[each] = self.day(day)
        self.cells(given)

    def status(self, word: str, words: str, reason: str = "") -> None:
        """Rows given a status, with a reason where there is one."""
        given = {f"{each}:Status": word for each in ids(words)}
        if reason:
            given |= {f"{each}:Reason for change": reason for each in ids(words)}
        self.cells(given)

    def agreed(self, words: str, day: str, reason: str, by: str = "") -> None:
        """Another date agreed for steps, with its reason; a line in Log where somebody agreed it."""
        for each in ids(words):
            self.cells({f"{each}:Agreed date": day, f"{each}:Reason for change": reason})
        if by:
            for each in ids(words):
                self.row("Log", Date=spell(self.today), ID=each, What="Date moved", Text=reason, To=day,
                         **{"Agreed by": by})  # fmt: skip

    def row(self, sheet: str, **columns: str) -> None:
        """A new row below the last of Log, Meetings (Calendar), Action Plan or Agencies (People)."""
        table = _TABLES[sheet]
        place = self.reading.places[table]
        rows = self.reading.tables.get(table, ())
        number = max((each.number for each in rows), default=place.header_row) + 1
        self.file.reach(table, number)
        for title, column in place.columns.items():
            above = self.file.sheet(place.sheet).cell(place.header_row + 1, column)
            value = self._value(columns[title]) if title in columns else None
            self.file.put(place.sheet, number, column, value, above.style if above else "")
        self.logged += [columns["Text"]] if sheet == "Log" else []
        self._reading = None

    def meeting(self, kind: str, day: str) -> None:
        """A meeting put on Calendar."""
        self.row("Meetings", Kind=kind, Date=day)

    def held(self, kind: str) -> None:
        """The first meeting of a kind that is not ticked, ticked."""
        self._at_meeting(kind, "Held", "yes")

    def moved(self, kind: str, day: str) -> None:
        """The date of a meeting overwritten."""
        self._at_meeting(kind, "Date", day)

    def _at_meeting(self, kind: str, title: str, words: str) -> None:
        rows = self.reading.tables[layout.MEETING_TABLE]
        row = next(each for each in rows if each.text("Kind") == kind and not each.text("Held"))
        self._put(row.cell(title), self._value(words))
        self._reading = None

    # What the program does

    def regenerate(self, *copies: bytes, conflicts: Sequence[str] = ()) -> None:
        """Bring the workbook up to date, with other people's copies merged in; `conflicts` are left open."""
        outcome, problems = regenerate_workbook([self.content, *copies], self.today, procedure=PROCEDURE)
        assert outcome, problems
        found = [f"{each['id']}:{each['column']}" for each in outcome.open_conflicts]
        assert found == list(conflicts)
        self.saved, self._file, self._reading = outcome.content, None, None
        self.still_there(but=conflicts)

    def settle(self, take: str) -> None:
        """Choose alike for all on the sheet Conflicts, and bring the workbook up to date."""
        rows = range(1, max(self.file.sheet("Conflicts").rows) + 1)
        lines = [row for row in rows if "open" in self.file.row_texts("Conflicts", row)]
        titles = next(says for row in rows if "Take" in (says := self.file.row_texts("Conflicts", row)))
        assert lines
        for line in lines:
            self.file.put("Conflicts", line, titles.index("Take") + 1, take)
        self.regenerate()

    def still_there(self, but: Sequence[str] = ()) -> None:
        """Nothing that was typed is lost."""
        self._reading = None
        kept = {key: value for key, value in self.typed.items() if key not in but}
        assert kept == {key: self._field(key)[1] for key in kept}
        log = [row.text("Text") for row in self.reading.tables[layout.LOG_TABLE]]
        assert [text for text in self.logged if text not in log] == []

    def copy(self) -> Life:
        """A copy that somebody else types into; what it says comes back with `merge`."""
        return Life(self.folder, self.content, self.today)

    def merge(self, *copies: Life, conflicts: Sequence[str] = ()) -> None:
        """Bring copies back into this workbook."""
        for each in copies:
            self.typed |= each.typed
            self.logged += each.logged
            self.completed |= each.completed
        self.regenerate(*(each.content for each in copies), conflicts=conflicts)

    # Mondays

    def monday(self, day: str, standing: str, **told: str) -> None:
        """What the weekly report of a Monday should say; `reported` is held against `told` at the end."""
        when = day_of(day)
        assert when.weekday() == 0
        assert not self.shown or when == self.today + WEEK, f"{when} is not the next Monday"
        self.today = when
        view = self.report()
        self._is_whole(view)
        self.expected.append(monday(day, standing, {"problems": self.noted, **told}))
        (case,) = view.cases or (None,)
        stands = f"{case.stage}: {case.standing}" if case else "closed"
        self.shown.append(monday(day, stands, told_by(view)))
        self.readers.append(readers.row(view))

    def mondays(self, days: str, standing: str, **told: str) -> None:
        """Mondays whose reports say the same but for the week: `7 Dec 2026, 14 Dec 2026`, `week {5} of 26`."""
        first = re.search(r"\{(\d+)\}", standing)
        for place, day in enumerate(days.split(", ")):
            week = str(int(first[1]) + place) if first else ""
            self.monday(f"Mon {day}", re.sub(r"\{\d+\}", week, standing), **told)

    @property
    def reported(self) -> str:
        """What the reports said, Monday by Monday."""
        self.still_there()
        return "\n".join(self.shown)

    @property
    def told(self) -> str:
        """What the story says they should have said."""
        return "\n".join(self.expected)

    def report(self) -> WeeklyView:
        """The weekly report as at today, compared with last Monday's as `tracker report` does."""
        path = self.folder / "case.xlsx"
        path.write_bytes(self.content)
        last = self.folder / f"weekly-{self.today - WEEK}.json"
        earlier = read_earlier(last)[0] if last.exists() else None
        outcome = reconcile_paths([path], self.today, load=_load, today=self.today)
        assert not outcome.problems
        made = make(Wanted("weekly", earlier, closed_apart=True), outcome)
        (self.folder / f"weekly-{self.today}.json").write_text(made.history, encoding="utf-8")
        assert isinstance(made.view, WeeklyView)
        return made.view

    def _is_whole(self, view: WeeklyView) -> None:
        """What was completed since last Monday is told as done, all of it and nothing else."""
        done = {line.label for line in (*view.done_late, *view.done_in_time)}
        assert done == set(self.completed), (self.today, done ^ set(self.completed))
        self.completed = {}

    # Cells

    @property
    def content(self) -> bytes:
        """The workbook's bytes with all that was typed."""
        if self._file:
            self.saved, self._file = self._file.to_bytes(), None
        return self.saved

    @property
    def file(self) -> WorkbookFile:
        """The workbook open for typing."""
        if self._file is None:
            self._file = WorkbookFile(self.saved)
        return self._file

    @property
    def reading(self) -> Reading:
        """Where everything stands: what was typed into cells since is not in it, but moves nothing."""
        if self._reading is None:
            self._reading = read_workbook(self.content, PROCEDURE)[0]
            assert self._reading
        return self._reading

    def _value(self, words: str) -> Typed:
        return self.day(words) if _DAY.fullmatch(words) else words

    def _put(self, cell: str, value: Typed) -> None:
        place = place_of(cell)
        assert place, cell
        self.file.put(*place, value)

    def _row(self, row_id: str) -> ReadRow:
        rows = (row for table in self.reading.tables.values() for row in table)
        found = next((row for row in rows if row.text("ID") == row_id), None)
        if found is None:
            raise LookupError(row_id)
        return found

    def _field(self, key: str) -> tuple[str, Typed | float]:
        """Where the cell of a key stands, and what it held when the workbook was read."""
        first, _, title = key.partition(":")
        if first != "Case":
            row = self._row(first)
            return row.cell(title), row.values.get(title)
        path = LABELS.get(title)
        found = self.reading.fields[path] if path else self.reading.clocks[title]
        return found.cell, found.value


def _load(_: Baseline) -> tuple[Procedure | None, list[Problem]]:
    return PROCEDURE, []
