"""`tracker report --for owners`: a folder of messages, one file an owner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.commands.common import say_written, show, stop, tell
from tracker.problems import codes
from tracker.text import listed, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.problems import Problem
    from tracker.reconcile.model import Reconciliation
    from tracker.report.owners import Digest, Mailing, Message

_OURS = re.compile(r"(?:owner|digest)-.+\.(?:md|eml)")


def write_messages(
    outcome: Reconciliation,
    folder: Path,
    form: str,
    templates: Path | None,
    *,
    since: date | None,
    sources: Sequence[Path],
) -> list[Problem]:
    """Write a message for each owner into a folder, as Markdown (`md`) or as drafts (`eml`).

    Gives what is to be known of the run; leaves where a message cannot be made or written.
    """
    from tracker.report.owners import make_mailing

    mailing = make_mailing(outcome, since=since)
    files = dict(_file(each, form, templates) for each in mailing.files())
    written = _write(folder, files, sources) if files else []
    problems = [
        *outcome.problems,
        *mailing.problems,
        *(mailing.unaddressed if form == "eml" else ()),
        *written,
    ]
    tell(problems)
    if files:
        say_written(folder, _said(mailing, folder))
    else:
        show(_said(mailing, folder), err=True)
    return problems


def _file(message: Message | Digest, form: str, templates: Path | None) -> tuple[str, bytes]:
    """A file's name and content. What cannot be addressed is still written, for somebody to send by hand.

    Leaves where somebody's own template has a mistake.
    """
    from tracker.report.templating import guarded

    as_draft = form == "eml" and bool(message.to.addresses)
    content, problems = guarded(lambda: _content(message, templates, as_draft=as_draft), templates)
    if problems:
        stop(problems)
    return f"{message.stem}.{'eml' if as_draft else 'md'}", content


def _content(message: Message | Digest, templates: Path | None, *, as_draft: bool) -> bytes:
    from tracker.report.eml import draft
    from tracker.report.render import message_text

    if as_draft:
        return draft(message, templates)
    return message_text(message, "md", templates).encode("utf-8", "replace")


def _write(folder: Path, files: Mapping[str, bytes], sources: Sequence[Path]) -> list[Problem]:
    """Write the files, and note what an earlier run left in the folder. Leaves where one cannot be written."""
    from tracker.problems import problem
    from tracker.saving import cannot_write, refusals, unbroken, write_over

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop([cannot_write(folder, error)])
    if refused := refusals((folder / name, content) for name, content in files.items()):
        stop(refused)
    with unbroken():  # half of the messages would remind some and look like all
        for name, content in files.items():
            problems = write_over(folder / name, content, sources=sources)
            if problems:
                stop(problems)
    older = sorted(each.name for each in folder.iterdir() if _OURS.fullmatch(each.name))
    left = [name for name in older if name not in files]
    return [problem(codes.MESSAGES_OF_OTHER_RUN, file=str(folder), names=listed(left))] if left else []


def _said(mailing: Mailing, folder: Path) -> str:
    counts = f"{quantity(len(mailing.messages), 'message')} and {quantity(len(mailing.digests), 'digest')}"
    if mailing.messages or mailing.digests:
        return f"Written: {counts} into {folder}"
    return "Nobody is due for a reminder; nothing was written."
