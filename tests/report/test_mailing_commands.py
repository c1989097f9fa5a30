"""`tracker report --for owners` and `tracker calendar` as they are typed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import vobject
from click.testing import CliRunner, Result
from files.base import file
from files.kinds_files import PASSWORD, encrypted
from reconcile.editing import Edited

from tracker.cli import cli

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLES = Path(__file__).resolve().parents[2] / "sample_cases"
AS_AT = ("--as-at", "2026-11-19")


def tracker(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two cases as people edited them."""
    for path in SAMPLES.glob("*.xlsx"):
        shutil.copy(path, tmp_path)
    return tmp_path


def names(folder: Path, ending: str) -> Sequence[str]:
    return sorted(path.name for path in folder.glob(f"*.{ending}"))


def test_owners_are_written_to_in_a_folder_beside_the_workbooks(folder: Path) -> None:
    result = tracker("report", folder, "--for", "owners", *AS_AT)
    target = folder / "owners-2026-11-19"
    assert (result.exit_code, result.stdout.strip()) == (0, str(target))
    assert "Written: 14 messages and 3 digests" in result.stderr
    assert (len(names(target, "md")), names(target, "eml")) == (17, [])
    message = (target / "owner-pdscp-business-manager-r-example.md").read_text("utf-8")
    assert [line for line in message.splitlines() if line.startswith(("#", "Dear"))] == [
        "# Your actions for 2 cases: 5 overdue, 2 due soon",
        "Dear R. Example,",
        "## Overdue (5)",
        "## Due soon (2)",
        "## Waiting for others (1)",
    ]


