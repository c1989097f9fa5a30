"""Every code of merging, from a workbook."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from reconcile.editing import EARLY, FRESH, Edited

from regenerate.running import SMALL, book_of, regenerated, saved, small, typed
from tracker.cli import cli
from tracker.problems import kinds_of
from tracker.regenerate.copies import merge_copies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl import Workbook as XlsxWorkbook

TOLD: dict[str, tuple[str, str, str]] = {
    # code: the place, what was found, what to do
    "T601": ("", "B.xlsx", "Merge the copies"),
    "T602": ("Case!B33", "on both sides: yours Typed, new Theirs, as issued (blank)", "Take yours to keep Typed"),
    "T603": ("SIN!B5", "Action of SIN-2.6 reads Ring", 'Run tracker regenerate with --restore "SIN!B5"'),
    "T604": ("", "issued under edition 2023, but the procedure is now edition 2026", "Add --move-edition"),
    "T605": ("Calendar", "Closures would lie over Meetings", "Open the last copy"),
    "T606": ("", "changed while it was read", "Run the command again"),
    "T607": ("", "A.xlsx#", "Close it there"),
    "T608": ("", "it is read-only", "Allow writing"),
    "T609": ("Case", "no free row", "Insert rows"),
    "T610": ("Case!A49", "an entry gets no rows, as it is no label such as Child 1", "Type it as the Guide"),
    "T611": ("SIN!L5", "no cell of the procedure was changed at SIN!L5", "Look the address up"),
    "T643": ("", "no open conflict C-007", "Look the number up"),
    "T612": ("", "neither was made from the issue of the other", "Bring each copy up to date"),
    "T613": ("", "rows that do not say which they are", "Open it in Excel or LibreOffice"),
    "T619": ("", "B.xlsx has SIN!Z5, which the result does not have", "Copy what you need"),
    "T617": ("", "A.xlsx#", "Save it there"),
    "T618": ("SIN", "table SIN_actions ends with a totals row, so SIN-3.6-C2 finds no room", "Switch the totals"),
    "T614": ("", "row SIN-3.2 stays deleted, as a person deleted it", "Type its ID"),
    "T621": ("", "but you named set mine, edition 2023", "Name its own set"),
    "T622": ("", "set mine has SIN", "Make a new workbook"),
    "T620": ("", "but sheet Guide keeps the words of 2023", "Look the readings up"),
    "T615": ("", "the description of case DOR-2026-098", "Name the description of DOR-2026-099"),
}  # fmt: skip


def _told(code: str, problems: list[tuple[str, str, str, str]]) -> None:
    place, found, remedy = TOLD[code]
    (told,) = [each for each in problems if each[0] == code]
    assert told[1] == place
    assert found in told[2]
    assert told[3].startswith(remedy)


def _of(content: bytes, procedure: object = SMALL, **wishes: object) -> list[tuple[str, str, str, str]]:
    from tracker.regenerate.outcome import remarks

    run = regenerated(content, procedure, **wishes)  # type: ignore[arg-type]  # a procedure, and the wishes of run
    told = remarks(run.outcome, run.problems) if run.outcome else run.problems
    return [(each.code, each.place, each.found, each.remedy) for each in told]


def _copies(one: bytes, other: bytes) -> list[tuple[str, str, str, str]]:
    copies, problems = merge_copies([("A.xlsx", one), ("B.xlsx", other)], lambda _: (SMALL, []), EARLY)
    told = list(copies.problems) if copies else problems
    return [(each.code, each.place, each.found, each.remedy) for each in told]


def _summed(reference: str, summary: str) -> object:
    return replace(FRESH, details=replace(FRESH.details, reference=reference, summary=summary))


def _overlapping_tables(book: XlsxWorkbook) -> None:
    table = book["Calendar"].tables["Closures"]
    table.ref = table.autoFilter.ref = f"A{table.ref[1:]}"


def _without_a_row(book: XlsxWorkbook) -> None:
    page = book["SIN"]
    page.delete_rows(next(row for row in range(4, 20) if page.cell(row, 1).value == "SIN-3.2"))


def _totals(book: XlsxWorkbook) -> None:
    book["SIN"].tables["SIN_actions"].totalsRowCount = 1


def _rows_unnamed(content: bytes) -> bytes:
    """As some programs write it: rows that do not say their number."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            sheet = name.startswith("xl/worksheets/sheet")
            new.writestr(name, re.sub(rb'<row r="\d+"', b"<row", part) if sheet else part)
    return buffer.getvalue()


