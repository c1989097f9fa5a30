"""What the weekly view counts: a line a case, the timeline, changes and problems."""

from __future__ import annotations

from datetime import date

import pytest
from lives.mondays import needed

from tracker.problems import problem
from tracker.reconcile.model import Change
from tracker.report.figures import counted
from tracker.report.weekly import weekly_view
from tracker.text import short_date

from .states import MONDAY, action, case, read
from .test_view import FRIDAY

# A line a case

RR_KEYS = (
    action("RR-6.2", "Complete", key=True, count=11),
    action("RR-6.5", key=True, count=14, after=("RR-6.4",), due=date(2026, 11, 27)),
    action("RR-6.4", after=("RR-6.2",)),
    action("RR-6.6", key=True, count=15, after=("RR-6.5",), due=date(2026, 11, 30)),
)
LCSPR = action("LCSPR-7.6", "Clock not started", key=True, count=6, unit="months", day_zero=None)


def _months(due: date, late: int | None = None) -> object:
    return action(
        "LCSPR-7.6", key=True, count=6, unit="months", day_zero=date(2026, 5, 5), due=due, days_late=late
    )


@pytest.mark.parametrize(
    ("rows", "facts", "stage", "standing"),
    [
        (RR_KEYS, {}, "Rapid Review", "day 10 of 15"),
        (RR_KEYS[:3], {}, "Rapid Review", "day 10 of 14"),
        (
            (action("RR-6.6", "Complete", key=True), LCSPR),
            {},
            "Rapid Review done",
            "LCSPR: clock not started",
        ),
        ((_months(date(2027, 2, 1)),), {}, "LCSPR", "week 29 of 39"),
        ((_months(date(2026, 11, 5), 12),), {}, "LCSPR", "12 working days late"),
        ((action("SIN-3.4", "Not applicable", key=True),), {}, "Not applicable", "no stage is live"),
        (RR_KEYS, {"decisions": {"case_closed": FRIDAY}}, "Closed", "on Fri 20 Nov 2026"),
        ((), {}, "Not applicable", "no stage is live"),
    ],
)
def test_the_stage_a_case_has_reached(rows: tuple, facts: dict, stage: str, standing: str) -> None:  # type: ignore[type-arg]
    (line,) = weekly_view(read(case(*rows, **facts))).cases
    assert (line.stage, line.standing) == (stage, standing)


def test_the_next_key_date_is_the_earliest_open_one() -> None:
    (line,) = weekly_view(read(case(*RR_KEYS))).cases
    assert line.next_key is not None
    assert (line.next_key.label, line.next_key.judged) == ("RR-6.5", date(2026, 11, 27))


# Counts, timeline, changes, problems


def test_counts_lead_to_their_rows() -> None:
    view = weekly_view(
        read(
            case(action("RR-5.4", "Overdue"), action("RR-5.5"), action("RR-5.6", "Complete"), action("RR-1"))
        )
    )
    (row,) = view.counts
    assert (row.done, row.live, counted(row.counts)) == (1, 4, "1 overdue; 2 on track; 1 complete")
    assert [(count.x, count.width) for count in row.counts] == [("0%", "25%"), ("25%", "50%"), ("75%", "25%")]
    groups = {group[0].anchor: len(group) for group in view.details[0].groups}
    assert groups == {"case-1-1-on-track": 2}  # what is overdue stands above, among what needs somebody
    assert {count.anchor: count.number for count in row.counts if count.anchor in groups} == groups


@pytest.mark.parametrize(
    ("as_at", "marks", "beyond"),
    [
        (date(2026, 11, 15), ("0%", "83.33%", "83.33%", "100%"), ""),
        (date(2026, 11, 18), ("0%", "66.67%", "66.67%", "100%"), ""),
        (MONDAY, ("0%", "66.67%", "66.67%", "100%"), "6 working days late \u2192"),
    ],
)
def test_a_timeline_breaks_five_days_after_its_last_date(
    as_at: date, marks: tuple[str, ...], beyond: str
) -> None:
    key = action(
        "RR-6.6", "Overdue", key=True, day_zero=date(2026, 11, 3), due=date(2026, 11, 13), days_late=6
    )
    (detail,) = weekly_view(read(case(key), as_at=as_at)).details
    drawn = detail.timeline
    assert drawn is not None
    (track,) = drawn.tracks
    assert (track.start, track.end, track.over, drawn.today) == marks
    assert drawn.beyond == beyond
    assert drawn.words == (
        f"RR-6.6: counted from Tue 3 Nov 2026, due Fri 13 Nov 2026, Overdue. Today: {short_date(as_at)}."
    )


