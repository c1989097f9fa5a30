"""The site as it is built: nothing leads nowhere or outside, and everybody can use it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import axe_core_python
import pytest
from office.browser import Browser, violations

from .links import astray, read
from .pages import DOCS, ROOT, markdown

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
NAMES = sorted(path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md"))
LEAVES_DOCS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
OURS = re.compile(
    r"https://(?:raw\.githubusercontent|github)\.com/lcspr-tracker/lcspr-tracker/(?:(?:blob|raw)/)?main/"
)
"""The README is shown on the package index too, where only whole addresses lead anywhere."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a warning fails."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fresh-env", "--fail-on-warning", "--keep-going"]
    done = subprocess.run(
        [*command, "-d", str(folder / "kept"), str(DOCS), str(folder / "out")],
        check=False, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "out"


# Links


def test_every_page_is_there_and_nothing_leads_astray(site: Path) -> None:
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert built == {*NAMES, "search.html"}
    assert astray(site) == []


def test_every_page_can_be_reached_from_the_first(site: Path) -> None:
    pages = read(site)
    reached, waiting = set(), {(site / "index.html").resolve()}
    while waiting:
        path = waiting.pop()
        reached.add(path)
        targets = {(path.parent / each.partition("#")[0]).resolve() for each in pages[path].targets}
        waiting |= (targets & set(pages)) - reached
    assert reached == set(pages)


def test_every_picture_says_what_is_to_be_seen(site: Path) -> None:
    assert [name for page in read(site).values() for name in page.silent] == []


def test_every_picture_of_the_pages_is_shown_and_small() -> None:
    text = "".join(markdown().values())
    pictures = sorted((DOCS / "pictures").iterdir())
    assert [path.name for path in pictures if f"pictures/{path.name}" not in text] == []
    assert [path.name for path in pictures if path.stat().st_size > 250_000] == []


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        ('<a href="b.html">', []),
        ('<a href="b.html#here">', []),
        ('<a id="me" href="#me">', []),
        ('<a href="c.html">', ["a.html: c.html"]),
        ('<a href="b.html#there">', ["a.html: b.html#there"]),
        ('<a href="#me">', ["a.html: #me"]),
        ('<img src="b.png">', ["a.html: b.png"]),
        ('<a href="https://example.org/">', ["a.html: https://example.org/"]),
        ('<script src="//example.org/x.js">', ["a.html: //example.org/x.js"]),
        ('<a href="../secret.txt">', ["a.html: ../secret.txt"]),
    ],
)
def test_what_leads_astray_is_found(tmp_path: Path, body: str, lost: list[str]) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("outside", "utf-8")
    (folder / "a.html").write_text(body, "utf-8")
    (folder / "b.html").write_text('<p id="here">', "utf-8")
    assert astray(folder) == lost


@pytest.mark.parametrize("name", LEAVES_DOCS)
def test_a_link_beside_the_docs_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", (ROOT / name).read_text("utf-8"))
    places = [OURS.sub("", link) for link in links]
    assert [place for place in places if "://" not in place and not (ROOT / place).exists()] == []
    assert links or name != "README.md"


def test_the_readme_leads_to_the_first_pages() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    wanted = ("index.md", "try-it.md", "daily-round.md", "microsoft-365.md")
    assert [name for name in wanted if f"docs/{name})" not in readme] == []


def test_the_first_page_leads_to_every_other() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    wanted = [path.name for path in DOCS.glob("*.md") if path.name != "index.md"] + ["commands/index.md"]
    assert [name for name in wanted if f"]({name}) |" not in index] == []


# People


def test_nothing_is_fetched_from_outside_and_only_the_search_runs_a_script(site: Path) -> None:
    sources = {
        path.name: re.findall(r"<script|@import|@font-face|url\(", path.read_text("utf-8"))
        for path in [*site.rglob("*.html"), site / "_static" / "site.css"]
    }
    assert [name for name, found in sources.items() if found] == ["search.html"]


@pytest.mark.parametrize("name", [*NAMES, "search.html"])
def test_a_page_is_for_everybody(site: Path, browser: Browser, name: str) -> None:
    browser.requests.clear()
    found = []
    for width, dark in ((1200, False), (360, True)):
        browser.open(site / name, width=width, dark=dark)
        found += violations(browser, AXE)
        assert browser.ask("document.documentElement.scrollWidth") == width
    assert found == []
    assert [each for each in browser.requests if not each.startswith("file:")] == []


def test_the_first_tab_leads_past_the_header(site: Path, browser: Browser) -> None:
    browser.open(site / "index.html")
    browser.press("Tab")
    assert browser.ask("document.activeElement.textContent") == "Skip to the text"
    browser.press("Enter")
    assert browser.ask("location.hash") == "#main"


def test_the_search_finds_a_page(site: Path, browser: Browser) -> None:
    browser.open(site / "search.html")
    found = browser.ask(
        """new Promise((done) => {
            const results = document.getElementById("search-results");
            new MutationObserver(() => {
                const link = results.querySelector("li a");
                if (link) done(link.textContent);
            }).observe(results, { childList: true, subtree: true });
            Search.performSearch("erasure");
        })"""
    )
    assert found == "Data protection"
