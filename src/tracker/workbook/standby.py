"""Rows on standby: in a blank workbook the rows of agencies and children are there before their names.

Every cell that the plan fills holds a formula, empty until the row's key has its name: the agency beside its code on
sheet People, the child's label on sheet Case. Without an ID and an action a row counts nowhere. `regenerate` puts what
a row shows in place of its formulas.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker import rules
from tracker.formula.evaluate import Formula
from tracker.formula.parse import Call, FormulaSyntaxError, Literal, Node, Operation, parse
from tracker.plan import SPARE_AGENCIES, UNNAMED
from tracker.text import clean_text
from tracker.workbook import layout
from tracker.workbook.baseline import fingerprint
from tracker.workbook.entries import agency_entry
from tracker.workbook.reading import FormulaText
from tracker.workbook.respell import unwrap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tracker.plan import PlannedRow
    from tracker.workbook.baseline import Baseline
    from tracker.workbook.entries import Entries
    from tracker.workbook.reading import ReadRow, SheetTable

KEY = "Key"
"""Beside the values of a row on standby: the agency's code or the child's label that it waits for."""
SPARE = "spare: "
"""What Owner begins with while a row waits."""
AGENCIES, AGENCY_CODES, CHILD_LABELS = "Agency_list", "Agency_codes", "Child_labels"
"""The defined names of the cells in which names, codes and labels are typed."""
NAMING = (rules.AGENCIES, layout.CHILDREN_TABLE)
"""The tables in which names are typed."""
_LONGEST_TEXT = 250  # letters of a text within a formula: Excel takes 255


def standby_formulas(row: PlannedRow, number: int) -> dict[str, Formula]:
    """What the cells of a row on standby hold, by title; `number` is its sheet row.

    They name cells and no tables: a program that keeps no tables must not lose an ID.
    """
    agency = f'INDEX({AGENCIES},MATCH("{row.key}",{AGENCY_CODES},0))'
    asleep = f'IFERROR({agency}&"","")=""'
    if _is_label(row.key):
        asleep = f'NOT(ISNUMBER(MATCH("{row.key}",{CHILD_LABELS},0)))'
    typed = {title: _expression(value, agency) for title, value in row.typed().items()}
    blank = {title: f"{SPARE}{row.key}" if title == "Owner" else "" for title in typed}
    tests = {title: asleep if title == "ID" else f'$A{number}=""' for title in typed}
    return {title: Formula(f'IF({tests[title]},"{blank[title]}",{typed[title]})') for title in typed}


def _is_label(key: str) -> bool:
    return " " in key  # as no code has


def _expression(value: object, agency: str) -> str:
    """What gives a value: a number, or texts short enough with the agency's name between them."""
    if not isinstance(value, str):
        return str(value)
    pieces = []
    for number, part in enumerate(value.split(UNNAMED)):
        pieces += [agency] if number else []
        cut = (part[start : start + _LONGEST_TEXT] for start in range(0, len(part), _LONGEST_TEXT))
        pieces += ['"' + each.replace('"', '""') + '"' for each in cut]
    return "&".join(pieces) or '""'


def standby_value(formula: str, names: Mapping[str, str]) -> str | float | None:
    """What a formula of `standby_formulas` shows once its row is awake; None for any other formula."""
    try:
        node = parse(unwrap(formula))
    except (FormulaSyntaxError, RecursionError):
        return None
    match node:
        case Call("IF", (Operation("=") | Call("NOT"), Literal(str()), value)):
            return _shown(value, names)
    return None


def _shown(node: Node, names: Mapping[str, str]) -> str | float | None:
    match node:
        case Literal(value):
            return value
        case Operation("-", Literal(0), Literal(float() | int() as value)):
            return -value
        case Operation("&", left, right):
            texts = _shown(left, names), _shown(right, names)
            return None if None in texts else f"{texts[0]}{texts[1]}"
        case Call("INDEX", (_, Call("MATCH", (Literal(str(code)), *_)))):
            return names.get(code.casefold(), UNNAMED)
    return None


