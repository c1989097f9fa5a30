"""Where the data that travels with the program lies: procedure sets, calendar, report templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def templates() -> Path:
    """The `templates` folder: inside the package in a wheel, at the top of the checkout otherwise."""
    package = Path(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parents[1] / "templates"