def test_a_timeline_of_what_is_done_says_that_today_lies_beyond() -> None:
    key = action("RR-6.6", "Complete", key=True, due=date(2026, 1, 5), completed=date(2026, 1, 5))
    (detail,) = weekly_view(read(case(key))).details
    assert detail.timeline is not None
    assert detail.timeline.beyond == "today \u2192"


@pytest.mark.parametrize("years", [0, 1, 3, 12])
def test_a_timeline_has_at_most_five_ticks(years: int) -> None:
    key = action("RR-6.6", key=True, due=date(2026 + years, 12, 1))
    (detail,) = weekly_view(read(case(key))).details
    assert detail.timeline is not None
    assert len(detail.timeline.ticks) <= 5


def test_a_short_timeline_is_ticked_by_mondays() -> None:
    key = action("RR-6.6", key=True, day_zero=date(2026, 11, 9), due=date(2026, 11, 30))
    (detail,) = weekly_view(read(case(key))).details
    assert detail.timeline is not None
    assert [(tick.words, tick.side) for tick in detail.timeline.ticks] == [
        ("9 Nov", "start"),
        ("16 Nov", "middle"),
        ("23 Nov", "middle"),
        ("30 Nov", "end"),
    ]


def test_changes_are_counted_by_column_and_those_of_what_was_issued_are_told() -> None:
    changes = (
        Change("SIN!H10", "SIN-3.4", "Completed", None, date(2026, 11, 9)),
        Change("SIN!H9", "SIN-3.3", "Completed", None, date(2026, 11, 9)),
        Change("SIN!Q9", "SIN-3.3", "Count", 3.0, 4.5),
        Change("SIN!J9", "SIN-3.3", "Status", "Not started", "Complete"),
        Change("Case!B30", "", "Case closed on", None, date(2026, 11, 9)),
    )
    view = weekly_view(read(case(changes=changes)))
    assert view.changes[0].columns == (("Completed", 2), ("Case closed on", 1), ("Count", 1), ("Status", 1))
    assert (view.changed_cells, [(cell.cell, cell.was, cell.now) for cell in view.changes[0].cells]) == (
        5,
        [("Case!B30", "", "Mon 9 Nov 2026"), ("SIN!Q9", "3", "4.5")],
    )


def test_problems_of_a_kind_are_folded_the_gravest_first() -> None:
    many = tuple(problem("T310", file="a.xlsx", place=f"SIN!K{row}") for row in range(12, 4, -1))
    view = weekly_view(read(case(problems=(*many, problem("T311", place="SIN!K1", day="1", as_at="2")))))
    assert [(each.code, each.where) for each in view.problems] == [
        ("T311", "SIN!K1"),
        ("T310", "8 cells: SIN!K5, SIN!K6, SIN!K7, SIN!K8, SIN!K9, SIN!K10, ..."),
    ]


def test_files_that_could_not_be_read_are_left_out_at_the_top() -> None:
    broken = problem("T104", file="x/minutes.xlsx", found_kind="a file of another kind")
    view = weekly_view(read(problems=(broken,)))
    assert view.left_out == (broken,)
    assert view.problems == ()


def test_nothing_at_all_is_a_report_too() -> None:
    view = weekly_view(read())
    assert (view.cases, view.marking, needed(view)) == ((), "", [])


def test_two_workbooks_without_a_reference_have_their_own_places() -> None:
    view = weekly_view(read(case(reference=""), case(reference="")))
    assert [line.anchor for line in view.cases] == ["case-1", "case-2"]
    assert view.cases[0].reference == ".xlsx"
