"""Paths as people type them: what may have been meant where nothing is found."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.text import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MOST = 2_000
"""Names of a folder that are compared: in a larger one nobody waits for a guess."""


def of_another_system(path: Path) -> bool:
    """Whether a path begins with a drive letter where there are none: it would be one odd name in this folder."""
    return os.sep == "/" and bool(_DRIVE.match(str(path)))


def hint(path: Path) -> str:
    """The end of a remedy for a path that leads nowhere: the near miss, or what is odd about it; else nothing."""
    if of_another_system(path):
        return " (a drive letter means nothing here: write the path with /, as this system shows it)"
    with suppress(OSError, ValueError):
        names = os.listdir(path.parent)  # noqa: PTH208  names alone, also of a folder that holds odd ones
        alike = [each for each in names if os.path.splitext(each)[1] == path.suffix]  # noqa: PTH122  as above
        return did_you_mean(path.name, alike[:_MOST])
    return ""
