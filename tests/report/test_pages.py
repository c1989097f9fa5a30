"""The page as a browser shows it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from office.pages import page_texts

from tracker.problems import problem
from tracker.report.render import render
from tracker.report.weekly import weekly_view
from tracker.report.weekly_page import weekly_page
from tracker.rules import RAG_WORDS

from .states import MONDAY, action, case, plan_action, read

if TYPE_CHECKING:
    from pathlib import Path

    from office.browser import Browser

    from tracker.reconcile.model import CaseState

LONG = "Unbreakable" * 30


def full_case(number: int) -> CaseState:
    """A case with rows in every state, key dates far apart, and words that do not break."""
    words = {
        "named_owner": "R. Example",
        "action": "Send the briefing report and its supporting materials on",
    }
    rows = [
        action(f"RR-{place}.{number}", word, due=MONDAY + timedelta(days=place), days_late=place, **words)
        for place, word in enumerate(RAG_WORDS, 1)
    ]
    keys = [
        action("SIN-3.4", "Complete, late", key=True, due=date(2026, 11, 9), completed=date(2026, 11, 10)),
        action("RR-6.5", key=True, due=date(2026, 11, 27), agreed=date(2026, 12, 1), reason=LONG),
        action("LCSPR-7.6", key=True, due=date(2027, 6, 1), day_zero=date(2026, 12, 1), unit="months"),
    ]
    return case(*rows, *keys, reference=f"DOR-2026-{number:03}", summary=f"Serious harm, {LONG}")


def written(folder: Path, *cases: CaseState) -> Path:
    broken = problem("T104", file=f"{LONG}.xlsx", found_kind="a file of another kind")
    path = folder / "weekly.html"
    path.write_text(
        render(weekly_page(weekly_view(read(*cases, problems=(broken,)))), "html"), encoding="utf-8"
    )
    return path


def answer(browser: Browser, script: str) -> str:
    """What a script says of the page that is open."""
    return str(browser.ask(f"(() => {{ {script} }})()"))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 360])
def test_the_page_can_be_pictured(browser: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    browser.open(written(tmp_path, full_case(1), full_case(2)), width=width, dark=dark)
    assert browser.picture(tmp_path / "page.png").stat().st_size > 10_000


@pytest.mark.parametrize("width", [1200, 1100, 1099, 360, 320])
def test_nothing_is_wider_than_the_window(browser: Browser, tmp_path: Path, width: int) -> None:
    browser.open(written(tmp_path, full_case(1), full_case(2)), width=width)
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    widths = browser.ask("[innerWidth, document.documentElement.scrollWidth, document.body.scrollWidth]")
    assert widths == [width, width, width]


def test_the_script_runs_under_the_pages_own_policy(browser: Browser, tmp_path: Path) -> None:
    browser.open(written(tmp_path, full_case(1), full_case(2)))
    made = [browser.ask(f"!!document.querySelector('{each}')") for each in ("button", "[type=search]")]
    assert made == [True, True]


def test_a_table_is_sorted_by_its_headers(browser: Browser, tmp_path: Path) -> None:
    moved: dict[str, Any] = {"due": MONDAY, "agreed": date(2026, 12, 1)}
    rows = [action(f"RR-{number}", **moved) for number in (10, 9, 2)]
    script = """
        const table = document.querySelector("[aria-labelledby=moved] table");
        const header = Array.from(table.tHead.rows[0].cells).find((each) => each.textContent === "ID");
        const ids = () => Array.from(table.tBodies[0].rows, (row) => row.cells[0].textContent).join(",");
        const said = [];
        for (const time of [1, 2]) {
            header.querySelector("button").click();
            said.push(header.getAttribute("aria-sort"), ids());
        }
        return said.join(" ");
    """
    browser.open(written(tmp_path, case(*rows)))
    assert answer(browser, script) == "ascending RR-2,RR-9,RR-10 descending RR-10,RR-9,RR-2"


def test_two_thousand_rows_are_filtered_at_once(browser: Browser, tmp_path: Path) -> None:
    plan = tuple(plan_action(f"AP-{number:04}", "Overdue", target=MONDAY) for number in range(2000))
    script = """
        const section = document.querySelector("details.all");
        const input = section.querySelector("input[type=search]");
        const start = performance.now();
        input.value = "ap-0199 brief";
        input.dispatchEvent(new Event("input"));
        const left = Array.from(section.querySelectorAll("tbody tr:not(.group)")).filter((row) => !row.hidden).length;
        return [left, section.querySelector("output").textContent, performance.now() - start < 1000].join("; ");
    """
    browser.open(written(tmp_path, case(action_plan=plan)))
    assert answer(browser, script) == "1; 1 of 1992 rows; true"


def test_a_link_from_a_count_opens_the_rows_it_leads_to(browser: Browser, tmp_path: Path) -> None:
    html = written(tmp_path, *(full_case(number) for number in range(1, 9)))
    script = """
        const target = document.getElementById("case-8-3-on-track");
        return target.checkVisibility() + " " + target.rows.length;
    """
    browser.open(html)
    assert answer(browser, script).startswith("false")
    browser.open_address("about:blank")  # else the browser only moves within the page that is open
    browser.open_address(f"{html.resolve().as_uri()}#case-8-3-on-track")
    assert answer(browser, script) == "true 2"


def test_paper_carries_the_marking_on_each_page(browser: Browser, tmp_path: Path) -> None:
    browser.open(written(tmp_path, full_case(1), full_case(2)))
    pages = page_texts(browser.print_to(tmp_path / "weekly.pdf"))
    assert len(pages) > 1
    assert {page.count("OFFICIAL-SENSITIVE") for page in pages} == {2}
