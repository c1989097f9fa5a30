"""What a weekly report says of a Monday, in a few lines that a story can spell out by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from tracker.report.decisions import to_decide
from tracker.report.frame import is_closed
from tracker.report.sections import statutory_missed
from tracker.text import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.report.rows import ReportRow
    from tracker.report.weekly import WeeklyView

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
TOLD = ("needed", "late", "chase", "returns", "due", "next", "decide", "passed", "moved", "problems")
"""What a Monday is asked for, beside where the case stands; what is quiet is left out."""


def spell(day: date) -> str:
    """`14 Sep`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def ids(words: str) -> list[str]:
    """`RR-5.7 5.11 SIN-3.4` as the IDs it stands for: `RR-5.7`, `RR-5.11`, `SIN-3.4`."""
    found: list[str] = []
    stage = ""
    for word in words.split():
        if word[0].isdigit():
            found.append(f"{stage}-{word}")
        else:
            stage = word.partition("-")[0]
            found.append(word)
    return found


def _briefly(labels: Iterable[str]) -> str:
    """IDs as `ids` takes them."""
    words, stage = [], ""
    for label in labels:
        words.append(label.removeprefix(f"{stage}-"))
        stage = label.partition("-")[0]
    return " ".join(words)


def _by_day(lines: Iterable[ReportRow]) -> str:
    dated = groupby(lines, key=lambda line: line.judged)
    return "; ".join(f"{spell(day)} {_briefly(each.label for each in group)}" for day, group in dated if day)


def _late(lines: Iterable[ReportRow]) -> str:
    """IDs with the working days each is late; one number for those that follow each other and share it."""
    by_days = groupby(lines, key=lambda line: line.days_late)
    return "; ".join(f"{_briefly(each.label for each in group)} by {days}" for days, group in by_days)


def day_of(words: str) -> date:
    """The day of `14 Sep 2026`, with its weekday before it or not."""
    day, month, year = words.split()[-3:]
    return date(int(year), _MONTHS.index(month) + 1, int(day))


def monday(day: str, standing: str, told: Mapping[str, str]) -> str:
    """The lines of a Monday."""
    return "\n    ".join([f"{day}: {standing}", *(f"{key}: {told[key]}" for key in TOLD if told.get(key))])


def needed(view: WeeklyView) -> list[str]:
    """Who is needed now: what is late, how many statutory dates were missed, what is to be chased or done today."""
    rows = [row for case in view.rows for row in case.rows]
    counts = Counter(row.rag for row in rows)
    late = {row.case_anchor for row in view.overdue}
    ended = {case.anchor for case in view.rows if is_closed(case.state, view.as_at)}
    in_ended = sum(row.case_anchor in ended for row in view.overdue)
    of_them = f" ({in_ended} in {quantity(len(late & ended), 'closed case')})" if in_ended else ""
    statutory = len(statutory_missed(rows))
    found = (
        (
            counts["Overdue"],
            f"{quantity(len(view.overdue), 'action')} overdue in {quantity(len(late), 'case')}{of_them}",
        ),
        (statutory, f"{quantity(statutory, 'statutory date')} missed"),
        (counts["Chase"], f"{counts['Chase']} to chase"),
        (counts["Due today"], f"{counts['Due today']} due today"),
        (counts["Provisional, passed"], f"{counts['Provisional, passed']} past a provisional date"),
    )
    return [words for number, words in found if number]


def told_by(view: WeeklyView) -> dict[str, str]:
    """What the report of one case says, by the names of `TOLD`."""
    key = view.cases[0].next_key if view.cases else None
    return {
        "needed": ", ".join(needed(view)),
        "late": _late(view.overdue),
        "chase": _briefly(each.row.label for each in view.waiting if each.row.rag == "Chase"),
        "returns": "; ".join(f"{each.label} {each.back} of {each.asked}" for each in view.returns),
        "due": _by_day(view.windows[0].rows),
        "next": f"{key.label} {spell(key.judged)}" if key and key.judged else "",
        "decide": ", ".join(each.text for each in to_decide(view.decisions)),
        "passed": _briefly(each.row.label for each in view.undated),
        "moved": "; ".join(f"{each.row.label} {_pair(each.row)}" for each in view.moved),
        "problems": " ".join(sorted(f"{each.code}" for each in view.problems)),
    }


def _pair(line: ReportRow) -> str:
    return f"{spell(line.due)} to {spell(line.agreed)}" if line.due and line.agreed else ""
