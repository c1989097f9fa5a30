"""What a person does on the page: a case, reports, messages, returns, conflicts, saving in place."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner
from files.kinds_files import zeros

from tracker.cli import cli

from .driving import DAY, READY, ROOT, SAMPLE, click, opened, run, saved, show, text, two_copies, type_in

if TYPE_CHECKING:
    from office.browser import Browser


# What a person does


def test_a_new_case_from_first_letter_to_workbook(browser: Browser, tmp_path: Path) -> None:
    show(browser, "new")
    type_in(browser, "Case reference", "J Smith")
    assert "never use a name" in text(browser, ".field.faulty .wrong")
    type_in(browser, "Day the local authority", "2/11/26")
    assert "Monday 9 November 2026 (Day 5)" in text(browser, "#case-dates li")
    assert "(Day 15" in text(browser, "#case-dates")
    click(browser, "#make-case")
    assert "Case reference" in text(browser, "#case-missing a")
    type_in(browser, "Case reference", "DOR-2026-020")
    browser.until("document.querySelector('#case-missing').textContent === ''")
    click(browser, "#make-case")
    browser.until("document.querySelectorAll('#case-results a').length === 2", seconds=120)
    workbook = saved(browser, tmp_path / "workbook", "#case-results a")
    described = saved(browser, tmp_path / "described", "#case-results a:nth-of-type(2)")
    assert (workbook.name, described.name) == ("DOR-2026-020.xlsx", "DOR-2026-020.toml")
    here = tmp_path / "here.xlsx"
    assert CliRunner().invoke(cli, ["generate", str(described), "-o", str(here)]).exit_code == 0
    assert here.read_bytes() == workbook.read_bytes()


IN_A_HURRY = """
(() => {
  const field = document.querySelector(".field[data-question^='What happened'] input");
  const type = (words, event) => {
    field.value = words;
    field.dispatchEvent(new Event(event, { bubbles: true }));
  };
  type("First", "change");
  return new Promise((done) => setTimeout(() => {
    type("Second", "input");
    document.querySelector("#case-form").requestSubmit();
    done();
  }, 20));
})()
"""


def test_what_was_typed_last_counts_and_what_was_made_before_goes(browser: Browser, tmp_path: Path) -> None:
    show(browser, "new")
    type_in(browser, "Case reference", "DOR-2026-021")
    type_in(browser, "Day the local authority", "2/11/26")
    browser.until("document.querySelector('#case-dates li')")
    browser.ask(IN_A_HURRY)
    browser.until("document.querySelectorAll('#case-results a').length === 2", seconds=120)
    described = saved(browser, tmp_path, "#case-results a:nth-of-type(2)")
    assert "Second" in described.read_text("utf-8")
    type_in(browser, "Day the local authority", "Backspace")
    assert browser.ask("document.querySelector('#case-results').children.length") == 0
    assert "the key dates appear here" in browser.until(
        "!document.querySelector('#case-dates li') && document.querySelector('#case-dates').textContent"
    )
    click(browser, "#clear-form")
    browser.until("document.querySelector('.field input')?.value === ''")


def test_a_blank_workbook(browser: Browser, tmp_path: Path) -> None:
    show(browser, "start")
    click(browser, "#make-blank")
    text(browser, "#blank-results a")
    assert saved(browser, tmp_path, "#blank-results a").read_bytes()[:2] == b"PK"


def test_where_each_case_stands_and_what_is_wrong_also_beside_hostile_files(
    browser: Browser, tmp_path: Path
) -> None:
    bomb, page_of_text = tmp_path / "bomb.xlsx", tmp_path / "notes.txt"
    bomb.write_bytes(zeros("xl/styles.xml", 200 * 1024 * 1024))
    page_of_text.write_text("<img src=x onerror=alert(1)>", "utf-8")
    opened(browser, SAMPLE, bomb, page_of_text)
    assert "DOR-2026-014" in text(browser, "#standing tbody th")
    assert "Hold the Rapid Review meeting (RR-6.2)" in text(browser, "#standing tbody")
    assert [each in text(browser, "#standing details") for each in ("bomb.xlsx", "notes.txt")] == [True, True]
    click(browser, "#standing tbody button")
    browser.until(
        "document.querySelector('.case-page iframe')?.contentDocument.querySelector('h2')", seconds=120
    )
    sandbox = browser.ask("document.querySelector('iframe').getAttribute('sandbox')")
    # A page's own script is what the frame keeps from running.
    faults = [
        each for each in browser.failures if not each.startswith("Blocked script execution in 'about:srcdoc'")
    ]
    assert (sandbox, faults) == ("allow-same-origin", [])


def test_a_report_is_shown_and_saved(browser: Browser, tmp_path: Path) -> None:
    opened(browser, SAMPLE)
    show(browser, "reports")
    browser.until("document.querySelector('#report-kinds input')", seconds=120)
    kinds = browser.ask("[...document.querySelectorAll('#report-kinds input')].map((each) => each.value)")
    assert kinds == ["weekly", "timeliness", "subgroup", "maqpag", "qpag"]
    for kind in ("weekly", "subgroup"):
        click(browser, f"#report-kinds [value={kind}]")
        click(browser, "#report-form .main")
        browser.until(f"document.querySelector('#report-out a[download^={kind}]')", seconds=120)
        shown = (
            "document.querySelector('#report-out iframe').contentDocument?.querySelector('h1')?.textContent"
        )
        assert browser.until(shown)
        made = saved(browser, tmp_path / kind, "#report-out a")
        words = ["report", str(SAMPLE), "--for", kind, "--as-at", DAY, "-o", str(tmp_path / f"{kind}.html")]
        assert CliRunner().invoke(cli, words).exit_code == 0
        assert (tmp_path / f"{kind}.html").read_bytes() == made.read_bytes()
    browser.ask("document.querySelector('#report-form-kind').value = 'md'; 0")
    click(browser, "#report-form .main")
    browser.until("document.querySelector('#report-out .save')?.download.endsWith('.md')", seconds=120)
    browser.ask("document.querySelector('#report-form-kind').value = 'html'; 0")


def test_the_boards_are_those_of_the_workbooks_procedure(browser: Browser, tmp_path: Path) -> None:
    workbook, described = tmp_path / "under-way.xlsx", ROOT / "sample_cases" / "riverside" / "under-way.toml"
    words = ["generate", str(described), "--procedure", "riverside", "-o", str(workbook)]
    assert CliRunner().invoke(cli, words).exit_code == 0
    opened(browser, workbook)
    show(browser, "reports")
    browser.until("document.querySelector('#report-kinds input')", seconds=120)
    assert text(browser, "#report-kinds").split("\n") == [
        "Weekly report", "Timeliness over all cases",
        "Board: Learning Group", "Board: Executive Group", "Board: Improvement Board",
    ]  # fmt: skip


def test_reading_that_was_stopped_is_named_and_can_be_done_again(browser: Browser) -> None:
    opened(browser, SAMPLE)
    browser.ask("read(); setTimeout(() => document.querySelector('#stop').click(), 50); 0")
    browser.until("document.querySelector('#standing').textContent.includes('not read to the end')")
    browser.until(READY, seconds=120)
    show(browser, "reports")
    click(browser, "#report-form .main")
    assert "have not been read yet" in text(browser, "#alert")
    click(browser, "#read-again")
    browser.until("document.querySelector('#standing tbody tr')", seconds=120)
    assert "choose it again: ordinary-in-time-edited.xlsx" in browser.ask(
        "document.querySelector('#opened-names').textContent"
    )
    browser.until(f"document.querySelector('#report-kinds input') && {READY}", seconds=120)


def test_messages_and_calendar(browser: Browser, tmp_path: Path) -> None:
    opened(browser, SAMPLE)
    show(browser, "messages")
    click(browser, "#make-messages")
    assert "All messages stand below" in text(browser, "#messages-out .results")
    owner = text(browser, "#messages-out .list details:nth-child(3) summary")
    assert owner == "D. Example (Chair of the LCSPR subgroup): Your actions for DOR-2026-014: 3 due soon"
    assert text(browser, "#messages-out .results button") == "Save all 8 files as one zip"
    click(browser, "#make-calendar")
    browser.until("document.querySelector('#messages-out a[download$=ics]')", seconds=120)
    assert saved(browser, tmp_path, "#messages-out a").read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_returns_are_made_and_read_back(browser: Browser, tmp_path: Path) -> None:
    opened(browser, SAMPLE)
    show(browser, "messages")
    click(browser, "#make-returns")
    assert "together with the workbook" in text(browser, "#messages-out .results")
    words = ["returns", "a.xlsx", "--owner", "UHD", "-o", "out", "--as-at", DAY]
    ((name, content),) = run(browser, words, {"a.xlsx": SAMPLE.read_bytes()})["files"].items()
    back = tmp_path / f"Renamed {Path(name).name.replace('return', 'answers')}"
    back.write_bytes(content)
    opened(browser, SAMPLE, back)
    assert "the file is as it was sent" in text(browser, "#standing")
    assert browser.ask("document.querySelector('#update-files').textContent").endswith(
        f"with 1 return: {back.name}"
    )


def test_two_people_changed_one_cell_and_a_third_decides(browser: Browser, tmp_path: Path) -> None:
    opened(browser, *two_copies(tmp_path))
    assert "Use Bring up to date" in text(browser, "#standing .problems")
    show(browser, "update")
    assert "2 copies become one workbook" in text(browser, "#update-files")
    click(browser, "#update-look")
    assert "This would be done" in text(browser, "#update-out pre")
    click(browser, "#update-make")
    row = text(browser, ".sides tbody tr")
    assert "In progress\nin A.xlsx" in row
    assert "Waiting on others\nin B.xlsx" in row
    click(browser, ".sides [value=new]")
    click(browser, ".sides button")
    browser.until(
        "document.querySelector('#update-out .results').innerText.includes('1 conflict settled')", seconds=120
    )
    settled = saved(browser, tmp_path / "out", "#update-out .results a")
    state = CliRunner().invoke(cli, ["reconcile", str(settled), "--format", "json", "--as-at", DAY])
    (case,) = json.loads(state.stdout)["cases"]
    assert [each["status"] for each in case["actions"] if each["id"] == "SIN-2.6"] == ["Waiting on others"]


FOLDER = """
window.written = {};
const handleOf = (name, store) => ({
  kind: "file", name,
  isSameEntry: async (other) => other.name === name,
  getFile: async () => new File([store[name] ?? new Uint8Array()], name),
  requestPermission: async () => "granted",
  createWritable: async () => ({ write: async (bytes) => { store[name] = bytes; }, close: async () => {} }),
});
window.disk = { "a.xlsx": Uint8Array.from(atob(CONTENT), (each) => each.charCodeAt(0)) };
window.copies = {};
const folderOf = (store, inside) => ({
  kind: "directory", requestPermission: async () => "granted",
  values: async function* () { for (const name of Object.keys(store)) yield handleOf(name, store); },
  getFileHandle: async (name, options) => {
    if (!options?.create && !(name in store)) throw new DOMException("no", "NotFoundError");
    return handleOf(name, store);
  },
  getDirectoryHandle: async () => inside,
});
window.showDirectoryPicker = async () => folderOf(window.disk, folderOf(window.copies));
0
"""


def test_saved_in_place_after_a_copy_and_never_over_what_changed(browser: Browser) -> None:
    content = SAMPLE.read_bytes()
    show(browser, "workbooks")
    click(browser, "#close-files")
    browser.ask(
        f"(() => {{ {FOLDER.replace('CONTENT', json.dumps(base64.b64encode(content).decode()))} }})()"
    )
    click(browser, "#choose-folder")
    browser.until("document.querySelector('#standing').children.length", seconds=120)
    show(browser, "update")
    click(browser, "#update-make")
    browser.until("document.querySelector('#update-out .results button')", seconds=120)
    browser.ask("disk['~$a.xlsx'] = new Uint8Array(1); 0")
    click(browser, "#update-out .results button")
    assert "open in a spreadsheet program" in text(browser, "#alert")
    browser.ask("delete disk['~$a.xlsx']; 0")
    click(browser, "#update-out .results button")
    browser.until("document.querySelector('#update-out .results').innerText.includes('tracker-backups/a-')")
    kept = "(c => btoa(Array.from(c, (each) => String.fromCharCode(each)).join('')))"
    assert base64.b64decode(browser.ask(f"{kept}(Object.values(copies)[0])")) == content
    assert base64.b64decode(browser.ask(f"{kept}(disk['a.xlsx'])")) != content
    browser.ask("disk['a.xlsx'] = new Uint8Array([1, 2, 3]); 0")
    click(browser, "#update-out .results button")
    assert "changed after it was opened" in text(browser, "#alert")
    assert browser.ask("disk['a.xlsx'].length") == 3
    browser.ask("disk['a.xlsx'] = Object.values(copies)[0]; 0")
    show(browser, "workbooks")
    click(browser, "#choose-folder")
    shown = "document.querySelector('#opened-names').textContent"
    assert browser.until(f"{shown}.includes('again') && {shown}", seconds=120) == (
        "a.xlsx. Opened again, in place of the earlier one: a.xlsx"
    )
    browser.ask("disk['a.xlsx'] = new Uint8Array([1, 2, 3]); 0")
    click(browser, "#read-again")
    browser.until("opened.get('a.xlsx').bytes.length === 3")
    browser.until(READY, seconds=120)
