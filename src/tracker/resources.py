"""Where the data that travels with the program lies: procedure sets, calendar, templates, sample cases."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def templates() -> Path:
    """The `templates` folder: inside the package in a wheel, at the top of the checkout otherwise."""
    return _folder("templates")


def samples() -> Path:
    """The `sample_cases` folder, which lies where `templates` lies."""
    return _folder("sample_cases")


def _folder(name: str) -> Path:
    package = Path(__file__).resolve().parent
    inside = package / name
    return inside if inside.is_dir() else package.parents[1] / name
