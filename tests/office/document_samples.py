"""Makes `docs/documents/`: the letters and forms of the Christmas sample, each on its day, with pictures.

Run it with `python tests/office/document_samples.py`; the pictures need LibreOffice. A test compares the Word files
with what the program makes.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from office import calc, program  # noqa: E402  the path above comes first when run by hand
from tracker import generate, load_case, make_documents  # noqa: E402  as above

TARGET = ROOT / "docs" / "documents"
SAMPLE = ROOT / "sample_cases" / "late-sin-over-christmas.toml"
EDITED = SAMPLE.with_name("late-sin-over-christmas-edited.xlsx")
DAYS = {
    "RR-5.7": date(2026, 1, 6),
    "RR-5.14": date(2026, 1, 15),
    "RR-6.3": date(2026, 1, 19),
    "LCSPR-7.7": date(2026, 3, 9),
    "LCSPR-7.9": date(2026, 3, 24),
    "LCSPR-8.7": date(2026, 9, 1),
}
"""Each step that asks for a document, and the day on which it is made; from March on an LCSPR is under way."""
AGENCY = "POL"


def with_review() -> bytes:
    """The sample's workbook had the National Panel recommended an LCSPR."""
    case, _ = load_case(SAMPLE)
    assert case
    case = replace(
        case,
        dates=replace(case.dates, lcspr_recommended=date(2026, 3, 2), lcspr_decided=date(2026, 3, 4)),
        decisions=replace(case.decisions, rapid_review_recommends="LCSPR", lcspr="yes"),
    )
    content, problems = generate(case, date(2026, 3, 9))
    assert content, problems
    return content


def sample_documents() -> dict[str, bytes]:
    """One document of each step, by its file's name."""
    review, found = with_review(), {}
    for step, day in DAYS.items():
        source = EDITED if day < date(2026, 2, 1) else review
        made, problems = make_documents(source, day, step=step)
        assert made, problems
        chosen = next(each for each in made.documents if each.agency in {"", AGENCY})
        found[chosen.name] = chosen.content
    return found


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.iterdir():
        old.unlink()
    for name, content in sample_documents().items():
        (TARGET / name).write_bytes(content)
    with tempfile.TemporaryDirectory() as name:
        documents = sorted(TARGET.glob("*.docx"))
        for pdf in calc.convert(documents, Path(name), "pdf", "writer_pdf_Export"):
            first = ["pdftoppm", "-r", "55", "-png", "-f", "1", "-singlefile"]
            program.run([*first, pdf, TARGET / pdf.stem], seconds=60)


if __name__ == "__main__":
    main()
