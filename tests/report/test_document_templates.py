"""The templates of letters and forms: a council's own, mistakes in them, and those that travel with the program."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import docx
import pytest
from office.document_samples import TARGET, sample_documents
from office.document_templates import TARGET as TEMPLATES
from office.document_templates import made_templates
from reconcile.editing import Edited
from workbook.making import PROCEDURE

from tracker import read_workbook
from tracker.case.model import Agency
from tracker.reconcile.state import case_state
from tracker.report import sandbox
from tracker.report.documents import KnownCase, document_fields
from tracker.rules import PLAN
from tracker.workbook.case_of import case_of

from .test_documents import ASKED, DAY, EDITED, ROOT, made_by, parts
from .test_formats import word_text

# Templates


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of somebody's own templates."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def template(folder: Path, *paragraphs: str) -> None:
    """The agenda's template, of these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(folder / "rapid-review-agenda.docx"))


def faults(own: Path) -> list[tuple[str, str]]:
    return [(each.code, each.found) for each in made_by(own, EDITED, step="RR-5.14").problems]


def test_a_council_s_own_template_is_taken_before_ours(own: Path) -> None:
    template(own, "Agenda of {{ reference }}, chaired by {{ people[“Nobody”].name }}")
    found = made_by(own, EDITED)
    assert "Agenda of DOR-2025-031, chaired by [name of the Nobody]" in word_text(
        found.files["RR-5.14-rapid-review-agenda.docx"]
    )
    assert (len(found.files), found.problems) == (16, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ referense }}", "'referense' is undefined"),
        ("{{ sender.nmae }}", "'nmae' is undefined"),
        ("{% if %}", "Expected an expression"),
        ("{{ reference.__class__.__mro__ }}", "unsafe"),
        ("{{ blank.__init__.__globals__ }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "no template"),
        ("{{ 'a' * 999999999 }}", "too long"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "take too long"),
        ("{{ rows.update(a=1) }}", "unsafe"),
        ("{{ summary | safe }}", "safe"),
        ("{% autoescape false %}{{ summary }}{% endautoescape %}", "autoescape stays on"),
    ],
)
def test_a_mistake_in_a_template_is_one_problem_and_reaches_nothing(
    own: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_STEPS", 50_000)
    template(own, "First", text)
    ((code, found),) = faults(own)
    assert (code, said in found) == ("T145", True), found


def test_a_template_that_is_no_word_file_or_leads_out_is_one_problem(own: Path, tmp_path: Path) -> None:
    path = own / "rapid-review-agenda.docx"
    path.write_bytes(b"no word file")
    assert faults(own) == [("T145", "the template has a mistake: not a Word document (.docx)")]
    path.unlink()
    (tmp_path / "secret.docx").write_bytes((TEMPLATES / path.name).read_bytes())
    path.symlink_to(tmp_path / "secret.docx")
    assert faults(own) == [("T145", "the template has a mistake: a link that leads out of the folder")]


def test_a_template_that_is_missing_leaves_the_other_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "templates" / "documents"
    shutil.copytree(TEMPLATES.parent, tmp_path / "templates")
    (folder / "seven-minute-briefing.docx").unlink()
    (folder / "terms-of-reference.docx").write_bytes(b"damaged")
    monkeypatch.setattr("tracker.resources.templates", lambda: tmp_path / "templates")
    found = made_by(None, EDITED)
    assert [(each.code, Path(each.file).name) for each in found.problems] == [
        ("T145", "terms-of-reference.docx"),
        ("T561", "seven-minute-briefing.docx"),
    ]
    assert len(found.files) == 14


def test_our_templates_are_those_of_the_script() -> None:
    made_now = {name: parts(content) for name, content in made_templates().items()}
    assert {path.name: parts(path.read_bytes()) for path in TEMPLATES.iterdir()} == made_now
    assert {f"{document}.docx" for document in ASKED.values()} == set(made_now)


def test_our_templates_name_only_what_the_procedure_has() -> None:
    text = "\n".join(word_text(content) for content in made_templates().values())
    known = {
        "rows": {step.id for _, step in PROCEDURE.steps()},
        "people": {role.name for role in PROCEDURE.roles},
        "clocks": {clock.name for clock in PROCEDURE.clocks},
        "meetings": set(PROCEDURE.meeting_kinds),
    }
    named = re.findall(r'\b(rows|people|clocks|meetings)\["([^"]+)"\]', text)
    assert [(kind, name) for kind, name in named if name not in known[kind]] == []
    assert {kind for kind, _ in named} == set(known)


def test_the_documents_in_docs_are_those_of_the_sample() -> None:
    shown = {path.name: parts(path.read_bytes()) for path in TARGET.glob("*.docx")}
    assert shown == {name: parts(content) for name, content in sample_documents().items()}
    assert {path.stem for path in TARGET.glob("*.png")} == {Path(name).stem for name in shown}


HEADINGS = {
    "The document": (),
    "A person": ("sender",),
    "An agency": ("agency",),
    "A child": ("children", 0),
    "A row": ("step",),
    "A meeting": ("meetings", "Rapid Review"),
    "An action of the plan": ("plan", 0),
    "Proceedings": ("proceedings", 0),
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_field_stands_on_the_page_and_no_other(heading: str, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "documents.md").read_text("utf-8")
    section = page.partition(f"### {heading}\n")[2].partition("\n###")[0]
    edits = {f"{PLAN}#1:Action": "Tell every school", "Case_proceedings#1:Kind": "Inquest"}
    reading, procedure, _ = read_workbook(Edited(edits).saved(tmp_path))
    assert reading
    assert procedure
    case, _ = case_of(reading, procedure)
    known = KnownCase(reading, case, case_state(reading, procedure, DAY), DAY)
    found: Any = document_fields(known, known.state.actions[0], [], Agency("", ""), None)
    for key in HEADINGS[heading]:
        found = found[key]
    names = list(found if isinstance(found, dict) else vars(found))
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == names
