"""`tracker demo`: the main job on the workbooks of an imaginary partnership, each command shown as it is typed."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import click

from tracker import commands
from tracker.resources import samples

_AS_AT = "2026-11-19"
"""The day on which the workbooks were left."""
_CASE, _EDITED, _NEW = "case.toml", Path("cases", "DOR-2026-014.xlsx"), "DOR-2026-014-new.xlsx"
_MADE = (
    ("cases", "six workbooks as people left them on 19 November 2026: in time, late, with the Panel, ..."),
    (_NEW, "a workbook as it is first sent out"),
    (
        "DOR-2026-014-up-to-date.xlsx",
        "the edited one brought up to date: moved dates in Log, the action its ID",
    ),
    ("reconcile.json", "where all six cases stand, for other programs"),
    ("weekly.html", "the weekly report: open it in a browser"),
    ("subgroup.docx", "the paper for the subgroup"),
)


def demo_steps(folder: Path) -> list[list[str]]:
    """The commands of the demo, which write into a folder; its case description is there already."""
    from tracker.api import check_case

    day = commands.to_day(_AS_AT)
    checked = check_case(folder / _CASE, day).case
    ahead = [each.id for each in checked.key_dates if each.due and each.due > day] if checked else []
    case, edited, cases = folder / _CASE, folder / _EDITED, folder / "cases"
    steps = [
        ["check", case],
        ["generate", case, "-o", folder / _NEW],
        *(["explain", edited, row_id] for row_id in ahead[:1]),
        ["reconcile", edited],
        ["reconcile", cases, "--format", "json", "-o", folder / "reconcile.json"],
        ["regenerate", edited, "-o", folder / "DOR-2026-014-up-to-date.xlsx"],
        ["report", cases, "--for", "weekly", "-o", folder / "weekly.html"],
        [
            "report",
            cases,
            "--for",
            "subgroup",
            "--format",
            "docx",
            "--no-history",
            "-o",
            folder / "subgroup.docx",
        ],
    ]
    return [[*map(str, step), "--as-at", _AS_AT] for step in steps]


@click.command("demo")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              default=Path("tracker-demo"), help="A new folder (tracker-demo).")  # fmt: skip
@click.pass_context
def demo_command(context: click.Context, folder: Path) -> None:
    """Try the program on six imaginary cases; show each command.

    \b
    Example:
      tracker demo
    """  # noqa: D301  click's own mark for lines that stay as they are
    if folder.exists() and any(folder.iterdir()):
        raise click.BadParameter(f"{folder} is there already. Name a new folder.", param_hint="-o")
    shutil.copytree(samples() / "partnership", folder / "cases")
    shutil.copyfile(samples() / "ordinary-in-time.toml", folder / _CASE)
    program = context.find_root().command
    for step in demo_steps(folder):
        commands.print_line(f"\n$ tracker {shlex.join(step)}")
        if code := program.main(step, "tracker", standalone_mode=False):
            context.exit(code)
    commands.print_line(f"\nAll of it is in {folder.resolve()}:")
    width = max(len(name) for name, _ in _MADE)
    for name, what in _MADE:
        commands.print_line(f"  {name.ljust(width)}  {what}")
