"""Who is written to, and a message as an e-mail draft: opened by a mail program as unsent, to be sent by a person.

A recipient is a role or agency, who holds it, and the addresses on sheet People. Addresses and header words come as
they were typed, and are made safe for the head of a message here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.report.render import message_text
from tracker.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tracker.reconcile.model import CaseState, OwnerEntry
    from tracker.report.lines import ReportRow
    from tracker.report.messages import Mail

Key = tuple[str, ...]
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_LONGEST_ADDRESS = 254  # RFC 5321
_BETWEEN = re.compile(r"[;,]")
_BLANKS = re.compile(r"\s+")
_LONGEST_HEADER = 200
"""Of a name or a subject; more is no name, and mail programs cut it anyway. The body holds it whole."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An owner as the cases know them: a role or agency, who holds it, and their addresses.

    `typed` is the address as it stands on sheet People. `outside` is set for who does not have the workbook.
    """

    owner: str
    person: str
    typed: str
    outside: bool = False

    @property
    def name(self) -> str:
        """Whom the message greets: the person, else the role or agency."""
        return self.person or self.owner

    @property
    def reply_words(self) -> str:
        """Whom to answer: `R. Example (r.example@example.org)`."""
        return f"{self.name} ({'; '.join(self.addresses)})" if self.addresses else self.name

    @property
    def addresses(self) -> tuple[str, ...] | None:
        """The addresses; None where what was typed cannot be used."""
        return addresses(self.typed)

    @property
    def key(self) -> Key:
        """What makes two recipients the same, however they are written."""
        return tuple(map(_folded, (self.owner, self.person, self.typed)))


def recipient_of(line: ReportRow, people: Sequence[OwnerEntry]) -> Recipient:
    """Who a row's owner is. A person typed beside the role is written to only where People knows the address."""
    known = _folded(line.owner)
    named = [each for each in people if _folded(each.owner) == known]
    named += [each for each in people if known in map(_folded, each.aliases)]
    entry = named[0] if named else None
    owner = entry.owner if entry else line.owner
    person = line.named_owner or (entry.name if entry else "")
    outside = entry is None or entry.outside
    if entry and (not person or _folded(person) == _folded(entry.name)):
        return Recipient(owner, entry.name, entry.email, outside)
    other = next((each for each in people if person and _folded(person) == _folded(each.name)), None)
    return Recipient(owner, person, other.email if other else "", outside)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return clean_text(text).casefold()


def address_book(states: Iterable[CaseState]) -> Mapping[Key, str]:
    """The address of each person in a role, where the cases that give one agree."""
    found: defaultdict[Key, set[str]] = defaultdict(set)
    for state in states:
        for each in state.people:
            if each.name and each.email:
                found[holder(each.owner, each.name)].add(each.email)
    return {key: typed.pop() for key, typed in found.items() if len(typed) == 1}


def holder(owner: str, person: str) -> Key:
    """The key of a named person in a role."""
    return (_folded(owner), _folded(person)) if person else ()


# Addresses and header words


def addresses(typed: str) -> tuple[str, ...] | None:
    """The addresses in a cell, several parted by `;` or `,`; none in an empty cell; None where one cannot be used.

    What is not wholly an address is refused and never mended: a message about a child must not go astray.

    >>> addresses("a@example.org; b@example.org")
    ('a@example.org', 'b@example.org')
    """
    parts = tuple(part for part in map(str.strip, _BETWEEN.split(typed)) if part)
    return parts if all(map(_is_usable, parts)) else None


def _is_usable(part: str) -> bool:
    """Whether a part is wholly an address, also to those who write heads of messages: `=?x?=@a.org` reads as code."""
    if len(part) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(part):
        return False
    try:
        return Address(addr_spec=part).addr_spec == part
    except (MessageError, ValueError, LookupError):
        return False


def header_words(text: str) -> str:
    """Text for a header: one line, without characters that control a line or turn its direction.

    What looks like an encoded word (`=?utf-8?q?=0D=0A?=`) would be decoded, line breaks and all: it is taken apart.
    """
    line = _BLANKS.sub(" ", text)
    plain = "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})
    return plain.replace("=?", "= ?").strip()


# The draft


def draft(message: Mail, folder: Path | None = None) -> bytes:
    """The draft's file. It has no sender and no date: the mail program gives both when it is sent.

    The recipient must have addresses; the person's name stands by the first. A template in `folder` is taken before
    ours.
    """
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
