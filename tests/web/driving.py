"""The page driven as a person drives it, and the commands run through its bridge."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.editing import Edited

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from office.browser import Browser

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-11-19"
SAMPLE = ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx"
READY = "document.documentElement.hasAttribute('data-ready') && document.querySelector('#busy').hidden"


def built_into(folder: Path) -> Path:
    command = [sys.executable, str(ROOT / "web" / "build.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "tracker.html"


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


def type_in(browser: Browser, question: str, answer: str) -> None:
    """Type an answer with the keyboard, and go on to the next field."""
    browser.until(
        "(() => { const found = [...document.querySelectorAll('.field')].find((each) => each.dataset.question"
        f".startsWith({json.dumps(question)})); const field = found?.querySelector('input'); field?.focus(); "
        "field?.select(); return field; })()",
        seconds=120,
    )
    browser.press(answer, "Tab")


def saved(browser: Browser, folder: Path, selector: str) -> Path:
    """Click what saves a file; the file."""
    folder.mkdir(exist_ok=True)
    browser.save_into(folder)
    click(browser, selector)
    return folder / browser.wait_for_download()


def two_copies(folder: Path) -> list[Path]:
    words = (("A.xlsx", "In progress"), ("B.xlsx", "Waiting on others"))
    return [Edited({"SIN-2.6:Status": word}).saved(folder, name) for name, word in words]