def test_drafts_are_for_those_with_an_address_and_the_others_are_named(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "drafts"
    result = tracker("report", folder, "--for", "owners", "--format", "eml", *AS_AT, "-o", target)
    assert (result.exit_code, result.stderr.count("T711")) == (0, 11)
    assert names(target, "eml") == [
        "digest-corporate-director-qa-and-safeguarding-families-c-example.eml",
        "digest-head-of-qa-and-partnerships-a-example.eml",
        "owner-head-of-qa-and-partnerships-a-example.eml",
        "owner-pdscp-business-manager-r-example.eml",
        "owner-pdscp-business-support-s-example.eml",
    ]
    assert "owner-dorset-county-hospital.md" in names(target, "md")


def test_messages_of_another_run_are_noted_and_kept(folder: Path) -> None:
    target = folder / "owners"
    target.mkdir()
    (target / "owner-somebody-else.eml").write_text("sent", "utf-8")
    (target / "notes.txt").write_text("mine", "utf-8")
    result = tracker("report", folder, "--for", "owners", *AS_AT, "-o", target)
    assert (result.exit_code, "note T714" in result.stderr, "notes.txt" in result.stderr) == (0, True, False)
    assert (target / "owner-somebody-else.eml").read_text("utf-8") == "sent"


def test_nothing_to_remind_of_writes_nothing(tmp_path: Path) -> None:
    case = tmp_path / "blank.xlsx"
    assert tracker("generate", "--blank", "-o", case, *AS_AT).exit_code == 0
    result = tracker("report", case, "--for", "owners", *AS_AT)
    assert result.exit_code == 0
    assert list((tmp_path / "owners-2026-11-19").glob("owner-*")) == []


@pytest.mark.parametrize(
    ("form", "name", "text"),
    [
        ("md", "owner.md.j2", "# Ours"),
        ("md", "owner.j2", "# Ours"),
        ("eml", "digest.txt.j2", "Ours, as text"),
    ],
)
def test_messages_through_ones_own_template(
    folder: Path, tmp_path: Path, form: str, name: str, text: str
) -> None:
    own, target = tmp_path / "own", tmp_path / "out"
    own.mkdir()
    (own / name).write_text(f"{text} for {{{{ message.to.owner }}}}\n", "utf-8")
    words = ("--for", "owners", "--format", form, "--templates", own, "-o", target)
    assert tracker("report", folder, *words, *AS_AT).exit_code == 0
    stem = name.partition(".")[0]
    assert {text in path.read_text("utf-8") for path in target.glob(f"{stem}-*.{form}")} == {True}


def test_a_mistake_in_ones_own_template_is_told_and_reminds_nobody(folder: Path, tmp_path: Path) -> None:
    own, target = tmp_path / "own", tmp_path / "out"
    own.mkdir()
    (own / "owner.md.j2").write_text("Dear\n{{ message.nosuch }}\n", "utf-8")
    result = tracker("report", folder, "--for", "owners", "--templates", own, *AS_AT, "-o", target)
    assert (result.exit_code, f"T145 {own / 'owner.md.j2'}, line 2" in result.stderr) == (1, True)
    assert list(tmp_path.glob("out*")) == []


@pytest.mark.parametrize("command", [("report", "--for", "owners"), ("calendar",)])
def test_more_than_a_handful_is_read_behind_a_progress_bar(
    tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.commands.stderr_is_terminal", lambda: True)
    cases = tmp_path / "cases"
    cases.mkdir()
    for number in range(6):
        shutil.copy(SAMPLES / "ordinary-in-time-edited.xlsx", cases / f"{number}.xlsx")
    result = tracker(*command, cases, *AS_AT, "-o", tmp_path / "out.ics")
    assert (result.exit_code, "Reading" in result.stderr, "Reading" in result.stdout) == (0, True, False)


@pytest.mark.parametrize("command", [("report", "--for", "owners"), ("calendar",)])
def test_a_password_opens_a_locked_workbook(tmp_path: Path, command: tuple[str, ...]) -> None:
    locked = file(encrypted, "locked.xlsx")(tmp_path)
    words = tmp_path / "password.txt"
    words.write_text(f"{PASSWORD}\n", "utf-8")
    target = tmp_path / "out.ics"
    assert tracker(*command, locked, *AS_AT, "-o", target).exit_code == 1
    result = tracker(*command, locked, *AS_AT, "--password-file", words, "-o", target)
    assert (result.exit_code, target.exists()) == (0, True)


def test_a_folder_that_cannot_be_made_is_said(folder: Path) -> None:
    (folder / "taken").write_text("a file", "utf-8")
    result = tracker("report", folder, "--for", "owners", *AS_AT, "-o", folder / "taken")
    assert (result.exit_code, "T122" in result.stderr) == (1, True)


def test_a_format_that_owners_do_not_have_is_wrong_use(folder: Path) -> None:
    result = tracker("report", folder, "--for", "owners", "--format", "html", *AS_AT)
    assert (result.exit_code, "md or eml" in result.stderr) == (2, True)


def test_the_calendar_stands_beside_the_workbooks(folder: Path) -> None:
    result = tracker("calendar", folder, *AS_AT)
    target = folder / "calendar-2026-11-19.ics"
    assert (result.exit_code, result.stdout.strip()) == (0, str(target))
    calendar = vobject.readOne(target.read_text("utf-8"))
    assert len(calendar.contents["vevent"]) == 14


def test_entries_of_a_real_workbook_move_when_its_clock_starts(tmp_path: Path) -> None:
    def days(*words: object) -> dict[str, object]:
        assert (
            tracker("calendar", *words, "--as-at", "2026-11-04", "--all", "-o", tmp_path / "x.ics").exit_code
            == 0
        )
        calendar = vobject.readOne((tmp_path / "x.ics").read_text("utf-8"))
        return {each.uid.value: each.dtstart.value for each in calendar.contents["vevent"]}

    issued = days(Edited().saved(tmp_path, "issued.xlsx"))
    submitted = Edited({"SIN-3.4:Completed": date(2026, 11, 4)})
    edited = days(submitted.saved(tmp_path, "edited.xlsx"))
    moved = [uid for uid in edited if edited[uid] != issued[uid]]
    assert (len(issued) - len(edited), len(moved) > 20) == (
        1,
        True,
    )  # one is done, and starts the clock of many


def test_entries_keep_their_uids_over_a_regenerate(tmp_path: Path) -> None:
    def uids(workbook: Path) -> set[str]:
        target = tmp_path / "x.ics"
        assert tracker("calendar", workbook, *AS_AT, "--all", "-o", target).exit_code == 0
        return {each.uid.value for each in vobject.readOne(target.read_text("utf-8")).contents["vevent"]}

    agency = {"People!A39": "UHD", "People!B39": "University Hospitals Dorset"}
    edited, target = Edited(agency).saved(tmp_path, "edited.xlsx"), tmp_path / "up-to-date.xlsx"
    assert tracker("regenerate", edited, *AS_AT, "-o", target).exit_code == 0
    before, after = uids(edited), uids(target)
    assert (before <= after, len(after - before)) == (True, 1)


@pytest.mark.parametrize("command", [("report", "--for", "owners"), ("calendar",)])
def test_a_broken_workbook_is_named_and_the_rest_is_done(
    folder: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (folder / "broken.xlsx").write_bytes(b"not a workbook")
    target = tmp_path / "out"
    result = tracker(*command, folder, *AS_AT, "-o", target)
    assert (result.exit_code, "broken.xlsx" in result.stderr, target.exists()) == (1, True, True)


@pytest.mark.parametrize("command", [("report", "--for", "owners"), ("calendar",)])
def test_nothing_readable_writes_nothing(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"not a workbook")
    result = tracker(*command, tmp_path, *AS_AT)
    assert (result.exit_code, result.stdout, len(list(tmp_path.iterdir()))) == (1, "", 1)
    (tmp_path / "broken.xlsx").unlink()
    result = tracker(*command, tmp_path, *AS_AT)
    assert (result.exit_code, "T123" in result.stderr) == (1, True)
