"""Makes the README's pictures from real output. Run by hand: `python tests/office/pictures.py`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from office import calc, edits, pages  # noqa: E402  the path above comes first when run by hand

AS_AT = "2026-11-19"
EDITED = ROOT / "sample_cases" / "ordinary-in-time-edited.xlsx"


def main() -> None:
    target = ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dated = folder / "dated.xlsx"
        cell = "Case!B12"
        calc.edit(
            [edits.Job(EDITED, dated, [edits.Type("Case", cell.partition("!")[2], AS_AT), edits.Recalc()])]
        )
        first = pages.pdf_pages(dated, folder / "pages", dpi=110)[0]
        shutil.copyfile(first, target / "workbook.png")
        report = folder / "weekly.html"
        command = [sys.executable, "-m", "tracker", "report", str(ROOT / "sample_cases"), "--for", "weekly"]
        subprocess.run([*command, "--as-at", AS_AT, "-o", str(report)], check=True)
        pages.screenshot(report, target / "report.png", 1200, 1000)


if __name__ == "__main__":
    main()
