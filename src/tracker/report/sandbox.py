"""The sandbox for somebody's own templates: they reach nothing but what they are given, and end within bounds.

One budget a run, of steps and of characters: each turn of a loop, each call and each part included is a step, and what
is put together counts by its length before it is made. A mistake in somebody's own template is a problem with file
and line.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from functools import wraps
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
    nodes,
    pass_eval_context,
)
from jinja2.runtime import Context, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from tracker.paths import leads_out
from tracker.problems import codes, problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jinja2 import Template

    from tracker.problems import Problem

_STEPS = 3_000_000
_CHARACTERS = 1_000_000_000
_LARGEST = 50_000_000
"""The longest text a template may put together; a report of 5,000 cases is far shorter."""
_WIDEST = 10_000
_WIDTH = re.compile(r"[0-9]{5}|\*")
_DIGITS = 10_000
_TAGS = re.compile(r"<[^<>]*>")
_LONGEST = 120
_NO_SUCH = re.compile(r"has no (?:attribute|element) '?([^']+)'?$")
_GROWING = frozenset({"center", "expandtabs", "format", "format_map", "join", "ljust", "replace", "rjust", "translate",
                      "zfill", "to_bytes"})  # fmt: skip
"""Methods of texts and numbers that make much of little; a template has filters for what it needs of them."""


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox with a budget."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.steps, self.characters = _STEPS, _CHARACTERS
        del self.globals["lipsum"]  # as much text as somebody asks for
        self.filters = {name: self._bounded(each) for name, each in self.filters.items()}
        self.filters |= {"_counted": self._counted, "_joined": self._joined}

    def spend(self, steps: int = 1, characters: int = 0) -> None:
        """Take from the budget; a mistake in the template where nothing is left, or at once is too much."""
        self.steps -= steps
        self.characters -= characters
        if self.steps < 0:
            raise TemplateRuntimeError("loops or calls that take too long")
        if self.characters < 0 or characters > _LARGEST:
            raise TemplateRuntimeError("a text that becomes too long")

    def concat(self, parts: Iterable[str]) -> str:
        """The parts as one text, counted before they are joined."""
        found, whole = [], 0
        for part in parts:
            whole += len(part)
            self.spend(steps=0, characters=whole if whole > _LARGEST else len(part))
            found.append(part)
        return "".join(found)

    def call(self, context: Any, called: Any, /, *args: Any, **named: Any) -> Any:
        """A call is a step."""
        self.spend()
        return super().call(context, called, *args, **named)

    def get_template(self, *args: Any, **named: Any) -> Template:
        """A part included is a step: it may include itself."""
        self.spend()
        return super().get_template(*args, **named)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """No method that makes much of little."""
        grows = attr in _GROWING and isinstance(obj, (str, int))
        return not grows and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """No `format` of a text, not even the sandbox's own: its widths have no bound."""

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """What an operation makes counts before it is made."""
        self.spend(characters=_size(operator, left, right))
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        for switch in parsed.find_all(nodes.ScopedEvalContextModifier):
            raise TemplateSyntaxError(
                "what a person typed is always text: autoescape stays on", switch.lineno, name
            )
        _Counting().visit(parsed)
        return parsed

    def _bounded(self, filtered: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(filtered)
        def bounded(*args: Any, **named: Any) -> Any:
            args = tuple(list(each) if isinstance(each, Iterator) else each for each in args)
            given = [each for each in (*args, *named.values()) if not isinstance(each, _SURROUNDINGS)]
            sizes = sorted((max(_length(each), 1) for each in given), reverse=True)
            widest = max([1, *(each for each in given[1:] if isinstance(each, int))])
            if widest > _WIDEST:
                raise TemplateRuntimeError("a filter with a number that is too large")
            if filtered.__name__ == "do_format" and _WIDTH.search(str(given[0])):
                raise TemplateRuntimeError("a format that is too wide")
            self.spend(1 + sizes[0] // 100, prod([*sizes[:2], widest]))
            return filtered(*args, **named)

        return bounded

    def _counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.spend()
            yield item

    @pass_eval_context
    def _joined(self, context: nodes.EvalContext, *parts: object) -> str:
        self.spend(characters=sum(len(each) if isinstance(each, str) else 1 for each in parts))
        return (markup_join if context.autoescape else str_join)(parts)


class _Counting(NodeTransformer):
    """Puts what counts around the items of loops and around texts joined with `~`."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  jinja's word
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "_counted", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  jinja's word
        self.generic_visit(node)
        first, *rest = node.nodes
        return nodes.Filter(first, "_joined", rest, [], None, None, lineno=node.lineno)


_SURROUNDINGS = (Environment, Context, nodes.EvalContext)
"""What a filter is given besides its value."""


def _length(value: object) -> int:
    """About how much a value holds, in characters."""
    if isinstance(value, (list, tuple)):
        return len(value) + sum(len(each) for each in value if isinstance(each, str))
    return len(value) if isinstance(value, (str, range, dict)) else 0


def _size(operator: str, left: Any, right: Any) -> int:
    """About how much an operation makes, in characters."""
    if isinstance(left, int) and isinstance(right, int):
        digits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
        if digits > _DIGITS:
            raise TemplateRuntimeError("a number that is too large")
        return 0
    sizes = [size for each in (left, right) if (size := _length(each))]
    if operator == "*" and sizes:
        return prod([*sizes, *(max(each, 1) for each in (left, right) if isinstance(each, int))])
    if operator == "%" and isinstance(left, str):
        if _WIDTH.search(left):
            raise TemplateRuntimeError("a format that is too wide")
        return prod(sizes)  # a name in the format can stand many times
    return sum(sizes)


class _OwnFolderLoader(FileSystemLoader):
    """Templates of folders; of somebody's own folder none that a link leads out of."""

    def __init__(self, folders: Sequence[Path], own: Path | None) -> None:
        super().__init__(folders)
        self._own = own

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        theirs = self._own / template if self._own else None
        if theirs and theirs.exists() and not theirs.is_file():  # a pipe or a device
            raise TemplateRuntimeError(f"{template}, which is no file")
        found = super().get_source(environment, template)
        if leads_out(Path(found[1]), self._own):
            raise TemplateRuntimeError(f"{template}, a link that leads out of the folder")
        return found


def environment(folders: Sequence[Path], own: Path | None, **options: Any) -> Environment:
    """Where templates of these folders run; in the sandbox where one of them is somebody's own: ours need none."""
    kind = BoundedEnvironment if own else Environment
    usual = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined, "autoescape": True}
    return kind(loader=_OwnFolderLoader(folders, own), **{**usual, **options})


# Mistakes in somebody's own template


def catch_template_mistakes(
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
    file, line = _innermost(error)
    if docx is not None:
        return _in_word(error, docx, line) if docx.is_relative_to(folder) else None
    if isinstance(error, UnicodeDecodeError):
        return problem(codes.TEMPLATE_MISTAKE, file=str(folder), reason="a template that is not UTF-8 text")
    if not isinstance(error, TemplateError) and not (file and Path(file).is_relative_to(folder)):
        return None
    place = f"line {line}" if line else ""
    return problem(codes.TEMPLATE_MISTAKE, file=file or str(folder), place=place, reason=_reason(error))


def _innermost(error: Exception) -> tuple[str, int]:
    """The innermost template the error came through, and the line in it; one of Word has no file."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or "", error.lineno
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(".j2") or "<template>" in frame.filename:
            return frame.filename, frame.lineno or 0
    return "", 0


def _in_word(error: Exception, docx: Path, line: int) -> Problem:
    """A mistake in a Word template: its paragraph is the line, and its words say which that is."""
    place, reason = "", _reason(error)
    if isinstance(error, (BadZipFile, KeyError)) or type(error).__name__ == "PackageNotFoundError":
        reason = "not a Word document (.docx)"
    elif isinstance(error, TemplateError):
        lines = (_TAGS.sub("", each).strip() for each in getattr(error, "docx_context", ()))
        near = " ".join(filter(None, lines))[:_LONGEST]
        reason += f", near {near}" if near else ""
        place = f"paragraph {line}" if line else ""
    return problem(codes.TEMPLATE_MISTAKE, file=str(docx), place=place, reason=reason)


def _reason(error: Exception) -> str:
    """What is wrong, in words that name no inner part of this program: the library's own where they are plain."""
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
