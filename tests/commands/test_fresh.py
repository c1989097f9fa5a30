"""docs/fresh-machine.md shows the demo as it is."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOWN = (ROOT / "docs" / "fresh-machine.md").read_text("utf-8")


def test_the_transcript_holds_the_commands_of_the_demo_in_their_order() -> None:
    demo = runpy.run_path(str(ROOT / "sample_cases" / "demo.py"), run_name="demo")
    commands = re.findall(r"^ *[\d.]+  \$ tracker (.*)$", SHOWN, re.MULTILINE)
    typed = [[word.removeprefix(f"{ROOT}/") for word in step] for step in demo["steps"](Path("out"))]
    assert [shlex.split(each) for each in commands] == typed


def test_the_transcript_ends_well() -> None:
    runs = re.findall(r"^ *[\d.]+  exit (\d+)$", SHOWN, re.MULTILINE)
    assert set(runs) == {"0"}
