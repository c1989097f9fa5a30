"""T6xx: merging. Filled by what regenerate and reconcile find when copies of one case meet."""

from __future__ import annotations

from tracker.problems import Kind, Severity

KINDS: tuple[Kind, ...] = (
    Kind(
        "T601",
        Severity.NOTE,
        "Two workbooks of one case",
        found="the same case in {other}",
        expected="one workbook a case",
        remedy="Compare the two copies and go on with one of them.",
    ),
)
