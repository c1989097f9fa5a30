"""A blank workbook lived in LibreOffice, with no command between: six agencies, one of them new, and two children."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner
from office.calc import differences, formula_values, needs_soffice, recalculate
from office.edits import Edit, Job, Set, Sort, edit
from reconcile.editing import case_in

from tracker.cli import cli
from tracker.formula.parse import column_letters
from tracker.plan import make_plan
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.case_of import case_of
from tracker.workbook.patch.file import WorkbookFile
from tracker.workbook.read import read_content
from workbook.making import FACTS, PROCEDURE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = needs_soffice

AS_AT = date(2026, 11, 24)
STAGES = ("SIN", "Rapid Review", "LCSPR")
RETURNS = ["RR-5.7b-AG1", "RR-5.7b-ASC", "RR-5.7b-DHC", "RR-5.7b-ICB", "RR-5.7b-POL", "RR-5.7b-UHD"]


class Typist:
    """Says where to type in a blank workbook: beside the text in column A, in a row that stands ready."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))

    def beside(self, sheet: str, text: str, column: str, value: str | date | None, below: int = 0) -> Edit:
        """A cell in the row of a text in column A, or some rows below it."""
        (row,) = (cell.row for (cell,) in self.book[sheet].iter_rows(max_col=1) if cell.value == text)
        return Set(sheet, f"{column}{row + below}", value)

    def row(self, row_id: str, title: str, value: str | date) -> Edit:
        """A cell of a row, whose ID may stand in a formula."""
        for sheet in STAGES:
            for (cell,) in self.book[sheet].iter_rows(max_col=1):
                if cell.value == row_id or f'"{row_id}"' in str(cell.value):
                    titles = [each.value for each in self.book[sheet][3]]
                    return Set(sheet, f"{column_letters(titles.index(title) + 1)}{cell.row}", value)
        raise LookupError(row_id)

    def sort(self, sheet: str, by: str) -> Edit:
        table = next(iter(self.book[sheet].tables.values()))
        titles = [each.value for each in self.book[sheet][3]]
        return Sort(sheet, table.ref, column_letters(titles.index(by) + 1))


def _life(typist: Typist) -> list[Edit]:
    return [
        typist.beside("Case", "Case reference", "B", "DOR-2026-200"),
        typist.beside("Case", "Report date (empty: today)", "B", AS_AT),
        typist.beside("Case", "SIN day zero", "D", date(2026, 11, 2)),
        typist.beside("Case", "Child 1", "A", "Sibling 1", below=1),
        *(typist.beside("People", code, "B", None) for code in ("DCH", "PRO", "CAF")),
        typist.beside("People", "AG1", "B", "School Trust"),
        typist.beside("People", "AG1", "E", "S. Example"),
        typist.beside("People", "DHC", "B", "Another HealthCare"),
        typist.row("SIN-3.4", "Completed", date(2026, 11, 9)),
        typist.row("SIN-3.6-S1", "Completed", date(2026, 11, 10)),
        typist.row("RR-5.7", "Completed", date(2026, 11, 11)),
        typist.row("RR-5.7b-POL", "Completed", date(2026, 11, 18)),
        typist.row("RR-5.7b-AG1", "Completed", date(2026, 11, 20)),
        typist.row("RR-5.7b-UHD", "Agreed date", date(2026, 11, 27)),
        typist.row("RR-5.7b-UHD", "Reason for change", "Staff away"),
    ]


