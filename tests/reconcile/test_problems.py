from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from reconcile.editing import (
    EARLY,
    FRESH,
    LATE,
    PUBLISHED,
    Edited,
    case_in,
    copy_row,
    delete_row,
    issued_book,
    place_of,
)
from tracker.problems import kinds_of

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.case.model import Case
    from tracker.reconcile.model import CaseState


@dataclass(frozen=True)
class Row:
    """What a person does, and the problems that follow from it: (cell, code)."""

    does: str
    edited: Edited
    finds: list[tuple[str, str]]
    described: Case | None = None


def _own_row(**cells: object) -> dict[str, object]:
    """A row typed below the last of SIN."""
    typed = {"Action": "Ring the school", "Owner": "PDSCP Business Manager", "Agreed date": date(2026, 11, 6)}
    typed |= {title.replace("_", " "): value for title, value in cells.items()}
    return {f"SIN+1:{title}": value for title, value in typed.items() if value is not None}


NEXT = date(2026, 11, 3)
CELLS = [
    Row(
        "words as a date", Edited({"SIN-2.1:Completed": "after the weekend"}), [("SIN-2.1:Completed", "T201")]
    ),
    Row(
        "words as a date beside Complete: one fault, one problem",
        Edited({"SIN-2.1:Completed": "soon", "SIN-2.1:Status": "Complete"}),
        [("SIN-2.1:Completed", "T201")],
    ),
    Row("a date as text", Edited({"SIN-2.1:Completed": "3 Nov 2026"}), [("SIN-2.1:Completed", "T202")]),
    Row("an unknown status", Edited({"SIN-2.1:Status": "Opne"}), [("SIN-2.1:Status", "T203")]),
    Row("an unknown unit", Edited({"SIN-2.6:Unit": "fortnights"}), [("SIN-2.6:Unit", "T203")]),
    Row("a status in lower case", Edited({"SIN-2.1:Status": "in progress "}), [("SIN-2.1:Status", "T204")]),
    Row("a word over RAG", Edited({"SIN-2.1:RAG": "Green"}), [("SIN-2.1:RAG", "T205")]),
    Row("a date over Due", Edited({"SIN-2.6:Due": date(2026, 11, 12)}), [("SIN-2.6:Due", "T205")]),
    Row("a name over the formula is welcome", Edited({"SIN-2.1:Named owner": "B. Example"}), []),
    Row("a count in words", Edited({"SIN-2.6:Count": "five"}), [("SIN-2.6:Count", "T206")]),
    Row(
        "a formula as completion", Edited({"SIN-2.1:Completed": "=TODAY()"}), [("SIN-2.1:Completed", "T207")]
    ),
    Row(
        "Complete beside a formula as completion",
        Edited({"SIN-2.1:Completed": "=TODAY()", "SIN-2.1:Status": "Complete"}),
        [("SIN-2.1:Completed", "T207")],
    ),
]
IDENTITY = [
    Row("deletes a row", Edited(then=delete_row("SIN-2.6")), [("SIN", "T301")]),
    Row("copies a row", Edited(then=copy_row("SIN-2.6", "SIN")), [("SIN!A3", "T362"), ("SIN+1:ID", "T302")]),
    Row("clears an ID", Edited({"SIN-2.6:ID": None}), [("SIN!A5", "T342")]),
    Row("types a row", Edited(_own_row()), [("SIN+1:ID", "T303")]),
    Row("types a row with an ID of its own", Edited(_own_row(ID="SIN-9.9")), [("SIN+1:ID", "T304")]),
    Row("another formula", Edited({"SIN-2.6:Due": "=1+1"}), [("SIN-2.6:Due", "T305")]),
    Row(
        "moves a row to another sheet",
        Edited(then=copy_row("SIN-2.6", "Rapid Review", cut=True)),
        [("Rapid Review!A3", "T362"), ("Rapid Review+1:ID", "T306")],
    ),
    Row("types a row of progress only", Edited({"SIN+1:Progress": "rang them"}), [("SIN+1:Action", "T307")]),
    Row(
        "types a row without a date",
        Edited(_own_row(Agreed_date=None)),
        [("SIN+1:ID", "T303"), ("SIN+1:Agreed date", "T308")],
    ),
    Row("clears a count", Edited({"SIN-2.6:Count": None}), [("SIN-2.6:Count", "T308")]),
    Row("clears a clock", Edited({"SIN-2.6:Counted from": None}), [("SIN-2.6:Counted from", "T308")]),
]
DATES = [
    Row("Complete without a date", Edited({"SIN-2.1:Status": "Complete"}), [("SIN-2.1:Completed", "T310")]),
    Row("tomorrow's work", Edited({"SIN-2.1:Completed": date(2026, 11, 5)}), [("SIN-2.1:Completed", "T311")]),
    Row(
        "moves a date without a reason",
        Edited({"SIN-2.6:Agreed date": date(2026, 11, 12)}),
        [("SIN-2.6:Reason for change", "T312")],
    ),
    Row(
        "moves a date with a reason",
        Edited({"SIN-2.6:Agreed date": date(2026, 11, 12), "SIN-2.6:Reason for change": "Leave"}),
        [],
    ),
    Row("the first date of an undated step", Edited({"SIN-2.1:Agreed date": date(2026, 11, 6)}), []),
    Row(
        "agrees a statutory date away",
        Edited({"LCSPR-7.19b:Agreed date": date(2027, 6, 9)}, case="published", as_at=date(2027, 1, 4)),
        [("LCSPR-7.19b:Agreed date", "T313")],
    ),
    Row(
        "clears a name",
        Edited({"Executive Director:Name": None}),
        [("SIN-3.3c:Named owner", "T314")],
    ),
    Row(
        "drops a step", Edited({"SIN-2.1:Status": "Not applicable"}), [("SIN-2.1:Reason for change", "T315")]
    ),
    Row("closes the offices", Edited({"Calendar!G5": date(2026, 11, 25)}), [("RR-6.4:Due", "T316")]),
    Row(
        "an earlier end of the known bank holidays",
        Edited({"Calendar!M4": date(2026, 11, 29)}),
        [(f"{step}:Due", "T317") for step in ("RR-6.6", "RR-6.6b", "RR-6.6c")],
    ),
    Row("clears an owner", Edited({"SIN-2.6:Owner": None}), [("SIN-2.6:Owner", "T318")]),
    Row(
        "an unknown clock",
        Edited({"SIN-2.6:Counted from": "SIN day zer"}),
        [("SIN-2.6:Counted from", "T319")],
    ),
    Row(
        "done before the Panel's letter",
        Edited({"LCSPR-7.6c:Completed": date(2026, 12, 16)}, case="published", as_at=LATE),
        [("LCSPR-7.6c:Completed", "T320")],
    ),
    Row(
        "authors sought before the Panel's letter, as 7.1 has it",
        Edited({"LCSPR-7.1:Completed": date(2026, 12, 16)}, case="published", as_at=LATE),
        [],
    ),
    Row(
        "done before awareness",
        Edited({"SIN-2.1:Completed": date(2026, 10, 30)}),
        [("SIN-2.1:Completed", "T321")],
    ),
    Row(
        "names a role twice",
        Edited({"People!A28": "executive director", "People!B28": "Z. Example"}),
        [("People!A28", "T343")],
    ),
    Row("an alias as owner", Edited({"SIN-2.6:Owner": "Head of QA"}), [("SIN-2.6:Owner", "T326")]),
]
ORDER = [
    Row(
        "sends the SIN before awareness",
        Edited({"SIN-3.4:Completed": date(2026, 10, 30)}),
        [("SIN-3.4:Completed", "T322"), ("SIN-3.4:Completed", "T323"), ("SIN-3.4:Completed", "T334")],
    ),
    Row(
        "signs off what is not drafted",
        Edited({"SIN-3.2b:Completed": NEXT}),
        [("SIN-3.2b:Completed", "T323")],
    ),
    Row(
        "signs off before the draft",
        Edited({"SIN-2.1:Completed": NEXT, "SIN-3.2:Completed": EARLY, "SIN-3.2b:Completed": NEXT}),
        [("SIN-3.2b:Completed", "T323")],
    ),
    Row(
        "agrees a sign-off after day 15",
        Edited({"RR-6.5:Agreed date": date(2026, 12, 1), "RR-6.5:Reason for change": "Leave"}),
        [("RR-6.5:Agreed date", "T324")],
    ),
    Row(
        "agrees the steps that wait too",
        Edited(
            {
                f"{step}:{title}": typed
                for step in ("RR-6.5", "RR-6.6", "RR-6.6b", "RR-6.6c")
                for title, typed in (("Agreed date", date(2026, 12, 1)), ("Reason for change", "Leave"))
            }
        ),
        [],
    ),
    Row("passes over a step", Edited({"RR-8.6:Completed": NEXT}), [("RR-5.12b:Agreed date", "T325")]),
]
CASE = [
    Row(
        "an incident after awareness",
        Edited({"Incident date:B": date(2026, 11, 3)}),
        [("SIN day zero:D", "T327")],
    ),
    Row(
        "publication before the recommendation",
        Edited({"LCSPR day zero:D": date(2027, 6, 2), "Publication:D": date(2027, 6, 1)}),
        [("Publication:D", "T327")],
    ),
    Row(
        "works on the LCSPR without its clock",
        Edited({"LCSPR-7.6c:Status": "In progress", "LCSPR-7.8:Status": "Waiting on others"}),
        [("LCSPR day zero:D", "T328")],
    ),
    Row("clears day zero", Edited({"SIN day zero:D": None}), [("SIN day zero:D", "T329")]),
    Row("words as day zero", Edited({"SIN day zero:D": "early November"}), [("SIN day zero:D", "T201")]),
    Row(
        "a day zero unlike the description's",
        Edited(),
        [("SIN day zero:D", "T330")],
        replace(FRESH, details=replace(FRESH.details, aware=date(2026, 11, 3))),
    ),
    Row("the description it came from", Edited(), [], FRESH),
    Row(
        "another case's description",
        Edited(),
        [("Case reference:B", "T331")],
        replace(PUBLISHED, details=replace(FRESH.details, reference="DOR-2026-100")),
    ),
    Row(
        "submits the Rapid Review after the appendix's day",
        Edited({"RR-6.6:Completed": date(2026, 11, 27)}, case="published", as_at=LATE),
        [("RR-6.6:Completed", "T323"), ("RR-6.6:Completed", "T332")],
    ),
    Row(
        "leaves a report date",
        Edited({"Report date (empty: today):B": date(2026, 11, 5)}),
        [("Report date (empty: today):B", "T333")],
    ),
    Row("a letter for yes", Edited({"Child died:B": "Y"}), [("Child died:B", "T204")]),
    Row("letters for looked after", Edited({"Looked after:B": "LAC"}), [("Looked after:B", "T204")]),
    Row(
        "a child under no label",
        Edited({"Case_children#2:Child": "the elder one"}),
        [("Case_children#2:Child", "T344")],
    ),
    Row(
        "a reference in words", Edited({"Case reference:B": "the March case"}), [("Case reference:B", "T344")]
    ),
    Row("another child", Edited({"Case_children#2:Child": "Sibling B"}), []),
    Row("another day zero", Edited({"SIN day zero:D": date(2026, 11, 3)}), [("SIN day zero:D", "T334")]),
    Row(
        "decides against an LCSPR and leaves its rows open",
        Edited({"LCSPR:B": "no", "LCSPR: reason:B": "Learning is shared already"}),
        [("LCSPR-7.1:Status", "T341")],
    ),
    Row(
        "a hold that should have been reviewed",
        Edited({"Case_holds#1:From": date(2026, 11, 2), "Case_holds#1:Review on": EARLY}),
        [("Case_holds#1:Review on", "T335")],
    ),
    Row(
        "a hold with a reason and no first day",
        Edited({"Case_holds#1:Reason": "Criminal trial"}),
        [("Case_holds#1:From", "T347")],
    ),
    Row(
        "published a day late",
        Edited({"LCSPR-7.6:Completed": date(2027, 6, 11)}, case="published", as_at=LATE),
        [("LCSPR-7.6:Completed", "T336")],
    ),
    Row(
        "an action of the plan without owner and date",
        Edited({"Action Plan!B4": "Better referrals"}),
        [("Action Plan!D4", "T337"), ("Action Plan!F4", "T338")],
    ),
    Row(
        "letter and decision on different days",
        Edited({"LCSPR day zero:D": NEXT, "LCSPR decided by partners on:B": EARLY}),
        [("LCSPR decided by partners on:B", "T339")],
    ),
    Row(
        "no LCSPR, yet a letter",
        Edited({"LCSPR day zero:D": NEXT, "LCSPR:B": "no"}),
        [("LCSPR:B", "T340"), ("LCSPR-7.1:Status", "T341")],
    ),
    Row(
        "no LCSPR against the Panel's letter, and why",
        Edited(
            {
                "LCSPR day zero:D": NEXT,
                "LCSPR:B": "no",
                "LCSPR: reason:B": "Known learning",
                "National Panel's response:B": "recommends LCSPR",
            }
        ),
        [("LCSPR-7.1:Status", "T341")],
    ),
]
EVERYTHING = [*CELLS, *IDENTITY, *DATES, *ORDER, *CASE]


