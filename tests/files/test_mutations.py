"""A few of the damaged trackers of `make bench-mutations`, through every command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "mutations.py"
WATCHDOG = 600


@pytest.mark.skipif(os.name != "posix", reason="the bench forks and asks the system for a child's memory")
def test_damaged_trackers_go_through_every_command() -> None:
    words = [sys.executable, str(BENCH), "12", "0", "untimed"]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=WATCHDOG)
    assert done.stdout == "12 damaged trackers, 0 with faults\n", done.stdout + done.stderr
