"""From a page or a message to a file's text, through the templates in `templates/reports/`; an e-mail draft from it.

Everything a template prints is escaped for its format; only what a macro of ours has already built passes as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from tracker import __version__, resources, text
from tracker.report.figures import counted
from tracker.report.rows import file_name, rag_rank, slug
from tracker.resources import rag_colours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from tracker.report.blocks import ReportPage
    from tracker.report.messages import Mail

FORMATS = ("html", "md")
FORMS = ("md", "txt")
"""What a report is rendered as, and what a message."""
_DATE = re.compile(r"\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}\b")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BLANK_LINES = re.compile(r"\n{3,}")
_BLANKS = re.compile(r"\s+")
_LONGEST_HEADER = 200
"""Of a name or a subject; more is no name, and mail programs cut it anyway. The body holds it whole."""


def render(page: ReportPage, form: str, kind: str = "weekly", folder: Path | None = None) -> str:
    """The report as one HTML page or as Markdown; `form` is one of `FORMATS`.

    A template in `folder` is taken before ours of that name, and `KIND.FORM.j2` before `report.FORM.j2`.
    """
    environment = _environment(form, folder)
    values: dict[str, object] = {"page": page, "version": __version__}
    if form == "html":
        values |= _page_parts(environment, page)
    template = environment.select_template([f"{kind}.{form}.j2", f"report.{form}.j2"])
    rendered = template.render(values)
    return rendered if form == "html" else _tidy(rendered)


def template_folders(folder: Path | None = None) -> list[Path]:
    """Where templates are looked for, in this order."""
    return [*([folder] if folder else []), resources.templates() / "reports"]


def message_text(message: Mail, form: str, folder: Path | None = None) -> str:
    """A message as one of `FORMS`.

    A template in `folder` is taken before ours of that name, and `KIND.FORM.j2` before `KIND.j2`.
    """
    template = _environment(form, folder).select_template([f"{message.kind}.{form}.j2", f"{message.kind}.j2"])
    return _tidy(template.render(message=message, md=form == "md"))


def _tidy(rendered: str) -> str:
    return _BLANK_LINES.sub("\n\n", rendered).strip() + "\n"


def _environment(form: str, folder: Path | None = None) -> Environment:
    """Our own templates are compiled once a process; a person's folder may change between two reports."""
    return _new_environment(form, folder) if folder else _our_environment(form)


def _new_environment(form: str, folder: Path | None = None) -> Environment:
    """What a text template prints is escaped for its form; what a macro of ours has built is escaped already."""
    from markupsafe import Markup

    from tracker.report import sandbox

    def escaped(value: object) -> Markup:
        return value if isinstance(value, Markup) else Markup(_ESCAPES[form](value))  # noqa: S704  no HTML

    finalize = escaped if form in _ESCAPES else None
    environment = sandbox.environment(template_folders(folder), folder, finalize=finalize)
    environment.filters.update(FILTERS)
    return environment


_our_environment = cache(_new_environment)


def _page_parts(environment: Environment, page: ReportPage) -> dict[str, object]:
    """The style and script that stand in the page, and the hashes by which its policy allows them.

    Paper carries the marking at the top and bottom of every page; a page's margins can only be set by style.
    """
    from markupsafe import Markup

    assert environment.loader is not None
    style, script = (
        environment.loader.get_source(environment, name)[0].replace("\r\n", "\n")
        for name in ("report.css", "report.js")
    )
    shown = css_string(page.marking)
    size = "size: A4 portrait; margin: 11mm; " if page.look == "brief" else ""
    style = (
        environment.get_template("_rag.css.j2").render(colours=rag_colours())
        + style
        + f'@page {{ {size}@top-center {{ content: "{shown}"; }} @bottom-left {{ content: "{shown}"; }} }}\n'
    )
    return {
        "style": Markup(style),  # noqa: S704  our own file; the marking in it is escaped
        "script": Markup(script),  # noqa: S704  our own file
        "style_hash": content_hash(style),
        "script_hash": content_hash(script),
    }


def content_hash(content: str) -> str:
    """The source expression of a policy for a style or script: `'sha256-...'`."""
    sha256 = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(sha256).decode()}'"


# What templates call: ordinary functions that turn a value into words


def short_date(day: date | None) -> str:
    """`Mon 9 Nov 2026`, or nothing."""
    return text.short_date(day) if day else ""


def iso_date(day: date | None) -> str:
    """`2026-11-09`, or nothing: for machines and for sorting."""
    return day.isoformat() if day else ""


def working_days(count: int | None) -> str:
    """`1 working day`, `3 working days`, or nothing."""
    return "" if count is None else text.quantity(count, "working day")


def markdown(value: object) -> str:
    """Text that stays what it is inside a Markdown line or table cell."""
    return text.escape_markdown(str(value))


def plain(value: object) -> str:
    """Text on one line of a plain message, as it was typed but for what would break or turn the line."""
    return text.isolate_direction(_CONTROLS.sub("", text.one_line(str(value))))


_ESCAPES: Mapping[str, Callable[[object], str]] = {"md": markdown, "txt": plain}


def inline(value: object) -> Markup:
    """Text inside a Markdown line that has begun, where a colon or a dash means nothing."""
    from markupsafe import Markup

    marked = f"x{value}"
    return Markup(markdown(marked).replace("x", "", 1))  # noqa: S704  escaped on this line


def whole_dates(value: str) -> str:
    """Text in which no line breaks inside a date: its blanks are those that stay together."""
    return _DATE.sub(lambda found: found[0].replace(" ", "\xa0"), value)


def css_string(value: str) -> str:
    """Text between quotes in a style sheet: whatever could end the string or the sheet is written as a number."""
    return "".join(each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in value)


_CALLED = (short_date, iso_date, working_days, text.quantity, text.listed, file_name, slug, rag_rank, counted, inline,
           whole_dates)  # fmt: skip
FILTERS: Mapping[str, Callable[..., object]] = {each.__name__: each for each in _CALLED}
"""Each by its own name."""


# An e-mail draft: opened by a mail program as unsent, to be sent by a person


def header_words(text: str) -> str:
    """Text for a header: one line, without characters that control a line or turn its direction.

    What looks like an encoded word (`=?utf-8?q?=0D=0A?=`) would be decoded, line breaks and all: it is taken apart.
    """
    line = _BLANKS.sub(" ", text)
    plain = "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})
    return plain.replace("=?", "= ?").strip()


def draft(message: Mail, folder: Path | None = None) -> bytes:
    """The draft's file. It has no sender and no date: the mail program gives both when it is sent.

    The recipient must have addresses; the person's name stands by the first. A template in `folder` is taken before
    ours.
    """
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import SMTP

    assert message.to.addresses
    first, *others = message.to.addresses
    name = header_words(message.to.person or message.to.owner)[:_LONGEST_HEADER]
    subject = header_words(": ".join(filter(None, (message.marking, message.subject))))
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    mail["To"] = [Address(name, addr_spec=first), *(Address(addr_spec=each) for each in others)]
    answers = [each for sender in message.senders for each in sender.to.addresses or ()]
    if answers and not message.own:
        mail["Reply-To"] = [Address(addr_spec=each) for each in dict.fromkeys(answers)]
    mail["Subject"] = subject[:_LONGEST_HEADER]
    mail.set_content(message_text(message, "txt", folder), charset="utf-8", cte="quoted-printable")
    return bytes(mail)
