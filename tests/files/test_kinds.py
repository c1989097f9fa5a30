from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from reconcile.editing import reconcile_paths
from workbook.making import PROCEDURE

from files.base import AS_AT, Kind, file, tracker
from files.kinds import KINDS, LARGE, READ, REFUSED
from files.worker import in_workers
from tracker.cli import cli
from tracker.problems import catalogue
from tracker.workbook.preflight import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.reconcile.model import CaseState

BY_NAME = {kind.name: kind for kind in KINDS}
ERROR = re.compile(r"^ *error (T\d{3})", re.MULTILINE)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if os.path.isfile(path) else ""  # noqa: PTH113  pathlib raises for a name too long


def _through_the_command_line(folder: Path) -> Callable[[str], Any]:
    def job(name: str) -> dict[str, Any]:
        place = folder / str(list(BY_NAME).index(name))
        place.mkdir()
        path = BY_NAME[name].make(place)
        before = _hash(path)
        result = CliRunner().invoke(cli, ["reconcile", str(path), "--as-at", str(AS_AT)])
        raised = result.exception if not isinstance(result.exception, SystemExit) else None
        return {
            "exit": result.exit_code,
            "codes": ERROR.findall(result.output),
            "raised": repr(raised) if raised else "",
            "told": result.output,
            "unchanged": _hash(path) == before,
            "left": sorted(each.name for each in place.iterdir()) if place.exists() else [],
        }

    return job


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    tracker()  # made once, for all workers
    folder = tmp_path_factory.mktemp("kinds")
    return in_workers(_through_the_command_line(folder), list(BY_NAME), folder)


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(KINDS) > 100


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_file_brings_the_program_down(kind: Kind, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[kind.name]
    assert isinstance(outcome, dict), outcome
    assert not outcome["raised"]
    assert "Traceback" not in outcome["told"]
    assert "fault in tracker" not in outcome["told"]
    assert "MemoryError" not in outcome["told"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_file_is_changed_and_nothing_is_left_beside_it(kind: Kind, outcomes: dict[str, Any]) -> None:
    assert outcomes[kind.name]["unchanged"]
    assert len(outcomes[kind.name]["left"]) <= 1


@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.name)
def test_each_kind_gives_its_one_problem_and_exit_code_1(kind: Kind, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[kind.name]
    assert (outcome["codes"], outcome["exit"]) == ([kind.code], 1), outcome["told"]
    assert catalogue()[kind.code].remedy.partition(" ")[0] in outcome["told"]


@pytest.mark.parametrize("kind", [*READ, *LARGE], ids=lambda kind: kind.name)
def test_odd_and_large_trackers_are_read(kind: Kind, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[kind.name]
    assert (outcome["codes"], outcome["exit"]) == ([], 0), outcome["told"]
    assert "DOR-2026-099" in outcome["told"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a zip of something else", "a zip file without a workbook in it"),
        ("an .xlsb", "an Excel binary workbook (.xlsb)"),
        ("a Word document", "a Word document"),
    ],
)
def test_a_zip_of_another_kind_is_named(name: str, found: str, outcomes: dict[str, Any]) -> None:
    assert found in outcomes[name]["told"]


def _case(path: Path) -> CaseState:
    (case,) = reconcile_paths([path], AS_AT, load=lambda _: (PROCEDURE, [])).cases
    return case


@pytest.mark.parametrize("name", ["a wrong dimension", "the 1904 date system", "sizes declared too large"])
def test_oddly_written_trackers_read_like_the_issued_one(name: str, tmp_path: Path) -> None:
    issued = _case(file(tracker(), "issued.xlsx")(tmp_path))
    odd = _case(BY_NAME[name].make(tmp_path))
    assert (odd.changes, odd.problems) == ((), ())
    assert (odd.actions, odd.clocks) == (issued.actions, issued.clocks)


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")]
)
def test_a_file_the_system_will_not_read_is_t103(
    error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(b"PK")(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(os, "open", refuse)
    content, problems = read_bytes(path)
    assert content == b""
    assert [(each.code, each.found) for each in problems] == [
        ("T103", f"the file cannot be read: {error.strerror}")
    ]
