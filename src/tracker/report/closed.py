"""Closed cases: every row done or not applicable, so that a report needs a line and the counts of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.problems import Severity, codes
from tracker.report.standing import closed_on
from tracker.rules import DONE_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.problems import Problem
    from tracker.report.lines import CaseRows

_OVER = frozenset({*DONE_WORDS, "Not applicable"})
_OF_TWO_WORKBOOKS = frozenset({codes.SAME_CASE_TWICE, codes.OLDER_COPY})


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """A case in which nobody has anything to do. `ended` is the last day on which anything in it was done."""

    rows: CaseRows
    closed: date
    ended: date

    @property
    def reference(self) -> str:
        """What the case is called."""
        return self.rows.reference

    @property
    def counts(self) -> Mapping[str, int]:
        """Its rows by state."""
        return Counter(line.rag for line in self.rows.lines)

    @property
    def errors(self) -> list[Problem]:
        """The errors in its workbook."""
        return [each for each in self.rows.state.problems if each.severity == "error"]

    def number_of(self, severity: Severity) -> int:
        """How many problems of a severity its workbook has."""
        return sum(each.severity == severity for each in self.rows.state.problems)


def closed_case(rows: CaseRows, as_at: date, since: date) -> ClosedCase | None:
    """The case, if it was closed and all of it was done before `since`; None where somebody should look at it."""
    state, closed = rows.state, closed_on(rows.state)
    if closed is None or closed > as_at or state.conflicts or not state.reference:
        return None
    if any(line.rag not in _OVER for line in rows.lines):
        return None
    if any(each.code in _OF_TWO_WORKBOOKS for each in state.problems):
        return None
    days = [day for line in rows.lines for day in (line.completed, line.signed_off) if day]
    ended = max([closed, *days])
    return ClosedCase(rows, closed, ended) if ended < since else None