def projected(case: CaseState) -> Counter[tuple[str, str]]:
    return Counter((each.place, each.code) for each in case.problems)


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, date], Counter[tuple[str, str]]]:
    """The problems of the issued workbooks."""
    folder = tmp_path_factory.mktemp("issued")
    keys = {(row.edited.case, row.edited.as_at) for row in EVERYTHING}
    return {
        key: projected(case_in(Edited(case=key[0], as_at=key[1]).saved(folder), key[1]))
        for key in sorted(keys)
    }


@pytest.mark.parametrize("row", EVERYTHING, ids=lambda row: row.does)
def test_what_a_person_does_gives_these_problems_and_no_other(
    row: Row, tmp_path: Path, before: dict[tuple[str, date], Counter[tuple[str, str]]]
) -> None:
    edited = row.edited
    case = case_in(edited.saved(tmp_path), edited.as_at, case=row.described)
    book = issued_book(edited.case, edited.as_at)
    expected = Counter((place_of(book, key), code) for key, code in row.finds)
    assert projected(case) - before[edited.case, edited.as_at] == expected
    for each in case.problems:
        assert each.file == str(tmp_path / "edited.xlsx")
        assert each.found
        assert each.remedy.endswith(".")


def test_an_early_workbook_without_edits_has_no_problem(
    before: dict[tuple[str, date], Counter[tuple[str, str]]],
) -> None:
    assert before["fresh", EARLY] == Counter()


def test_every_code_of_cells_and_rows_is_produced_here() -> None:
    produced = {code for row in EVERYTHING for _, code in row.finds} | {
        "T309",
        "T345",
        "T346",
        "T382",
        "T383",
    }
    assert produced - {"T362"} == {kind.code for kind in (*kinds_of("cells"), *kinds_of("rows"))}


def test_remedies_begin_with_a_verb() -> None:
    verbs = {"Add", "Agree", "Check", "Choose", "Clear", "Correct", "Cut", "Keep", "Name", "Note", "Plan", "Restore",
             "Tell", "Type", "Untick"}  # fmt: skip
    assert {kind.remedy.split()[0] for kind in (*kinds_of("cells"), *kinds_of("rows"))} <= verbs
