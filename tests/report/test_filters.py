from __future__ import annotations

from datetime import date

import pytest

from tracker.report.render import css_string, iso_date, markdown, short_date, working_days
from tracker.report.rows import file_name, natural, slug


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain - text, 5.10", "plain - text, 5.10"),
        ("| a | b |", r"\| a \| b \|"),
        ("*_`[]<>", r"\*\_\`\[\]\<\>"),
        (r"\|", r"\\\|"),
        ("&lt;", r"\&lt;"),
        ("a\n# b\r\n\tc\u2028d", r"a \# b c d"),
        ("- a", r"\- a"),
        ("=cmd|' /C calc'!A0", r"\=cmd\|' /C calc'!A0"),
        ("12. a", r"12\. a"),
        ("1.2", "1.2"),
        ("{{ 7*7 }}", r"{{ 7\*7 }}"),
        ("\u202eevil", "\u2068\u202eevil\u2069"),
        ("\u05d0", "\u2068\u05d0\u2069"),
        (49, "49"),
    ],
)
def test_markdown_stays_plain_text(text: object, escaped: str) -> None:
    assert markdown(text) == escaped


def test_dates_and_quantities() -> None:
    assert (short_date(date(2026, 11, 9)), short_date(None)) == ("Mon 9 Nov 2026", "")
    assert (iso_date(date(2026, 11, 9)), iso_date(None)) == ("2026-11-09", "")
    assert [working_days(count) for count in (None, 0, 1, 2)] == [
        "",
        "0 working days",
        "1 working day",
        "2 working days",
    ]


def test_names() -> None:
    assert [file_name(path) for path in ("a/b.xlsx", r"C:\a\b.xlsx", "b.xlsx")] == ["b.xlsx"] * 3
    assert slug("Complete, late") == "complete-late"
    assert sorted(["RR-5.10", "RR-5.9b", "RR-5.9", "AP-2"], key=natural) == [
        "AP-2",
        "RR-5.9",
        "RR-5.9b",
        "RR-5.10",
    ]


def test_a_css_string_cannot_end_its_sheet() -> None:
    assert css_string('A-1"</style>') == r"A\2d 1\22 \3c \2f style\3e "