def _proceedings(word: str) -> bytes:
    """All the room for parallel proceedings used up."""
    book = book_of(small())
    page = book["Case"]
    row = next(row for row in range(1, page.max_row) if page.cell(row, 6).value == "Parallel proceedings") + 2
    while not str(page.cell(row + 1, 1).value or "").startswith("Children"):
        page.cell(row, 6).value = f"{word} {row}"
        row += 1
    return saved(book)


IN_MEMORY: dict[str, Callable[[], list[tuple[str, str, str, str]]]] = {
    "T601": lambda: _copies(small(), typed({"SIN-2.6:Progress": "Rung"})),
    "T602": lambda: _of(typed({"Summary:B": "Typed"}), case=_summed("DOR-2026-099", "Theirs")),
    "T603": lambda: _of(typed({"SIN-2.6:Action": "Ring"})),
    "T604": lambda: _of(small(), replace(SMALL, edition="2026")),
    "T620": lambda: _of(small(), replace(SMALL, edition="2026"), move_edition=True),
    "T621": lambda: _of(small(), replace(SMALL, set_name="mine", sha256="other")),
    "T622": lambda: _of(small(), replace(SMALL, set_name="mine", stages=SMALL.stages[:1]), move_edition=True),
    "T605": lambda: _of(typed(then=_overlapping_tables)),
    "T609": lambda: _copies(_proceedings("Inquest"), _proceedings("Trial")),
    "T610": lambda: _of(typed({"Case!A49": "Jo"})),
    "T611": lambda: _of(small(), restore=frozenset({"SIN!L5"})),
    "T643": lambda: _of(small(), takes={"C-007": "new"}),
    "T612": lambda: _copies(
        *(regenerated(typed({"SIN-2.6:Progress": each}), annotate=True).content for each in "ab")
    ),
    "T619": lambda: _copies(small(), typed({"SIN!Z5": "Ask Legal"})),
    "T613": lambda: _of(_rows_unnamed(typed({"LCSPR:B": "no"}))),
    "T618": lambda: _of(typed({"Case!A49": "Child 2"}, _totals)),
    "T614": lambda: _of(typed(then=_without_a_row)),
    "T615": lambda: _of(small(), case=_summed("DOR-2026-098", "")),
}


@pytest.mark.parametrize("code", IN_MEMORY)
def test_a_code_and_what_it_says(code: str) -> None:
    problems = IN_MEMORY[code]()
    if code == "T609":
        assert {each[:2] for each in problems if each[0] == code} == {("T609", "Case")}
        return
    _told(code, problems)


# Codes of a file that cannot be replaced


def _regenerate(path: Path) -> Result:
    words = ["regenerate", str(path), "--in-place", "--as-at", "2026-11-04"]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def _locked(path: Path, _: pytest.MonkeyPatch) -> None:
    path.with_name(f".~lock.{path.name}#").touch()


def _read_only(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)  # root may write everywhere


def _changed_meanwhile(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracker import saving

    def written(target: Path, content: bytes, *, read_sha256: str, backup: Path) -> object:
        path.write_bytes(path.read_bytes() + b" ")
        return really(target, content, read_sha256=read_sha256, backup=backup)

    really = saving.replace_file
    monkeypatch.setattr(saving, "replace_file", written)


IN_A_FILE = {"T606": _changed_meanwhile, "T607": _locked, "T608": _read_only}


@pytest.mark.parametrize("code", IN_A_FILE)
def test_a_file_that_cannot_be_replaced_is_left_alone(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Edited({"SIN-2.6:Agreed date": date(2026, 11, 12)}).saved(tmp_path, "A.xlsx")
    before = path.read_bytes()
    IN_A_FILE[code](path, monkeypatch)
    result = _regenerate(path)
    assert (result.exit_code, code in result.stderr) == (1, True)
    assert path.read_bytes().startswith(before)
    assert not list((tmp_path / "tracker-backups").glob("*"))
    for words in TOLD[code][1:]:
        assert words in " ".join(result.stderr.split())


def test_a_result_beside_an_open_workbook_is_told(tmp_path: Path) -> None:
    path = Edited({"SIN-2.6:Agreed date": date(2026, 11, 12)}).saved(tmp_path, "A.xlsx")
    path.with_name(".~lock.A.xlsx#").touch()
    result = CliRunner().invoke(
        cli, ["regenerate", str(path), "--as-at", "2026-11-04"], catch_exceptions=False
    )
    assert (result.exit_code, "T617" in result.stderr) == (0, True)
    assert (tmp_path / "A-regenerated.xlsx").exists()


def test_every_code_of_merging_is_produced() -> None:
    elsewhere = ["T617", "T627", "T628", "T629"]  # above, in test_read_back and test_saving
    assert sorted([*IN_MEMORY, *IN_A_FILE, *elsewhere]) == sorted(kind.code for kind in kinds_of("merges"))
