"""The page as it is built once, and a browser that has it open: one for each file of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from office.browser import Browser


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from office.pages import chromium_missing
    from office.program import need

    from web.driving import ROOT, built_into

    need(chromium_missing())
    pyodide = ROOT / "web" / "node_modules" / "pyodide"
    need("" if pyodide.is_dir() else "Python for a browser is not installed (npm ci in web/)")
    return built_into(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def browser(page: Path) -> Iterator[Browser]:
    from office.browser import Browser

    from web.driving import READY

    with Browser() as opened:
        opened.open(page, width=1366)
        opened.until(READY, seconds=120)
        yield opened
