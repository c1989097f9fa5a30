"""The page that is the whole program, from a file, in a real browser: every function, and nothing leaves it."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import axe_core_python
from click.testing import CliRunner
from commands.test_without_lxml import ROUND, files_of, with_samples
from office.browser import Browser, violations
from trackers import make

from tracker.cli import cli

from .driving import DAY, READY, SAMPLE, built_into, click, opened, run, show, text, two_copies, type_in

if TYPE_CHECKING:
    import pytest

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
VIEWS = ("start", "new", "workbooks", "update", "reports", "messages", "about")


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
