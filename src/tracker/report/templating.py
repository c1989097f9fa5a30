"""Mistakes in somebody's own template, as problems with file and line."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from tracker.paths import leads_out
from tracker.problems import codes, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.problems import Problem

_TAGS = re.compile(r"<[^<>]*>")
_LONGEST = 120
_NO_SUCH = re.compile(r"has no (?:attribute|element) '?([^']+)'?$")


def guarded(
    make: Callable[[], bytes], folder: Path | None, docx: Path | None = None
) -> tuple[bytes, list[Problem]]:
    """What `make` makes, or the mistake in a template of `folder`; a fault of ours stays an exception.

    `docx` is the Word template in use: its mistakes carry no file name.
    """
    if docx is not None and leads_out(docx, folder):
        return b"", [
            problem(codes.TEMPLATE_MISTAKE, file=str(docx), reason="a link that leads out of the folder")
        ]
    try:
        return make(), []
    except Exception as error:
        found = _mistake(error, folder, docx) if folder else None
        if found is None:
            raise
        return b"", [found]


def _mistake(error: Exception, folder: Path, docx: Path | None) -> Problem | None:
    """The problem of an error that came from a template of the folder, else None.

    A mistake in what one template hands another shows in the other, which may be ours.
    """
    from jinja2 import TemplateError

    if docx is not None:
        return _in_word(error, docx) if docx.is_relative_to(folder) else None
    if isinstance(error, UnicodeDecodeError):
        return problem(codes.TEMPLATE_MISTAKE, file=str(folder), reason="a template that is not UTF-8 text")
    file, line = _where(error)
    if not isinstance(error, TemplateError) and not (file and Path(file).is_relative_to(folder)):
        return None
    return problem(
        codes.TEMPLATE_MISTAKE,
        file=file or str(folder),
        place=f"line {line}" if line else "",
        reason=_reason(error),
    )


def _where(error: Exception) -> tuple[str, int]:
    """The innermost template the error came through, and the line in it."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return error.filename or "", error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)


def _in_word(error: Exception, docx: Path) -> Problem:
    """A mistake in a Word template: its paragraph is the line, and its words say which that is."""
    from jinja2 import TemplateError

    if isinstance(error, (BadZipFile, KeyError)) or type(error).__name__ == "PackageNotFoundError":
        return problem(codes.TEMPLATE_MISTAKE, file=str(docx), reason="not a Word document (.docx)")
    if not isinstance(error, TemplateError):
        return problem(codes.TEMPLATE_MISTAKE, file=str(docx), reason=_reason(error))
    line = int(getattr(error, "lineno", 0) or _line(error))
    context = [text for each in getattr(error, "docx_context", ()) if (text := _TAGS.sub("", each).strip())]
    near = f", near {' '.join(context)[:_LONGEST]}" if context else ""
    return problem(
        codes.TEMPLATE_MISTAKE,
        file=str(docx),
        place=f"paragraph {line}" if line else "",
        reason=f"{_reason(error)}{near}",
    )


def _line(error: Exception) -> int:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "<template>" in frame.filename]
    return frames[-1].lineno or 0 if frames else 0


def _reason(error: Exception) -> str:
    """What is wrong, in words that name no inner part of this program: the library's own where they are plain."""
    from jinja2 import TemplateError, TemplateNotFound, UndefinedError

    text = next(iter(str(error).splitlines()), "")
    if isinstance(error, TemplateNotFound):
        return f"no template {text}" if text else "a template that is not there"
    if isinstance(error, UndefinedError):
        name = _NO_SUCH.search(text)
        return f"'{name[1]}' is undefined" if name else text
    if isinstance(error, TemplateError) and text:
        return text
    if isinstance(error, (OverflowError, MemoryError, RecursionError)):
        return "a number that is too large, or parts that use each other without end"
    return "something that cannot be worked out, such as a sum of words or a call of what is no macro"
