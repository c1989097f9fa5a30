from __future__ import annotations

from pathlib import Path

import pytest

from tracker.case.description import case_toml, load_case, parse_case
from tracker.procedure.load import load_procedure

SAMPLES = Path(__file__).parents[2] / "sample_cases"

EXPECTED: dict[str, list[tuple[str, str]]] = {
    "converted-to-lcspr": [],
    "ends-with-rapid-review": [],
    "late-sin-over-christmas": [],
    "looked-after-death": [],
    "ordinary-in-time": [],
    "publication-on-hold": [],
}
"""The problems of each sample: none, for each shows a course of events, not a mistake."""


def test_every_sample_is_tested() -> None:
    assert sorted(path.stem for path in SAMPLES.glob("*.toml")) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_says_what_it_shows_and_is_without_faults(name: str) -> None:
    procedure, faults = load_procedure("dorset")
    assert procedure, faults
    path = SAMPLES / f"{name}.toml"
    case, problems = load_case(path, procedure)
    assert [(each.code, each.place) for each in problems] == EXPECTED[name]
    assert case
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert parse_case(case_toml(case, procedure), procedure)[0] == case
