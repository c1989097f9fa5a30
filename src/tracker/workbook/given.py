"""Workbooks that come as bytes, as from a form or a mail: the same first look as at a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.workbook.preflight import LOCKED, examine, looked_at

if TYPE_CHECKING:
    from tracker.problems import Problem
    from tracker.workbook.read import Password


def given_content(content: bytes, name: str, password: Password | None) -> tuple[bytes, list[Problem]]:
    """The bytes of a workbook, unlocked where `password` opens it, or why they cannot be one."""
    content, problems = looked_at(content, name)
    if [each.code for each in problems] == [LOCKED] and password is not None and (word := password(name)):
        from tracker.workbook.unlock import unlocked

        content, problems = unlocked(content, word, name)
    if problems:
        return b"", problems
    refused = examine(content, name)
    return content, [refused] if refused else []
