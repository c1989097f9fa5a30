"""A workbook that the program could not work through: the last boundary between one file and the others of a run."""

from __future__ import annotations

from tracker.problems import Problem, codes, problem

DEBUG = "TRACKER_DEBUG"
"""Set in the environment, this shows the traceback of what is caught otherwise."""


class CellError(Exception):
    """A failure while one cell was worked on; `place` is its address."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def unexpected(error: Exception, file: str) -> Problem:
    """The problem of a file whose content led to a failure that nothing foresaw, with the cell where it is known."""
    place = error.place if isinstance(error, CellError) else ""
    cause = error.__cause__ if isinstance(error, CellError) and error.__cause__ else error
    return problem(codes.WORKBOOK_NOT_PROCESSED, file=file, place=place, what=type(cause).__name__)
