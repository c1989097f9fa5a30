"""A template of somebody's own ends within bounds, and reads nothing outside its folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from jinja2 import TemplateError

from tracker.report import sandbox
from tracker.report.reports import Wanted, make, report_files
from tracker.report.sandbox import environment

from .fixed import fixed

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.problems import Problem

_DOUBLED = "{%% set ns = namespace(s='abcdefgh') %%}{%% for i in range(60) %%}%s{%% endfor %%}"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of somebody's own templates."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def _found(own: Path, form: str = "md") -> list[Problem]:
    """The problems of the timeliness report with the templates of a folder."""
    return report_files(make(Wanted("timeliness"), fixed(), None), form, own)[1]


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in [1, 2] recursive %}{{ loop([1, 2]) }}{{ loop([1, 2]) }}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        _DOUBLED % "{% set ns.s = ns.s + ns.s %}",
        _DOUBLED % "{% set ns.s = ns.s ~ ns.s %}",
        _DOUBLED % "{% set ns.s %}{{ ns.s }}{{ ns.s }}{% endset %}",
        _DOUBLED % "{% set ns.s = ns.s | replace('a', ns.s) %}",
        _DOUBLED % "{% set ns.s = [ns.s, ns.s] | join %}",
        _DOUBLED % "{% set ns.s = [ns.s, ns.s] | map('upper') | join %}",
        _DOUBLED % "{% set ns.s = '%s%s' % (ns.s, ns.s) %}",
        _DOUBLED.replace("'abcdefgh'", "99") % "{% set ns.s = ns.s * ns.s %}",
        "{{ 'a' * 999999999 }}",
        "{{ [0] * 999999999 }}",
        "{{ 9 ** 99999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ 'a' | center(999999999) }}",
        "{{ 'a' | indent(999999999, true) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ lipsum(999999999) }}",
        "{{ range(999999999) | list }}",
        "{% include 'timeliness.md.j2' %}",
        "{% for i in [1, 2] %}{% include 'timeliness.md.j2' %}{% endfor %}",
    ],
)
def test_a_template_that_would_never_end_is_a_mistake_in_it(
    own: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_STEPS", 50_000)
    (own / "timeliness.md.j2").write_text(text, encoding="utf-8")
    assert [each.code for each in _found(own)] == ["T145"]


def test_a_number_too_large_is_told_as_one(own: Path) -> None:
    (own / "timeliness.md.j2").write_text("{% for x in range(999999999) %}{% endfor %}", encoding="utf-8")
    assert [each.found for each in _found(own)] == [
        "the template has a mistake: a number that is too large, or parts that use each other without end"
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "{% for x in ['a', 'b'] %}{{ loop.index }}/{{ loop.length }}{{ x ~ '<' ~ 1 }} {% endfor %}",
            "1/2a&lt;1 2/2b&lt;1 ",
        ),
        ("{{ [1, 2] | map('string') | join(', ') }} {{ 'ab' | replace('a', 'c') | upper }}", "1, 2 CB"),
        (
            "{{ 3 * 4 + 2 ** 3 }} {{ '%05d' % 7 }} {{ '=' * 5 }} {{ 1234567 | string }}",
            "20 00007 ===== 1234567",
        ),
        ("{{ 'a' | center(5) }}|{{ {'a': 1} | dictsort | first | first }}", "  a  |a"),
        ("{% for x in [] %}{% else %}none{% endfor %}", "none"),
    ],
)
def test_what_templates_do_works_as_ever(own: Path, text: str, shown: str) -> None:
    assert environment([own], own).from_string(text).render() == shown


@pytest.mark.parametrize(
    ("name", "form"), [("timeliness.md.j2", "md"), ("report.css", "html"), ("report.docx", "docx")]
)
def test_a_link_out_of_the_folder_is_refused(own: Path, tmp_path: Path, name: str, form: str) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (own / name).symlink_to(tmp_path / "secret")
    assert [(each.code, "a link that leads out" in each.found) for each in _found(own, form)] == [
        ("T145", True)
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_in_place_of_a_template_is_refused(own: Path) -> None:
    os.mkfifo(own / "report.md.j2")
    assert [(each.code, "which is no file" in each.found) for each in _found(own)] == [("T145", True)]


def test_a_link_within_the_folder_is_followed(own: Path) -> None:
    (own / "one.txt").write_text("one", encoding="utf-8")
    (own / "timeliness.md.j2").symlink_to(own / "one.txt")
    assert _found(own) == []


def test_a_sandbox_refuses_what_leads_to_the_system(own: Path) -> None:
    with pytest.raises(TemplateError):
        environment([own], own).from_string("{{ cycler.__init__.__globals__ }}").render()
