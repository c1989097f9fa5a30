"""What is made from the catalogue of problems: docs/problems.md, and with the word `codes` the module of constants."""

from __future__ import annotations

import re
import sys

from tracker.problems import Kind, catalogue

GROUPS = {
    "T1": "Files and sheets",
    "T2": "Cell values",
    "T3": "Rows and formulas",
    "T4": "The case description",
    "T5": "The procedure set",
    "T6": "Merging",
    "T7": "Reports, messages and the calendar",
}
_FACT = re.compile(r"\{(\w+)(?:![rsa])?(?::[^}]*)?\}")


def _words(template: str) -> str:
    """A template as a sentence: the facts it names stand in italics; a suggestion may be missing."""

    def as_markdown(fact: re.Match[str]) -> str:
        return "" if fact[1] in {"suggestion", "hint"} else f"*{fact[1].replace('_', ' ')}*"

    return _FACT.sub(as_markdown, template).replace("|", "\\|")


def _row(kind: Kind) -> str:
    cells = (
        kind.code,
        kind.severity,
        kind.title,
        _words(kind.found),
        _words(kind.expected),
        _words(kind.remedy),
    )
    return f"| {' | '.join(cells)} |"


def page() -> str:
    """The page in Markdown."""
    lines = [
        "# The problems the tracker reports",
        "",
        "Made by `python -m tracker.problems.catalogue_page`; codes are never renumbered. An **error** could",
        "not be understood or contradicts itself, and makes the exit code 1; a **warning** was understood and should",
        "be mended; a **note** is for information. Words in *italics* are filled in.",
    ]
    for prefix, title in GROUPS.items():
        kinds = sorted(
            (kind for kind in catalogue().values() if kind.code.startswith(prefix)), key=lambda k: k.code
        )
        lines += ["", f"## {prefix}xx: {title}", ""]
        lines += [
            "| code | severity | what | found | expected | what to do |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_row(kind) for kind in kinds]
    return "\n".join(lines) + "\n"


def constants() -> str:
    """The module `tracker.problems.codes`."""
    lines = [
        '"""The code of every kind of problem; made from catalogue.toml by catalogue_page."""',
        "",
    ]
    lines += [
        f'{kind.name} = "{kind.code}"' for kind in sorted(catalogue().values(), key=lambda kind: kind.code)
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write((constants() if sys.argv[1:] == ["codes"] else page()).encode())
