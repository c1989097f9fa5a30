"""A new edition of the procedure: rows keep theirs until somebody moves them; work done is never recounted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from reconcile.editing import FRESH
from workbook.making import PROCEDURE

from regenerate.running import (
    Run,
    book_of,
    choose,
    issued,
    regenerated,
    rows_of,
    saved,
    small,
    typed,
)
from tracker import resources
from tracker.case.model import Child
from tracker.procedure.load import load_procedure
from tracker.workbook import layout
from tracker.workbook.baseline import pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook as XlsxWorkbook

    from tracker.procedure.model import Procedure

ADDED = """id = "SIN-2.7"
paragraph = "2.7"
action = "Tell the chair"
owner = "PDSCP Business Manager"

[[step]]
"""
CHANGES = {
    "procedure.toml": [('edition = "2023"', 'edition = "2026"')],
    "sin.toml": [
        ('action = "Report the incident to PDSCP Leadership"', 'action = "Report it to Leadership at once"'),
        ('id = "SIN-2.6"\n', f'{ADDED}id = "SIN-2.6"\n'),
    ],
    "rapid_review.toml": [('id = "RR-8.6"\nparagraph = "8.6"', 'id = "RR-8.11"\nparagraph = "8.11"')],
}  # fmt: skip


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Procedure:
    """The next edition: an action reworded, a count changed, a step added and one removed."""
    folder = tmp_path_factory.mktemp("sets") / "dorset"
    shutil.copytree(resources.templates() / "procedure" / "dorset", folder)
    for name, changes in CHANGES.items():
        text = (folder / name).read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        if name == "sin.toml":
            head, found, rest = text.partition('id = "SIN-2.6"\n')
            text = head + found + rest.replace("count = 5", "count = 4", 1)
        (folder / name).write_text(text, "utf-8")
    procedure, problems = load_procedure(folder)
    assert procedure, problems
    return procedure


def full(cells: dict[str, object] | None = None, then: Callable[[XlsxWorkbook], None] | None = None) -> bytes:
    return typed(cells, then, issued(FRESH, PROCEDURE))


def moved(content: bytes, newer: Procedure, **wishes: Any) -> Run:
    return regenerated(content, newer, move_edition=True, **wishes)


def _edition(run: Run) -> str:
    return json.loads(_hidden(book_of(run.content)))["procedure"]["edition"]  # type: ignore[no-any-return]  # a text


def _hidden(book: XlsxWorkbook) -> str:
    column = book[layout.HIDDEN].iter_rows(max_col=1, values_only=True)
    return "".join(str(text) for (text,) in column if text)


def test_without_being_moved_the_rows_keep_their_edition(newer: Procedure) -> None:
    run = regenerated(full(), newer)
    assert (run.done.changed, run.codes) == (False, [("", "T604")])


def test_another_set_of_the_same_edition_takes_nothing_over_unasked(newer: Procedure) -> None:
    other = replace(newer, set_name="mine", edition="2023")
    run = regenerated(full(), other)
    assert (run.outcome, run.codes) == (None, [("", "T621")])
    assert (
        run.problems[0].found == "issued under set dorset, edition 2023, but you named set mine, edition 2023"
    )
    over = moved(full(), other)
    assert ("SIN!Q5", 4) in over.cells
    assert json.loads(_hidden(book_of(over.content)))["procedure"]["set"] == "mine"
    assert regenerated(over.content, other).codes == []


def test_a_workbook_does_not_move_to_a_set_with_other_stages() -> None:
    riverside, _ = load_procedure("riverside")
    assert riverside
    run = moved(full(), riverside)
    assert (run.outcome, run.codes) == (None, [("", "T622")])
    assert "LCSPR, Rapid Review and SIN, but set riverside has Notification" in run.problems[0].found


def test_a_set_whose_folder_was_renamed_is_the_same_set() -> None:
    run = regenerated(full(), replace(PROCEDURE, set_name="renamed"))
    assert (run.done.changed, run.codes) == (False, [])


def test_a_case_that_keeps_its_edition_still_grows(newer: Procedure) -> None:
    run = regenerated(full(), newer, case=replace(FRESH, children=(Child("Child 1"), Child("Child 2"))))
    assert run.added == ["Child 2", "SIN-3.6-C2", "LCSPR-7.11b-C2"]
    assert (run.value("SIN-2.6:Count"), _edition(run)) == (5, "2023")
    assert not regenerated(run.content, newer).done.changed


def test_moved_the_rows_are_the_new_editions(newer: Procedure) -> None:
    run = moved(full(), newer)
    assert run.cells == [
        ("SIN!B5", "Report it to Leadership at once"),
        ("SIN!Q5", 4),
        (run.cells[2][0], "Not applicable"),
        (run.cells[3][0], "No longer a step for this case"),
    ]
    assert (run.added, run.done.merge.withdrawn) == (["SIN-2.7", "RR-8.11"], ["RR-8.6"])
    assert _edition(run) == "2026"
    assert not moved(run.content, newer).done.changed
    assert regenerated(run.content, newer).codes == []


def test_a_completed_row_gets_no_new_clock_but_the_new_words(newer: Procedure) -> None:
    run = moved(full({"SIN-2.6:Completed": date(2026, 11, 3)}), newer)
    assert (run.value("SIN-2.6:Count"), run.value("SIN-2.6:Action")) == (5, "Report it to Leadership at once")
    assert not moved(run.content, newer).done.changed


def test_a_reworded_row_is_a_conflict(newer: Procedure) -> None:
    run = moved(full({"SIN-2.6:Action": "Ring Leadership"}), newer)
    was = "Report the incident to PDSCP Leadership"
    assert run.conflicts == [("SIN!B5", was, "Ring Leadership", "Report it to Leadership at once")]
    assert run.value("SIN-2.6:Count") == 4
    assert regenerated(run.content, newer).conflicts == run.conflicts
    yours = regenerated(choose(run.content, "yours"), newer)
    assert (yours.value("SIN-2.6:Action"), yours.conflicts) == ("Ring Leadership", [])
    assert moved(yours.content, newer).conflicts == []


def _without(row_id: str, sheet: str = "SIN") -> Callable[[XlsxWorkbook], None]:
    def delete(book: XlsxWorkbook) -> None:
        page = book[sheet]
        page.delete_rows(next(row for row in range(4, 99) if page.cell(row, 1).value == row_id))

    return delete


def test_a_deleted_row_whose_rule_changed_is_a_conflict(newer: Procedure) -> None:
    run = moved(full(then=_without("SIN-2.6")), newer)
    assert [each["do"] for each in run.done.open_conflicts] == [
        "Take yours to leave the row deleted, or new to have it again."
    ]
    assert "SIN-2.6" not in rows_of(run.content, newer)
    assert regenerated(run.content, newer).conflicts == run.conflicts
    new = regenerated(choose(run.content, "new"), newer)
    assert (new.value("SIN-2.6:Count"), new.conflicts, new.added) == (4, [], ["SIN-2.6"])
    assert not regenerated(new.content, newer).done.changed
    yours = regenerated(choose(run.content, "yours"), newer)
    assert regenerated(yours.content, newer).codes == [("", "T614")]


def test_a_removed_step_somebody_works_on_is_a_conflict(newer: Procedure) -> None:
    run = moved(full({"RR-8.6:Progress": "Table sent"}), newer)
    assert [each[1:] for each in run.conflicts] == [("RR-8.6", "RR-8.6", None)]
    assert run.value("RR-8.6:Status") == "Not started"
    assert moved(run.content, newer).conflicts == run.conflicts


def test_an_edition_moves_where_no_row_differs() -> None:
    later = replace(PROCEDURE, edition="2026")
    run = moved(full(), later)
    assert (run.done.changed, _edition(run), run.done.merge.marks) == (True, "2026", ["edition 2023 -> 2026"])
    assert not moved(run.content, later).done.changed


def test_the_edition_typed_on_case_moves_with_it() -> None:
    later = replace(PROCEDURE, edition="2026")
    run = moved(issued(replace(FRESH, procedure="2023"), PROCEDURE), later)
    assert run.value("Procedure edition:B") == "2026"


# Layouts


def _of_layout(number: int) -> Callable[[XlsxWorkbook], None]:
    def patch(book: XlsxWorkbook) -> None:
        parts = pieces(json.dumps({**json.loads(_hidden(book)), "layout": number}))
        page = book[layout.HIDDEN]
        for row in range(1, 40):
            page.cell(row, 1).value = parts[row - 1] if row <= len(parts) else None

    return patch


def test_an_older_layout_is_brought_up_to_ours() -> None:
    run = regenerated(typed(then=_of_layout(0)))
    assert (run.done.changed, run.done.merge.marks) == (True, [f"layout 0 -> {layout.LAYOUT}"])
    assert json.loads(_hidden(book_of(run.content)))["layout"] == layout.LAYOUT
    assert not run.again().done.changed


def test_a_newer_layout_is_refused() -> None:
    run = regenerated(typed(then=_of_layout(layout.LAYOUT + 1)))
    assert (run.outcome, run.codes) == (None, [("", "T108")])


def test_the_words_on_the_terminal_say_what_was_brought_up() -> None:
    from tracker.regenerate.outcome import as_text

    assert as_text(regenerated(typed(then=_of_layout(0))).done).splitlines()[:4] == [
        "Done:", "", "1 mark brought up to date", f"  layout 0 -> {layout.LAYOUT}",
    ]  # fmt: skip
    assert as_text(regenerated(small()).done).startswith("Nothing to do")


def test_saved_again_is_still_nothing_to_do() -> None:
    assert not regenerated(saved(book_of(small()))).done.changed
