"""What must hold for a case as a whole: dates in order, decisions with their reasons, nothing listed twice."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from tracker.case.model import keys, value_at
from tracker.problems import Problem, codes, problem
from tracker.procedure.model import FIELD_DATES
from tracker.text import did_you_mean, fold, listed, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tracker.case.model import Case
    from tracker.procedure.model import Procedure


class CaseFault(NamedTuple):
    """A fault before it is a problem: code, place and the facts its words need."""

    code: str
    place: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """A check, and the values without which it would only echo another fault."""

    faults: Callable[[Case, Procedure], Iterator[CaseFault]]
    needs: tuple[str, ...] = ()


def check_case(
    case: Case, procedure: Procedure, *, file: str = "", faulty: Iterable[str] = ()
) -> list[Problem]:
    """Every fault of the case as a whole. Checks that need a `faulty` place are left out."""
    refused = set(faulty)
    return [
        problem(code, file=file, place=place, **facts)
        for check in CHECKS
        if not refused.intersection(check.needs)
        for code, place, facts in check.faults(case, procedure)
        if place not in refused
    ]


def lcspr_day_zero(case: Case) -> tuple[str, date | None]:
    """The place and date of LCSPR day zero: the Panel's letter, else the partners' own decision (7.6)."""
    if case.dates.lcspr_recommended:
        return "dates.lcspr_recommended", case.dates.lcspr_recommended
    return "dates.lcspr_decided", case.dates.lcspr_decided


def meeting_words(procedure: Procedure) -> dict[str, str]:
    """What a meeting may be called, cleaned, and the kind it is: the set's kinds, boards by id or name."""
    words = {kind: kind for kind in procedure.meeting_kinds}
    for board in procedure.boards:
        words |= {board.id: board.name, board.name: board.name}
    return {fold(word): kind for word, kind in words.items()}


DATE_ORDER = (
    ("case.aware", "case.incident"),
    ("dates.sin_submitted", "case.aware"),
    ("dates.national_panel_meeting", "case.aware"),
    ("dates.lcspr_recommended", "case.aware"),
    ("dates.lcspr_decided", "case.aware"),
    ("decisions.notify_decided", "case.aware"),
    ("decisions.criteria_decided", "case.aware"),
    ("decisions.case_closed", "case.aware"),
)
"""(later, earlier): the first must not come before the second. Both on one day is right."""


def _dates_in_order(case: Case, _: Procedure) -> Iterator[CaseFault]:
    for later, earlier in DATE_ORDER:
        yield from _order(later, value_at(case, later), earlier, value_at(case, earlier))


def _publication_after_day_zero(case: Case, _: Procedure) -> Iterator[CaseFault]:
    place, day_zero = lcspr_day_zero(case)
    for key in ("dates.publication", "dates.published"):
        day = value_at(case, key)
        if day and not day_zero:
            yield CaseFault(codes.PUBLICATION_WITHOUT_LCSPR, key, {"value": f"{key} is {day}"})
        yield from _order(key, day, place, day_zero)


def _order(place: str, later: object, other: str, earlier: object) -> Iterator[CaseFault]:
    """A date that lies before the one it must not be before."""
    if isinstance(later, date) and isinstance(earlier, date) and later < earlier:
        facts = {"value": later, "other": other, "earlier": earlier}
        yield CaseFault(codes.DATE_TOO_EARLY, place, facts)


def _two_day_zeros(case: Case, _: Procedure) -> Iterator[CaseFault]:
    letter, decided = case.dates.lcspr_recommended, case.dates.lcspr_decided
    if letter and decided and letter != decided:
        facts = {"letter": letter, "decided": decided}
        yield CaseFault(codes.TWO_LCSPR_DATES, "dates.lcspr_decided", facts)


def _decision_against_date(case: Case, _: Procedure) -> Iterator[CaseFault]:
    other, day = lcspr_day_zero(case)
    against = case.decisions.panel_response == "recommends LCSPR" and case.decisions.lcspr_reason
    if case.decisions.lcspr == "no" and day and not against:  # partners may go against the Panel's letter
        facts = {"word": "no", "other": other, "day": day}
        yield CaseFault(codes.CASE_DECISION_CONTRADICTS_DATE, "decisions.lcspr", facts)
    response = case.decisions.panel_response
    if response == "recommends no LCSPR" and (letter := case.dates.lcspr_recommended):
        facts = {"word": response, "other": "dates.lcspr_recommended", "day": letter}
        yield CaseFault(codes.CASE_DECISION_CONTRADICTS_DATE, "decisions.panel_response", facts)


