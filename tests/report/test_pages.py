"""The page as a browser shows it."""

from __future__ import annotations

import re
import tempfile
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import pytest
from office.pages import chromium_missing, page_texts, screenshot
from office.program import need, run

from tracker.problems import problem
from tracker.report.render import render
from tracker.report.weekly import weekly_view
from tracker.report.weekly_page import weekly_page
from tracker.rules import RAG_WORDS

from .states import MONDAY, action, case, plan_action, read

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.reconcile.model import CaseState

CHROMIUM = ("/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu")
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


def shown(html: Path, *arguments: str, script: str = "", place: str = "") -> str:
    """What the browser makes of a page; a script of the test runs in a copy whose policy lets it."""
    need(chromium_missing())
    if script:
        text = re.sub(
            r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html.read_text(encoding="utf-8")
        )
        html = html.with_name("copy.html")
        html.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        address = f"{html.resolve().as_uri()}{place}"
        return run([*CHROMIUM, f"--user-data-dir={profile}", *arguments, address], seconds=120)


def answer(html: Path, script: str, place: str = "") -> str:
    """What a script says of a page."""
    asked = f"document.documentElement.dataset.answer = (() => {{ {script} }})();"
    found = shown(html, "--window-size=1200,900", "--dump-dom", script=asked, place=place)
    match = re.search(r'<html[^>]* data-answer="([^"]*)"', found)
    assert match, found[:500]
    return match[1]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 360])
def test_the_page_can_be_pictured(tmp_path: Path, width: int, dark: bool) -> None:
    html = written(tmp_path, full_case(1), full_case(2))
    assert screenshot(html, tmp_path / "page.png", width, 900, dark=dark).stat().st_size > 10_000


def widths(html: Path, width: int) -> str:
    """How wide the window, the page and its body are: in a frame, since a window cannot be narrower than 500."""
    frame = html.with_name("frame.html")
    source = escape(html.read_text(encoding="utf-8"))
    frame.write_text(
        f"""<!DOCTYPE html><iframe width="{width}" height="900" frameborder="0" srcdoc="{source}"></iframe>
        <script>addEventListener("load", () => {{
            const page = document.querySelector("iframe").contentDocument;
            page.querySelectorAll("details").forEach((each) => {{ each.open = true; }});
            const found = [page.defaultView.innerWidth, page.documentElement.scrollWidth, page.body.scrollWidth];
            document.documentElement.dataset.answer = found.join(" ");
        }});</script>""",
        encoding="utf-8",
    )
    found = shown(frame, "--hide-scrollbars", "--window-size=1400,1000", "--dump-dom")
    match = re.search(r'<html[^>]* data-answer="([^"]*)"', found)
    assert match, found[:500]
    return match[1]


@pytest.mark.parametrize("width", [1200, 1100, 1099, 360, 320])
def test_nothing_is_wider_than_the_window(tmp_path: Path, width: int) -> None:
    html = written(tmp_path, full_case(1), full_case(2))
    assert widths(html, width) == f"{width} {width} {width}"


def test_the_script_runs_under_the_pages_own_policy(tmp_path: Path) -> None:
    found = shown(written(tmp_path, full_case(1), full_case(2)), "--dump-dom")
    assert "<button" in found
    assert 'type="search"' in found


def test_a_table_is_sorted_by_its_headers(tmp_path: Path) -> None:
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
    html = written(tmp_path, case(*rows))
    assert answer(html, script) == "ascending RR-2,RR-9,RR-10 descending RR-10,RR-9,RR-2"


def test_two_thousand_rows_are_filtered_at_once(tmp_path: Path) -> None:
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
    assert answer(written(tmp_path, case(action_plan=plan)), script) == "1; 1 of 1992 rows; true"


def test_a_link_from_a_count_opens_the_rows_it_leads_to(tmp_path: Path) -> None:
    html = written(tmp_path, *(full_case(number) for number in range(1, 9)))
    script = """
        const target = document.getElementById("case-8-3-on-track");
        return target.checkVisibility() + " " + target.rows.length;
    """
    assert answer(html, script, place="#case-8-3-on-track") == "true 2"
    assert answer(html, script).startswith("false")


def test_paper_carries_the_marking_on_each_page(tmp_path: Path) -> None:
    html, pdf = written(tmp_path, full_case(1), full_case(2)), tmp_path / "weekly.pdf"
    shown(html, "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    pages = page_texts(pdf)
    assert len(pages) > 1
    assert {page.count("OFFICIAL-SENSITIVE") for page in pages} == {2}
