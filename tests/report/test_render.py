from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import jinja2
import pytest
from markdown_it import MarkdownIt

from tracker.problems import problem
from tracker.reconcile.model import CaseState, Change
from tracker.report.render import FORMATS, _environment, content_hash, render
from tracker.report.weekly import WeeklyView, weekly_view
from tracker.report.weekly_page import weekly_page
from tracker.rules import RAG_WORDS

from .states import MONDAY, action, case, held, plan_action, read

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% raw %}",
    "| a | b |",
    "=cmd|' /C calc'!A0",
    "\u202eleft to right\u202c \u05d0\u05d1",
    "[link](https://example.org/) ![x](https://example.org/x.png)",
    "https://example.org/ <https://example.org/>",
    "</title></style></script>-->",
    "**bold** _x_ `code` # head",
    "\"quoted\" & 'single' &amp; &lt;b&gt;",
    "- item\n1. one\n\n# title\n```\nfence",
)


def hostile_case(text: str) -> CaseState:
    """A case with the text wherever a person can type."""
    words: dict[str, Any] = {
        "action": text,
        "owner": text,
        "named_owner": text,
        "reason": text,
        "due": MONDAY,
    }
    return case(
        action("RR-5.4", "Overdue", **words, days_late=1),
        action("RR-6.5", key=True, **words | {"agreed": date(2026, 11, 26)}),
        action(text, "Chase", **words, cell="SIN!A9"),
        action("RR-5.5", "Complete, late", completed=MONDAY, days_late=1, **words),
        action("RR-8.1", "No date", action=text),
        action("RR-8.2", "Complete", after=("RR-8.1",)),
        reference=text,
        summary=text,
        marking=text,
        title=text,
        action_plan=(plan_action(text, "Overdue", action=text, lead_agency=text, target=MONDAY),),
        changes=(Change("SIN!A1", text, text, text, text),),
        problems=(problem("T303", file=f"a/{text}.xlsx", place="SIN!A9", id=text, action=text),),
        holds=(held(MONDAY, reason=text),),
    )