def _explained(key: str, stem: str) -> CaseCheck:
    """A decision against the review has its date and its reason."""
    date_place, reason_place = f"decisions.{stem}_decided", f"decisions.{stem}_reason"

    def faults(case: Case, _: Procedure) -> Iterator[CaseFault]:
        because = {"because": f'{key} = "no"', "about": "when it was decided"}
        for code, place in ((codes.DATE_MISSING, date_place), (codes.REASON_MISSING, reason_place)):
            if value_at(case, f"decisions.{key}") == "no" and not value_at(case, place):
                yield CaseFault(code, place, because)

    return CaseCheck(faults, (date_place, reason_place))


def _lcspr_explained(case: Case, _: Procedure) -> Iterator[CaseFault]:
    if case.decisions.lcspr == "no" and not case.decisions.lcspr_reason:
        yield CaseFault(codes.REASON_MISSING, "decisions.lcspr_reason", {"because": 'lcspr = "no"'})


def _lcspr_started(case: Case, _: Procedure) -> Iterator[CaseFault]:
    """An LCSPR without its day zero has no due dates, which is easily overlooked."""
    decisions, dates = case.decisions, case.dates
    about = "LCSPR day zero, without which no LCSPR step has a due date"
    if decisions.panel_response == "recommends LCSPR" and not dates.lcspr_recommended:
        because = 'panel_response = "recommends LCSPR"'
        yield CaseFault(codes.DATE_MISSING, "dates.lcspr_recommended", {"because": because, "about": about})
    elif decisions.lcspr == "yes" and not lcspr_day_zero(case)[1]:
        yield CaseFault(
            codes.DATE_MISSING, "dates.lcspr_decided", {"because": 'lcspr = "yes"', "about": about}
        )


def _holds_whole(case: Case, _: Procedure) -> Iterator[CaseFault]:
    for number, hold in enumerate(case.holds, 1):
        place = f"holds[{number}]"
        if not hold.from_:
            given = [each.name for each in fields(hold) if getattr(hold, each.name)]
            if given:
                yield CaseFault(codes.HOLD_WITHOUT_START, f"{place}.from", {"given": listed(given)})
            continue
        because = {"because": f"from = {hold.from_}", "about": "when the hold is looked at again"}
        if not hold.review_on and not hold.ended_on:
            yield CaseFault(codes.DATE_MISSING, f"{place}.review_on", because)
        if not hold.reason:
            yield CaseFault(codes.REASON_MISSING, f"{place}.reason", because)
        for key, day in (("review_on", hold.review_on), ("ended_on", hold.ended_on)):
            yield from _order(f"{place}.{key}", day, "from", hold.from_)


def _something_to_notify(case: Case, _: Procedure) -> Iterator[CaseFault]:
    details = case.details
    looked_after_death = details.died and details.looked_after != "no"
    if details.abuse_or_neglect == "no" and not looked_after_death:
        yield CaseFault(codes.NOTHING_TO_NOTIFY, "case.abuse_or_neglect", {})


def _edition_known(case: Case, procedure: Procedure) -> Iterator[CaseFault]:
    if case.procedure not in ("", procedure.edition):
        facts = {"value": case.procedure, "edition": procedure.edition}
        yield CaseFault(codes.UNKNOWN_EDITION, "procedure", facts)


def _edition_held(case: Case, procedure: Procedure) -> Iterator[CaseFault]:
    aware = case.details.aware
    if aware and aware < procedure.effective_from:
        since = f"from {short_date(procedure.effective_from)}"
        facts = {"value": aware, "edition": procedure.edition, "since": since}
        yield CaseFault(codes.CASE_BEFORE_EDITION, "case.aware", facts)


def _listed_once(*places: tuple[str, str]) -> CaseCheck:
    """Nothing is in a list twice, compared cleaned and without regard to capitals."""

    def faults(case: Case, _: Procedure) -> Iterator[CaseFault]:
        for code, place in places:
            name, key = place.split("[{}]")
            first: dict[str, str] = {}
            for number, entry in enumerate(attrgetter(name.removeprefix("calendar."))(case), 1):
                value = getattr(entry, key[1:]) if key else entry
                where = place.format(number)
                word = fold(str(value or ""))
                if word and first.setdefault(word, where) != where:
                    yield CaseFault(code, where, {"value": str(value), "first": first[word]})

    return CaseCheck(faults)


