"""`tracker report` as a person runs it: names, options, what is left out, mistakes in templates."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner, Result
from files.base import file
from files.kinds_files import PASSWORD, encrypted
from reconcile.editing import Edited

from tracker import resources
from tracker.cli import cli
from tracker.commands import CONFLICTS

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(__file__).parents[2] / "sample_cases"
AS_AT = "2026-11-19"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a workbook."""
    cases = tmp_path / "cases"
    cases.mkdir()
    shutil.copy(SAMPLES / "ordinary-in-time-edited.xlsx", cases / "one.xlsx")
    return cases


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder for somebody's own templates."""
    own = tmp_path / "own"
    own.mkdir()
    return own


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["report", *map(str, arguments), "--as-at", AS_AT], catch_exceptions=False)


# Names


@pytest.mark.parametrize(
    ("options", "written"),
    [
        ((), ["weekly-2026-11-19.html", "weekly-2026-11-19.json"]),
        (("--format", "docx"), ["weekly-2026-11-19.docx", "weekly-2026-11-19.json"]),
        (("--format", "json"), ["weekly-2026-11-19.json"]),
        (("--no-history",), ["weekly-2026-11-19.html"]),
        (("--format", "csv"), ["weekly-2026-11-19-csv", "weekly-2026-11-19.json"]),
    ],
)
@pytest.mark.parametrize("of_folder", [True, False])
def test_the_files_stand_beside_the_workbooks(
    folder: Path, options: tuple[str, ...], written: list[str], of_folder: bool
) -> None:
    result = report(folder if of_folder else folder / "one.xlsx", "--for", "weekly", *options)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in folder.iterdir() if path.name != "one.xlsx") == written
    assert result.stdout.strip() == str(folder / written[0])


def test_csv_is_a_folder_of_three(folder: Path, tmp_path: Path) -> None:
    assert report(folder, "--for", "qpag", "--format", "csv", "-o", tmp_path / "bi").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "bi").iterdir()) == [
        "actions.csv",
        "cases.csv",
        "plan.csv",
    ]


def test_a_second_run_reads_no_report_of_the_first(folder: Path) -> None:
    for form in ("html", "docx", "csv"):
        assert report(folder, "--for", "subgroup", "--format", form).exit_code == 0
    assert report(folder, "--for", "weekly").exit_code == 0
    assert "Read from 1 workbook<" in (folder / f"weekly-{AS_AT}.html").read_text("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_history_is_for_its_owner_alone(folder: Path) -> None:
    report(folder, "--for", "weekly")
    report(folder, "--for", "maqpag", "--format", "json")
    for name in ("weekly", "maqpag"):
        mode = (folder / f"{name}-{AS_AT}.json").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_an_anonymised_report_leaves_no_history(folder: Path) -> None:
    assert report(folder, "--for", "timeliness", "--anonymise").exit_code == 0
    assert not list(folder.glob("*.json"))


# Since an earlier report


@pytest.mark.parametrize(("today", "found"), [(12, (1, True)), (19, (0, False))])
def test_since_an_earlier_report_tells_what_moved(
    folder: Path, monkeypatch: pytest.MonkeyPatch, today: int, found: tuple[int, bool]
) -> None:
    first = ["report", str(folder), "--for", "weekly", "--as-at", "2026-11-12"]
    # What was completed on the 17th is an error on the 12th itself, not where one looks back at it.
    monkeypatch.setattr("tracker.commands.today", lambda: date(2026, 11, today))
    result = CliRunner().invoke(cli, first)
    assert (result.exit_code, "The workbooks hold" in result.stderr) == found
    last = folder / "weekly-2026-11-12.json"
    record = json.loads(last.read_text("utf-8"))
    row = next(row for case in record["cases"] for row in case["actions"] if row["rag"] == "Complete")
    row["rag"] = "On track"
    last.write_text(json.dumps(record), encoding="utf-8")
    assert report(folder, "--for", "weekly", "--format", "md", "--since", last).exit_code == 0
    text = (folder / f"weekly-{AS_AT}.md").read_text("utf-8")
    assert f"{row['id']} " in text.partition("## What happened since")[2].partition("\n## ")[0]


@pytest.mark.parametrize("content", [None, "{}"])
def test_a_since_that_is_no_report_is_told(folder: Path, content: str | None) -> None:
    path = folder / "last.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = report(folder, "--for", "weekly", "--since", path)
    assert (result.exit_code, "T146" in result.stderr) == (1, True)
    assert not list(folder.glob("*.html"))


# Wrong use


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--for", "subgruop"), "subgroup"),
        (("--for", "nothing"), "There are also weekly, timeliness and owners"),
        (("--for", "learning"), "it has subgroup (LCSPR subgroup), maqpag (MAQPAG) and qpag (QPAG)"),
        (("--for", "learnig"), 'did you mean "learning"?'),
        (
            ("--for", "learning", "--procedure", "dorset"),
            'has no board "learning"; it has subgroup',
        ),
        (("--for", "maqpg"), 'did you mean "maqpag"?'),
        (("--for", "weekly", "--anonymise"), "--for timeliness"),
        (("--for", "maqpag", "--from", "2026-01-01"), "--for timeliness"),
        (("--for", "maqpag", "--brief"), "--brief goes with --for weekly"),
        (("--for", "weekly", "--templates", "nowhere"), "not a folder"),
        (("--for", "weekly", "--format", "pdf"), "html"),
        (("--for", "weekly", "--jobs", "0"), "from 1 to 64"),
    ],
)
def test_wrong_use_is_told(folder: Path, options: tuple[str, ...], said: str) -> None:
    result = report(folder, *options)
    assert (result.exit_code, said in result.stderr) == (2, True)