class _Page(HTMLParser):
    """The tags, the texts and the identifiers of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.contents: dict[str, str] = {}
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside in {"style", "script"}:
            self.contents[self._inside] = self.contents.get(self._inside, "") + data
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  the library's signature
        self._inside = ""

    def values(self, attribute: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(attribute))]


def page(view: WeeklyView) -> _Page:
    return _Page(render(weekly_page(view), "html"))


@pytest.fixture(scope="module")
def view() -> WeeklyView:
    rows = [action(f"RR-{number}", word, due=MONDAY) for number, word in enumerate(RAG_WORDS, 1)]
    key = action("RR-6.6", key=True, due=date(2026, 11, 30), completed=None)
    broken = problem("T104", file="x/minutes.xlsx", found_kind="a file of another kind")
    state = case(*rows, key, problems=(problem("T310", place="SIN!K5"),))
    return weekly_view(read(state, case(reference="DOR-2"), problems=(broken,)))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_typed_stays_text_on_the_page(text: str) -> None:
    calm, hostile = (page(weekly_view(read(hostile_case(each)))) for each in ("calm", text))
    assert Counter(tag for tag, _ in hostile.tags) == Counter(tag for tag, _ in calm.tags)
    for line in filter(None, text.split("\n")):
        assert hostile.text.count(line) >= 10
    assert set(hostile.values("href")) == set(calm.values("href"))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_typed_stays_text_in_markdown(text: str) -> None:
    kinds, words = _markdown(render(weekly_page(weekly_view(read(hostile_case(text)))), "md"))
    assert kinds == _markdown(render(weekly_page(weekly_view(read(hostile_case("calm")))), "md"))[0]
    said = " ".join(text.split())
    assert re.sub("[\u2068\u2069]", "", words).count(said) >= 10


def _markdown(source: str) -> tuple[list[str], str]:
    """The kinds of block and inline a reader of Markdown sees, texts apart."""
    kinds, words = [], []
    for token in MarkdownIt("commonmark").enable("table").parse(source):
        kinds.append(token.type)
        for child in token.children or ():
            if child.type == "text":
                words.append(child.content)
            elif child.type != "text_special":
                kinds.append(child.type)
        words.append("\n")
    return kinds, "".join(words)


def test_a_mistake_in_a_template_is_an_error_not_a_blank() -> None:
    for form in FORMATS:
        with pytest.raises(jinja2.UndefinedError):
            _environment(form).from_string("{{ view.nosuch }}").render(view=object())


def test_the_page_is_one_file_that_asks_nothing_of_the_network(view: WeeklyView) -> None:
    found = page(view)
    assert not {tag for tag, _ in found.tags} & {"link", "img", "iframe", "object", "embed", "base", "form"}
    assert not found.values("src")
    assert not found.values("style")
    assert not [name for _, attrs in found.tags for name in attrs if name.startswith("on")]
    assert all(value.startswith("#") for value in found.values("href"))
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp", render(weekly_page(view), "html"))


@pytest.mark.parametrize("marking", ["OFFICIAL-SENSITIVE", "</style><b>", ""])
def test_the_policy_allows_this_style_and_this_script_alone(view: WeeklyView, marking: str) -> None:
    found = page(replace(view, marking=marking))
    policy = next(attrs["content"] for tag, attrs in found.tags if tag == "meta" and "http-equiv" in attrs)
    assert policy == (
        f"default-src 'none'; style-src {content_hash(found.contents['style'])}; "
        f"script-src {content_hash(found.contents['script'])}; base-uri 'none'; form-action 'none'"
    )


def test_every_link_leads_somewhere_once(view: WeeklyView) -> None:
    found = page(view)
    identifiers = found.values("id")
    assert len(identifiers) == len(set(identifiers))
    wanted = {value[1:] for value in found.values("href")}
    assert wanted <= set(identifiers)
    labels = {each for value in found.values("aria-labelledby") for each in value.split()}
    assert labels <= set(identifiers)


def test_tables_say_what_they_are_and_pictures_say_what_they_show(view: WeeklyView) -> None:
    found = page(view)
    tags = [tag for tag, _ in found.tags]
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attrs for tag, attrs in found.tags if tag == "th")
    pictures = [attrs for tag, attrs in found.tags if tag == "svg" and attrs.get("role") == "img"]
    assert pictures
    assert all(attrs.get("aria-label") or attrs.get("aria-labelledby") for attrs in pictures)
    assert {"header", "main", "nav", "footer"} <= set(tags)


def test_the_marking_stands_at_the_top_and_the_bottom(view: WeeklyView) -> None:
    found = page(view)
    assert [attrs.get("class") for _, attrs in found.tags].count("marking") == 2
    assert found.contents["style"].count('content: "OFFICIAL\\2d SENSITIVE"') == 2
    lines = render(weekly_page(view), "md").strip().split("\n")
    assert lines[0] == lines[-1] == "**OFFICIAL-SENSITIVE**"


def test_a_state_is_always_said_in_words(view: WeeklyView) -> None:
    found = page(view)
    for word in RAG_WORDS:
        assert word in found.text
        assert f".rag-{word.lower().replace(', ', '-').replace(' ', '-')} " in found.contents["style"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_input_gives_the_same_report(view: WeeklyView, form: str) -> None:
    assert render(weekly_page(view), form) == render(weekly_page(view), form)


@pytest.mark.parametrize("form", FORMATS)
def test_no_case_is_a_report_too(form: str) -> None:
    assert "No case was read." in render(weekly_page(weekly_view(read())), form)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_told_from_its_ground(view: WeeklyView, dark: bool) -> None:
    roots = re.findall(r":root \{(.*?)\}", page(view).contents["style"], re.DOTALL)
    rag, dark_rag, light, override = (dict(re.findall(r"--([\w-]+): (#\w+)", root)) for root in roots[:4])
    colours = rag | light | (dark_rag | override if dark else {})
    pairs = [(f"{name}-ink", name) for name in colours if f"{name}-ink" in colours]
    assert len(pairs) == len(RAG_WORDS)
    grounds = ("page", "card", "head", "hover")
    pairs += [(ink, ground) for ink in ("ink", "muted", "accent", "link", "alert") for ground in grounds]
    pairs += [(ink, "alert-ground") for ink in ("ink", "alert", "muted")]
    weak = [(ink, ground) for ink, ground in pairs if _contrast(colours[ink], colours[ground]) < 4.5]
    assert weak == []
