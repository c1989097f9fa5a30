"""A case description beside the workbook: each cell merged on its own, conflicts settled on their sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from reconcile.editing import FRESH

from regenerate.running import book_of, choose, issued, regenerated, small, state_of, typed
from tracker.case.model import Agency, Case, Child, Dates, Hold, Meeting, Person

UHD = Agency("University Hospitals Dorset", "UHD")


def summed(summary: str, case: Case = FRESH) -> Case:
    """The case with another summary."""
    return replace(case, details=replace(case.details, summary=summary))


MINE = {"Summary:B": "Typed by hand"}
THEIRS = summed("From the description")


def test_a_changed_description_is_taken() -> None:
    run = regenerated(small(), case=THEIRS)
    assert run.value("Summary:B") == "From the description"
    assert not run.again(case=THEIRS).done.changed


def test_what_was_typed_stays_where_the_description_is_the_old_one() -> None:
    run = regenerated(typed(MINE), case=FRESH)
    assert (run.done.changed, run.conflicts) == (False, [])


def test_an_old_description_takes_nothing_back_after_a_run_without_one() -> None:
    """Typed, regenerated for another reason, then held against the description it was issued from."""
    first = regenerated(typed(MINE), annotate=True)
    run = first.again(case=FRESH)
    assert (run.value("Summary:B"), run.conflicts, run.cells) == ("Typed by hand", [], [])


def test_a_newer_description_is_a_conflict_after_a_run_without_one() -> None:
    run = regenerated(typed(MINE), annotate=True).again(case=THEIRS)
    assert run.conflicts == [("Case!B33", None, "Typed by hand", "From the description")]


def test_a_conflict_keeps_the_persons_value_and_comes_back() -> None:
    runs = [regenerated(typed(MINE), case=THEIRS)]
    runs += [runs[0].again(case=THEIRS), runs[0].again(), runs[0].again(annotate=True).again(case=THEIRS)]
    for run in runs:
        assert run.conflicts == [("Case!B33", None, "Typed by hand", "From the description")]
        assert [each["number"] for each in run.done.open_conflicts] == ["C-001"]
        assert run.value("Summary:B") == "Typed by hand"
    assert [run.done.changed for run in runs[1:3]] == [False, False]


def test_what_to_do_names_long_texts_by_their_beginning() -> None:
    long = ("Harm to an infant " * 40).strip()
    case = replace(FRESH, details=replace(FRESH.details, summary=f"The new {long}"))
    run = regenerated(typed({"Summary:B": f"My {long}"}), case=case)
    (conflict,) = run.done.open_conflicts
    assert conflict["yours"] == f"My {long}"
    assert len(str(conflict["do"])) < 180
    assert str(conflict["do"]).startswith("Take yours to keep My Harm to an infant")


@pytest.mark.parametrize(
    ("take", "stands"),
    [("yours", "Typed by hand"), ("new", "From the description"), (" NEW ", "From the description")],
)
@pytest.mark.parametrize("case", [THEIRS, None])
def test_a_settled_conflict_is_not_raised_again(take: str, stands: str, case: Case | None) -> None:
    open_ = regenerated(typed(MINE), case=THEIRS).content
    run = regenerated(choose(open_, take), case=case)
    assert (run.value("Summary:B"), run.conflicts) == (stands, [])
    assert book_of(run.content)["Conflicts"]["J4"].value == f"settled: {take.strip().lower()}"
    for later in (None, THEIRS):
        run = run.again(case=later)
        assert (run.conflicts, run.value("Summary:B")) == ([], stands)
    assert not run.again(case=THEIRS).done.changed


def test_a_word_that_is_no_choice_settles_nothing() -> None:
    open_ = regenerated(typed(MINE), case=THEIRS).content
    assert len(regenerated(choose(open_, "mine"), case=THEIRS).conflicts) == 1


def test_a_third_value_is_another_conflict() -> None:
    settled = regenerated(choose(regenerated(typed(MINE), case=THEIRS).content, "yours"), case=THEIRS)
    run = settled.again(case=summed("A third"))
    assert run.conflicts == [("Case!B33", "From the description", "Typed by hand", "A third")]
    assert [each["number"] for each in run.done.open_conflicts] == ["C-002"]


def test_a_person_who_types_the_new_value_has_settled_it() -> None:
    open_ = regenerated(typed(MINE), case=THEIRS).content
    run = regenerated(typed({"Summary:B": "From the description"}, content=open_), case=THEIRS)
    assert run.conflicts == []
    assert run.again(case=THEIRS).conflicts == []


def test_the_base_advances_only_for_settled_cells() -> None:
    both = replace(THEIRS, marking="OFFICIAL")
    run = regenerated(typed(MINE), case=both)
    assert (run.value("Marking:B"), len(run.conflicts)) == ("OFFICIAL", 1)
    later = run.again(case=replace(THEIRS, marking="SECRET"))
    assert (later.value("Marking:B"), len(later.conflicts)) == ("SECRET", 1)


def test_another_cases_description_is_refused() -> None:
    other = replace(FRESH, details=replace(FRESH.details, reference="DOR-2026-098"))
    run = regenerated(small(), case=other)
    assert (run.outcome, run.codes) == (None, [("", "T615")])


# Lists


def test_an_agency_added_to_the_description_gets_its_line_and_rows() -> None:
    run = regenerated(small(), case=replace(FRESH, agencies=(*FRESH.agencies, UHD)))
    assert run.added == ["UHD", "RR-5.7b-UHD"]
    assert run.value("UHD:Agency") == "University Hospitals Dorset"


def test_an_agency_the_description_and_a_person_added_is_one() -> None:
    mine = {"People!B39": UHD.name}
    run = regenerated(typed(mine), case=replace(FRESH, agencies=(*FRESH.agencies, replace(UHD, code="UNI"))))
    assert run.added == ["RR-5.7b-UNI"]
    assert [row[0].value for row in book_of(run.content)["People"]["A39:A40"]] == ["UNI", None]


POLICE_ONLY = replace(FRESH, agencies=FRESH.agencies[:1])


def test_an_agency_dropped_from_the_description_is_withdrawn() -> None:
    run = regenerated(small(), case=POLICE_ONLY)
    assert run.done.merge.withdrawn == ["ICB", "RR-5.7b-ICB"]
    assert [run.value(f"RR-5.7b-ICB:{title}") for title in ("Status", "Reason for change")] == [
        "Not applicable", "No longer a step for this case",
    ]  # fmt: skip
    assert not run.again(case=POLICE_ONLY).done.changed


def test_a_dropped_agency_with_work_in_its_row_is_a_conflict() -> None:
    content = typed({"RR-5.7b-ICB:Progress": "Rung them"})
    run = regenerated(content, case=POLICE_ONLY)
    place = "'Rapid Review'!A8"
    assert run.conflicts == [(place, "RR-5.7b-ICB", "RR-5.7b-ICB", None)]
    assert run.value("RR-5.7b-ICB:Status") == "Not started"
    assert run.again(case=POLICE_ONLY).conflicts == run.conflicts
    yours = regenerated(choose(run.content, "yours"), case=POLICE_ONLY)
    assert (yours.conflicts, yours.value("RR-5.7b-ICB:Status")) == ([], "Not started")
    assert (yours.again().conflicts, yours.again().done.changed) == ([], False)
    new = regenerated(choose(run.content, "new"), case=POLICE_ONLY)
    assert (new.conflicts, new.value("RR-5.7b-ICB:Status")) == ([], "Not applicable")
    assert new.value("RR-5.7b-ICB:Progress") == "Rung them"
    assert (new.again().conflicts, new.again().done.changed) == ([], False)


@pytest.mark.parametrize("touch", [{"ICB:Contact": "S. Example"}, {"ICB:From date": date(2026, 11, 2)}])
def test_a_dropped_agency_whose_line_was_touched_is_a_conflict(touch: dict[str, object]) -> None:
    run = regenerated(typed(touch), case=POLICE_ONLY)
    place = "People!A38"
    assert run.conflicts == [(place, "ICB", "ICB", None)]
    assert run.added == []
    for later in (run.again(case=POLICE_ONLY), run.again()):
        assert (later.conflicts, later.done.changed) == (run.conflicts, False)
    yours = regenerated(choose(run.content, "yours"), case=POLICE_ONLY)
    assert (yours.conflicts, yours.value("ICB:Agency")) == ([], "NHS Dorset")
    assert (yours.again(case=POLICE_ONLY).conflicts, yours.again().done.changed) == ([], False)
    new = regenerated(choose(run.content, "new"), case=POLICE_ONLY)
    assert (new.conflicts, new.done.merge.withdrawn) == ([], ["RR-5.7b-ICB"])
    assert {cell.value for cell in book_of(new.content)["People"][38]} == {None}
    assert not new.again(case=POLICE_ONLY).done.changed


def test_a_child_dropped_from_the_description_is_withdrawn() -> None:
    two = replace(FRESH, children=(Child("Child 1"), Child("Child 2")))
    run = regenerated(issued(two), case=FRESH)
    assert run.done.merge.withdrawn == ["Child 2", "SIN-3.6-C2", "LCSPR-7.11b-C2"]


def test_cells_of_one_line_merge_on_their_own() -> None:
    theirs = replace(FRESH, agencies=(replace(FRESH.agencies[0], email="p@example.org"), FRESH.agencies[1]))
    run = regenerated(typed({"POL:Contact": "R. Example"}), case=theirs)
    assert [run.value(f"POL:{title}") for title in ("Contact", "Email")] == ["R. Example", "p@example.org"]
    assert run.conflicts == []


def test_a_role_whose_line_is_gone_comes_back_with_its_holder() -> None:
    content = typed({"Review Panel:A": "0"})
    assert regenerated(content).added == []
    theirs = replace(FRESH, people={**FRESH.people, "Review Panel": Person("N. Newcomer")})
    run = regenerated(content, case=theirs)
    assert [(each.id, dict(each.values)["Role"]) for each in run.done.merge.rows] == [
        ("Review Panel", "Review Panel")
    ]


def test_people_merge_cell_by_cell() -> None:
    role = "Head of QA and Partnerships"
    theirs = replace(FRESH, people={**FRESH.people, role: Person("N. Newcomer", "n@example.org")})
    run = regenerated(typed({f"{role}:Name": "T. Typed"}), case=theirs)
    assert [each[1:] for each in run.conflicts] == [("H. Example", "T. Typed", "N. Newcomer")]
    assert run.value(f"{role}:Email") == "n@example.org"


def test_a_meeting_moved_in_the_description_moves_on_calendar() -> None:
    first = replace(FRESH, meetings=(Meeting("Rapid Review", date(2026, 11, 23)),))
    moved = replace(FRESH, meetings=(Meeting("Rapid Review", date(2026, 11, 24), "10:00"),))
    run = regenerated(issued(first), case=moved)
    assert [content for _, content in run.cells] == [date(2026, 11, 24), "10:00"]


def test_a_dropped_meeting_that_was_held_is_a_conflict() -> None:
    first = replace(FRESH, meetings=(Meeting("Rapid Review", date(2026, 11, 23)),))
    run = regenerated(typed({"Calendar!E5": "yes"}, content=issued(first)), case=FRESH)
    assert len(run.conflicts) == 1
    assert run.value("Calendar!A5") == "Rapid Review"


# Dates of rows


SUBMITTED = replace(FRESH, dates=Dates(sin_submitted=date(2026, 11, 3)))


def test_a_date_of_the_description_fills_completed() -> None:
    run = regenerated(small(), case=SUBMITTED)
    assert [run.value(f"SIN-3.4:{title}") for title in ("Status", "Completed")] == ["Complete", _midnight(3)]
    assert not run.again(case=SUBMITTED).done.changed


def test_a_date_typed_differently_is_a_conflict_and_is_settled() -> None:
    content = typed({"SIN-3.4:Completed": date(2026, 11, 4), "SIN-3.4:Status": "Complete"})
    run = regenerated(content, case=SUBMITTED)
    assert [each[1:] for each in run.conflicts] == [(None, "2026-11-04", "2026-11-03")]
    assert run.again(case=SUBMITTED).conflicts == run.conflicts
    assert run.again().conflicts == run.conflicts
    new = regenerated(choose(run.content, "new"), case=SUBMITTED)
    assert (new.value("SIN-3.4:Completed"), new.conflicts) == (_midnight(3), [])
    yours = regenerated(choose(run.content, "yours"), case=SUBMITTED)
    assert (yours.value("SIN-3.4:Completed"), yours.conflicts) == (_midnight(4), [])
    assert yours.again(case=SUBMITTED).conflicts == []


def _midnight(day: int) -> object:
    from datetime import datetime

    return datetime(2026, 11, day)  # noqa: DTZ001  # a cell has no zone


TRIAL = Hold(date(2026, 11, 16), date(2027, 1, 4), None, "Trial", "Leadership")


def _holding(*holds: Hold) -> Case:
    return replace(FRESH, holds=holds)


def test_a_hold_typed_and_one_ended_in_the_description_are_both_kept() -> None:
    ended = replace(TRIAL, ended_on=date(2027, 2, 1))
    edits = {"Case_holds#2:From": date(2027, 3, 1), "Case_holds#2:Reason": "Inquest"}
    run = regenerated(typed(edits, content=issued(_holding(TRIAL))), case=_holding(ended))
    holds = [(each.from_, each.ended_on, each.reason) for each in run.state().holds]
    assert run.conflicts == []
    assert holds == [(TRIAL.from_, ended.ended_on, "Trial"), (date(2027, 3, 1), None, "Inquest")]


def test_a_hold_the_description_adds_gets_a_row_and_one_ended_twice_is_a_conflict() -> None:
    content = typed({"Case_holds#1:Ended on": date(2027, 2, 8)}, content=issued(_holding(TRIAL)))
    second = Hold(date(2027, 3, 1), None, None, "Inquest", "")
    run = regenerated(content, case=_holding(replace(TRIAL, ended_on=date(2027, 2, 1)), second))
    assert [(each.from_, each.ended_on) for each in run.state().holds] == [
        (TRIAL.from_, date(2027, 2, 8)),
        (date(2027, 3, 1), None),
    ]
    assert len(run.conflicts) == 1


def test_rows_below_the_holds_are_none_where_the_line_between_them_is_deleted() -> None:
    edits = {"Case!F11": None, "Other partnerships:B": "Somerset"}
    state = state_of(typed(edits, content=issued(_holding(TRIAL))))
    assert [(each.from_, each.reason) for each in state.holds] == [(TRIAL.from_, "Trial")]
