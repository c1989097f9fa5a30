"""Names stay as people type them, the council may lead an action, and print areas are kept by other programs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reconcile.editing import FRESH, spot

from regenerate.running import book_of, regenerated, saved, small, state_of, typed
from tracker.case.model import Agency, Person


@pytest.mark.parametrize(
    "name", ["Barnardo\u2019s", "Health \u2013 South", "St Mary\u2019s \u201cOutreach\u201d"]
)
def test_a_name_stays_as_it_was_typed_in_every_row_made_from_it(name: str) -> None:
    described = regenerated(small(), case=replace(FRESH, agencies=(*FRESH.agencies, Agency(name, "NEW"))))
    on_people = regenerated(typed({"POL:Agency": name}))
    for run, code in ((described, "NEW"), (on_people, "POL")):
        owners = {each.owner for each in run.state().actions if each.id.endswith(f"-{code}")}
        assert owners == {name}


@pytest.mark.parametrize("name", ["Siobh\u00e1n O\u2019Example", "A. \u201cAl\u201d Example \u2013 cover"])
def test_a_persons_name_stays_as_it_was_typed_in_every_row(name: str) -> None:
    role = next(iter(FRESH.people))
    described = regenerated(small(), case=replace(FRESH, people={**FRESH.people, role: Person(name)}))
    on_people = regenerated(typed({f"{role}:Name": name}))
    for run in (described, on_people):
        named = {each.named_owner for each in run.state().actions if each.owner == role}
        assert named == {name}
        assert (
            book_of(run.content)["People"][spot(book_of(run.content), f"{role}:Name").coordinate].value
            == name
        )


@pytest.mark.parametrize("label", ["Child 1\u2019s half-brother", "\u201cBaby\u201d \u2013 A"])
def test_a_childs_label_stays_as_it_was_typed(label: str) -> None:
    content = regenerated(typed({"Child 1:Child": label})).content
    labels = [cell.value for row in book_of(content)["Case"].iter_rows(max_col=1) for cell in row]
    assert (label in labels, "Child 1" in labels) == (True, False)


def test_the_council_may_lead_an_action_of_the_plan() -> None:
    found = {}
    for lead in ("Dorset Council", "dorset council ", "Somewhere Council"):
        state = state_of(typed({"Action Plan!C4": "Train", "Action Plan!D4": lead}))
        found[lead.strip()] = [each.code for each in state.problems if each.code == "T326"]
    assert found == {"Dorset Council": [], "dorset council": [], "Somewhere Council": ["T326"]}


def test_print_areas_are_kept_by_a_library() -> None:
    again = book_of(saved(book_of(small())))
    areas = {page.title: page.print_area for page in again.worksheets}
    assert areas["SIN"] == "'SIN'!$A$1:$M$1048576"
