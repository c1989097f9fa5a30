"""Messages as files: what people typed stays text in Markdown, in the mail's body and in its head."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import date
from email.policy import default
from typing import TYPE_CHECKING, Any

import jinja2
import pytest

from tracker.reconcile.model import OwnerEntry
from tracker.report.messages import addresses
from tracker.report.owners import make_mailing
from tracker.report.render import FORMS, _environment, draft, header_words, message_text

from .states import MONDAY, action, case, plan_action, read
from .test_render import HOSTILE, _markdown

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tracker.report.messages import Mail
    from tracker.report.owners import Mailing

LONG = "note " * 6_000 + "end"
INJECTIONS = (
    "A. Example\r\nBcc: x@example.org",
    "A. Example\nX-Unsent: 0",
    'A. Example" <x@example.org>, "',
    "A. Example\u2028Bcc: x@example.org",
    "=?utf-8?q?A=2E_Example=0D=0ABcc=3A_x=40example=2Eorg?=",
    "\u202egro.elpmaxe\u202c \u05d0\u05d1",
    "A" * 30_000,
)
LATE: dict[str, Any] = {"rag": "Overdue", "due": date(2026, 11, 20), "days_late": 1}


def mailing(words: str, *, name: str = "A. Example") -> Mailing:
    """A message and a digest with the words wherever a person can type."""
    head = OwnerEntry("Head of QA", name, "a@example.org", digest=True)
    rows = (
        action("RR-5.4", **LATE, action=words, owner="Head of QA", named_owner=name),
        action("RR-5.5", **LATE, action=words, owner=words, named_owner=words),
        action("RR-6.2", key=True, due=MONDAY, action=words, owner="Head of QA", named_owner=name),
        action("SIN-3.4", **LATE, basis="Statutory", action=words, owner="Head of QA", named_owner=name),
    )
    plan = plan_action("AP-001", "Overdue", target=MONDAY, action=words, owner="Head of QA", named_owner=name)
    state = case(*rows, reference=words, marking=words, action_plan=(plan,), people=(head,))
    return make_mailing(read(state))


def files(words: str, **facts: Any) -> list[Mail]:
    return [each for each in mailing(words, **facts).files() if each.to.addresses]


def parsed(message: Mail) -> EmailMessage:
    return email.message_from_bytes(draft(message), policy=default)


@pytest.mark.parametrize("words", [*HOSTILE, LONG])
def test_what_a_person_typed_stays_text_in_markdown(words: str) -> None:
    for hostile, calm in zip(files(words), files("calm"), strict=True):
        kinds, text = _markdown(message_text(hostile, "md"))
        assert kinds == _markdown(message_text(calm, "md"))[0]
        said = " ".join(words.split())
        assert re.sub("[\u2068\u2069]", "", text).count(said) >= 5


@pytest.mark.parametrize("words", [*HOSTILE, LONG])
def test_what_a_person_typed_stays_text_in_a_draft(words: str) -> None:
    for hostile, calm in zip(files(words), files("calm"), strict=True):
        mail, body = parsed(hostile), parsed(hostile).get_content()
        assert list(mail.keys()) == list(parsed(calm).keys())
        assert mail.get_content_type() == "text/plain"
        assert len(body.splitlines()) == len(parsed(calm).get_content().splitlines())
        said = re.sub(r"\s*[\n\t]\s*", " ", words).strip()
        assert re.sub("[\u2068\u2069]", "", body).count(said) >= 5


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_name_cannot_add_a_header_or_a_recipient(name: str) -> None:
    for message in files(name, name=name):
        mail = parsed(message)
        assert sorted(mail.keys()) == [
            "Content-Transfer-Encoding",
            "Content-Type",
            "MIME-Version",
            "Subject",
            "To",
            "X-Unsent",
        ]
        assert mail["X-Unsent"] == "1"
        assert [each.addr_spec for each in mail["To"].addresses] == ["a@example.org"]
        assert not re.search(
            "[\r\n\u202a-\u202e\u2028]", mail["Subject"] + mail["To"].addresses[0].display_name
        )


def test_every_line_of_a_draft_is_short_and_ends_as_mail_does() -> None:
    for message in files(LONG):
        lines = draft(message).split(b"\r\n")
        assert max(map(len, lines)) <= 998
        assert b"\n" not in b"".join(lines)


SENDER = OwnerEntry("Business Manager", "R. Example", "r@example.org", signs=True)


def letter(*people: OwnerEntry, row: str = "RR-5.4", **facts: Any) -> EmailMessage:
    """The draft about one late action of the first of the people, signed by the Business Manager."""
    state = case(action(row, **{**LATE, "owner": people[0].owner, **facts}), people=(*people, SENDER))
    (message,) = make_mailing(read(state)).messages
    return parsed(message)


def test_a_draft_is_a_letter_addressed_unsent_marked_and_signed() -> None:
    mail = letter(OwnerEntry("Head of QA", "Zoe Example", "a@example.org; b@example.org"))
    assert str(mail["To"]) == "Zoe Example <a@example.org>, b@example.org"
    assert str(mail["Reply-To"]) == "r@example.org"
    assert str(mail["Subject"]) == "OFFICIAL-SENSITIVE: Your actions for DOR-2026-014: 1 overdue"
    assert mail.get_content().splitlines() == [
        "OFFICIAL-SENSITIVE",
        "",
        "Dear Zoe Example,",
        "",
        (
            "Please complete this action for case DOR-2026-014, or tell me when you can. This is how things stand on "
            "Mon 23 Nov 2026."
        ),
        "",
        "OVERDUE (1)",
        "",
        "- DOR-2026-014: Complete the briefing report (RR-5.4)",
        "  Due Fri 20 Nov 2026, 1 working day late",
        "",
        (
            "When an action is done, type the date under Completed in the case's workbook, or tell R. Example "
            "(r@example.org). If you cannot keep a date, please say which date you can keep, and why."
        ),
        "",
        "Kind regards,",
        "",
        "R. Example",
        "Business Manager",
        "r@example.org",
        "",
        "OFFICIAL-SENSITIVE",
    ]


def test_who_has_no_workbook_is_asked_to_reply_and_gets_no_note_of_ours() -> None:
    police = OwnerEntry("Dorset Police", "P. Example", "p@example.org", outside=True)
    waiting = {"status": "Waiting on others", "progress": "secret", "action": "POL: return the report"}
    mail = letter(police, row="RR-5.7b-POL", **waiting)
    lines = mail.get_content().splitlines()
    assert [lines[2], *lines[8:12]] == [
        "Dear P. Example,",
        "- DOR-2026-014: Return the report (our reference RR-5.7b-POL)",
        "  Due Fri 20 Nov 2026, 1 working day late",
        "",
        (
            "Please reply to R. Example (r@example.org) when it is done, and say on which date. If you cannot keep a "
            "date, please say which date you can keep, and why."
        ),
    ]
    assert not re.search("workbook|secret", mail.get_content())


def test_an_owner_who_is_not_on_people_is_not_sent_to_the_workbook() -> None:
    state = case(action("RR-5.4", **LATE, owner="Somebody"), people=(SENDER,))
    (message,) = make_mailing(read(state)).messages
    assert (message.to.outside, "workbook" in message_text(message, "txt")) == (True, False)


def test_a_waiting_row_carries_the_note_that_was_typed() -> None:
    head = OwnerEntry("Head of QA", "", "a@example.org")
    for progress, told in (
        ("The unit\nanswers Friday", "Marked as waiting: The unit answers Friday"),
        ("", "Marked as waiting"),
    ):
        mail = letter(head, status="Waiting on others", progress=progress)
        assert f"  {told}" in mail.get_content().splitlines()


def test_what_waits_for_a_step_is_told_in_words() -> None:
    first = action("RR-5.4", **LATE, owner="Head of QA")
    after = [
        action(row, owner="Other", after=("RR-5.4",)) for row in ("RR-5.4b", "RR-5.5", "RR-5.6", "RR-5.7")
    ]
    headings = {"RR-5.4b": "Check it", "RR-5.5": "Send it", "RR-5.6": "Read it"}
    head = OwnerEntry("Head of QA", "", "a@example.org")
    state = case(first, *after, people=(head,), headings=headings)
    (message,) = make_mailing(read(state)).messages
    assert message.groups[0].requests[0].notes == (
        "Waiting for this: Check it (RR-5.4b); Send it (RR-5.5); Read it (RR-5.6); 1 more",
    )
    outside = case(first, *after, people=(replace(head, outside=True),), headings=headings)
    (message,) = make_mailing(read(outside)).messages
    assert message.groups[0].requests[0].notes == ("4 other steps cannot start until it is done",)


def test_what_is_still_open_before_a_step_is_told() -> None:
    before = action("RR-5.3", owner="Other")
    late = action("RR-5.4", **LATE, owner="Head of QA", after=("RR-5.3",))
    head = OwnerEntry("Head of QA", "", "a@example.org")
    state = case(before, late, people=(head,), headings={"RR-5.3": "Appoint somebody"})
    (message,) = make_mailing(read(state)).messages
    assert message.groups[0].requests[0].notes == ("Still open before it: Appoint somebody (RR-5.3)",)


def test_the_one_who_signs_gets_a_list_of_their_own_with_what_others_owe() -> None:
    owed = action(
        "RR-5.7b-POL", owner="Dorset Police", status="Waiting on others", progress="promised for Friday"
    )
    state = case(action("RR-5.4", **LATE, owner="Business Manager"), owed, people=(SENDER,))
    (message,) = make_mailing(read(state)).messages
    lines = message_text(message, "txt").splitlines()
    assert "This is your own list for Mon 23 Nov 2026." in lines
    assert lines[lines.index("WAITING FOR OTHERS (1)") + 2 :][:2] == [
        "- DOR-2026-014: Complete the briefing report (RR-5.7b-POL)",
        "  Dorset Police",
    ]
    assert ("Kind regards," in lines, parsed(message)["Reply-To"]) == (False, None)


def test_no_free_text_but_the_action_is_told() -> None:
    secret: dict[str, Any] = {"progress": "secret", "evidence": "secret", "reason": "secret"}
    head = OwnerEntry("Head of QA", "", "a@example.org", digest=True)
    state = case(
        action("RR-5.4", **LATE, owner="Head of QA", **secret),
        action_plan=(plan_action("AP-001", "Overdue", target=MONDAY, owner="Head of QA", **secret),),
        people=(head,),
    )
    told = [message_text(each, form) for each in make_mailing(read(state)).files() for form in FORMS]
    assert [text for text in told if "secret" in text] == []


def test_a_mistake_in_a_template_is_an_error_not_a_blank() -> None:
    for form in FORMS:
        with pytest.raises(jinja2.UndefinedError):
            _environment(form, None).from_string("{{ message.nosuch }}").render(message=object())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ()),
        ("  ", ()),
        ("a.b+c@mail.example.org", ("a.b+c@mail.example.org",)),
        ("a@example.org ; b@example.org", ("a@example.org", "b@example.org")),
        ("a@example", None),
        ("a..b@example.org", None),
        ("<a@example.org>", None),
        ("a@example.org\r\nBcc: b@example.org", None),
        ("a@example.org\r\n", ("a@example.org",)),
        ("\u0430@example.org", None),  # a Cyrillic letter that looks like an a
        ("a@example.org, see below", None),
        (f"{'a' * 300}@example.org", None),
    ],
)
def test_an_address_is_taken_whole_or_not_at_all(typed: str, found: object) -> None:
    assert addresses(typed) == found


def test_words_of_a_header_stand_on_one_line() -> None:
    assert header_words(" a\r\n\tb\u2028c\x00\u202ed ") == "a b cd"
    assert header_words("=\x00?utf-8?q?=0D=0A?=") == "= ?utf-8?q?=0D=0A?="
