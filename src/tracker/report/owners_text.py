"""Messages and digests as Markdown or as plain text, through the templates in `templates/reports/`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tracker.report.filters import FILTERS, markdown, plain
from tracker.report.owners import Digest
from tracker.report.render import template_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jinja2 import Environment

    from tracker.report.owners import Message

_BLANK_LINES = re.compile(r"\n{3,}")
_ESCAPED: Mapping[str, Callable[[object], str]] = {"md": markdown, "txt": plain}
FORMS = tuple(_ESCAPED)


def message_text(message: Message | Digest, form: str, folder: Path | None = None) -> str:
    """A message as Markdown (`md`) or plain text (`txt`); a template in `folder` is taken before ours."""
    name = "digest" if isinstance(message, Digest) else "owner"
    environment = _environment(form, folder) if folder else _our_environment(form)
    text = environment.get_template(f"{name}.{form}.j2").render(message=message)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


@cache
def _our_environment(form: str) -> Environment:
    """Our own templates, compiled once a process, not once a message; a person's folder may change meanwhile."""
    return _environment(form, None)


def _environment(form: str, folder: Path | None) -> Environment:
    from markupsafe import Markup

    from tracker.report import sandbox

    def escaped(value: object) -> Markup:
        # What a macro of ours has built is escaped already.
        return value if isinstance(value, Markup) else Markup(_ESCAPED[form](value))  # noqa: S704  no HTML here

    environment = sandbox.environment(template_folders(folder), folder, finalize=escaped)
    environment.filters.update(FILTERS)
    return environment
