"""The Dorset set against the readings: each list below is copied from them, not from the set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tracker.procedure.load import load_procedure

if TYPE_CHECKING:
    from tracker.procedure.model import Procedure, Step

BM, HOQA = "PDSCP Business Manager", "Head of QA and Partnerships"
CD = "Corporate Director, QA and Safeguarding Families"
SUPPORT, QA, LEADERSHIP, PANEL = (
    "PDSCP Business Support",
    "QA Service Manager",
    "PDSCP Leadership",
    "National Panel",
)
CHAIR, REVIEW_CHAIR = "Chair of the Rapid Review", "Chair of the Review Panel"
SOLICITOR, COMMS = "Senior Solicitor, Legal Services", "Dorset Council Comms"
AGENCY = "{agency}"

CLOCKS = {
    "S": "SIN day zero",
    "R": "Rapid Review day zero",
    "L": "LCSPR day zero",
    "P": "Publication",
    "N": "National Panel meeting",
    "F": "First Review Panel",
}
UNITS = {"wd": "working days", "w": "weeks", "m": "months"}


def ids_in(text: str) -> list[str]:
    return text.split()


# "Who does what, and how many rows": the owner, and `S 5 wd` for what is dated.
SIN = {
    "1.4": ("Head of Service CiC and Care Leavers", "S 5 wd"),
    "2.1": (HOQA, "S 5 wd"),
    "2.6": (BM, "S 5 wd"),
    "2.6b": (BM, "S 5 wd"),
    "3.2": (HOQA, "S 5 wd"),
    "3.2b": (CD, "S 5 wd"),
    "3.3": (CD, "S 5 wd"),
    "3.3b": ("Corporate Directors", "S 5 wd"),
    "3.3c": ("Executive Director", "S 5 wd"),
    "3.3d": (CD, "S 5 wd"),
    "3.4": (HOQA, "S 5 wd"),
    "3.4b": (HOQA, "S 5 wd"),
    "3.5": ("Submitting officer", "S 5 wd"),
    "3.6": (HOQA, "S 5 wd"),
    "3.6b": (HOQA, "S 5 wd"),
}
RAPID_REVIEW = {
    "5.3": (HOQA, "R 0 wd"),
    "5.4": (QA, "R 5 wd"),
    "5.4b": (QA, "R 5 wd"),
    "5.4c": (QA, "R 5 wd"),
    "5.13": (HOQA, "R 6 wd"),
    "5.13b": (CD, "R 8 wd"),
    "5.5": (HOQA, "R 8 wd"),
    "5.6": (BM, "R 1 wd"),
    "5.8": (BM, "R 1 wd"),
    "5.9": (PANEL, "R 2 wd"),
    "5.7": (BM, "R 2 wd"),
    "5.7b": (AGENCY, "R 8 wd"),
    "5.10": (BM, "R 2 wd"),
    "5.11": (BM, "R 2 wd"),
    "5.12": (BM, "R 2 wd"),
    "5.12b": (BM, ""),
    "5.14": (SUPPORT, "R 9 wd"),
    "5.15": (HOQA, ""),
    "6.1": ("Chair of the LCSPR subgroup", ""),
    "6.2": (CHAIR, "R 11 wd"),
    "6.2b": (CHAIR, "R 11 wd"),
    "6.2c": (CHAIR, "R 11 wd"),
    "6.3": (BM, "R 11 wd"),
    "6.4": (HOQA, "R 12 wd"),
    "6.5": (LEADERSHIP, "R 14 wd"),
    "6.6": (BM, "R 15 wd"),
    "6.6b": (BM, "R 15 wd"),
    "6.6c": (BM, "R 15 wd"),
    "6.6d": (HOQA, ""),
    "6.7": (LEADERSHIP, "R 14 wd"),
    "6.8": (PANEL, ""),
    "6.8b": (PANEL, "N 10 wd"),
    "6.8c": (BM, ""),
    "6.8d": (BM, ""),
    "6.8e": (LEADERSHIP, ""),
    "4.3": (LEADERSHIP, ""),
    "8.1": (BM, ""),
    "8.3": (BM, ""),
    "8.4": (HOQA, ""),
    "8.6": (HOQA, ""),
}
LCSPR = {
    "7.1": (BM, "N 0 wd"),
    "7.1b": (BM, "N 0 wd"),
    "7.2": (BM, "L 3 w"),
    "7.3": (HOQA, "L 3 w"),
    "7.4": ("LCSPR subgroup", "L 3 w"),
    "7.5": ("LCSPR subgroup", "L 3 w"),
    "7.6": (BM, "L 6 m"),
    "7.6b": (BM, "L 1 wd"),
    "7.6c": (BM, "L 1 wd"),
    "7.7": (BM, "L 3 w"),
    "7.7b": (BM, ""),
    "7.8": (REVIEW_CHAIR, "L 3 w"),
    "7.9": (BM, "F 1 wd"),
    "7.9b": (AGENCY, ""),
    "7.10": (HOQA, ""),
    "7.10b": (QA, ""),
    "7.10c": (QA, ""),
    "7.10d": (HOQA, ""),
    "7.10e": (CD, ""),
    "7.11": (HOQA, ""),
    "7.11b": (HOQA, ""),
    "7.11c": (HOQA, ""),
    "7.12": (BM, ""),
    "7.13": (REVIEW_CHAIR, ""),
    "7.13b": (SUPPORT, ""),
    "7.14": (HOQA, ""),
    "7.15": (BM, ""),
    "7.15b": (SOLICITOR, ""),
    "7.15c": (SOLICITOR, "P -7 wd"),
    "7.16": (REVIEW_CHAIR, "P -5 w"),
    "7.16b": (BM, "P -7 wd"),
    "7.16c": (LEADERSHIP, "P -7 wd"),
    "7.16d": (BM, ""),
    "7.16e": (BM, ""),
    "7.17": (BM, "P -4 w"),
    "7.18": (COMMS, "P 0 wd"),
    "7.18b": (COMMS, "P 0 wd"),
    "7.18c": (COMMS, "P 0 wd"),
    "7.19": (BM, "P -7 wd"),
    "7.19b": (BM, "P -7 wd"),
    "7.19c": (BM, "P -7 wd"),
    "7.20": (HOQA, "P 0 wd"),
    "7.21": (BM, ""),
    "7.21b": (BM, ""),
    "8.5": (HOQA, ""),
    "8.5b": (HOQA, ""),
    "8.6": (HOQA, ""),
    "8.7": (BM, ""),
    "8.8": (BM, ""),
    "8.8b": (BM, ""),
    "8.9": (BM, ""),
    "8.9b": (BM, ""),
    "A1": (BM, ""),
}
WHO_DOES_WHAT = {
    f"{prefix}-{number}": said
    for prefix, rows in (("SIN", SIN), ("RR", RAPID_REVIEW), ("LCSPR", LCSPR))
    for number, said in rows.items()
}

# "Steps with no date", row by row.
NO_DATE = ids_in(
    """
    RR-4.3 RR-5.12b RR-5.15 RR-6.1 RR-6.6d RR-6.8 RR-6.8c LCSPR-7.7b LCSPR-7.9b LCSPR-7.10 LCSPR-7.10b
    LCSPR-7.10c LCSPR-7.10d LCSPR-7.10e LCSPR-7.11 LCSPR-7.11b LCSPR-7.11c LCSPR-7.12 LCSPR-7.13
    LCSPR-7.13b LCSPR-7.14 LCSPR-7.15 LCSPR-7.15b LCSPR-7.21 LCSPR-7.21b RR-8.1 RR-8.3 RR-8.4 RR-8.6
    LCSPR-8.5 LCSPR-8.5b LCSPR-8.6 LCSPR-8.7 LCSPR-8.8 LCSPR-8.8b LCSPR-8.9 LCSPR-8.9b LCSPR-A1
    """
)
IMPLIED = ids_in(
    """
    SIN-1.4 SIN-2.1 SIN-3.2 SIN-3.2b SIN-3.3 SIN-3.3b SIN-3.3c SIN-3.3d SIN-3.5 RR-5.10 RR-6.7 LCSPR-7.1
    LCSPR-7.1b LCSPR-7.2 LCSPR-7.3 LCSPR-7.4 LCSPR-7.5 LCSPR-7.7 LCSPR-7.15c LCSPR-7.16b LCSPR-7.16c
    LCSPR-7.18 LCSPR-7.18b LCSPR-7.18c LCSPR-7.20
    """
)
STANDING = ids_in("RR-5.15 LCSPR-7.13 LCSPR-7.13b LCSPR-7.14 RR-8.1 RR-8.3 RR-8.4 LCSPR-8.5 LCSPR-8.5b")
STATUTORY = ["SIN-3.4", "LCSPR-7.19", "LCSPR-7.19b"]
ADDED = ["RR-6.8d", "RR-6.8e", "LCSPR-7.16d", "LCSPR-7.16e"]
KEY_DATES = ids_in("SIN-1.4 SIN-3.4 RR-6.2 RR-6.5 RR-6.6 LCSPR-7.6 LCSPR-7.8 LCSPR-7.19")


@pytest.fixture(scope="module")
def dorset() -> Procedure:
    procedure, problems = load_procedure()
    assert problems == []
    assert procedure is not None
    return procedure


def ids(procedure: Procedure, **values: object) -> list[str]:
    """The ids of the steps that have these values, sorted."""
    return sorted(
        step.id
        for _, step in procedure.steps()
        if all(getattr(step, key) == value for key, value in values.items())
    )


def rule(step: Step) -> str:
    """A step's date rule as the lists above write it: `S 5 wd`."""
    if step.lag is None:
        return ""
    clock = next(letter for letter, name in CLOCKS.items() if name == step.clock)
    unit = next(short for short, unit in UNITS.items() if unit == step.lag.unit)
    return f"{clock} {step.lag.count} {unit}"


