"""The procedure as plain values: the content of `templates/procedure/SET/`, checked and frozen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.text import short_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

AGENCY_OWNER = "{agency}"
"""The owner of a step that each agency does itself."""

EMPLOYERS = ("council", "partnership", "partner agency", "external")
OUTSIDE = ("partner agency", "external")
"""The employers whose people do not have the workbook."""
UNITS = ("working days", "days", "weeks", "months")
"""`days` are calendar days."""
BASES = ("Statutory", "Procedure", "Implied", "Undated", "Added")
REPETITIONS = ("child", "agency", "other partnership")
FIELD_DATES = ("incident", "lcspr_decided")
"""The case's dates that stand among the fields of sheet Case; the others are typed beside their clock or in a row."""
MOST_RANGES = 50
"""Each range of days is a level of one formula, and Excel reads no more than 64."""
MOST_STAGES = 8
"""Summary's lists give each table one digit, and the action plan is one of them."""
SIGHTS = ("everything", "exceptions", "employer")
"""What a board sees."""

_PAUSE = re.compile(r"[:;,(]")
_CODE = re.compile(r"[A-Z0-9]{1,12}")
_LONG_HEADING = 60
_UNCHECKED = "Nobody has checked these rules against their sources"

Condition = tuple[tuple[tuple[str, tuple[object, ...]], ...], ...]
"""When a step applies. An *or* of *and*s: alternatives, each a row of (field of the case, allowed values), all of
which must hold. Empty: always. A field is a path such as `case.died` or `decisions.panel_response`."""


