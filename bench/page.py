"""The results as a table and a curve, put between two marks of docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Row, cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from folder import Point

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"
CURVE = ROOT / "docs" / "pictures" / "growth.svg"
_LIBRARIES = ("openpyxl", "XlsxWriter", "lxml", "jinja2", "click")


def machine() -> str:
    """On what and when this was measured."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    busy = f"; load before the run {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{datetime.now(UTC):%d %B %Y}, {cores()} cores{f' ({model})' if model else ''}, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}{busy}."
    )


def table(rows: Sequence[Row], facts: str) -> str:
    """The Markdown table."""
    lines = [
        f"Measured on {facts}",
        "",
        "| what | ours | against | ratio | at most | met |",
        "| --- " * 6 + "|",
    ]
    for row in rows:
        value = "not measured" if row.value is None else _number(row.value, row.unit)
        limit = "" if row.at_most is None else f"{row.at_most:g} {row.unit}".strip()
        met = {None: "", True: "yes", False: "**no**"}[row.met]
        lines.append(f"| {row.what} | {row.ours} | {row.against} | {value} | {limit} | {met} |")
    return "\n".join(lines) + "\n"


def _number(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit else f"{value:.2f}"


def curve_table(points: Sequence[Point], facts: str) -> str:
    """A line a size."""
    lines = [f"Measured on {facts}", "", "![Seconds of the weekly report by workbooks](pictures/growth.svg)", "",
             "| workbooks | seconds | a workbook, ms | most memory, MB | report, MB | its JSON, MB |",
             "| --: " * 6 + "|"]  # fmt: skip
    for point in points:
        memory = f"{point.kilobytes / 1024:.0f}" if point.kilobytes else ""
        each = point.seconds / point.number * 1000
        sizes = f"{point.html / 1e6:.2f} | {point.json / 1e6:.2f}"
        lines.append(f"| {point.number:,} | {point.seconds:.1f} | {each:.1f} | {memory} | {sizes} |")
    return "\n".join(lines) + "\n"


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Put a text between the marks of that name; the rest of the page stays."""
    pattern = re.compile(rf"(<!-- {name}: from here -->\n).*?(<!-- {name}: to here -->)", re.DOTALL)
    before = page.read_text("utf-8")
    assert len(pattern.findall(before)) == 1, f"{page} has no marks named {name}"
    page.write_text(pattern.sub(lambda marks: f"{marks[1]}\n{text}\n{marks[2]}", before), "utf-8")


# The curve

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 720, 400, 70, 50, 30, 30


def svg(points: Sequence[Point]) -> str:
    """Seconds by workbooks, and the straight line through the first size."""
    most = points[-1].number
    straight = points[0].seconds * most / points[0].number
    high = max(straight, *(point.seconds for point in points)) * 1.08

    def at(number: float, seconds: float) -> tuple[float, float]:
        x = _LEFT + number / most * (_WIDTH - _LEFT - _RIGHT)
        return round(x, 1), round(_HEIGHT - _BOTTOM - seconds / high * (_HEIGHT - _BOTTOM - _TOP), 1)

    def text(x: float, y: float, words: str, anchor: str = "middle") -> str:
        return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'

    places = [at(point.number, point.seconds) for point in points]
    line = " ".join(f"{x},{y}" for x, y in places)
    (x0, y0), (x1, y1) = at(0, 0), at(most, straight)
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="13" role="img">'
    )
    parts = [
        opened,
        "<title>Seconds of the weekly report by number of workbooks</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<path d="M{x0},{_TOP} V{y0} H{_WIDTH - _RIGHT}" fill="none" stroke="#555555"/>',
        f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="#888888" stroke-dasharray="6 5"/>',
        f'<polyline points="{line}" fill="none" stroke="#1f5f8b" stroke-width="2.5"/>',
    ]
    shown = [
        (point, place)
        for point, place in zip(points, places, strict=True)
        if point is points[-1] or point.number >= most / 12
    ]
    parts += [f'<circle cx="{x}" cy="{y}" r="4" fill="#1f5f8b"/>' for x, y in places]
    parts += [text(x, y0 + 20, f"{point.number:,}") for point, (x, _) in shown]
    parts += [text(x - 8, y - 10, f"{point.seconds:.0f} s", "end") for point, (x, y) in shown]
    parts += [
        text(_WIDTH - _RIGHT, y0 + 40, "workbooks", "end"),
        text(_LEFT, _TOP - 10, "seconds, whole process", "start"),
        text(_WIDTH - _RIGHT, _HEIGHT - _BOTTOM - 14, "dashed: in proportion to the first size", "end"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