@pytest.mark.parametrize("step_id", WHO_DOES_WHAT)
def test_each_step_has_the_owner_and_the_date_of_the_readings(dorset: Procedure, step_id: str) -> None:
    step = dorset.step(step_id)

    assert (step.owner, rule(step)) == WHO_DOES_WHAT[step_id]


def test_the_set_holds_the_steps_of_the_readings_and_no_others(dorset: Procedure) -> None:
    assert ids(dorset) == sorted(WHO_DOES_WHAT)
    assert {stage.name: len(stage.steps) for stage in dorset.stages} == {
        "SIN": 15,
        "Rapid Review": 40,
        "LCSPR": 53,
    }


@pytest.mark.parametrize(
    ("basis", "expected"),
    [("Undated", NO_DATE), ("Implied", IMPLIED), ("Statutory", STATUTORY), ("Added", ADDED)],
)
def test_the_basis_of_each_step_is_the_one_the_readings_list(
    dorset: Procedure, basis: str, expected: list[str]
) -> None:
    assert ids(dorset, basis=basis) == sorted(expected)


def test_every_other_step_rests_on_the_procedure(dorset: Procedure) -> None:
    others = set(WHO_DOES_WHAT) - {*NO_DATE, *IMPLIED, *STATUTORY, *ADDED}

    assert ids(dorset, basis="Procedure") == sorted(others)


