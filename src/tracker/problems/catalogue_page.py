"""The page docs/problems.md, made from the catalogue of problems."""

from __future__ import annotations

import re
import sys

from tracker.problems import catalogue

GROUPS = {
    "T1": "Files and sheets",
    "T2": "Cell values",
    "T3": "Rows and formulas",
    "T4": "The case description",
    "T5": "The procedure set and its documents",
    "T6": "Merging",
    "T7": "Reports, messages and the calendar",
}
_FACT = re.compile(r"\{(\w+)(?:![rsa])?(?::[^}]*)?\}")


def _words(template: str) -> str:
    """A template as a sentence: the facts it names stand in italics; a suggestion may be missing."""

    def as_markdown(fact: re.Match[str]) -> str:
        return "" if fact[1] in {"suggestion", "hint"} else f"*{fact[1].replace('_', ' ')}*"

    return _FACT.sub(as_markdown, template).replace("|", "\\|")


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
        lines += ["", f"## {prefix}xx: {title}", ""]
        lines += ["| code | severity | what | found | expected | what to do |", f"|{' --- |' * 6}"]
        for code, kind in sorted(catalogue().items()):
            if code.startswith(prefix):
                words = map(_words, (kind.found, kind.expected, kind.remedy))
                lines.append(f"| {' | '.join([code, kind.severity, kind.title, *words])} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode())
