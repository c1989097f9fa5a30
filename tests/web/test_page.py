"""The page that is the whole program, from a file, in a real browser: every function, and nothing leaves it."""

from __future__ import annotations

import base64
import functools
import http.server
import json
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_core_python
import pytest
from click.testing import CliRunner
from commands.test_without_lxml import ROUND, files_of, with_samples
from files.kinds_files import zeros
from office.browser import Browser, violations
from office.pages import chromium_missing
from office.program import need
from reconcile.editing import Edited
from trackers import make

from tracker.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
PYODIDE = ROOT / "web" / "node_modules" / "pyodide"
VIEWS = ("start", "new", "workbooks", "update", "reports", "messages", "about")
DAY = "2026-11-19"
SAMPLE = ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx"
READY = "document.documentElement.hasAttribute('data-ready') && document.querySelector('#busy').hidden"


def built_into(folder: Path) -> Path:
    command = [sys.executable, str(ROOT / "web" / "build.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "tracker.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need(chromium_missing())
    need("" if PYODIDE.is_dir() else "Python for a browser is not installed (npm ci in web/)")
    return built_into(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def browser(page: Path) -> Iterator[Browser]:
    with Browser() as opened:
        opened.open(page, width=1366)
        opened.until(READY, seconds=120)
        yield opened


def run(browser: Browser, words: Sequence[str], files: Mapping[str, bytes]) -> dict[str, Any]:
    """A command through the page's bridge; the files it wrote as bytes."""
    given = {name: base64.b64encode(content).decode() for name, content in files.items()}
    result = browser.ask(
        "(async () => { const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));"
        f"const files = Object.fromEntries(Object.entries({json.dumps(given)}).map(([n, c]) => [n, bytes(c)]));"
        f"const result = await tracker.run({json.dumps(list(words))}, files);"
        "const text = (c) => btoa(Array.from(c, (each) => String.fromCharCode(each)).join(''));"
        "result.files = Object.fromEntries(Object.entries(result.files).map(([n, c]) => [n, text(c)]));"
        "return result; })()"
    )
    assert isinstance(result, dict)
    result["files"] = {name: base64.b64decode(content) for name, content in result["files"].items()}
    return result


def show(browser: Browser, view: str) -> None:
    browser.ask(f"location.hash = '#{view}'; 0")
    browser.until(f"!document.querySelector('#view-{view}').hidden")


def click(browser: Browser, selector: str) -> None:
    browser.ask(f"document.querySelector({json.dumps(selector)}).click(); 0")


def text(browser: Browser, selector: str) -> str:
    return str(browser.until(f"document.querySelector({json.dumps(selector)})?.innerText", seconds=60))


def opened(browser: Browser, *files: Path) -> None:
    """Open workbooks in the page, and no others, for a fixed day."""
    show(browser, "workbooks")
    click(browser, "#close-files")
    browser.ask(f"document.querySelector('#as-at').value = '{DAY}'; 0")
    browser.choose("#files", *files)
    browser.until("document.querySelector('#standing').children.length", seconds=240)
    browser.until(READY, seconds=240)


def saved(browser: Browser, folder: Path, selector: str) -> Path:
    """Click what saves a file; the file."""
    folder.mkdir(exist_ok=True)
    browser.save_into(folder)
    click(browser, selector)
    return folder / browser.wait_for_download()


def type_in(browser: Browser, question: str, answer: str) -> None:
    """Type an answer with the keyboard, and go on to the next field."""
    browser.until(
        "(() => { const found = [...document.querySelectorAll('.field')].find((each) => each.dataset.question"
        f".startsWith({json.dumps(question)})); const field = found?.querySelector('input'); field?.focus(); "
        "field?.select(); return field; })()",
        seconds=120,
    )
    browser.press(answer, "Tab")


# One program, not two


def test_the_same_sources_give_the_same_page(page: Path, tmp_path: Path) -> None:
    again = built_into(tmp_path)
    assert page.read_bytes() == again.read_bytes()
    assert 5_000_000 < page.stat().st_size < 22_000_000


def test_every_file_is_the_commands_own(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = with_samples(tmp_path / "beside")
    monkeypatch.chdir(beside)
    for words in ROUND:
        before = files_of(beside)
        there = run(browser, words, before)
        here = CliRunner().invoke(cli, words, catch_exceptions=False)
        written = {name: content for name, content in files_of(beside).items() if before.get(name) != content}
        assert (there["exit"], there["files"] == written) == (here.exit_code, True), words
        assert there["stdout"].replace("\r\n", "\n") == here.stdout, words


def test_what_cannot_be_offered_says_why(browser: Browser) -> None:
    words = ["report", "a.xlsx", "--for", "weekly", "--format", "docx", "--as-at", DAY]
    told = run(browser, words, {"a.xlsx": SAMPLE.read_bytes()})
    assert (told["exit"], "T150" in told["stderr"], told["files"]) == (1, True, {})
    assert "Word is not offered here" in browser.ask("document.querySelector('#view-reports').textContent")
    assert "locked with a password" in browser.ask("document.querySelector('#view-about').textContent")


def test_today_is_the_browsers_day(browser: Browser) -> None:
    made = run(browser, ["reconcile", "a.xlsx", "--format", "json"], {"a.xlsx": SAMPLE.read_bytes()})
    browsers = browser.ask("(d => [d.getFullYear(), d.getMonth() + 1, d.getDate()])(new Date())")
    assert json.loads(made["stdout"])["as_at"] == date(*browsers).isoformat()


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


def two_copies(folder: Path) -> list[Path]:
    words = (("A.xlsx", "In progress"), ("B.xlsx", "Waiting on others"))
    return [Edited({"SIN-2.6:Status": word}).saved(folder, name) for name, word in words]


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


def test_forty_workbooks_at_once(browser: Browser, tmp_path: Path) -> None:
    make(tmp_path / "cases", 40, processes=2)
    opened(browser, *sorted((tmp_path / "cases").glob("*.xlsx")))
    assert browser.ask("document.querySelectorAll('#standing tbody tr').length") > 30
    state = tmp_path / "state.json"
    words = ["reconcile", str(tmp_path / "cases"), "--format", "json", "-o", str(state), "--as-at", DAY]
    CliRunner().invoke(cli, words)
    here = json.loads(state.read_text("utf-8"))
    assert browser.ask("states.cases.map((each) => each.counts)") == [
        each["counts"] for each in here["cases"]
    ]


# Nothing leaves it, everybody can use it


def test_no_connection_is_allowed_and_none_is_made(browser: Browser) -> None:
    policy = browser.ask("document.querySelector('meta[http-equiv]').content")
    assert [
        each in policy for each in ("default-src 'none'", "connect-src 'none'", "form-action 'none'")
    ] == [True] * 3
    assert browser.ask("document.querySelector('#policy').textContent") == policy
    assert {each.partition(":")[0] for each in browser.requests} <= {"file", "blob", "data", "about"}
    tries = (
        "fetch(SITE).then(() => 'sent', () => 'refused')",
        """new Promise((done) => { const image = new Image(); image.src = SITE;
            image.onload = () => done('sent'); image.onerror = () => done('refused'); })""",
        """new Promise((done) => {
            const code = `fetch('${SITE}').then(() => postMessage('sent'), () => postMessage('refused'))`;
            const worker = new Worker(URL.createObjectURL(new Blob([code])));
            worker.onmessage = (event) => done(event.data); })""",
    )
    browser.ask("window.SITE = 'https://example.org/a.png'; 0")
    assert [browser.ask(each) for each in tries] == ["refused"] * 3
    browser.failures.clear()


def test_axe_finds_no_violation_and_nothing_is_cut_off(browser: Browser, tmp_path: Path) -> None:
    opened(browser, *two_copies(tmp_path))
    show(browser, "update")
    click(browser, "#update-make")
    text(browser, ".sides tbody tr")
    found = []
    for width, dark in ((390, True), (768, False), (1366, True)):
        browser.look(width=width, dark=dark)
        for view in VIEWS:
            show(browser, view)
            found += [(width, dark, view, each) for each in violations(browser, AXE)]
            wide = browser.ask("document.documentElement.scrollWidth")
            found += [(width, dark, view, f"{wide} px wide")] if wide > width else []
    browser.look(width=1366)
    assert found == []


def test_the_keyboard_alone_leads_to_a_view(browser: Browser) -> None:
    show(browser, "start")
    browser.ask("document.querySelector('.skip').focus(); 0")
    browser.press("Tab", "Tab", "Tab", "Enter")
    browser.until("!document.querySelector('#view-new').hidden")
    assert browser.ask("document.activeElement.textContent") == "New case"
    assert browser.ask("document.querySelector('nav [aria-current]').textContent") == "New case"


def test_work_can_be_stopped_and_goes_on_after_a_reload(browser: Browser) -> None:
    show(browser, "new")
    type_in(browser, "What happened", "A fall")
    browser.until("sessionStorage.getItem('tracker-answers')?.includes('A fall')")
    browser.ask(
        "tracker.run(['generate', '--blank', '-o', 'a.xlsx']); document.querySelector('#stop').click(); 0"
    )
    browser.ask("window.onbeforeunload = null; opened.clear(); 0")
    browser.reload()
    browser.until(READY, seconds=120)
    show(browser, "new")
    browser.until(
        "[...document.querySelectorAll('.field input')].some((each) => each.value === 'A fall')", seconds=120
    )
    assert run(browser, ["--version"], {})["stdout"].startswith("tracker, version ")


def test_the_same_as_a_folder_on_a_server(page: Path) -> None:
    folder = page.parent / "tracker-web"
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]  # no line for each request
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, Browser() as opened_there:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        opened_there.open_address(f"{address}/index.html")
        opened_there.until(READY, seconds=120)
        assert run(opened_there, ["--version"], {})["exit"] == 0
        assert {each for each in opened_there.requests if not each.startswith((address, "blob:"))} == set()
        server.shutdown()
