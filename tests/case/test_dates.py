from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.text import month_first, parse_day


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02",
        "2026/11/2",
        "2/11/2026",
        "02.11.2026",
        "2-11-2026",
        " 2 11 2026 ",
        "2 Nov 2026",
        "2-Nov-2026",
        "2nd of November, 2026",
        "Mon 2 Nov 2026",
        "Monday, 2\u00a0NOVEMBER 2026",
    ],
)
def test_a_date_is_read_as_people_here_write_it(text: str) -> None:
    assert parse_day(text) == date(2026, 11, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2/11/26",
        "11/31/2026",
        "30 Feb 2026",
        "Tue 2 Nov 2026",
        "2 Movember 2026",
        "2 Nov",
        "2026-11",
        "2026-11-02T09:00",
        "2/11-2026",
        "\u0662/11/2026",
        "0000-01-01",
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    assert parse_day(text) is None


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_is_read_in_every_form(day: date) -> None:
    forms = (
        str(day),
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day} {day:%B} {day.year}",
        f"{day:%a %d %b %Y}",
    )
    assert {parse_day(form) for form in forms} == {day}


@pytest.mark.parametrize(
    ("text", "other"),
    [("2/11/2026", date(2026, 2, 11)), ("13/11/2026", None), ("5/5/2026", None), ("2026-11-02", None)],
)
def test_the_american_reading_of_a_date_is_known(text: str, other: date | None) -> None:
    assert month_first(text) == other
