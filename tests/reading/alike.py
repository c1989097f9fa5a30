"""Two readers of one workbook, our own and the library, and whether they say the same."""

from __future__ import annotations

from tracker.workbook import layout
from tracker.workbook.fast_reader import FastBook, LibraryBook, SourceBook


def by_library(content: bytes) -> SourceBook:
    """The workbook as openpyxl reads it; any error of its own."""
    return LibraryBook(content)


def told_apart(plain: SourceBook, library: SourceBook) -> list[str]:
    """Where two readings of all sheets differ, in whatever a reading may ask of them; empty where nowhere."""
    found = []
    if (plain.titles, plain.from_1904) != (library.titles, library.from_1904):
        found.append(f"sheets {plain.titles}, {plain.from_1904}; {library.titles}, {library.from_1904}")
    for title in library.titles:
        ours, theirs = plain.grid(title), library.grid(title)
        if (ours.hidden, ours.merged) != (theirs.hidden, theirs.merged):
            found.append(f"{title} {ours.hidden}, {ours.merged}; {theirs.hidden}, {theirs.merged}")
        if plain.tables(title) != library.tables(title):
            found.append(f"{title} tables {plain.tables(title)}; {library.tables(title)}")
        if [list(cells) for cells in ours.rows.values()] != [list(cells) for cells in theirs.rows.values()]:
            found.append(f"{title} cells in another order, or others")
        for row in sorted({*ours.rows, *theirs.rows}):
            for column in sorted({*ours.rows.get(row, {}), *theirs.rows.get(row, {})}):
                pairs = (
                    (ours.value(row, column), theirs.value(row, column)),
                    (plain.shown(title, row, column), library.shown(title, row, column)),
                )
                found += [
                    f"{title} row {row} column {column}: {left!r}; {right!r}"
                    for left, right in pairs
                    if (type(left), left) != (type(right), right)
                ]
    if layout.HIDDEN in library.titles and plain.texts(layout.HIDDEN) != library.texts(layout.HIDDEN):
        found.append("the remembered issue")
    return found


def differences(content: bytes) -> list[str]:
    """Where our own reader and the library differ on a workbook.

    Raises:
        UnusualError: Our own reader leaves it to the library.
    """
    return told_apart(FastBook(content), by_library(content))
