"""A return as it came back: what its owner filled in, by the ID of each row, and every problem at once."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.problems import Problem, codes, problem
from tracker.records import plain
from tracker.text import as_found, clean_text
from tracker.workbook import layout
from tracker.workbook.fast_reader import FastBook, LibraryBook
from tracker.workbook.fast_reader_sheet import UnusualError
from tracker.workbook.read_rows import RowReader
from tracker.workbook.reading import Header, SheetGrid, SheetTable, address, find_header, quoted
from tracker.workbook.respell import FormulaComparison
from tracker.workbook.return_page import FREE_TEXT, SCHEMA, SHEET, TABLE, TYPED, return_columns
from tracker.workbook.structure import complete_header, header_problems, table_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.workbook.fast_reader import SourceBook
    from tracker.workbook.layout import SheetColumn
    from tracker.workbook.reading import CellValue, ReadRow


@dataclass(frozen=True, slots=True)
class ReadReturn:
    """A return that was read. `sent` is what it was sent with, `rows` what was read, both by the rows' IDs.

    A date or word under `sent` is as JSON holds it, a text only its mark (`return_page.text_mark`). `sha256` is the
    same for the same answers, whatever program saved them.
    """

    path: str
    uuid: str
    reference: str
    owner: str
    code: str
    as_at: date
    sent: Mapping[str, Mapping[str, str | None]]
    rows: Mapping[str, ReadRow]
    sha256: str = ""

    def answers(self, row_id: str) -> dict[str, CellValue]:
        """The cells of a row that were filled in since it was sent; a text beside what the office has there.

        Words under Completed finish nothing: they are kept as a note.
        """
        row, sent = self.rows.get(row_id), self.sent[row_id]
        if row is None:
            return {}
        found = {
            title: value
            for title, value in row.values.items()
            if title in sent
            and (
                (title in FREE_TEXT and value is not None)
                or (title not in FREE_TEXT and plain(value) != sent[title])
            )
        }
        if not isinstance(found.get("Completed"), date | None):
            words = f"Completed: {found.pop('Completed')}"
            found["Progress"] = "\n".join([*(str(note) for note in [found.get("Progress")] if note), words])
        return found

    def state(self, row_id: str) -> str:
        """How far a row was answered: `answered`, `no involvement`, `half filled` or `still open`."""
        answers = self.answers(row_id)
        if answers.get("Status") == rules.NO_INVOLVEMENT:
            return "no involvement"
        if answers.get("Completed") is not None or answers.get("Status") in {"Complete", "Not applicable"}:
            return "answered"
        return "half filled" if any(value is not None for value in answers.values()) else "still open"


def read_return(content: bytes, path: str) -> tuple[ReadReturn | None, list[Problem]]:
    """Read the bytes of a return, which must have been checked (`workbook_content`); `path` names it."""
    try:
        with suppress(UnusualError):
            return _read(FastBook(content), path)
        return _read(LibraryBook(content), path)
    except Exception:  # noqa: BLE001  the library raises anything on a damaged file
        return None, [problem(codes.WORKBOOK_DAMAGED, file=path, reason="a part that cannot be read")]


def _read(book: SourceBook, path: str) -> tuple[ReadReturn | None, list[Problem]]:
    if layout.HIDDEN in book.titles:
        return None, [problem(codes.WORKBOOK_AS_RETURN, file=path)]
    found = _sent("".join(book.texts(layout.RETURN)), path) if layout.RETURN in book.titles else None
    if found is None:
        return None, [problem(codes.NOT_A_RETURN, file=path)]
    columns = return_columns(agreed=True, plan=any("Impact" in cells for cells in found.sent.values()))
    grid, header, problems = _find_table(book, columns)
    if grid is None or header is None:
        return None, [replace(each, file=path) for each in problems]
    typed = [column for column in columns if column.title in {"ID", *TYPED}]
    typed[0] = replace(typed[0], kind="text")
    own = [row for row in sorted(grid.rows) if row > header.row]
    table = SheetTable(TABLE, grid, header, typed, own, {})
    reader = RowReader(found.sent, FormulaComparison([table], {}, {}))
    rows, more = _settle_rows(reader.read(table), found.sent)
    problems += [*reader.problems, *more]
    read = replace(found, rows=rows)
    answers = {row_id: plain(read.answers(row_id)) for row_id in sorted(read.sent)}
    text = json.dumps([read.uuid, read.owner, read.as_at.isoformat(), answers], sort_keys=True, default=str)
    read = replace(read, sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())
    return read, [replace(each, file=path) for each in problems]


def _sent(text: str, path: str) -> ReadReturn | None:
    """What the hidden sheet holds; None where it is not of our shape, for people can write anything there."""
    try:
        record: dict[str, Any] = json.loads(text)
        sent = {
            str(row_id): {
                title: None if cells[title] is None else _text(cells[title])
                for title in TYPED
                if title in cells
            }
            for row_id, cells in record["rows"].items()
        }
        uuid, reference, owner, code = (
            _text(record[name]) for name in ("uuid", "reference", "owner", "code")
        )
        if record["schema"] != SCHEMA:
            return None
        json.dumps(record, ensure_ascii=False).encode()  # half a character can be written nowhere
        return ReadReturn(path, uuid, reference, owner, code, date.fromisoformat(record["as_at"]), sent, {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _find_table(
    book: SourceBook, columns: Sequence[SheetColumn]
) -> tuple[SheetGrid | None, Header | None, list[Problem]]:
    """The sheet with the rows, which somebody may have renamed, and its header, some of whose titles may be others."""
    shown = [
        column for column in columns if column.kind != "formula" or column.title in {"ID", "Action", "RAG"}
    ]
    titles = sorted((each for each in book.titles if each != layout.RETURN), key=lambda each: each != SHEET)
    for title in titles:
        grid = book.grid(title)
        header = find_header(grid, layout.titles(shown))
        if header is None:
            continue
        header, over = complete_header(header, grid, shown, table_named(TABLE, book.tables(title)))
        letters = header.letters()
        problems = [
            problem(
                codes.RETURN_TITLE_CHANGED,
                place=address(title, letters[wanted], header.row),
                title=wanted,
                now=as_found(now) if clean_text(now) else "nothing",
            )
            for wanted, now in over.items()
        ]
        if title != SHEET:
            facts = {"found_sheet": title, "sheet": SHEET}
            problems.append(problem(codes.SHEET_RENAMED, place=quoted(title), **facts))
        needed = [column for column in shown if column.title in {"ID", *TYPED}]
        problems += header_problems(grid, header, needed, 0)
        if "ID" in header.columns:
            return grid, header, problems
        return None, None, problems
    names = ", ".join(column.title for column in shown[:4])
    return None, None, [problem(codes.HEADER_ROW_MISSING, place=quoted(SHEET), sheet=SHEET, titles=names)]


def _settle_rows(
    rows: Sequence[ReadRow], sent: Mapping[str, object]
) -> tuple[dict[str, ReadRow], list[Problem]]:
    """The rows by their IDs: each once, none that was not sent; a row that was deleted is as it was."""
    found: dict[str, ReadRow] = {}
    problems = []
    for row in rows:
        row_id = row.text("ID")
        if row_id not in sent:
            if any(value is not None for title, value in row.values.items() if title != "ID") or row_id:
                named = row_id or as_found(
                    next(v for t, v in row.values.items() if t != "ID" and v is not None)
                )
                problems.append(problem(codes.RETURN_ROW_UNKNOWN, place=row.cell(), row=named))
        elif row_id in found:
            facts = {"other": found[row_id].cell()}
            problems.append(problem(codes.RETURN_ROW_TWICE, place=row.cell(), id=row_id, **facts))
        else:
            found[row_id] = row
    problems += [
        problem(codes.RETURN_ROW_DELETED, place=quoted(SHEET), id=each) for each in sent if each not in found
    ]
    return found, problems
