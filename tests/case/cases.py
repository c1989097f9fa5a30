"""Every case a description can hold, for property tests."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from case.sets import CHAIR, PROCEDURE
from tracker.case.description import assignable_roles
from tracker.case.model import (
    CHOICES,
    Agency,
    Case,
    Child,
    Dates,
    Decisions,
    Details,
    Hold,
    Meeting,
    Options,
    Person,
)
from tracker.procedure.model import EMPLOYERS
from tracker.text import clean_text

ROLES = [role.name for role in assignable_roles(PROCEDURE)]
KINDS = [*PROCEDURE.meeting_kinds, *(board.name for board in PROCEDURE.boards)]

_SIGNS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
texts = st.text(_SIGNS | st.sampled_from("\"'\\=#[]{}\t\n"), max_size=40).map(
    lambda text: " ".join(clean_text(text).split())
)
names = texts.filter(bool)
day = st.dates(min_value=date(2026, 11, 2), max_value=date(2100, 12, 31))
may_be = st.none() | day


def _choice(path: str) -> st.SearchStrategy[str]:
    return st.sampled_from(CHOICES[path])


def _fold(text: str) -> str:
    return clean_text(text).casefold()


_details = st.builds(
    Details,
    reference=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}", fullmatch=True),
    summary=texts,
    incident=st.none() | st.just(date(2026, 11, 1)),
    aware=st.just(date(2026, 11, 2)),
    died=st.booleans(),
    looked_after=_choice("case.looked_after"),
    abuse_or_neglect=_choice("case.abuse_or_neglect"),
)
_agency = st.builds(
    Agency,
    name=names,
    code=st.from_regex(r"[A-Z0-9]{2,6}", fullmatch=True),
    employer=st.sampled_from(EMPLOYERS),
    statutory=st.booleans(),
    contact=texts,
    email=texts,
)
_agencies = st.lists(_agency, max_size=4, unique_by=(lambda each: _fold(each.name), lambda each: each.code))
_decisions = st.builds(
    Decisions,
    criteria_met=_choice("decisions.criteria_met"),
    criteria_decided=may_be,
    criteria_reason=texts,
    rapid_review_recommends=_choice("decisions.rapid_review_recommends"),
    panel_response=_choice("decisions.panel_response"),
    lcspr=_choice("decisions.lcspr"),
    lcspr_reason=texts,
    publication_form=_choice("decisions.publication_form"),
    case_closed=may_be,
    notify=_choice("decisions.notify"),
    notify_decided=may_be,
    notify_reason=texts,
    rapid_review_continues=_choice("decisions.rapid_review_continues"),
    learning_review=_choice("decisions.learning_review"),
)
# Publication stands on the last day, so that it never comes before what it follows.
_last = st.none() | st.just(date(2100, 12, 31))
_dates = st.builds(Dates, may_be, may_be, may_be, may_be, _last, _last)
_holds = st.lists(st.builds(Hold, day, _last, _last, texts, texts), max_size=3).map(tuple)
_options = st.builds(
    Options,
    other_partnerships=st.lists(names, max_size=3, unique_by=_fold).map(tuple),
    submitters_absent=st.booleans(),
    rapid_review_chair=st.sampled_from([CHAIR, *ROLES]),
)

cases = st.builds(
    Case,
    details=_details,
    procedure=st.sampled_from(["", PROCEDURE.edition]),
    marking=texts,
    children=st.lists(
        st.builds(
            Child,
            st.from_regex(r"(Child|Sibling|Baby|Young person) ([0-9]{1,3}|[A-Z])", fullmatch=True),
            st.sampled_from((None, True, False)),
            st.sampled_from(("", *CHOICES["case.looked_after"])),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda child: child.label,
    ).map(tuple),
    agencies=_agencies.map(tuple),
    people=st.dictionaries(st.sampled_from(ROLES), st.builds(Person, names, texts, texts)),
    dates=_dates,
    decisions=_decisions,
    holds=_holds,
    options=_options,
    meetings=st.lists(st.builds(Meeting, st.sampled_from(KINDS), day, texts, texts), max_size=3).map(tuple),
    extra_bank_holidays=st.lists(day, max_size=3, unique=True).map(tuple),
    office_closures=st.lists(day, max_size=3, unique=True).map(tuple),
)
