"""The Dorset set against the readings: words, clocks, boards, and how actions and readings are written."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from procedure.test_readings import dorset as dorset  # noqa: PLC0414  a fixture, named again so that pytest finds it

from .test_readings import (
    BM,
    CD,
    CHAIR,
    HOQA,
    PANEL,
    QA,
    SOLICITOR,
    SUPPORT,
    ids_in,
)

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure


# The words of the procedure, each under the one name that readings' Words gives it.
ALIASES = {
    "Leadership team": "PDSCP Leadership",
    "BM": BM,
    "Business Manager": BM,
    "Business Support": SUPPORT,
    "HoQA": HOQA,
    "Head of QA": HOQA,
    "Corporate Director": CD,
    "the other Corporate Directors": "Corporate Directors",
    "the 4 Corporate Directors": "Corporate Directors",
    "QA Manager": QA,
    "Head of Locality": "relevant Head",
    "Head of Service": "relevant Head",
    "Head of Locality/Service": "relevant Head",
    "Head of Locality and Strategy": "relevant Head",
    "Legal Services": SOLICITOR,
    "Rapid Review Panel": "Rapid Review members",
    "LCSPR Group": "LCSPR subgroup",
    "CSPR sub-group": "LCSPR subgroup",
    "Dorset CSPR subgroup": "LCSPR subgroup",
    "Child Safeguarding Practice Review Panel": PANEL,
}

# The first column of readings' Contradictions.
CONTRADICTIONS = ids_in(
    """
    2.3 5.1 3.7 5.9 5.8 6.1 5.5 5.13 6.2 5.12 7.21 8.5 5.10 5.11 6.5 2.6 3.6 7.16 7.17 7.19 7.6 4.3 1.4
    8.3 7.1 8.2
    """
)


def test_two_dates_of_the_case_complete_their_steps(dorset: Procedure) -> None:
    assert {step.id: step.completed_by for _, step in dorset.steps() if step.completed_by} == {
        "SIN-3.4": "sin_submitted",
        "LCSPR-7.6": "published",
    }


@pytest.mark.parametrize(("word", "name"), ALIASES.items())
def test_each_word_of_the_procedure_means_one_role(dorset: Procedure, word: str, name: str) -> None:
    assert [role.name for role in dorset.roles if word in (role.name, *role.aliases)] == [name]


def test_the_case_decides_who_chairs_the_rapid_review(dorset: Procedure) -> None:
    assert [(role.name, role.option, role.default) for role in dorset.roles if role.option] == [
        (CHAIR, "rapid_review_chair", "Chair of the LCSPR subgroup")
    ]


def test_clocks_start_where_the_readings_say(dorset: Procedure) -> None:
    def words(name: str) -> tuple[str, ...]:
        clock = dorset.clock(name)
        lag = clock.provisional
        provisional = f"{clock.provisional_from} + {lag.count} {lag.unit}" if lag else ""
        return clock.defined_name, clock.field, clock.step, clock.fallback, provisional

    assert {clock.name: words(clock.name) for clock in dorset.clocks} == {
        "SIN day zero": ("SIN_day_zero", "aware", "", "", ""),
        "Rapid Review day zero": (
            "Rapid_Review_day_zero",
            "",
            "SIN-3.4",
            "",
            "SIN day zero + 5 working days",
        ),
        "LCSPR day zero": ("LCSPR_day_zero", "lcspr_recommended", "", "lcspr_decided", ""),
        "Publication": ("Publication_date", "publication", "", "", "LCSPR day zero + 6 months"),
        "National Panel meeting": ("National_Panel_meeting", "national_panel_meeting", "", "", ""),
        "First Review Panel": ("First_Review_Panel", "", "LCSPR-7.8", "", ""),
    }
    assert [clock.name for clock in dorset.clocks if clock.hold] == ["Publication"]


def test_stages_lead_to_their_milestones(dorset: Procedure) -> None:
    assert [(stage.order, stage.name, stage.prefix, stage.milestone) for stage in dorset.stages] == [
        (1, "SIN", "SIN", "SIN-3.4"),
        (2, "Rapid Review", "RR", "RR-6.6"),
        (3, "LCSPR", "LCSPR", "LCSPR-7.6"),
    ]


def test_rows_of_one_clock_stand_in_the_order_of_their_days(dorset: Procedure) -> None:
    days = {"working days": 7 / 5, "weeks": 7, "months": 30.5}

    for stage in dorset.stages:
        by_clock: dict[str, list[float]] = {}
        for step in stage.steps:
            if step.lag:
                by_clock.setdefault(step.clock, []).append(step.lag.count * days[step.lag.unit])
        assert by_clock == {clock: sorted(lags) for clock, lags in by_clock.items()}


def test_boards_see_what_the_procedure_gives_them(dorset: Procedure) -> None:
    assert [(board.id, board.sees, board.employer) for board in dorset.boards] == [
        ("subgroup", "everything", ""),
        ("maqpag", "exceptions", ""),
        ("qpag", "employer", "council"),
    ]


def test_the_usual_agencies_leave_out_childrens_services(dorset: Procedure) -> None:
    assert [(agency.code, agency.employer, agency.statutory) for agency in dorset.agencies] == [
        ("POL", "partner agency", True),
        ("ICB", "partner agency", True),
        ("DHC", "partner agency", False),
        ("UHD", "partner agency", False),
        ("DCH", "partner agency", False),
        ("ASC", "council", False),
        ("PRO", "partner agency", False),
        ("CAF", "partner agency", False),
    ]


def test_actions_are_short_and_leave_the_people_to_the_row(dorset: Procedure) -> None:
    too_long = [step.id for _, step in dorset.steps() if len(step.action) > 230]
    ended = [step.id for _, step in dorset.steps() if step.action.endswith(".")]
    small = sorted(step.id for _, step in dorset.steps() if step.action[0].islower())

    assert (too_long, ended) == ([], [])
    assert small == sorted(step.id for _, step in dorset.steps() if step.each)


def test_every_contradiction_is_read_on_the_guide(dorset: Procedure) -> None:
    told = Counter(
        word for reading in dorset.interpretations for word in re.findall(r"[\w.]+", reading.paragraphs)
    )

    assert [paragraph for paragraph in CONTRADICTIONS if not told[paragraph]] == []


def test_the_readings_fit_one_page(dorset: Procedure) -> None:
    assert 25 <= len(dorset.interpretations) <= 48
    assert max(len(reading.text) for reading in dorset.interpretations) <= 215