# What cannot be read


def test_what_cannot_be_read_is_told_at_the_top_of_every_report(folder: Path) -> None:
    (folder / "minutes.xlsx").write_bytes(b"%PDF-1.7 no workbook")
    (folder / "torn.xlsx").write_bytes((folder / "one.xlsx").read_bytes()[:5000])
    with zipfile.ZipFile(folder / "other.xlsx", "w") as other:
        other.writestr("readme.txt", "no workbook")
    for kind in ("weekly", "subgroup", "maqpag", "qpag", "timeliness"):
        result = report(folder, "--for", kind, "--format", "md")
        assert (result.exit_code, result.stderr.count("minutes.xlsx")) == (1, 1)
        text = (folder / f"{kind}-{AS_AT}.md").read_text("utf-8")
        assert text.index("Left out: 3 files") < text.index("minutes.xlsx") < text.index("##")


def test_a_locked_workbook_is_left_out_unless_its_password_is_given(folder: Path, tmp_path: Path) -> None:
    file(encrypted, "locked.xlsx")(folder)
    assert report(folder, "--for", "weekly").exit_code == 1
    assert "Left out: 1 file" in (folder / f"weekly-{AS_AT}.html").read_text("utf-8")
    (tmp_path / "word").write_text(PASSWORD, encoding="utf-8")
    assert report(folder, "--for", "weekly", "--password-file", tmp_path / "word").exit_code == 0
    assert "Read from 2 workbooks" in (folder / f"weekly-{AS_AT}.html").read_text("utf-8")


def test_no_readable_workbook_is_no_report(folder: Path) -> None:
    (folder / "one.xlsx").write_bytes(b"nothing")
    assert report(folder, "--for", "weekly").exit_code == 1
    assert not list(folder.glob("weekly*"))


