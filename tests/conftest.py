"""Which tests `make quick` leaves out, the order of the files, and the flag that writes golden files anew."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from office.browser import Browser


_LONG = (
    "reading/test_office_edits.py",
    "workbook/test_recalculated.py",
    "web/test_page.py",
    "report/test_browser.py",
    "workbook/test_live.py",
    "web/test_use.py",
    "manual/test_site.py",
    "regenerate/test_copies.py",
    "regenerate/test_nothing_is_lost.py",
    "manual/test_pages.py",
    "tests/test_packaged.py",
    "regenerate/test_described.py",
    "report/test_recounted.py",
    "report/test_office.py",
    "files/test_mutations.py",
    "procedure/test_second_set.py",
    "commands/test_anywhere.py",
    "regenerate/test_decisions.py",
    "regenerate/test_editions.py",
    "files/test_reach.py",
    "files/test_fuzz.py",
    "files/test_kinds.py",
    "reading/test_nothing_is_lost.py",
    "commands/test_streams.py",
    "patch/test_carried.py",
    "patch/test_in_office.py",
)
"""What takes longest, the longest first: begun last, one worker would sit over one of them while the others idle."""

_SLOW = (
    "bench/test_trackers.py",
    "commands/test_rights.py",
    "commands/test_stopped.py",
    "commands/test_terminal.py",
    "commands/test_without_lxml.py",
    "files/test_bounds.py",
    "files/test_doubling.py",
    "files/test_password.py",
    "lives/test_christmas.py",
    "lives/test_ordinary.py",
    "manual/test_accessible.py",
    "manual/test_programs.py",
    "office/test_edits.py",
    "office/test_harness.py",
    "office/test_other_programs.py",
    "patch/test_faults.py",
    "patch/test_new_sheet.py",
    "patch/test_odd_workbooks.py",
    "patch/test_safety.py",
    "procedure/test_currency.py",
    "procedure/test_planned_meetings.py",
    "procedure/test_second_set_reports.py",
    "reading/test_codes.py",
    "reconcile/test_accepted.py",
    "reconcile/test_boundary.py",
    "regenerate/test_codes.py",
    "regenerate/test_copies_commands.py",
    "regenerate/test_defined_names.py",
    "regenerate/test_formulas.py",
    "regenerate/test_layout_1.py",
    "regenerate/test_lists.py",
    "regenerate/test_mended.py",
    "regenerate/test_moved_blocks.py",
    "regenerate/test_names.py",
    "regenerate/test_older_layouts.py",
    "regenerate/test_printed.py",
    "regenerate/test_read_back.py",
    "regenerate/test_standby.py",
    "regenerate/test_typed.py",
    "regenerate/test_without_case.py",
    "report/test_boards_of_sets.py",
    "report/test_canary.py",
    "report/test_closed.py",
    "report/test_command.py",
    "report/test_document_templates.py",
    "report/test_documents.py",
    "report/test_mailing_commands.py",
    "report/test_pages.py",
    "returns/test_command.py",
    "returns/test_merged.py",
    "returns/test_programs.py",
    "returns/test_round.py",
    "tests/test_api.py",
    "tests/test_parallel.py",
    "tests/test_saving.py",
    "tests/test_wheel.py",
    "tests/test_worked_dates.py",
)
"""Further files that `make quick` leaves out: another program, many processes, or over a quarter of a second a test."""


settings.register_profile("any machine", deadline=None)  # a busy machine is no fault
settings.load_profile("any machine")


def pytest_configure() -> None:
    """A file that was renamed is renamed in the lists above, too."""
    here = Path(__file__).parent
    files = [here.parent / name if name.startswith("tests/") else here / name for name in (*_LONG, *_SLOW)]
    if missing := [str(path) for path in files if not path.exists()]:
        raise pytest.UsageError(f"tests/conftest.py lists files that are gone: {', '.join(missing)}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare `make quick` even the import of what it would leave out."""
    quick = config.option.markexpr == "not slow"
    return True if quick and collection_path.as_posix().endswith((*_LONG, *_SLOW)) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests, and put the long files first; within a file the order stays."""
    for item in items:
        searches = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if searches or item.path.as_posix().endswith((*_LONG, *_SLOW)):
            item.add_marker("slow")
    items.sort(key=lambda item: _place(item.path.as_posix()))


def pytest_collection_finish() -> None:
    """What was collected stays to the end; to look again and again whether it can go takes a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)


def _place(path: str) -> int:
    """Where a file of the long ones comes in the order; all others come after them."""
    return next((place for place, name in enumerate(_LONG) if path.endswith(name)), len(_LONG))


@pytest.fixture(autouse=True)
def _bugs_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing foresaw in a workbook is an exception here: it may be a bug of ours, and would else be a problem."""
    monkeypatch.setenv("TRACKER_DEBUG", "1")


@pytest.fixture(autouse=True)
def _the_disk_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is written through to the disk, some tests write a thousand, and none turns off the power."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="write the golden files anew")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of this process; each test opens its page anew."""
    from office.browser import Browser

    with Browser() as opened:
        yield opened


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Holds a text against a golden file, or writes the file where the flag is given."""

    def hold(path: Path, text: str) -> None:
        if request.config.getoption("--refresh-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), f"{path.name} is not there; write it with --refresh-golden"
        assert text == path.read_text(encoding="utf-8")

    return hold
