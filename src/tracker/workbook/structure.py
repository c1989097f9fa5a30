"""Tables as people and programs leave them: titles written over, headers switched off, tables cut short or gone.

All of it is understood, reported here, and put right by regenerate: titles, tables and formulas are ours.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker import rules
from tracker.formula.parse import area_text, column_letters
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, did_you_mean, listed, quantity, same_word
from tracker.workbook import layout
from tracker.workbook.interpret import shown_as
from tracker.workbook.reading import FileTable, Header, SheetGrid, TablePlace, address, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tracker.procedure.model import Procedure
    from tracker.workbook.layout import SheetColumn


def table_named(name: str, tables: Sequence[FileTable]) -> FileTable | None:
    """The file's table of a name, compared without case as spreadsheet programs do."""
    return next((each for each in tables if each.name.casefold() == name.casefold()), None)


# Headers


def header_by_file_table(
    table: FileTable | None, columns: Sequence[SheetColumn], grid: SheetGrid
) -> Header | None:
    """The header a table had before its row was emptied, by the titles the file still keeps; None where it has none.

    A table as wide as ours is ours, whatever its columns are called. A row in which anything else stands is no header,
    unless the table has one column and has this as its title.
    """
    if table is None or table.header_row < 1:
        return None
    by_word = _by_word(table)
    found = {
        column.title: by_word[word]
        for column in columns
        if (word := clean_text(column.title).casefold()) in by_word
    }
    if len(found) * 2 < len(columns):
        if len(table.titles) != len(columns):
            return None
        found = {column.title: table.first_column + place for place, column in enumerate(columns)}
    cells = grid.rows.get(table.header_row, {})
    for column in found.values():
        held = cells.get(column)
        alone = len(columns) == 1 and table.header and isinstance(held, str)
        if held is not None and not alone and not same_word(str(held), table.title_at(column)):
            return None
    return Header(table.header_row, found)


def _by_word(table: FileTable) -> dict[str, int]:
    words = ((clean_text(title).casefold(), table.first_column + at) for at, title in enumerate(table.titles))
    return {word: column for word, column in words if word}


def complete_header(
    header: Header, grid: SheetGrid, columns: Sequence[SheetColumn], table: FileTable | None
) -> tuple[Header, dict[str, str]]:
    """A header with the columns whose title was written over; and by our title, what stands there now.

    A column is known by the title the table still keeps for it, else by standing where ours stood between others.
    """
    known = dict(header.columns)
    taken = set(known.values())
    cells = grid.rows.get(header.row, {})
    order = [column.title for column in columns]
    if table is not None and table.header_row == header.row:
        by_word = _by_word(table)
        for title in order:
            column = by_word.get(clean_text(title).casefold(), 0)
            if title not in known and column and column not in taken:
                known[title] = column
                taken.add(column)
    for run, first, last in _gaps(order, known):
        between = [
            at
            for at in range(first, last)
            if at not in taken and isinstance(held := cells.get(at), str) and clean_text(held)
        ]
        if len(between) == len(run):
            known |= dict(zip(run, between, strict=True))
            taken.update(between)
    over = {
        title: str(cells.get(column) or "") for title, column in known.items() if cells.get(column) != title
    }
    ours = {title: known[title] for title in order if title in known}
    return replace(header, columns=ours), over


def _gaps(order: Sequence[str], known: Mapping[str, int]) -> Iterator[tuple[list[str], int, int]]:
    """Runs of titles that are missing, and the columns (from, until) in which they can stand."""
    run: list[str] = []
    left = 0
    for title in order:
        if title not in known:
            run.append(title)
            continue
        if run:
            yield run, left + 1 if left else max(known[title] - len(run), 1), known[title]
        run, left = [], known[title]
    if run and left:
        yield run, left + 1, left + 1 + len(run)


def title_problems(grid: SheetGrid, header: Header, over: Mapping[str, str]) -> list[Problem]:
    """Titles that stand there otherwise than ours, each with its cell."""
    letters = header.letters()
    return [
        problem(
            codes.TITLE_OVERWRITTEN,
            place=address(grid.name, letters[title], header.row),
            title=title,
            now=shown_as(now, title) if clean_text(now) else "nothing",
        )
        for title, now in over.items()
    ]


def emptied_header_problems(
    grid: SheetGrid, header: Header, name: str, over: Mapping[str, str]
) -> list[Problem]:
    """A header of which no title of ours is left: other titles stand there, or none."""
    if any(over.values()):
        return title_problems(grid, header, over)
    place = address(grid.name, "A", header.row)
    return [problem(codes.TITLES_MISSING, place=place, table=name, row=header.row)]