@dataclass(frozen=True, slots=True)
class Lag:
    """A count in a unit: 5 working days, 6 months, -5 weeks."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Role:
    """One owner, however many names the procedure gives it.

    `option` is set where the case decides who it is (`rapid_review_chair`): the row then carries the role the
    case names, and `default` is that role where the case names none. `digest` is set for who gets the weekly
    digest of all cases, `signs` for whose name stands below messages to owners. `code` ends the IDs of rows that
    this role has beside other owners of the same step.
    """

    name: str
    employer: str
    aliases: tuple[str, ...] = ()
    option: str = ""
    default: str = ""
    digest: bool = False
    signs: bool = False
    code: str = ""
    email: str = ""  # an address the procedure itself gives
    email_note: str = ""  # a remark on it


@dataclass(frozen=True, slots=True)
class Clock:
    """What a step is counted from.

    Its day zero is, the first that is known: the case's date `field` (typed on sheet Case), the `Completed` of
    step `step`, the case's date `fallback`. Until then it may be provisional: `provisional_from` plus
    `provisional`. `field`, `fallback` are names of the case's dates (`aware`, `publication`); one of
    `FIELD_DATES` is always the fallback, also where the set calls it the field.
    """

    name: str
    defined_name: str
    paragraph: str
    field: str = ""
    fallback: str = ""
    step: str = ""
    provisional_from: str = ""
    provisional: Lag | None = None
    hold: bool = False  # the case's hold stops the rows counted from it
    note: str = ""
    meeting: str = ""  # the kind of planned meeting it follows


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure, in our own words.

    `lag` is None where the procedure gives no date; `basis` is where the date comes from (`BASES`). Where the
    procedure gives a range of days, the step is due on its last, and `first` is the first of them. Several
    `owners` have a row each; `owner` is the first of them. `target_of` is the step whose limit this one is to beat.
    """

    id: str
    paragraph: str
    action: str
    owner: str
    basis: str
    clock: str = ""
    lag: Lag | None = None
    consult: tuple[str, ...] = ()
    copy_to: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    key: bool = False
    short: str = ""  # a key date's name, at most 30 characters
    title: str = ""  # what calendars call it; else `short`, `decides` or how `action` begins
    decides: str = ""  # what its owner is asked to decide, approve or sign off, as a request
    when: Condition = ()
    unless: Condition = ()
    each: str = ""
    completed_by: str = ""  # the case's date that fills `Completed` (`sin_submitted`, `published`)
    note: str = ""
    first: int | None = None
    owners: tuple[str, ...] = ()
    target_of: str = ""
    held: bool = False  # the case's hold stops it, whatever it is counted from
    delay_within: int | None = None  # working days before publication's limit from which it is asked for
    standing: bool = False  # done again and again: no date, never Ready
    event: str = ""  # what happened, in words, once it is done
    document: str = ""  # the Word template it is filled from

    @property
    def repeated(self) -> str:
        """What the step has a row for each of: `agency`, `owner`; empty where it has one row."""
        return "owner" if self.owners else self.each

    @property
    def heading(self) -> str:
        """The step in a few words of the procedure, as calendars show it: nothing in it was typed by a person."""
        words = self.title or self.short or self.decides or _PAUSE.split(self.action, maxsplit=1)[0].strip()
        if len(words) > _LONG_HEADING:
            words = words.partition(" and ")[0]
        return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: a sheet of the workbook.

    `milestone` is the step the stage leads to, `milestone_words` the words on Summary after the stage's name:
    `with the Panel by`.
    """

    name: str
    prefix: str
    order: int
    milestone: str
    milestone_words: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A decision that ends something: rows of `stages` but `excluding` are Not applicable, for `reason`.

    `reason` may name fields of the case in braces: `No LCSPR: {decisions.lcspr_reason}`.
    """

    when: Condition
    stages: tuple[str, ...]
    excluding: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Board:
    """A board that is shown the tracker. `sees` is `everything`, `exceptions` or `employer`.

    `members` are the roles that sit on it: its report lists what these own and can do now.
    """

    id: str
    name: str
    paragraph: str
    sees: str
    employer: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UsualAgency:
    """An agency most cases involve, offered by `tracker new` and listed in a blank workbook."""

    name: str
    code: str
    employer: str
    statutory: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another interpretation of when a step is due: shown on sheet Case, never used.

    `start` is the clock it counts from.
    """

    label: str
    step: str
    start: str
    lag: Lag
    note: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field on sheet Case; empty where those of the workbook are used."""

    label: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a contradiction or gap of the procedure is read; shown on the Guide sheet."""

    paragraphs: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """What the set rests on: a document, its date, and what was taken from it."""

    title: str
    date: date
    taken: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A whole set. `sha256` is of all its files, so a workbook can name the rules it was issued under.

    `plan_sources` are the words of the action plan's Source; `fields` the set's own words on sheet Case, by the
    field's path; `guide` its own lines of sheet Guide, by the word they begin with.
    """

    set_name: str
    title: str
    edition: str
    effective_from: date
    improvement_plan: str
    employer_names: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    roles: tuple[Role, ...]
    clocks: tuple[Clock, ...]
    boards: tuple[Board, ...]
    agencies: tuple[UsualAgency, ...]
    meeting_kinds: tuple[str, ...]
    not_applicable: tuple[NotApplicable, ...]
    interpretations: tuple[Interpretation, ...]
    sha256: str
    plan_sources: tuple[str, ...] = ()
    comparison: Comparison | None = None
    fields: tuple[tuple[str, Words], ...] = ()
    guide: tuple[tuple[str, str], ...] = ()
    rests_on: tuple[Source, ...] = ()
    checked_on: date | None = None
    checked_by: str = ""
    review_by: date | None = None

    def steps(self) -> Iterator[tuple[Stage, Step]]:
        """Every step with its stage, in working order."""
        for stage in self.stages:
            for step in stage.steps:
                yield stage, step

    def step(self, step_id: str) -> Step:
        """The step with that ID; a `KeyError` when there is none, which is a bug after loading."""
        for _, step in self.steps():
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def clock(self, name: str) -> Clock:
        """The clock of that name."""
        return next(each for each in self.clocks if each.name == name)

    def clock_of(self, field: str) -> Clock | None:
        """The clock that a date of the case starts, None where the set has none: `clock_of("aware")`."""
        return next((each for each in self.clocks if each.field == field), None)

    def tested_fields(self) -> frozenset[str]:
        """The fields of the case that a condition of the set looks at."""
        conditions = [*(step.when for _, step in self.steps()), *(rule.when for rule in self.not_applicable)]
        return frozenset(path for each in conditions for tests in each for path, _ in tests)

    def default_of(self, option: str) -> str:
        """The role that an option of the case has by default; empty where the set has none."""
        return next((role.default for role in self.roles if role.option == option), "")

    def last_check(self) -> str:
        """Who checked the rules and when, and until when that holds."""
        done = _UNCHECKED
        if self.checked_on and self.is_checked:
            done = f"Checked on {short_date(self.checked_on)} by {self.checked_by}"
        due = f"; to be checked by {short_date(self.review_by)}" if self.review_by else ""
        return f"{done}{due}."

    @property
    def is_checked(self) -> bool:
        """Whether somebody has compared the rules with their sources."""
        return self.checked_on is not None and bool(self.checked_by)

    def sources(self) -> tuple[str, ...]:
        """Where an action of the action plan can come from."""
        first, *others = (stage.name for stage in self.stages)
        return self.plan_sources or (f"{first} immediate action", *others, "National Panel letter", "Agency")


def rules_currency(procedure: Procedure, as_at: date) -> str:
    """A sentence where nobody has checked a set's rules, or where they are due for another check on a day.

    It is empty where somebody has checked them and that still holds.

    Example:
        >>> from datetime import date
        >>> procedure, _ = load_procedure("riverside")
        >>> rules_currency(procedure, date(2026, 11, 22)), rules_currency(procedure, date(2027, 4, 1))
        ('', 'These rules were due for another check by Wed 31 Mar 2027.')
    """
    past = procedure.review_by if procedure.review_by and procedure.review_by < as_at else None
    if not procedure.is_checked:
        was_due = f", and a check was due by {short_date(past)}" if past else ""
        return f"{_UNCHECKED}{was_due}."
    return f"These rules were due for another check by {short_date(past)}." if past else ""


def row_headings(steps: Mapping[str, Step], procedure: Procedure) -> dict[str, str]:
    """The heading of each row, by its ID. A repeated row names its agency or owner, but never a child."""
    names = {each.code: each.name for each in procedure.roles if each.code}
    names |= {each.code: each.name for each in procedure.agencies}
    headings = {}
    for row, step in steps.items():
        code = row.removeprefix(step.id).removeprefix("-") if step.repeated != "child" else ""
        whose = names.get(code) or (code if _CODE.fullmatch(code) and step.each == "agency" else "")
        headings[row] = f"{step.heading} ({whose})" if whose else step.heading
    return headings