_CHILDRENS_SERVICES = re.compile(r"child(?:ren)?'?s'? (?:services|social care)")


_ANY_COUNCIL = frozenset(
    ("the", "of", "and", "council", "county", "city", "borough", "london", "royal", "district")
)


def _own_services_absent(case: Case, procedure: Procedure) -> Iterator[CaseFault]:
    """Another council's Children's Services may well be an agency of the case; the own is not (5.3-5.5)."""
    council = fold(dict(procedure.employer_names).get("council", ""))
    own_words = [word for word in council.split() if word not in _ANY_COUNCIL]
    for number, agency in enumerate(case.agencies, 1):
        name = fold(agency.name)
        own = agency.employer == "council" or any(word in name for word in own_words)
        service = _CHILDRENS_SERVICES.search(name)
        if service and (own or service[0] == name):
            yield CaseFault(codes.OWN_SERVICE_AS_AGENCY, f"agencies[{number}].name", {"value": agency.name})


def _meetings_known(case: Case, procedure: Procedure) -> Iterator[CaseFault]:
    known = (*procedure.meeting_kinds, *(board.name for board in procedure.boards))
    words = meeting_words(procedure)
    for number, meeting in enumerate(case.meetings, 1):
        if meeting.kind and fold(meeting.kind) not in words:
            hint = did_you_mean(meeting.kind, known)
            facts = {"value": meeting.kind, "known": listed(known, "or"), "hint": hint}
            yield CaseFault(codes.UNKNOWN_MEETING, f"meetings[{number}].kind", facts)


def _meetings_in_the_case(case: Case, _: Procedure) -> Iterator[CaseFault]:
    aware = case.details.aware
    for number, meeting in enumerate(case.meetings, 1):
        if aware and meeting.date and meeting.date < aware:
            facts = {"value": meeting.date, "aware": aware}
            yield CaseFault(codes.MEETING_BEFORE_CASE, f"meetings[{number}].date", facts)


def _dates_have_a_place(case: Case, procedure: Procedure) -> Iterator[CaseFault]:
    """A date that neither a clock nor a row of the procedure takes would not be in the workbook."""
    known = {*FIELD_DATES, *(clock.field for clock in procedure.clocks)}
    known |= {step.completed_by for _, step in procedure.steps()}
    for key in keys("dates"):
        day = getattr(case.dates, key)
        if day and key not in known:
            yield CaseFault(codes.DATE_WITHOUT_PLACE, f"dates.{key}", {"value": day})


CHECKS = (
    CaseCheck(_edition_known),
    CaseCheck(_edition_held),
    CaseCheck(_dates_have_a_place),
    CaseCheck(_something_to_notify, ("case.abuse_or_neglect", "case.died", "case.looked_after")),
    _listed_once(
        (codes.DUPLICATE_CHILD, "children[{}].label"),
        (codes.DUPLICATE_AGENCY_CODE, "agencies[{}].code"),
        (codes.DUPLICATE_AGENCY, "agencies[{}].name"),
    ),
    CaseCheck(_own_services_absent),
    CaseCheck(_dates_in_order),
    CaseCheck(_publication_after_day_zero, ("dates.lcspr_recommended", "dates.lcspr_decided")),
    CaseCheck(_two_day_zeros),
    CaseCheck(_decision_against_date),
    _explained("notify", "notify"),
    _explained("criteria_met", "criteria"),
    CaseCheck(_lcspr_explained, ("decisions.lcspr_reason",)),
    CaseCheck(_lcspr_started, ("dates.lcspr_recommended", "dates.lcspr_decided")),
    CaseCheck(_holds_whole),
    CaseCheck(_meetings_known),
    CaseCheck(_meetings_in_the_case),
    _listed_once(
        (codes.DUPLICATE_ENTRY, "options.other_partnerships[{}]"),
        (codes.DUPLICATE_ENTRY, "calendar.extra_bank_holidays[{}]"),
        (codes.DUPLICATE_ENTRY, "calendar.office_closures[{}]"),
    ),
)
