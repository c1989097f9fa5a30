"""Everything a person's workbook carries is there afterwards, byte for byte, and our own values are right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from office.calc import counted_values, differences, needs_soffice, recalculate
from office.validator import format_faults
from reconcile.editing import issued_bytes, load
from workbook.making import FACTS, stripped

from patch.carrier import PLACED, SAMPLE, carrier, grown_case, new_edition
from patch.cells import cells_of, changed_cells
from patch.packages import unzipped
from tracker.regenerate.outcome import Outcome
from tracker.regenerate.run import UpdateOptions, regenerate_content
from tracker.workbook.patch.package import Package

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.procedure.model import Procedure
    from tracker.regenerate.outcome import Outcome
    from tracker.workbook.baseline import Baseline

AS_AT = date(2026, 11, 22)
FORMULA = re.compile(rb"<f[ >].*?</f>|<f/>")


@dataclass(frozen=True)
class Run:
    """A workbook before and after, in files and as parts."""

    before: Path
    after: Path
    outcome: Outcome

    def parts(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        return unzipped(self.before.read_bytes()), unzipped(self.after.read_bytes())

    def changed(self) -> set[str]:
        old, new = self.parts()
        return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def regenerated(before: Path, folder: Path) -> Run:
    """The workbook brought up to two more agencies, another child and the next edition."""
    procedure = new_edition(folder)

    def newer(_: Baseline) -> tuple[Procedure | None, list[Problem]]:
        return procedure, []

    wishes = UpdateOptions(case=grown_case(), move_edition=True)
    outcome, problems = regenerate_content(before.read_bytes(), str(before), newer, FACTS, AS_AT, wishes)
    assert outcome, problems
    after = folder / "after.xlsx"
    after.write_bytes(outcome.content)
    return Run(before, after, outcome)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("carried")
    (folder / "before.xlsx").write_bytes(carrier(issued_bytes(SAMPLE, AS_AT)))
    return regenerated(folder / "before.xlsx", folder)


@pytest.fixture(scope="module")
def run_after_office(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("office")
    (folder / "before.xlsx").write_bytes(carrier(issued_bytes(SAMPLE, AS_AT)))
    (before,) = recalculate([folder / "before.xlsx"], folder / "saved")
    return regenerated(before, folder)


def may_change(package: Package) -> set[str]:
    """Our sheets and tables, and the parts that say what the package holds."""
    sheets = {part for name, part in package.sheets().items() if name != "My sums"}
    tables = {table.part for table in package.tables().values()}
    relations = f"{package.workbook.rpartition('/')[0]}/_rels/workbook.xml.rels"
    return (
        sheets
        | tables
        | {package.workbook, relations, "[Content_Types].xml", package.styles, "xl/calcChain.xml"}
    )


def stray(run: Run) -> set[str]:
    """Parts that changed and should not have."""
    return run.changed() - may_change(Package(run.before.read_bytes()))


def unexplained(run: Run) -> dict[str, set[str]]:
    """Cells of our sheets whose bytes changed without a reason, by sheet.

    Reasons: the merge names the cell, its row is new, it is a formula whose text is the same, or it is the record of
    the baseline.
    """
    old, new = run.parts()
    named = {(cell.spot.sheet, cell.spot.cell.rpartition("!")[2]) for cell in run.outcome.merge.cells}
    fresh = {place.replace("'", "").rpartition("!A")[::2] for place in run.outcome.places.values()}
    found = {}
    for sheet, part in Package(run.before.read_bytes()).sheets().items():
        before, after = cells_of(old[part]), cells_of(new[part])
        odd = {
            cell
            for cell in changed_cells(old[part], new[part])
            if (sheet, cell) not in named
            and (sheet, cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) not in fresh
            and not (sheet == "_tracker" and cell.startswith("A"))
            and not (FORMULA.findall(before.get(cell, b"")) == FORMULA.findall(after.get(cell, b"x")) != [])
        }
        if odd:
            found[sheet] = odd
    return found


def audit(path: Path) -> set[str]:
    return set(format_faults(path))


def wrong_values(run: Run, folder: Path) -> list[tuple[str, object, object]]:
    """Formula cells of our sheets that LibreOffice works out otherwise."""
    bare = stripped(run.after, folder / "bare.xlsx", AS_AT)
    return [
        each
        for each in differences(run.after, *counted_values([bare]))
        if not each[0].startswith("'My sums'")
    ]


def test_rows_were_added_and_the_edition_moved(run: Run) -> None:
    added = {row.id for row in run.outcome.merge.rows}
    assert {"RR-5.7b-HOU", "RR-5.7b-YJS"} <= added
    assert any("Ask the other" in str(cell.content) for cell in run.outcome.merge.cells)
    assert run.outcome.open_conflicts == []


def test_every_part_of_a_persons_is_the_same_bytes(run: Run) -> None:
    old, new = run.parts()
    assert {name for name in PLACED if old[name] != new.get(name)} == set()
    assert stray(run) == set()
    assert b"MSIP_Label" in new["docProps/custom.xml"]


def test_every_cell_that_did_not_have_to_change_is_the_same_bytes(run: Run) -> None:
    assert unexplained(run) == {}


def test_the_persons_own_column_is_the_same_in_every_row_and_their_colour_stays(run: Run) -> None:
    part = Package(run.before.read_bytes()).sheets()["Rapid Review"]
    before, after = (cells_of(parts[part]) for parts in run.parts())
    rooms = {cell: said for cell, said in before.items() if cell.startswith("Y")}
    assert len(rooms) > 30
    assert {cell: after[cell] for cell in rooms} == rooms
    style = re.search(rb's="(\d+)"', before["B6"])
    assert style
    assert style[0] in after["B6"]


def test_own_colours_reach_as_far_as_they_did_or_further(run: Run) -> None:
    sheet = Package(run.after.read_bytes()).sheets()["SIN"]
    (found,) = re.findall(
        rb'sqref="L4:L(\d+)"[^>]*><cfRule type="expression" dxfId="0"', run.parts()[1][sheet]
    )
    assert int(found) >= 14


def test_the_validator_finds_nothing_that_was_not_there_before(run: Run) -> None:
    assert audit(run.after) - audit(run.before) == set()


def test_a_second_run_has_nothing_to_do(run: Run, tmp_path: Path) -> None:
    procedure = new_edition(tmp_path)
    content = run.after.read_bytes()
    wishes = UpdateOptions(case=grown_case(), move_edition=True)
    again, _ = regenerate_content(content, "again.xlsx", lambda _: (procedure, []), FACTS, AS_AT, wishes)
    assert again
    assert not again.changed
    assert again.content is content


def test_without_anything_to_do_the_file_is_the_very_same(tmp_path: Path) -> None:
    content = carrier(issued_bytes(SAMPLE, AS_AT))
    outcome, _ = regenerate_content(content, str(tmp_path / "a.xlsx"), load, FACTS, AS_AT, UpdateOptions())
    assert outcome
    assert (outcome.changed, outcome.content is content) == (False, True)


@needs_soffice
def test_our_values_are_those_of_libreoffice(run: Run, tmp_path: Path) -> None:
    assert wrong_values(run, tmp_path) == []


@needs_soffice
def test_the_same_after_libreoffice_saved_it_in_between(run_after_office: Run, tmp_path: Path) -> None:
    run = run_after_office
    assert {row.id for row in run.outcome.merge.rows} >= {"RR-5.7b-HOU", "RR-5.7b-YJS"}
    assert stray(run) == set()
    assert unexplained(run) == {}
    assert audit(run.after) - audit(run.before) == set()
    assert wrong_values(run, tmp_path) == []
