"""The procedure as plain values: what `templates/procedure/SET/` says, checked and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

AGENCY_OWNER = "{agency}"
"""The owner of a step that each agency does itself."""

EMPLOYERS = ("council", "partnership", "partner agency", "external")
UNITS = ("working days", "weeks", "months")
BASES = ("Statutory", "Procedure", "Implied", "Undated", "Added")
REPETITIONS = ("child", "agency", "other partnership")
SIGHTS = ("everything", "exceptions", "employer")
"""What a board sees."""

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
    case names, and `default` is that role where the case says nothing. `digest` is set for who gets the weekly
    digest of all cases.
    """

    name: str
    employer: str
    aliases: tuple[str, ...] = ()
    option: str = ""
    default: str = ""
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """What a step is counted from.

    Its day zero is, the first that is known: the case's date `field` (typed on sheet Case), the `Completed` of
    step `step`, the case's date `fallback`. Until then it may be provisional: `provisional_from` plus
    `provisional`. `field`, `fallback` are names of the case's dates (`aware`, `publication`).
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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure, in our own words.

    `lag` is None where the procedure gives no date; `basis` says where the date comes from (`BASES`).
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
    when: Condition = ()
    each: str = ""
    completed_by: str = ""  # the case's date that fills `Completed` (`sin_submitted`, `published`)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: a sheet of the workbook.

    `milestone` is the step the stage leads to, `milestone_words` how Summary says it after the stage's name:
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
    """A board that is shown the tracker. `sees` is `everything`, `exceptions` or `employer`."""

    id: str
    name: str
    paragraph: str
    sees: str
    employer: str = ""


@dataclass(frozen=True, slots=True)
class UsualAgency:
    """An agency most cases involve, offered by `tracker new` and listed in a blank workbook."""

    name: str
    code: str
    employer: str
    statutory: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How a contradiction or gap of the procedure is read; shown on the Guide sheet."""

    paragraphs: str
    text: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A whole set. `digest` is the SHA-256 of its files, so a workbook can say which rules it was issued under."""

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
    readings: tuple[Reading, ...]
    digest: str

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
