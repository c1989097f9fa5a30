"""`tracker check`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  click reads the annotation's type at run time
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from tracker.commands.common import (
    FILE,
    as_at_option,
    case_of,
    fit_for,
    output_option,
    procedure_of,
    procedure_option,
    tell,
    today,
    write_text,
)

if TYPE_CHECKING:
    from datetime import date

    from tracker.workbook.build import Workbook


def table(rows: list[tuple[str, ...]]) -> str:
    """Rows as text columns, the first row their titles."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _spelt(value: object) -> str:
    from tracker.formula.values import day_of, is_number
    from tracker.text import short_date

    return short_date(day_of(value)) if is_number(value) else str(value or "")  # type: ignore[arg-type]  # a number


def clock_rows(workbook: Workbook) -> list[tuple[str, ...]]:
    """The clocks of a workbook: name, date in use, confirmed or not."""
    from tracker import rules

    columns = [
        workbook.book.column(rules.CLOCKS, title)
        for title in ("Clock", "Date in use", "Confirmed or provisional")
    ]
    return [
        ("Clock", "Date", "State"),
        *((name, _spelt(day), state) for name, day, state in zip(*columns, strict=True)),
    ]


def key_rows(workbook: Workbook) -> list[tuple[str, ...]]:
    """The key dates of a workbook: ID, timescale, due, RAG, action."""
    from tracker import rules
    from tracker.workbook.summary_page import key_steps

    rows: list[tuple[str, ...]] = [("ID", "Timescale", "Due", "RAG", "Action")]
    for stage, step in key_steps(workbook.plan.procedure):
        name = rules.table_name(stage.name)
        ids = workbook.book.column(name, "ID")
        if step.id in ids:
            place = ids.index(step.id)
            cells = [
                workbook.book.column(name, title)[place] for title in ("Timescale", "Due", "RAG", "Action")
            ]
            rows.append(
                (
                    step.id,
                    str(cells[0]),
                    _spelt(cells[1]),
                    str(cells[2]),
                    shorten(str(cells[3]), _ACTION, placeholder="..."),
                )
            )
    return rows


_ACTION = 60  # characters of an action the table shows


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
    from tracker.api import laid_out
    from tracker.reconcile.doubts import doubtful_dates

    fit_for(output, (".txt",), case)
    procedure = procedure_of(procedure_name)
    described = case_of(case, procedure)
    workbook = laid_out(described, as_at or today(), procedure)
    tell(doubtful_dates(workbook, as_at or today()))
    rows = sum(len(stage) for stage in workbook.plan.rows.values())
    parts = [
        f"{described.details.reference}: {described.details.summary}".rstrip(": "),
        f"{procedure.title}, edition {procedure.edition}; {rows} rows",
        "",
        table(clock_rows(workbook)),
        "",
        table(key_rows(workbook)),
    ]
    write_text("\n".join(parts), output, sources=[case])
