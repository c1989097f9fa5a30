"""The real pages in a real browser: accessible, usable by keyboard, nothing leaves them, clean on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_core_python
import pytest
from office.browser import Browser, violations
from office.pages import page_texts
from reconcile.editing import Edited, case_in
from workbook.making import PROCEDURE

from tracker.report.history import done_in
from tracker.report.reports import Wanted, make, report_files

from .crowded import crowded_case
from .fixed import REPORTS, fixed
from .states import MONDAY, action, case, read
from .test_history import LAST_MONDAY, earlier
from .test_pages import full_case

if TYPE_CHECKING:
    from tracker.reconcile.model import CaseState, Reconciliation

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
A4_ACROSS = (842, 595)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of each report: over the fixed set, and cases with every state and words that do not break."""
    folder = tmp_path_factory.mktemp("pages")
    state = fixed()
    whole = read(*state.cases, full_case(1), _long_words(), problems=state.problems)
    before = earlier(folder, *state.cases[1:], as_at=LAST_MONDAY)
    return {
        kind: page(folder, kind, whole, Wanted(kind, before, done_in(folder, ("weekly",), LAST_MONDAY)))
        for kind in REPORTS
    }


def _long_words() -> CaseState:
    """Names and numbers as long as people make them, on rows that every report shows."""
    who = {
        "named_owner": "christopher.example-surname@universityhospitalsdorset.nhs.uk",
        "employer": "council",
    }
    facts: dict[str, Any] = {"due": date(2021, 11, 17), "days_late": 1247, **who}
    rows = [
        action("RR-5.4", "Overdue", owner="Verfahrensverantwortlichkeit" * 3, **facts),
        action("RR-5.12b-POLICE", "Overdue", reason="https://example.org/" + "a" * 90, **facts),
        *(action(f"LCSPR-7.{each}b-POL", "Overdue", after=("RR-5.4",), **facts) for each in range(10, 19)),
    ]
    return case(*rows, reference="DORSET-CHILDREN-2026-SAFEGUARDING-0000014-ANNEX")


def page(folder: Path, name: str, reconciliation: Reconciliation, wanted: Wanted) -> Path:
    files, problems = report_files(make(wanted, reconciliation, PROCEDURE), "html")
    assert problems == []
    path = folder / f"{name}.html"
    path.write_bytes(files[""])
    return path


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", REPORTS)
def test_axe_finds_no_violation(browser: Browser, pages: dict[str, Path], kind: str, dark: bool) -> None:
    browser.open(pages[kind], dark=dark)
    assert browser.ask("matchMedia('(prefers-color-scheme: dark)').matches") is dark
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert violations(browser, AXE) == []


@pytest.mark.parametrize("kind", REPORTS)
def test_axe_finds_no_violation_on_a_phone(browser: Browser, pages: dict[str, Path], kind: str) -> None:
    browser.open(pages[kind], width=360)
    assert violations(browser, AXE) == []


