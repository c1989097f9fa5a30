"""The largest legitimate inputs through every command: under 3 s of processor time and 400 MB each.

Each command is a process of its own, start-up included: cases of many agencies and children, tables with thousands of
rows, cells full of text, a person's own sheet of 32,500 cells, pictures up to the largest file.
"""

from __future__ import annotations

import io
import os
import random
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from hostile import TARGET_MB, TARGET_SECONDS, Run, run  # noqa: E402  the path is set above

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openpyxl import Workbook as XlsxWorkbook
    from openpyxl.worksheet.worksheet import Worksheet

LAST_ROW = 2_150
TEXT = "Spoke to the school about the chronology; the reply is due on Monday. "
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("reconcile", "case.xlsx"),
    ("regenerate", "case.xlsx", "-o", "new.xlsx"),
    ("report", "case.xlsx", "--for", "weekly", "-o", "weekly.html"),
    ("report", "case.xlsx", "--for", "owners", "-o", "owners"),
    ("report", "case.xlsx", "--for", "timeliness", "-o", "timeliness.html"),
    ("report", "case.xlsx", "--for", "maqpag", "--format", "docx", "-o", "maqpag.docx"),
    ("calendar", "case.xlsx", "--all", "-o", "days.ics"),
    ("explain", "case.xlsx", "SIN-2.1"),
)
DESCRIBED = (("check", "case.toml"), ("generate", "case.toml", "-o", "made.xlsx"))


def _description(agencies: int, children: int) -> str:
    sample = (ROOT / "sample_cases" / "ordinary-in-time.toml").read_text("utf-8")
    head = sample.partition("[[children]]")[0]
    labels = [f'[[children]]\nlabel = "Child {number + 1}"\n' for number in range(children)]
    more = [f'[[agencies]]\nname = "Agency {number}"\ncode = "A{number}"\n' for number in range(agencies)]
    return "\n".join([head, *labels, *more])


def _made(agencies: int = 8, children: int = 1) -> bytes:
    from stories import AS_AT

    from tracker.api import generate, load_case

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.toml"
        path.write_text(_description(agencies, children), "utf-8")
        case, problems = load_case(path)
        assert case is not None, problems
    content, problems = generate(case, AS_AT)
    assert content is not None, problems
    return content


def _typed(change: Callable[[XlsxWorkbook], None]) -> bytes:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(_made()))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(page: Worksheet, titles: Mapping[str, Callable[[int], str]]) -> None:
    """Type rows below a table, as many as a table may have, and let it reach down to the last."""
    (table,) = page.tables.values()
    columns = {cell.value: cell.column for cell in page[3]}
    for row in range(4, LAST_ROW + 1):
        for title, value in titles.items():
            page.cell(row, columns[title] or 1, value(row))
    first, _, last = table.ref.partition(":")
    table.ref = f"{first}:{last.rstrip('0123456789')}{LAST_ROW}"


def _long_plan(book: XlsxWorkbook) -> None:
    _fill(book["Action Plan"], {"Recommendation": "Recommendation {}".format, "Action": "Action {}".format})


def _long_log(book: XlsxWorkbook) -> None:
    _fill(book["Log"], {"What": lambda _: "Note", "Text": lambda row: f"{row} {TEXT}"})


def _full_cells(book: XlsxWorkbook) -> None:
    """Every Progress of every stage as long as a cell may be."""
    for name in ("SIN", "Rapid Review", "LCSPR"):
        page = book[name]
        column = next(cell.column for cell in page[3] if cell.value == "Progress")
        for row in range(4, page.max_row + 1):
            page.cell(row, column, (f"{row} " + TEXT * 500)[:32_000])


def _own_sheet(book: XlsxWorkbook) -> None:
    page = book.create_sheet("Chronology")
    for row in range(1, 6_501):
        page.append([row, f"2026-{row}", "School", TEXT[:40], row * 2])


def _picture(content: bytes) -> bytes:
    """A file nearly as large as one may be: a picture of 19 MB."""
    import zipfile

    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/image1.png", random.Random(0).randbytes(19_000_000))
    return out.getvalue()


LARGEST: dict[str, Callable[[], bytes]] = {
    "60 agencies, 20 children": lambda: _made(60, 20),
    "Action Plan of 2,100 rows": lambda: _typed(_long_plan),
    "Log of 2,100 rows": lambda: _typed(_long_log),
    "32,000 characters in each Progress": lambda: _typed(_full_cells),
    "own sheet of 32,500 cells": lambda: _typed(_own_sheet),
    "a picture of 19 MB": lambda: _picture(_made()),
}


def _write(path: Path, make: Callable[[], bytes]) -> None:
    """Make a file in a process of its own: what a parent holds would count as its child's memory."""
    process = os.fork()
    if process == 0:
        path.write_bytes(make())
        os._exit(0)
    assert os.waitpid(process, 0)[1] == 0, path


def _runs(name: str, folder: Path, commands: Sequence[tuple[str, ...]]) -> list[Run]:
    return [run(f"{name}: {' '.join(words)}", words, folder=folder) for words in commands]


def main() -> None:
    """Run every command on every input and print what each took."""
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, make) in enumerate(LARGEST.items()):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            _write(folder / "case.xlsx", make)
            runs += _runs(name, folder, COMMANDS)
        _write(Path(scratch) / "case.toml", lambda: _description(60, 20).encode())
        runs += _runs("60 agencies, 20 children", Path(scratch), DESCRIBED)
    print("| input and command | processor, s | MB | exit |\n| --- | --- | --- | --- |")
    for each in runs:
        print(f"| {each.name} | {each.seconds:.2f} | {each.megabytes:.0f} | {each.code} |")
    beyond = [each.name for each in runs if each.seconds > TARGET_SECONDS or each.megabytes > TARGET_MB]
    failed = [each.name for each in runs if each.code not in {0, 1, 3}]
    print(f"\nBeyond {TARGET_SECONDS:.0f} s or {TARGET_MB} MB: {'; '.join(beyond) or 'none'}")
    sys.exit(bool(beyond or failed))


if __name__ == "__main__":
    main()
