"""The main job on a sample case, for `make demo`: generate, take an edited copy, reconcile, report.

It calls the commands a user would call, and prints them.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from click.testing import CliRunner

from tracker.cli import cli

SAMPLES = Path(__file__).resolve().parent
if SAMPLES.is_relative_to(Path.cwd()):
    SAMPLES = SAMPLES.relative_to(Path.cwd())  # as somebody would type it
AS_AT = "2026-11-19"
"""The day the edited sample was saved."""


def steps(out: Path) -> list[list[str]]:
    """The commands of the demo, which write into a folder."""
    case, made = SAMPLES / "ordinary-in-time.toml", out / "DOR-2026-014-new.xlsx"
    edited = out / "DOR-2026-014.xlsx"
    return [
        ["check", str(case), "--as-at", AS_AT],
        ["generate", str(case), "-o", str(made), "--as-at", AS_AT],
        ["explain", str(made), "RR-6.6", "--as-at", AS_AT],
        ["reconcile", str(edited), "--case", str(case), "--as-at", AS_AT],
        ["reconcile", str(edited), "--as-at", AS_AT, "--format", "json", "-o", str(out / "reconcile.json")],
        ["regenerate", str(edited), "--as-at", AS_AT, "-o", str(out / "DOR-2026-014-up-to-date.xlsx")],
        ["report", str(edited), "--for", "weekly", "--as-at", AS_AT, "-o", str(out / "weekly.html")],
        [
            "report",
            str(edited),
            "--for",
            "weekly",
            "--as-at",
            AS_AT,
            "--format",
            "md",
            "-o",
            str(out / "weekly.md"),
        ],
        [
            "report",
            str(edited),
            "--for",
            "subgroup",
            "--as-at",
            AS_AT,
            "--format",
            "docx",
            "--no-history",
            "-o",
            str(out / "subgroup.docx"),
        ],
    ]


def main(out: Path) -> int:
    """Run the demo into a folder; the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("DOR-2026-014-new.xlsx", "DOR-2026-014-up-to-date.xlsx"):  # of an earlier demo
        (out / name).unlink(missing_ok=True)
    shutil.copyfile(SAMPLES / "ordinary-in-time-edited.xlsx", out / "DOR-2026-014.xlsx")
    runner = CliRunner()
    for step in steps(out):
        sys.stdout.write(f"\n$ tracker {shlex.join(step)}\n")
        result = runner.invoke(cli, step, catch_exceptions=False)
        sys.stdout.write(result.output)
        sys.stdout.flush()
        if result.exit_code:
            return result.exit_code
    sys.stdout.write(
        f"\nAll of it is in {out.resolve()}:\n"
        "  DOR-2026-014-new.xlsx  the workbook as it is issued\n"
        "  DOR-2026-014.xlsx      the same after a week of work in LibreOffice\n"
        "  DOR-2026-014-up-to-date.xlsx  that one brought up to date: moved dates in Log, the action its ID\n"
        "  reconcile.json         its state, for other programs\n"
        "  weekly.html            the weekly report: open it in a browser\n"
        "  weekly.md              the same for a mail\n"
        "  weekly.json            what the next report compares with: IDs, dates, states; no free text\n"
        "  subgroup.docx          the tracker for the subgroup's agenda pack\n"
        '\nREADME.md, "The commands", tells how to go on.\n'
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "out")))