@pytest.mark.parametrize(("width", "media"), [(390, ""), (768, ""), (1366, ""), (1366, "print")])
@pytest.mark.parametrize("dark", [False, True])
def test_every_target_of_the_weekly_report_can_be_hit(
    browser: Browser, pages: dict[str, Path], width: int, media: str, dark: bool
) -> None:
    """WCAG 2.5.8 asks for 24 px; axe tests it only where it is told to."""
    browser.open(pages["weekly"], width=width, dark=dark, media=media)
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert violations(browser, AXE, ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice")) == []


SCROLL_BAR = 15
PAPER = 1031
"""What A4 across leaves between its margins: 273 mm in pixels."""


def all_open(browser: Browser, page_: Path, width: int, media: str = "") -> None:
    browser.open(page_, width=width, media=media)
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize("width", [1200, 1099, 640, 360])
@pytest.mark.parametrize("kind", REPORTS)
def test_nothing_is_wider_than_the_window(
    browser: Browser, pages: dict[str, Path], kind: str, width: int
) -> None:
    all_open(browser, pages[kind], width)
    assert browser.ask("[document.documentElement.scrollWidth, document.body.scrollWidth]") == [width, width]


@pytest.mark.parametrize("width", [1360, 1281, 1280, 1100])
@pytest.mark.parametrize("kind", REPORTS)
def test_no_column_of_a_table_is_out_of_sight(
    browser: Browser, pages: dict[str, Path], kind: str, width: int
) -> None:
    """A number cut off at the edge reads as another number. The window's own scroll bar takes a part of it."""
    all_open(browser, pages[kind], width)
    browser.ask(f"document.body.style.paddingRight = '{SCROLL_BAR}px'")
    cut = "[...document.querySelectorAll('.table')].filter((each) => each.scrollWidth > each.clientWidth)"
    assert browser.ask(f"{cut}.map((each) => each.textContent.trim().slice(0, 60))") == []


@pytest.mark.parametrize("kind", REPORTS)
def test_nothing_is_wider_than_the_paper(browser: Browser, pages: dict[str, Path], kind: str) -> None:
    """The browser would shrink every page to make room for it."""
    all_open(browser, pages[kind], PAPER, "print")
    assert browser.ask("document.documentElement.scrollWidth") == PAPER


@pytest.mark.parametrize("kind", REPORTS)
def test_no_request_leaves_the_page(browser: Browser, pages: dict[str, Path], kind: str) -> None:
    browser.requests.clear()
    browser.failures.clear()
    browser.open(pages[kind])
    assert browser.requests == [pages[kind].resolve().as_uri()]
    blocked = "fetch('https://example.org/').then(() => 'sent', () => 'blocked')"
    assert browser.failures == []
    assert browser.ask(blocked) == "blocked"


@pytest.mark.parametrize("kind", REPORTS)
def test_without_script_the_page_is_whole(browser: Browser, pages: dict[str, Path], kind: str) -> None:
    browser.open(pages[kind])
    rows = browser.ask("document.querySelectorAll('tbody tr').length")
    browser.open(pages[kind], script=False)
    try:
        assert browser.ask("document.querySelectorAll('tbody tr').length") == rows
        assert browser.ask("document.querySelectorAll('button, input').length") == 0
    finally:
        browser.open(pages[kind])


# By keyboard


def moved_page(folder: Path) -> Path:
    moved: dict[str, Any] = {"due": MONDAY, "agreed": date(2026, 12, 1)}
    rows = [action(f"RR-{number}", **moved) for number in (10, 9, 2, 30, 4, 7, 8)]
    return page(folder, "moved", read(case(*rows)), Wanted("weekly"))


SHOWN = "[aria-labelledby=moved] tbody tr:not([hidden]) th"
IDS = f"Array.from(document.querySelectorAll('{SHOWN}'), (each) => each.textContent).join(' ')"
FOCUSED = "document.activeElement.textContent.trim()"


def tab_to(browser: Browser, wanted: str) -> None:
    """Press Tab until the focus is where it should be."""
    for _ in range(100):
        if browser.ask(wanted):
            return
        browser.press("Tab")
    pytest.fail("never reached by Tab")


def test_a_table_is_sorted_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    browser.open(moved_page(tmp_path))
    tab_to(browser, f"{FOCUSED} === 'ID' && !!document.activeElement.closest('[aria-labelledby=moved]')")
    browser.press("Enter")
    assert browser.ask(IDS) == "RR-2 RR-4 RR-7 RR-8 RR-9 RR-10 RR-30"
    browser.press("Space")
    assert browser.ask(IDS) == "RR-30 RR-10 RR-9 RR-8 RR-7 RR-4 RR-2"
    assert browser.ask("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"
    assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_table_is_filtered_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    browser.open(moved_page(tmp_path))
    tab_to(browser, "document.activeElement.matches('[aria-labelledby=moved] input[type=search]')")
    browser.press("rr-30")
    assert browser.ask(IDS) == "RR-30"
    assert (
        browser.ask("document.querySelector('[aria-labelledby=moved] output').textContent") == "1 of 7 rows"
    )
    browser.press("Backspace", "Backspace", "Backspace", "Backspace", "Backspace")
    assert len(browser.ask(IDS).split()) == 7


def test_the_first_tab_leads_past_the_header(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["weekly"])
    browser.press("Tab")
    assert browser.ask(FOCUSED) == "Skip to the report"
    browser.press("Enter")
    assert browser.ask("location.hash") == "#main"


@pytest.mark.parametrize("kind", REPORTS)
def test_every_count_leads_to_what_can_be_seen(browser: Browser, pages: dict[str, Path], kind: str) -> None:
    browser.open(pages[kind])
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    lost = """Array.from(document.querySelectorAll('a[href^="#"]'), (each) => each.getAttribute("href").slice(1))
        .filter((anchor) => !document.getElementById(anchor)?.checkVisibility())"""
    assert browser.ask(lost) == []


# On paper


@pytest.mark.parametrize("kind", REPORTS)
def test_it_prints_on_a4_with_the_marking_on_each_page(
    browser: Browser, pages: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    browser.open(pages[kind])
    pdf = browser.print_to(tmp_path / "page.pdf")
    texts = page_texts(pdf)
    assert {text.count("OFFICIAL-SENSITIVE") for text in texts} == {2}
    assert [f"Page {number} of {len(texts)}" in text for number, text in enumerate(texts, 1)] == [True] * len(
        texts
    )
    assert "Filter" not in "".join(texts)
    assert sizes(pdf) == {A4_ACROSS}


def test_paper_shows_the_cases_that_are_closed_on_the_screen(browser: Browser, tmp_path: Path) -> None:
    cases = [full_case(number) for number in range(1, 9)]
    browser.open(page(tmp_path, "many", read(*cases), Wanted("subgroup")))
    assert browser.ask("document.querySelectorAll('details.case:not([open])').length") == 8
    text = "".join(page_texts(browser.print_to(tmp_path / "page.pdf")))
    assert text.count("Completed since") == 8
    assert browser.ask("document.querySelectorAll('details.case[open]').length") == 0


def sizes(pdf: Path) -> set[tuple[int, int]]:
    from office.program import run

    printed = run(["pdfinfo", "-l", "999", pdf], seconds=60)
    lines = [
        line.split("size:")[1].split() for line in printed.splitlines() if " size:" in line and "Page" in line
    ]
    return {(round(float(words[0])), round(float(words[2]))) for words in lines}


def test_the_brief_report_is_one_upright_page(browser: Browser, tmp_path: Path) -> None:
    many = [
        replace(each, reference=f"{each.reference}-{number}") for number in range(4) for each in fixed().cases
    ]
    browser.open(page(tmp_path, "brief", read(*many), Wanted("weekly", brief=True)))
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert violations(browser, AXE) == []
    browser.open(tmp_path / "brief.html")
    pdf = browser.print_to(tmp_path / "page.pdf")
    assert (len(page_texts(pdf)), sizes(pdf)) == (1, {(595, 842)})


@pytest.mark.parametrize(
    ("name", "as_at"),
    [("ordinary-in-time", date(2026, 11, 6)), ("late-sin-over-christmas", date(2026, 1, 12))],
)
def test_the_week_of_one_case_is_two_pages_and_counts_come_after(
    browser: Browser, tmp_path: Path, name: str, as_at: date
) -> None:
    state = case_in(Edited(case=name, as_at=as_at).saved(tmp_path), as_at)
    browser.open(page(tmp_path, "one", read(state, as_at=as_at), Wanted("weekly")))
    texts = page_texts(browser.print_to(tmp_path / "page.pdf"))
    assert [number for number, text in enumerate(texts, 1) if "All rows of all cases" in text] == [3]


def test_a_board_of_everything_begins_with_one_page(browser: Browser, tmp_path: Path) -> None:
    browser.open(page(tmp_path, "subgroup", fixed(), Wanted("subgroup")))
    texts = page_texts(browser.print_to(tmp_path / "page.pdf"))
    assert [words in texts[0] for words in ("Decisions asked today", "DOR-2026-014", "Case by case")] == [
        True,
        True,
        False,
    ]
    assert "Case by case" in texts[1]


def test_a_case_of_a_boards_paper_takes_three_pages(browser: Browser, tmp_path: Path) -> None:
    made = page(tmp_path, "subgroup", read(crowded_case(1), crowded_case(2)), Wanted("subgroup"))
    browser.open(made)
    printed = page_texts(browser.print_to(tmp_path / "paper.pdf"))
    first, second, annex = (
        next(place for place, text in enumerate(printed) if title in text)
        for title in ("Case by case", "DOR-2026-002 Serious", "Annex: every action")
    )
    assert (second - first, annex - second) <= (3, 3)
    assert len(printed) - annex <= 2 * 5  # 108 rows of a case


def test_paper_folds_nothing_away_but_the_listings(browser: Browser, tmp_path: Path) -> None:
    rows = [action(f"RR-5.{place}", "Clock not started") for place in range(1, 4)]
    for annex in (False, True):
        made = page(tmp_path, "weekly", read(case(*rows)), Wanted("weekly", annex=annex))
        browser.open(made)
        text = " ".join(page_texts(browser.print_to(tmp_path / "paper.pdf")))
        assert ("RR-5.2" in text) == annex


def test_a_bar_is_28_pixels_wide(browser: Browser, pages: dict[str, Path]) -> None:
    for width in (1366, 390):
        browser.open(pages["timeliness"], width=width)
        bars = (
            "[...document.querySelectorAll('.chart-bar')].map((each) => each.getBoundingClientRect().width)"
        )
        assert set(browser.ask(bars)) == {28}