def header_problems(
    grid: SheetGrid, header: Header, columns: Sequence[SheetColumn], row: int
) -> list[Problem]:
    """What is wrong with a table's header row: missing, doubled, moved from `row` (0: it may stand anywhere)."""
    letters = header.letters()
    taken = set(header.columns.values())
    unknown = [
        value
        for column, value in grid.rows.get(header.row, {}).items()
        if isinstance(value, str) and column not in taken
    ]
    found = []
    place = address(grid.name, "A", header.row)
    for column in columns:
        if column.title not in header.columns:
            near = did_you_mean(column.title, unknown)
            found.append(problem(codes.COLUMN_MISSING, place=place, title=column.title, suggestion=near))
    for title, _, second in header.doubled:
        again = address(grid.name, column_letters(second), header.row)
        other = address(grid.name, letters[title], header.row)
        found.append(problem(codes.HEADER_TWICE, place=again, title=title, other=other))
    if row and header.row != row:
        found.append(problem(codes.HEADER_ROW_MOVED, place=place, found_row=header.row, row=row))
    return found


# Tables


def whole_area(place: TablePlace, table: FileTable | None, last_row: int) -> tuple[int, int, int, int]:
    """The cells a table has to cover: our columns, whatever it covers beside them, and the rows below the header."""
    left, right = min(place.columns.values()), max(place.columns.values())
    bottom = max(last_row, place.header_row + 1)
    # exceljs calls the row of titles a row like others.
    if table is not None and place.header_row in (table.header_row, table.first_row):
        left, right = min(left, table.first_column), max(right, table.last_column)
        bottom = max(bottom, min(table.last_row, place.until - 1) if place.until else table.last_row)
    return place.header_row, left, bottom, right


def covers(place: TablePlace, table: FileTable, last_row: int) -> bool:
    """Whether a table covers its columns, and its rows down to one; a header switched off is reported by itself."""
    area = table.header_row, table.first_column, table.last_row, table.last_column
    return whole_area(place, table, last_row) == area


def knows_titles(place: TablePlace, table: FileTable) -> bool:
    """Whether a table knows its columns by our titles, each once."""
    titled = all(
        clean_text(table.title_at(column)).casefold() == clean_text(title).casefold()
        for title, column in place.columns.items()
    )
    return titled and len(table.titles) == table.last_column - table.first_column + 1


def file_table_problems(
    places: Mapping[str, TablePlace], tables: Mapping[str, FileTable | None], renamed: frozenset[str]
) -> list[Problem]:
    """Tables that are gone or do not cover what they did. `renamed` have been reported by their titles."""
    found = []
    gone = [name for name in places if tables.get(name) is None]
    if gone:
        sheet = places[gone[0]].sheet
        shown = gone if len(gone) <= 5 else [*gone[:4], quantity(len(gone) - 4, "more table")]  # noqa: PLR2004
        found.append(problem(codes.TABLES_MISSING, place=quoted(sheet), tables=listed(shown)))
    for name, place in places.items():
        table = tables.get(name)
        if table is None or (
            covers(place, table, place.ours_to) and (name in renamed or knows_titles(place, table))
        ):
            continue
        wanted = area_text(*whole_area(place, table, place.last_row))
        titles = quantity(len(table.titles), "column") + ("" if table.header else " and no row of titles")
        facts = {"table": name, "area": table.area, "titles": titles}
        place_at = f"{quoted(place.sheet)}!{column_letters(table.first_column)}{place.header_row}"
        found.append(problem(codes.TABLE_TOO_SMALL, place=place_at, wanted=wanted, **facts))
    return found


def fixed_problems(cells: Mapping[str, Sequence[str]]) -> list[Problem]:
    """Formulas that look at fixed cells in place of a table's columns, once a table; `cells` by the table's name."""
    return [
        problem(
            codes.FIXED_REFERENCES, place=places[0], formulas=quantity(len(places), "formula"), table=table
        )
        for table, places in cells.items()
        if places and table != rules.CLOCKS
    ]


LOST_NAME = re.compile("#(?:REF!|NAME[?]|VALUE!|N/A)")
"""Where a defined name leads whose cells are gone."""


def name_problems(names: Mapping[str, str], procedure: Procedure, version: int) -> list[Problem]:
    """The defined names our formulas of a layout look through that are gone or lead nowhere."""
    formulas = [*rules.stage_rules(procedure).values(), *rules.plan_rules().values(), rules.HOLD_RULE]
    steps = {"", *(step.id for _, step in procedure.steps())}
    for clock in (each for each in procedure.clocks if each.step in steps):
        formulas += rules.clock_rules(clock, procedure, layout.DATE_NAMES)
    text = "".join(formula.text for formula in formulas)
    ours = [
        rules.REPORT_DATE,
        rules.HOLIDAYS,
        rules.HOLD_RUNNING,
        *(each.defined_name for each in procedure.clocks),
    ]
    if version >= layout.NAMES_MEETINGS:
        ours += map(rules.meeting_cells, layout.titles(layout.MEETING_COLUMNS))
    held = {name.casefold(): place for name, place in names.items()}
    lost = [name for name in ours if name in text and LOST_NAME.search(held.get(name.casefold(), "#REF!"))]
    where = quoted(layout.CASE)
    return [problem(codes.DEFINED_NAMES_MISSING, place=where, names=listed(lost))] if lost else []
