"""What a person sees: a workbook as it prints, a web page as a browser shows it.

Example:
    >>> pages = pdf_pages(workbook, tmp_path)
    >>> assert "SIN" in page_texts(tmp_path / "workbook.pdf")[0]
    >>> screenshot(report, tmp_path / "report.png", 1200, 900, dark=True)
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from .calc import convert
from .program import missing, must_exist, need, run

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 120
_CHROMIUM = "/usr/bin/chromium"


def poppler_missing() -> str:
    return missing("pdftoppm", "poppler-utils")


def chromium_missing() -> str:
    return missing(_CHROMIUM, "chromium")


def pdf_pages(xlsx: Path, out: Path, *, dpi: int = 80) -> list[Path]:
    """Print a workbook to `out/NAME.pdf` and picture its pages, in order: `out/NAME-01.png`, ..."""
    need(poppler_missing())
    (pdf,) = convert([xlsx], out, "pdf", "calc_pdf_Export")
    return pictures(pdf, dpi=dpi)


def pictures(pdf: Path, *, dpi: int = 80) -> list[Path]:
    """Picture the pages of a PDF beside it; pictures of an earlier, longer print go."""
    need(poppler_missing())
    for old in pdf.parent.glob(f"{pdf.stem}-[0-9]*.png"):
        old.unlink()
    printed = run(["pdftoppm", "-r", str(dpi), "-png", pdf, pdf.with_suffix("")], seconds=_SECONDS)
    pages = sorted(pdf.parent.glob(f"{pdf.stem}-[0-9]*.png"))
    must_exist(pages or [pdf.with_suffix(".png")], printed)
    return pages


def page_texts(pdf: Path) -> list[str]:
    """The text of each page, laid out as on paper."""
    need(poppler_missing())
    printed = run(["pdftotext", "-layout", "-enc", "UTF-8", pdf, "-"], seconds=_SECONDS)
    return printed.split("\f")[:-1]


def screenshot(html: Path, out: Path, width: int, height: int, *, dark: bool = False) -> Path:
    """Picture a page in a browser window of `width` by `height`, for a reader who prefers light or dark."""
    need(chromium_missing())
    out.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        printed = run(
            [
                _CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                *(["--force-dark-mode"] if dark else []),
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={out.resolve()}",
                html.resolve().as_uri(),
            ],
            seconds=_SECONDS,
        )
    must_exist([out], printed)
    return out