@pytest.mark.parametrize(("count", "shown"), [(5, False), (6, True)])
def test_more_than_a_handful_has_a_progress_bar(
    folder: Path, count: int, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.commands.stderr_is_terminal", lambda: True)
    for number in range(count - 1):
        (folder / f"x{number}.xlsx").write_bytes(b"nothing")
    result = report(folder, "--for", "weekly")
    assert ("Reading" in result.stderr, "Reading" in result.stdout) == (shown, False)


# Templates of one's own


def test_a_template_of_ones_own_is_taken(folder: Path, templates: Path) -> None:
    (templates / "weekly.md.j2").write_text("# Ours: {{ page.title }}\n", encoding="utf-8")
    for kind, taken in (("weekly", True), ("subgroup", False)):
        result = report(folder, "--for", kind, "--format", "md", "--templates", templates)
        assert result.exit_code == 0, result.output
        text = (folder / f"{kind}-{AS_AT}.md").read_text("utf-8")
        assert text.startswith("# Ours: ") == taken


def test_a_style_of_ones_own_is_allowed_by_the_policy(folder: Path, templates: Path) -> None:
    (templates / "report.css").write_text("body { color: teal; }", encoding="utf-8")
    assert report(folder, "--for", "weekly", "--templates", templates).exit_code == 0
    assert "color: teal" in (folder / f"weekly-{AS_AT}.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "form", "text", "place"),
    [
        ("report.md.j2", "md", "# {{ page.title }}\n\n{{ page.titel }}\n", "line 3"),
        ("report.md.j2", "md", "one\n{% for x in %}\n", "line 2"),
        ("report.html.j2", "html", '{% extends "_page.html.j2" %}\n{% block content %}\n{{ 1 + "a" }}{% endblock %}',
         "line 3"),
        ("_macros.html.j2", "html", "\n\n{% macro spans(x) %}{{ nosuch }}{% endmacro %}", "line"),
        ("report.html.j2", "html", '\n{% include "gone.j2" %}', "line 2"),
        ("subgroup.md.j2", "md", "{{ page.title | nofilter }}", "line 1"),
        ("report.md.j2", "md", "\n{{ cycler.__init__.__globals__.os.getcwd() }}", "line 2"),
        ("report.html.j2", "html", "{{ ''.__class__.__mro__ }}", "line 1"),
        ("report.md.j2", "md", "{% for x in range(999999999) %}{% endfor %}", "line 1"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_template_is_told_with_file_and_line(
    folder: Path, templates: Path, name: str, form: str, text: str, place: str
) -> None:
    (templates / name).write_text(text, encoding="utf-8")
    result = report(folder, "--for", "subgroup", "--format", form, "--templates", templates)
    assert result.exit_code == 1
    assert f"T145 {templates / name}, {place}" in result.stderr
    assert not list(folder.glob("subgroup*"))


@pytest.mark.parametrize(("name", "content"), [("_macros.html.j2", b"nothing"), ("report.css", b"\xff")])
def test_a_template_that_lacks_what_ours_need_is_told(
    folder: Path, templates: Path, name: str, content: bytes
) -> None:
    (templates / name).write_bytes(content)
    result = report(folder, "--for", "subgroup", "--templates", templates)
    assert (result.exit_code, "T145" in result.stderr) == (1, True)


def brand(templates: Path, change: Callable[[str], str]) -> Path:
    """Our Word template with its text changed, as somebody would in Word."""
    target = templates / "report.docx"
    with (
        zipfile.ZipFile(resources.templates() / "reports" / "report.docx") as ours,
        zipfile.ZipFile(target, "w") as theirs,
    ):
        for name in ours.namelist():
            content = ours.read(name)
            if name == "word/document.xml":
                content = change(content.decode()).encode()
            theirs.writestr(name, content)
    return target


def test_a_branded_word_template_is_taken(folder: Path, templates: Path) -> None:
    brand(templates, lambda text: text.replace("{{ title }}", "A Council: {{ title }}"))
    assert report(folder, "--for", "qpag", "--format", "docx", "--templates", templates).exit_code == 0
    with zipfile.ZipFile(folder / f"qpag-{AS_AT}.docx") as made:
        assert "A Council: QPAG" in made.read("word/document.xml").decode()


def test_a_branded_word_template_may_have_tables_of_its_own(folder: Path, templates: Path) -> None:
    table = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    brand(templates, lambda text: text.replace("<w:body>", f"<w:body>{table}"))
    assert report(folder, "--for", "qpag", "--format", "docx", "--templates", templates).exit_code == 0
    with zipfile.ZipFile(folder / f"qpag-{AS_AT}.docx") as made:
        assert 'w:tblCaption w:val="Outstanding actions by owner' in made.read("word/document.xml").decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{{ titel }}", "'titel' is undefined"),
        ("{{ title", "unexpected"),
        ("{% endfor %}", "endfor"),
        ("{{ cycler.__init__.__globals__ }}", "unsafe"),
    ],
)
def test_a_mistake_in_a_word_template_is_told_with_its_words(
    folder: Path, templates: Path, wrong: str, said: str
) -> None:
    target = brand(templates, lambda text: text.replace("{{ title }}", wrong))
    result = report(folder, "--for", "qpag", "--format", "docx", "--templates", templates)
    assert (result.exit_code, f"T145 {target}" in result.stderr, said in result.stderr) == (1, True, True)


def test_a_word_template_that_is_none_is_told(folder: Path, templates: Path) -> None:
    (templates / "report.docx").write_bytes(b"nothing")
    result = report(folder, "--for", "qpag", "--format", "docx", "--templates", templates)
    assert (result.exit_code, "not a Word document" in result.stderr) == (1, True)


# Copies of a case


@pytest.mark.parametrize("kind", ["weekly", "owners"])
def test_copies_of_one_issue_are_counted_once_and_their_conflict_is_told(tmp_path: Path, kind: str) -> None:
    Edited({"RR-6.2:Progress": "mine"}).saved(tmp_path, "a.xlsx")
    Edited({"RR-6.2:Progress": "yours"}).saved(tmp_path, "b.xlsx")
    target = tmp_path / "out" / "report.md"
    target.parent.mkdir()
    result = report(tmp_path, "--for", kind, "--format", "md", "-o", target)
    assert result.exit_code == CONFLICTS
    if kind == "weekly":
        text = target.read_text("utf-8")
        assert ("\n## Cases (1)\n" in text, "**To decide:** which of two values stands" in text) == (
            True,
            True,
        )


@pytest.mark.parametrize("references", [("A-1", "A-2"), ("", "")])
def test_two_cases_in_copies_of_one_blank_workbook_stay_two(
    tmp_path: Path, references: tuple[str, str]
) -> None:
    blank = tmp_path / "blank.xlsx"
    assert CliRunner().invoke(cli, ["generate", "--blank", "-o", str(blank)]).exit_code == 0
    for name, reference in zip("ab", references, strict=True):
        book = openpyxl.load_workbook(blank)
        cell = next(row[1] for row in book["Case"].iter_rows() if row[0].value == "Case reference")
        cell.value = reference
        book.save(tmp_path / f"{name}.xlsx")
    blank.unlink()
    assert report(tmp_path, "--for", "weekly", "--format", "md").exit_code == 0
    text = (tmp_path / "weekly-2026-11-19.md").read_text("utf-8")
    assert ("\n## Cases (2)\n" in text, "**To decide:**" in text) == (True, False)
    record = json.loads((tmp_path / "weekly-2026-11-19.json").read_text("utf-8"))
    assert len({case["uuid"] for case in record["cases"]}) == len(references)


def test_a_regenerated_workbook_beside_its_source_counts_once_until_both_were_worked_on(folder: Path) -> None:
    source = folder / "one.xlsx"
    regenerated = CliRunner().invoke(cli, ["regenerate", str(source), "--as-at", AS_AT])
    assert (regenerated.exit_code, len(list(folder.glob("*.xlsx")))) == (0, 2)

    def told() -> tuple[bool, bool]:
        assert report(folder, "--for", "weekly", "--format", "md").exit_code == 0
        text = (folder / "weekly-2026-11-19.md").read_text("utf-8")
        return "\n## Cases (1)\n" in text, "**To decide:** which workbook of DOR-2026-014 is in use" in text

    assert told() == (True, False)
    book = openpyxl.load_workbook(source)
    book["SIN"]["L5"].value = "Typed into the older one"
    book.save(source)
    assert told() == (False, True)