SCENES = ("lived", "thought better of", "sorted")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The workbook after each scene, as LibreOffice saved it; and beside it as it counted everything again."""
    folder = tmp_path_factory.mktemp("blank")
    made = CliRunner().invoke(cli, ["generate", "--blank", "-o", str(folder / "blank.xlsx")])
    assert made.exit_code == 0, made.output
    typist = Typist((folder / "blank.xlsx").read_bytes())
    better = [
        typist.beside("People", "AG1", "B", None),
        typist.beside("Case", "Child 1", "A", "Child 2", below=1),
    ]
    more = {"lived": [], "thought better of": better, "sorted": [typist.sort("Rapid Review", "Owner")]}
    jobs = [
        Job(folder / "blank.xlsx", folder / f"{name}.xlsx", [*_life(typist), *more[name]]) for name in SCENES
    ]
    edit(jobs)
    recalculate([folder / f"{name}.xlsx" for name in SCENES], folder / "counted")
    return {name: folder / f"{name}.xlsx" for name in SCENES}


def _evaluated(path: Path) -> Path:
    """The workbook with every formula as we evaluate it."""
    file = WorkbookFile(path.read_bytes())
    book = file.book(AS_AT, lambda *_: True)
    file.note_values(book)
    assert book.unevaluated == set()
    target = path.with_suffix(".ours.xlsx")
    target.write_bytes(file.to_bytes())
    return target


@pytest.mark.parametrize("scene", SCENES)
def test_every_formula_follows_at_the_moment_of_typing(saved: Mapping[str, Path], scene: str) -> None:
    path = saved[scene]
    counted = path.parent / "counted" / path.name
    assert differences(path, counted) == []
    assert differences(_evaluated(path), path) == []
    assert [cell for cell, value in formula_values(path).items() if str(value).startswith("#")] == []


@pytest.mark.parametrize("scene", SCENES)
def test_what_is_read_is_what_the_sheets_show(saved: Mapping[str, Path], scene: str) -> None:
    state = case_in(saved[scene], AS_AT)
    book = openpyxl.load_workbook(saved[scene], data_only=True)
    titles = [each.value for each in book["SIN"][3]]
    shown = {
        row[0]: (row[titles.index("Owner")], row[titles.index("RAG")], row[titles.index("Due")])
        for sheet in STAGES
        for row in book[sheet].iter_rows(min_row=4, values_only=True)
        if row[0]
    }
    assert {each.id: (each.owner, each.rag) for each in state.actions} == {
        row_id: (owner, rag) for row_id, (owner, rag, _) in shown.items()
    }
    for stage in STAGES:
        words = Counter(each.rag for each in state.actions if each.stage == stage)
        assert state.counts[stage] == words
    others = [
        row
        for sheet in STAGES
        for row in book[sheet].iter_rows(min_row=4, max_col=14, values_only=True)
        if not row[0]
    ]
    for row in others:  # nothing but what they wait for, and what was typed before the name was cleared
        left = [value for value in row if value not in {None, ""}]
        assert str(left[0]).startswith("spare: ")
        assert len(left) == 1 or scene == "thought better of"


def test_an_ordinary_case_needs_no_command(saved: Mapping[str, Path]) -> None:
    path = saved["lived"]
    state = case_in(path, AS_AT)
    assert sorted(each.id for each in state.actions if each.id.startswith("RR-5.7b")) == RETURNS
    assert sorted(each.id for each in state.actions if each.id.startswith("SIN-3.6-")) == [
        "SIN-3.6-C1",
        "SIN-3.6-S1",
    ]
    actions = {each.id: each for each in state.actions}
    assert (actions["RR-5.7b-AG1"].named_owner, actions["RR-5.7b-AG1"].rag) == (
        "S. Example",
        "Complete, late",
    )
    assert (actions["RR-5.7b-DHC"].owner, actions["RR-5.7b-DHC"].rag) == ("Another HealthCare", "Overdue")
    # Nobody is named, the report date is typed, and steps before and after the SIN are open: no word of the rows.
    assert {each.code for each in state.problems} <= {"T314", "T323", "T324", "T333"}
    # The rows are those that the program would have made of the case, and it finds nothing to add or take away.
    reading, procedure, _ = read_content(path.read_bytes(), path.name, lambda _: (PROCEDURE, []))
    assert reading
    assert procedure
    case, doubts = case_of(reading, procedure)
    assert doubts == []
    assert [each.code for each in case.agencies] == ["POL", "ICB", "DHC", "UHD", "ASC", "AG1"]
    assert {row.id for row in make_plan(case, procedure).all_rows()} == set(actions)
    outcome, problems = regenerate_content(
        path.read_bytes(), path.name, lambda _: (PROCEDURE, []), FACTS, AS_AT, UpdateOptions()
    )
    assert outcome, problems
    assert [each.id for each in outcome.merge.rows if each.table != "Log_entries"] == []
    assert (outcome.merge.withdrawn, outcome.merge.deleted, outcome.open_conflicts) == ([], [], [])
    path.with_suffix(".regenerated.xlsx").write_bytes(outcome.content)
    after = case_in(path.with_suffix(".regenerated.xlsx"), AS_AT)
    assert [(each.id, each.rag, each.completed, each.agreed) for each in after.actions] == [
        (each.id, each.rag, each.completed, each.agreed) for each in state.actions
    ]


def test_entries_of_a_name_taken_back_are_told(saved: Mapping[str, Path]) -> None:
    state = case_in(saved["thought better of"], AS_AT)
    told = [(each.code, each.id) for each in state.problems if each.code == "T359"]
    assert told == [("T359", "SIN-3.6-S1"), ("T359", "RR-5.7b-AG1")]
    assert "RR-5.7b-AG1" not in {each.id for each in state.actions}
    assert "SIN-3.6-C2" in {each.id for each in state.actions}
