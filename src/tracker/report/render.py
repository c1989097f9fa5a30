"""From a page or a message to a file's text, through the templates in `templates/reports/`.

Everything a template prints is escaped for its format; only what a macro of ours has already built passes as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

from tracker import __version__, resources
from tracker.report.filters import FILTERS, css_string, markdown, plain

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from tracker.report.blocks import ReportPage
    from tracker.report.owners import Digest, Message

FORMATS = ("html", "md")
FORMS = ("md", "txt")
"""What a report is rendered as, and what a message."""
_BLANK_LINES = re.compile(r"\n{3,}")


def render(page: ReportPage, form: str, kind: str = "weekly", folder: Path | None = None) -> str:
    """The report as one HTML page or as Markdown; `form` is one of `FORMATS`.

    A template in `folder` is taken before ours of that name, and `KIND.FORM.j2` before `report.FORM.j2`.
    """
    environment = _environment(form, folder)
    values: dict[str, object] = {"page": page, "version": __version__}
    if form == "html":
        values |= _page_parts(environment, page.marking)
    template = environment.select_template([f"{kind}.{form}.j2", f"report.{form}.j2"])
    text = template.render(values)
    return text if form == "html" else _tidied(text)


def template_folders(folder: Path | None = None) -> list[Path]:
    """Where templates are looked for, in this order."""
    return [*([folder] if folder else []), resources.templates() / "reports"]


def message_text(message: Message | Digest, form: str, folder: Path | None = None) -> str:
    """A message as one of `FORMS`; a template in `folder` is taken before ours."""
    return _tidied(
        _environment(form, folder).get_template(f"{message.kind}.{form}.j2").render(message=message)
    )


def _tidied(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _environment(form: str, folder: Path | None = None) -> Environment:
    """Our own templates are compiled once a process; a person's folder may change between two reports."""
    return _new_environment(form, folder) if folder else _our_environment(form)


@cache
def _our_environment(form: str) -> Environment:
    return _new_environment(form, None)


def _new_environment(form: str, folder: Path | None) -> Environment:
    from tracker.report import sandbox

    finalize = {"md": _escape_markdown, "txt": _escape_text}.get(form)
    environment = sandbox.environment(template_folders(folder), folder, finalize=finalize)
    environment.filters.update(FILTERS)
    return environment


def _escape_markdown(value: object) -> Markup:
    """Markdown in place of HTML escaping; what a macro of ours has built is escaped already."""
    from markupsafe import Markup

    return value if isinstance(value, Markup) else Markup(markdown(value))  # noqa: S704  escaped on this line


def _escape_text(value: object) -> Markup:
    from markupsafe import Markup

    return value if isinstance(value, Markup) else Markup(plain(value))  # noqa: S704  no HTML here


def _page_parts(environment: Environment, marking: str) -> dict[str, object]:
    """The style and script that stand in the page, and the hashes by which its policy allows them."""
    from markupsafe import Markup

    style = _source(environment, "report.css") + _marking_on_each_page(marking)
    script = _source(environment, "report.js")
    return {
        "style": Markup(style),  # noqa: S704  our own file; the marking in it is escaped
        "script": Markup(script),  # noqa: S704  our own file
        "style_hash": content_hash(style),
        "script_hash": content_hash(script),
    }


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0].replace("\r\n", "\n")


def _marking_on_each_page(marking: str) -> str:
    """Paper carries the marking at the top and bottom of every page; a page's margins can only be set by style."""
    text = css_string(marking)
    return f'@page {{ @top-center {{ content: "{text}"; }} @bottom-left {{ content: "{text}"; }} }}\n'


def content_hash(content: str) -> str:
    """The source expression of a policy for a style or script: `'sha256-...'`."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
