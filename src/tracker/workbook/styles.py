"""The styles of cells, by name. Every pair of text and background has a contrast of at least 4.5 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FONT = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
DATE = "ddd d mmm yy"
NAVY, INK, GREY, LINE = "#1F3864", "#1A1A1A", "#595959", "#BFC5CF"
TINT = "#F2F4F8"

_BOX = {"border": 1, "border_color": LINE}
_ROW = {**FONT, "text_wrap": True, "font_size": 11}
_LIST = {**_ROW, **_BOX}

STYLES: Mapping[str, Mapping[str, Any]] = {
    "text": FONT,
    "plain": {**FONT, "font_size": 11},
    "open": {**FONT, "text_wrap": True},
    "open date": {**FONT, "num_format": DATE, "align": "left"},
    "title": {**FONT, "font_size": 16, "bold": True, "font_color": NAVY, "valign": "vcenter"},
    "subtitle": {**FONT, "font_color": GREY, "valign": "vcenter"},
    "headline": {**FONT, "font_size": 15, "bold": True, "valign": "vcenter"},
    "lead": {**FONT, "font_size": 12, "valign": "vcenter"},
    "section": {**FONT, "font_size": 12, "bold": True, "font_color": NAVY, "valign": "bottom"},
    "header": {
        **FONT, **_BOX, "bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "text_wrap": True,
        "valign": "vcenter",
    },
    "header line": {
        **FONT, **_BOX, "font_size": 11, "bold": True, "font_color": "#FFFFFF", "bg_color": NAVY,
        "valign": "vcenter",
    },
    "input": {**FONT, **_BOX, "text_wrap": True},
    "input line": {**FONT, **_BOX},
    "input id": {**FONT, **_BOX, "shrink": True},
    "input number": {**FONT, **_BOX, "num_format": "0", "align": "center"},
    "input date": {**FONT, **_BOX, "num_format": DATE, "align": "left"},
    "calc": {**FONT, **_BOX, "bg_color": TINT, "text_wrap": True},
    "calc date": {**FONT, **_BOX, "bg_color": TINT, "num_format": DATE, "align": "left"},
    "calc days": {**FONT, **_BOX, "bg_color": TINT, "num_format": "0", "align": "center"},
    "link": {**FONT, **_BOX, "bg_color": TINT, "font_color": "#0B5394", "underline": 1, "text_wrap": True},
    "label": {**FONT, **_BOX, "bold": True},
    "help": {**FONT, "font_color": GREY},
    "cell": _LIST,
    "row": _ROW,
    "row date": {**_ROW, "num_format": DATE, "align": "left"},
    "row days": {**_ROW, "num_format": "0", "align": "center"},
    "spill": {**FONT, "font_size": 11},
    "cell date": {**_LIST, "num_format": DATE, "align": "left"},
    "cell days": {**_LIST, "num_format": "0", "align": "center"},
    "cell count": {**_LIST, "num_format": "0", "align": "center"},
    "guide": {**FONT, "text_wrap": True},
    "guide word": {**FONT, "text_wrap": True, "bold": True},
}  # fmt: skip

_RAG: Mapping[str, tuple[str, str]] = {
    "Overdue": ("#FBD5D5", "#8B1A1A"),
    "Chase": ("#FCE4D2", "#7F3300"),
    "Provisional, passed": ("#EEE3FB", "#51208F"),
    "Due today": ("#FFD966", "#4A3500"),
    "Due soon": ("#FFF2CC", "#5C4400"),
    "Extended": ("#DFE3FA", "#2E2F86"),
    "On track": ("#DDF0DD", "#1D5420"),
    "Provisional": ("#E9EDF3", "#36455A"),
    "On hold": ("#E3E3E3", "#3B3B3B"),
    "Ready": ("#DCEFF0", "#0B5345"),
    "Clock not started": ("#F3F3F3", "#555555"),
    "No date": ("#F3F3F3", "#555555"),
    "Complete": ("#DDEBF7", "#1F4E79"),
    "Complete, late": ("#BCD4EE", "#16365C"),
    "Not applicable": ("#EFEFEF", "#595959"),
}
"""RAG word -> background and foreground."""

CONDITIONAL: Mapping[str, Mapping[str, Any]] = {
    **{
        f"rag {word}": {**_BOX, "bg_color": background, "font_color": foreground, "bold": True}
        for word, (background, foreground) in _RAG.items()
    },
    "filled": _BOX,
    "fixed": {
        "font_color": "#B00000", "bold": True,
        "num_format": '@" (FIXED: clear the report date on sheet Case to follow today again)"',
    },
}  # fmt: skip
"""Looks that a condition puts on top."""


def style_properties(name: str) -> Mapping[str, Any]:
    """The properties of a style; a RAG style stands alone on the Guide sheet."""
    if name.startswith("rag "):
        return {**FONT, "text_wrap": True, **CONDITIONAL[name]}
    return STYLES[name]
