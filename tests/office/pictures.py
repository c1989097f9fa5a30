"""Makes the pictures of README and docs from real output. Run by hand: `python tests/office/pictures.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from office import calc, edits, pages  # noqa: E402  the path above comes first when run by hand
from office.browser import Browser  # noqa: E402  as above
from office.package import Package  # noqa: E402  as above

AS_AT = "2026-11-19"
CASE = ROOT / "sample_cases" / "ordinary-in-time.toml"
EDITED = ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx"
TARGET = ROOT / "docs" / "pictures"


def tracker(*words: object, codes: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run([sys.executable, "-m", "tracker", *map(str, words)], check=False)
    assert done.returncode in codes, done


def show_strip(path: Path) -> None:
    """Put the strip of time, which paper leaves out, beside Summary's lists, as it stands on the screen."""
    book = Package.read(path)
    for part, old, new in (
        ("xl/workbook.xml", b"Summary!$A:$H", b"Summary!$A:$Z"),
        (book.sheet_parts()["Summary"], b'scale="90"', b'scale="84"'),
    ):
        book.parts[part] = book.parts[part].replace(old, new)
    book.write(path)


def printed(book: Path, *more: edits.Edit) -> Path:
    """A workbook as it prints on that day, as PDF: the system's date is moved for LibreOffice."""
    edited = book.with_name(f"{book.stem}-printed.xlsx")
    calc.edit([edits.Job(book, edited, [*more, edits.Recalc()])])
    show_strip(edited)
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    moved = {"LD_PRELOAD": str(library), "FAKETIME": f"{AS_AT} 09:00:00", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    profile = f"-env:UserInstallation={(book.parent / 'profile').as_uri()}"
    words = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(book.parent),
        str(edited),
    ]
    subprocess.run(words, check=True, env={**os.environ, **moved}, stdout=subprocess.DEVNULL)
    return edited.with_suffix(".pdf")


def picture(pdf: Path, name: str, first_words: str, dpi: int, share: float = 1.0) -> None:
    """The upper share of the page that begins with these words, below its printed header."""
    texts = pages.page_texts(pdf)
    page = next(
        number
        for number, text in enumerate(texts, 1)
        if any(line.startswith(first_words) for line in text.splitlines()[:6])
    )
    size = subprocess.run(
        ["pdfinfo", "-f", str(page), "-l", str(page), pdf], check=True, capture_output=True, text=True
    )
    line = next(each for each in size.stdout.splitlines() if each.startswith("Page") and "size:" in each)
    width, height = (float(each) / 72 * dpi for each in line.split("size:")[1].replace("x", " ").split()[:2])
    left, top, bottom = width * 0.015, height * 0.045, height * share
    cut = {"-x": left, "-y": top, "-W": width * 0.965, "-H": bottom - top}
    area = [word for name, points in cut.items() for word in (name, str(round(points)))]
    command: list[str | Path] = [
        "pdftoppm",
        "-r",
        str(dpi),
        "-png",
        "-f",
        str(page),
        "-singlefile",
        *area,
        pdf,
    ]
    subprocess.run([*command, TARGET / name], check=True)


def settled_twice(folder: Path) -> Path:
    """A workbook and a description that name two people for one role: a conflict."""
    book, case = folder / "both.xlsx", folder / "both.toml"
    tracker("generate", CASE, "-o", folder / "issued.xlsx", "--as-at", AS_AT)
    calc.edit(
        [edits.Job(folder / "issued.xlsx", book, [edits.Type("People", "B7", "E. Example"), edits.Recalc()])]
    )
    words = CASE.read_text("utf-8")
    case.write_text(words.replace('"A. Example"', '"F. Example"'), "utf-8")
    merged = folder / "merged.xlsx"
    tracker("regenerate", book, "--case", case, "-o", merged, "--as-at", AS_AT, codes=(3,))
    return merged


def page_in_a_browser(folder: Path) -> None:
    """The page that holds the whole program, with the cases of the demo."""
    subprocess.run([sys.executable, str(ROOT / "web" / "build.py"), str(folder)], check=True)
    with Browser() as browser:
        browser.open(folder / "tracker.html", width=1200)
        browser.ask("document.querySelector('#try-demo').click(); 0")
        browser.until("document.querySelector('#standing tbody tr')", seconds=120)
        browser.until("document.querySelector('#busy').hidden")
        # A British browser has the day first; Chromium brings its American texts alone.
        browser.ask(
            "(field => { field.type = 'text'; field.value = '19/11/2026'; })(document.querySelector('#as-at'))"
        )
        browser.picture(TARGET / "browser.png", height=860)


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        edited = folder / "case.xlsx"
        edited.write_bytes(EDITED.read_bytes())
        pdf = printed(edited)
        picture(pdf, "workbook", "DOR-2026-014 · ", 110)
        picture(pdf, "summary", "DOR-2026-014 · ", 110, 0.345)
        picture(pdf, "stage", "Rapid Review · ", 80, 0.591)
        picture(pdf, "case", "Case · ", 100, 0.387)
        picture(printed(settled_twice(folder)), "conflicts", "Conflicts", 90, 0.2)
        report = folder / "weekly.html"
        tracker(
            "report", ROOT / "sample_cases" / "partnership", "--for", "weekly", "--as-at", AS_AT, "-o", report
        )
        pages.screenshot(report, TARGET / "report.png", 1200, 1000)
        page_in_a_browser(folder)
        with Browser() as browser:
            browser.open(report, width=360)
            browser.picture(TARGET / "report-phone.png", height=720)


if __name__ == "__main__":
    main()
