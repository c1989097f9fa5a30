"""`tracker check`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    as_at_option,
    output_option,
    print_problems,
    procedure_option,
    require_case,
    require_procedure,
    text_table,
    today,
    validate_output_path,
    write_text,
)
from tracker.text import short_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tracker.api import CaseSummary

_ACTION = 60  # characters of an action the table shows


def _summary_lines(summary: CaseSummary) -> Iterator[str]:
    yield f"{summary.reference}: {summary.summary}".rstrip(": ")
    yield f"{summary.procedure}, edition {summary.edition}; {summary.rows} rows"
    clocks = [(each.clock, _date(each.day), each.state) for each in summary.clocks]
    yield from ("", text_table([("Clock", "Date", "State"), *clocks]))
    keys = [
        (each.id, each.timescale, _date(each.due), each.rag, shorten(each.action, _ACTION, placeholder="..."))
        for each in summary.key_dates
    ]
    yield from ("", text_table([("ID", "Timescale", "Due", "RAG", "Action"), *keys]))


def _date(day: date | None) -> str:
    return short_date(day) if day else ""


@click.command("check")
@click.argument("case", type=FILE)
@output_option("Write it to a file instead of the screen.", folder=False)
@as_at_option
@procedure_option
def command(case: Path, output: Path | None, as_at: date | None, procedure_name: str) -> None:
    """Validate a case description; print its clocks and key dates.

    \b
    Example:
      tracker check sample_cases/ordinary-in-time.toml
    """  # noqa: D301  click's own mark for lines that stay as they are
    from tracker.api import summarise_case

    validate_output_path(output, (".txt",), case)
    procedure = require_procedure(procedure_name or None)
    summary, problems = summarise_case(require_case(case, procedure), as_at or today(), procedure)
    print_problems(problems)
    assert summary, "the procedure is loaded"
    write_text("\n".join(_summary_lines(summary)), output, sources=[case])
