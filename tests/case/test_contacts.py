"""Names and addresses from a contacts file, a description or a workbook; every fault at once, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.api import load_people
from tracker.case.model import Person

ROOT = Path(__file__).parents[2]
HEAD = "Role,Name,Email,Deputy\n"
BM, HEAD_OF_QA = "PDSCP Business Manager", "Head of QA and Partnerships"


@pytest.mark.parametrize(
    "text",
    [
        "Role,Name,Email,Deputy\nBM,R. Example,r@example.org,S. Example\n",
        "\ufeffRole,Name,Email,Deputy\r\nbusiness manager,R. Example,r@example.org,S. Example\r\n",
        "Role;Name;Email;Deputy\nBM;R. Example;r@example.org;S. Example\n",
        "deputy,Phone,EMAIL, name ,role\nS. Example,1,r@example.org,R. Example,PDSCP Business Manager\n,,,,\n",
        '[people]\nBM = { name = "R. Example", email = "r@example.org", deputy = "S. Example" }\n',
    ],
    ids=["CSV", "of Excel", "semicolons", "other order", "description"],
)
def test_roles_are_found_by_any_of_their_names(text: str) -> None:
    assert load_people(text.encode()) == ({BM: Person("R. Example", "r@example.org", "S. Example")}, [])


def test_a_case_gives_its_people_from_description_and_workbook() -> None:
    found, problems = load_people(ROOT / "sample_cases" / "ordinary-in-time.toml")
    assert found
    assert (found[BM], problems) == (Person("R. Example", "r.example@example.org", "S. Example"), [])
    again, problems = load_people(ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx")
    assert again
    assert ({role: again[role] for role in found}, problems) == (found, [])


@pytest.mark.parametrize(
    "text",
    [
        "Role,Name,Email\nBM,R. Example,\ndorset police,P. Example,p@example.org\nICB,,i@example.org\n",
        """
        people.BM = "R. Example"
        [[agencies]]
        name = "Dorset Police"
        code = "POL"
        contact = "P. Example"
        email = "p@example.org"
        [[agencies]]
        name = "NHS Dorset ICB"
        code = "ICB"
        email = "i@example.org"
        """,
    ],
    ids=["CSV", "description"],
)
def test_an_agency_has_its_contact_and_address_too(text: str) -> None:
    people = {
        BM: Person("R. Example"),
        "Dorset Police": Person("P. Example", "p@example.org"),
        "NHS Dorset ICB": Person("", "i@example.org"),
    }
    assert load_people(text.encode()) == (people, [])


def test_every_fault_is_told_with_its_place_and_remedy() -> None:
    rows = [
        "HoQA,A. Example,a.example,",
        "Head of QQ,B,,",
        "BM,C,,",
        "Business Manager,D,,",
        "QA Manager,,q@e.org,",
    ]
    people, problems = load_people((HEAD + "\n".join(rows)).encode())
    assert people is None
    assert [(each.code, each.place) for each in problems] == [
        ("T436", "line 2, Email"),
        ("T422", "line 3, Role"),
        ("T423", "line 5, Role"),
        ("T409", "line 6, Name"),
    ]
    assert all(each.remedy for each in problems)
    assert 'did you mean "Head of QA' in problems[1].remedy


@pytest.mark.parametrize(
    ("content", "code", "found"),
    [
        (b"Role,Who\nBM,R. Example\n", "T446", "no column Name"),
        (b"", "T446", "no column Role and Name"),
        ("Role,Name\nBM,R. Exámple\n".encode("cp1252"), "T445", "letters that are not in UTF-8"),
        (b'Role,Name\nBM,"R' + b"x" * 200_000, "T445", "field larger than field limit (131072)"),
        (b"[people]\nBM = R. Example\n", "T406", "a value that cannot be read"),
    ],
)
def test_what_gives_no_names_says_why(content: bytes, code: str, found: str) -> None:
    said = {
        "T406": "this is not valid TOML: ",
        "T445": "the contacts cannot be read: ",
        "T446": "the first line has ",
    }
    people, problems = load_people(content)
    assert (people, [(each.code, each.found) for each in problems]) == (
        None,
        [(code, f"{said[code]}{found}")],
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text(HEAD, "utf-8")
    for name, hint in (("contact.csv", 'did you mean "contacts.csv"'), (".", "Check the path, or")):
        people, (problem,) = load_people(tmp_path / name)
        assert (people, problem.code, hint in problem.remedy) == (None, "T445", True)
