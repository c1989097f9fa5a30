"""The result of a run is read again before anybody gets it, and everything typed is in it."""

from __future__ import annotations

import pytest

from regenerate.running import book_of, regenerated, saved, small, typed
from tracker.regenerate import run
from tracker.workbook.fast_reader import LibraryBook
from tracker.workbook.patch.sheet import PatchSheet

ODD = {
    "16 digits": 1234567890123456,
    "300 digits": 1e300,
    "half a character, as the format spells it": "_xD83D_",
    "half a character, as JSON spells it": "\\ud83d and \\udc00",
    "an escape that was escaped": "_x005F_xD83D_",
    "no character at all": "_xFFFE_",
    "a character of two halves": "\U0001f600",
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
@pytest.mark.parametrize("title", ["Due", "RAG", "Days late", "Action", "Owner", "Progress", "Evidence"])
def test_whatever_is_typed_the_result_reads_as_a_tracker(title: str, value: object) -> None:
    first = regenerated(typed({f"SIN-3.4:{title}": value, "SIN-3.2:Due": 5}))
    again = first.again()
    assert again.outcome is not None, again.problems
    kept = "formula" if title in {"Due", "RAG", "Days late"} else value
    held = first.value(f"SIN-3.4:{title}")
    assert ("formula" if str(held).startswith("=") else held) == kept


def _drops(row: int, column: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the writing of sheets lose one cell."""
    to_bytes = PatchSheet.to_bytes

    def losing(sheet: PatchSheet) -> bytes:
        span = sheet.cell(row, column)
        content = to_bytes(sheet)
        if span is None or b"SIN-" not in content:
            return content
        return content.replace(sheet.part[span.start : span.end], b"")

    monkeypatch.setattr(PatchSheet, "to_bytes", losing)


def test_a_result_that_lost_a_cell_is_never_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    content = typed({"SIN-3.4:Progress": "Sent", "SIN-3.2:Due": 5})
    page = book_of(content)["SIN"]
    (found,) = [cell for row in page.iter_rows() for cell in row if cell.value == "Sent"]
    _drops(found.row, found.column, monkeypatch)
    done = regenerated(content)
    assert done.outcome is None
    assert [(each.place, each.code) for each in done.problems][-1] == (f"SIN!{found.coordinate}", "T627")


@pytest.mark.parametrize("annotate", [False, True])
def test_a_result_that_cannot_be_read_is_never_given_out(
    monkeypatch: pytest.MonkeyPatch, *, annotate: bool
) -> None:
    monkeypatch.setattr(run, "write_baseline", lambda file, *_, **__: file.put("_tracker", 1, 1, "{"))
    done = regenerated(typed({"SIN-3.2:Due": 5}), annotate=annotate)
    assert (done.outcome, [each.code for each in done.problems][-1]) == (None, "T628")


@pytest.mark.parametrize("title", ["Progress", "Reason for change"])
def test_a_deleted_remark_is_forgotten_with_nothing_else_to_do(title: str) -> None:
    def remembers(content: bytes) -> bool:
        return "The deputy" in "".join(LibraryBook(content).texts("_tracker"))

    first = regenerated(typed({f"SIN-3.4:{title}": "The deputy is away", "SIN-3.2:Due": 5}))
    second = regenerated(typed({f"SIN-3.4:{title}": None}, content=first.content))
    third = second.again()
    assert [remembers(each.content) for each in (first, second)] == [True, False]
    assert [each.done.changed for each in (second, third)] == [True, False]


def test_an_untouched_workbook_has_nothing_to_forget() -> None:
    assert regenerated(saved(book_of(small()))).done.changed is False