def wake_cells(
    table: SheetTable, cells: Mapping[int, object], keys: Mapping[str, str], names: Mapping[str, str]
) -> tuple[Mapping[int, object], tuple[str, ...], bool]:
    """The cells of a row, by column, with what the formulas of a row on standby show in their place.

    Args:
        table: The table the row is of.
        cells: What the file holds, by column.
        keys: The key of each row on standby, by its ID.
        names: Who is named, by key in small letters.

    Returns:
        The cells; the titles of those that held such a formula; whether the row is asleep. A row without an ID, and
        one asleep in which somebody typed an action, are a person's own: nothing shows in them.
    """
    if not keys or not table.formulas:
        return cells, (), False
    at = table.header.columns
    shown: dict[str, str | float] = {}
    for column in table.columns:
        raw = cells.get(at.get(column.title, 0))
        if column.kind != "formula" and isinstance(raw, FormulaText):
            value = standby_value(raw.text, names)
            if value is not None and (column.title != "ID" or value in keys):
                shown[column.title] = value
    row_id = str(shown.get("ID", ""))
    asleep = bool(row_id) and keys[row_id].casefold() not in names
    words = {title: clean_text(str(cells.get(at.get(title, 0)) or "")) for title in ("ID", "Action", "Owner")}
    own = not words["ID"] or (asleep and bool(words["Action"]) and "Action" not in shown)
    woken = {at[title]: None if own else value for title, value in shown.items()}
    if words["Owner"].startswith(SPARE):
        woken[at["Owner"]] = None  # the formula of a spare row, pasted as its value
    return {**cells, **woken}, tuple(shown), asleep and not own


def names_in(tables: Mapping[str, Sequence[ReadRow]]) -> dict[str, str]:
    """Who is named: by the agency's code or the child's label, in small letters. The first of a code counts."""
    found: dict[str, str] = {}
    for row in tables.get(rules.AGENCIES, ()):
        found.setdefault(clean_text(row.text("Code")).casefold(), row.text("Agency"))
    for row in tables.get(layout.CHILDREN_TABLE, ()):
        found[clean_text(row.text("Child")).casefold()] = row.text("Child")
    return {key: name for key, name in found.items() if key and name}


def standby_keys(baseline: Baseline) -> dict[str, str]:
    """The key of each row on standby, by its ID."""
    return {row_id: str(row[KEY]) for _, row_id, row in _rows(baseline)}


def _rows(baseline: Baseline) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for sheet, rows in baseline.standby.items():
        for row_id, row in rows.items():
            yield sheet, row_id, row


def listed_keys(baseline: Baseline) -> set[str]:
    """The codes and labels of the agencies and children that a workbook was issued with."""
    return {*(each.code for each in baseline.case.agencies), *(each.label for each in baseline.case.children)}


def spare_entries(baseline: Baseline) -> Entries:
    """The rows of sheet People that are there for agencies to come, by code."""
    ready = {row_id.rpartition("-")[2] for row_id in (*standby_keys(baseline), *baseline.fingerprints)}
    codes = [code for code in SPARE_AGENCIES if code in ready - listed_keys(baseline)]
    return {code: agency_entry(code) for code in codes}


def is_spare(row: ReadRow, keys: Collection[str]) -> bool:
    """Whether a row of sheet People waits for an agency: nothing of anybody's stands in it. `keys` wait for names."""
    typed = any(row.text(title) for title in ("Agency", "Contact", "Email"))
    return clean_text(row.text("Code")) in {*keys, *SPARE_AGENCIES} and not typed


def awake(baseline: Baseline, names: Mapping[str, str], there: Collection[str]) -> Baseline:
    """The issue as if the rows that are awake had been issued as they show; `there` are the IDs that were read."""
    if not baseline.standby:
        return baseline
    values = {sheet: dict(rows) for sheet, rows in baseline.values.items()}
    asleep: dict[str, dict[str, Mapping[str, Any]]] = {}
    prints, listed = dict(baseline.fingerprints), listed_keys(baseline)
    for sheet, row_id, row in _rows(baseline):
        key = str(row[KEY])
        if row_id in there or (key in listed and key.casefold() in names):
            name = names.get(key.casefold(), UNNAMED)
            values.setdefault(sheet, {})[row_id] = {
                title: value.replace(UNNAMED, name) if isinstance(value, str) else value
                for title, value in row.items()
                if title != KEY
            }
            prints[row_id] = fingerprint(values[sheet][row_id])
        else:
            asleep.setdefault(sheet, {})[row_id] = row
    return replace(baseline, values=values, fingerprints=prints, standby=asleep)
