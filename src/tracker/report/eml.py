"""A message as an e-mail draft: opened by a mail program as unsent, to be looked at and sent by a person."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from tracker.report.recipients import header_words
from tracker.report.render import message_text

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.report.owners import Digest, Message

_LONGEST_HEADER = 200
"""Of a name or a subject; more is no name, and mail programs cut it anyway. The body holds it whole."""


def draft(message: Message | Digest, folder: Path | None = None) -> bytes:
    """The draft's file. It has no sender and no date: the mail program gives both when it is sent.

    The recipient must have addresses. A template in `folder` is taken before ours.
    """
    assert message.to.addresses
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    mail["To"] = _addressed(message)
    mail["Subject"] = _short_header(": ".join(filter(None, (message.marking, message.subject))))
    mail.set_content(message_text(message, "txt", folder), charset="utf-8", cte="quoted-printable")
    return bytes(mail)


def _addressed(message: Message | Digest) -> list[Address]:
    """The addresses; the person's name stands by the first."""
    first, *others = message.to.addresses or ()
    name = _short_header(message.to.person or message.to.owner)
    return [Address(name, addr_spec=first), *(Address(addr_spec=each) for each in others)]


def _short_header(text: str) -> str:
    return header_words(text)[:_LONGEST_HEADER]
