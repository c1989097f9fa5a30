"""Names and addresses from elsewhere: a contacts file (CSV), the description of another case, rows of a workbook."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import TYPE_CHECKING

from tracker.case.description import find_role, parse_tables, read_people, require_role
from tracker.case.format import LISTS, PERSON, CaseSection
from tracker.case.model import Person
from tracker.problems import Problem, codes, problem
from tracker.text import clean_text, fold, same_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tracker.procedure.model import Procedure

TITLES = ("Role", "Name", "Email", "Deputy")
"""The columns of a contacts file; others are passed over."""
_NEEDED = TITLES[:2]
_TITLE_OF = {"role": "Role", **{key.name: key.name.capitalize() for key in PERSON}}

Row = tuple["Mapping[str, str]", "Callable[[str], str]"]
"""The texts of a row by title, and what gives the place of each."""
People = tuple[dict[str, Person], list[Problem]]


class _Contact(CaseSection):
    """A row as a table of a description: its faults are reported by column."""

    __slots__ = ("place_of",)
    place_of: Callable[[str], str]

    def at(self, key: str) -> str:
        return self.place_of(_TITLE_OF[key])


def read_contacts(text: str, procedure: Procedure, *, file: str = "") -> People:
    """Who holds each role and answers for each agency, by a contacts file or a description, with every problem."""
    if _is_table(text):
        return _read_table(text, procedure, file)
    tables = parse_tables(text, file=file)
    if isinstance(tables, Problem):
        return {}, [tables]
    top = CaseSection(file, "", tables, [])
    people = read_people(top, procedure)
    for agency in top.sections("agencies"):
        values = agency.read_section(LISTS["agencies"])
        if values.get("name") and (values.get("contact") or values.get("email")):
            people[values["name"]] = Person(values.get("contact", ""), values.get("email", ""))
    return people, top.problems


def _is_table(text: str) -> bool:
    """Whether a text is a table: the first line of a description would be `name = value` or `[name]`."""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return "=" not in first and not first.startswith("[")


def _read_table(text: str, procedure: Procedure, file: str) -> People:
    head = text.splitlines()[0] if text else ""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    filled_rows: list[Row] = []
    try:
        given = [fold(title) for title in next(rows, [])]
        missing = [title for title in _NEEDED if title.casefold() not in given]
        if missing:
            facts = {"file": file, "place": "line 1", "missing": " and ".join(missing)}
            return {}, [problem(codes.CONTACTS_WITHOUT_COLUMNS, **facts)]
        for cells in rows:
            by_title = dict(zip(given, cells, strict=False))
            texts = {title: by_title.get(title.casefold(), "") for title in TITLES}
            filled_rows.append((texts, partial("line {}, {}".format, rows.line_num)))
    except csv.Error as error:
        facts = {"file": file, "place": f"line {rows.line_num}", "reason": str(error), "hint": ""}
        return {}, [problem(codes.CONTACTS_UNREADABLE, **facts)]
    return read_contact_rows(filled_rows, procedure, file=file)


def read_contact_rows(rows: Iterable[Row], procedure: Procedure, *, file: str = "") -> People:
    """Who holds each role and answers for each agency, by rows; an empty one is passed over."""
    people: dict[str, Person] = {}
    problems: list[Problem] = []
    written: dict[str, str] = {}
    for texts, place_of in rows:
        contact = _Contact(file, "", {key.name: texts[_TITLE_OF[key.name]] for key in PERSON}, problems)
        contact.place_of = place_of
        if not any(map(clean_text, contact.values.values())):
            continue
        word = clean_text(texts["Role"])
        agency = _usual_agency(word, procedure)
        role = agency or require_role(word, procedure, "role", contact)
        if role in written:
            contact.report(codes.DUPLICATE_ROLE, "role", value=word, first=written[role], role=role)
        elif role:
            written[role] = word
            person = Person(**{"name": "", **contact.read_keys(PERSON)})
            if not agency and not person.name and "name" not in contact.faulty:
                contact.report(codes.VALUE_MISSING, "name", about="who holds the role", example="A. Example")
            people[role] = person
    return people, problems


def _usual_agency(word: str, procedure: Procedure) -> str:
    """The name of the usual agency that a person named by its name or code, where no role has that name."""
    if find_role(word, procedure):
        return ""
    names = (usual.name for usual in procedure.agencies if same_word(word, usual.name) or word == usual.code)
    return next(names, "")
