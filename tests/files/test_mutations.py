"""200 of the damaged trackers of `make bench-mutations`: each through reconcile and one other command, in turn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from office.package import Package
from regenerate.running import regenerated

from files.base import CASE, packed, parts_of, small_procedure
from files.commands_run import OTHERS, RECONCILE, base, damaged, faults_of, in_folder
from tracker.case.model import Agency

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GROWN = replace(CASE, agencies=(*CASE.agencies, Agency("Housing", "HOU")))
SEEDS, SHARE = 200, 25  # each way of damaging meets each command five times
WAYS = 4  # of damaging: each of them meets each command


@pytest.mark.parametrize("first", range(0, SEEDS, SHARE))
def test_damaged_trackers_go_through_the_commands(tmp_path: Path, first: int) -> None:
    faults = []
    for seed in range(first, first + SHARE):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "case.xlsx").write_bytes(damaged(seed, small=True))
        with in_folder(folder, small=True):
            commands = (RECONCILE, *OTHERS[seed // WAYS % len(OTHERS)])
            faults += [f"seed {seed}: {fault}" for command in commands for fault in faults_of(command)]
    assert faults == []


def _damaged_part(part: str, change: Callable[[bytes], bytes]) -> bytes:
    members = parts_of(base(small=True))
    members[part] = change(members[part])
    return packed(members)


def _no_index_of_a_text(part: bytes) -> bytes:
    return part.replace(b't="s"><v>', b't="s"><v>2026-11-09', 1)


@pytest.mark.parametrize("wishes", [{"case": GROWN}, {"annotate": True}])
def test_a_sheet_that_reconcile_never_reads_is_damaged(wishes: dict[str, Any]) -> None:
    guide = Package(parts_of(base(small=True))).sheet_parts()["Guide"]
    done = regenerated(_damaged_part(guide, _no_index_of_a_text), small_procedure(), **wishes)
    assert done.problems == []
