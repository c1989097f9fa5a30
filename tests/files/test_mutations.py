"""400 of the damaged trackers of `make bench-mutations`: each through reconcile and one other command, in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from files.commands_run import OTHERS, RECONCILE, damaged, faults_of, in_folder

if TYPE_CHECKING:
    from pathlib import Path

SEEDS, SHARE = 400, 25
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