def test_the_key_dates_are_the_contracts(dorset: Procedure) -> None:
    assert ids(dorset, key=True) == sorted(KEY_DATES)
    assert [step.id for _, step in dorset.steps() if bool(step.short) != step.key] == []
    assert max(len(step.short) for _, step in dorset.steps()) <= 30


def test_standing_actions_are_those_of_the_readings(dorset: Procedure) -> None:
    assert ids(dorset, standing=True) == sorted(STANDING)


def test_no_dated_step_and_no_standing_one_waits_for_what_never_ends(dorset: Procedure) -> None:
    waits = {before: step.id for _, step in dorset.steps() for before in step.after}

    assert [waits[step_id] for step_id in STANDING if step_id in waits] == []


def test_standard_letters_are_named_where_the_procedure_mentions_them(dorset: Procedure) -> None:
    assert {step.id: step.document for _, step in dorset.steps() if step.document} == {
        "RR-5.7": "briefing-report-request",
        "RR-5.14": "rapid-review-agenda",
        "RR-6.3": "rapid-review-recommendation",
        "LCSPR-7.7": "terms-of-reference",
        "LCSPR-7.9": "report-and-chronology-request",
        "LCSPR-8.7": "seven-minute-briefing",
    }


def test_paragraphs_are_those_of_the_ids(dorset: Procedure) -> None:
    paragraphs = {step.id: step.paragraph for _, step in dorset.steps()}
    from_ids = {step_id: re.sub(r"^[A-Z]+-|[b-z]$", "", step_id) for step_id in paragraphs}

    assert paragraphs == from_ids | {"LCSPR-A1": "Appendix"}


def test_repeated_steps_are_those_of_the_readings(dorset: Procedure) -> None:
    assert {each: ids(dorset, each=each) for each in ("child", "agency", "other partnership")} == {
        "child": ["LCSPR-7.11b", "SIN-1.4", "SIN-3.6"],
        "agency": ["LCSPR-7.9b", "RR-5.7b"],
        "other partnership": ["SIN-2.6b"],
    }
