"""The way in, `tracker` and `python -m tracker`, and what surrounds a run; loads nothing large before it must.

Whatever happens to a run from outside is handled here: a closed or full output, Ctrl-C, a request to end, a terminal
with few letters. Nobody is shown a traceback, and the exit codes stay those of the commands.
"""

from __future__ import annotations

import codecs
import gc
import io
import os
import signal
import sys
import unicodedata
import warnings
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from types import FrameType

FAULT = 1
"""A fault in the program, a system that refuses, questions broken off: as for an input that cannot be used."""
STOPPED = 128
"""Stopped by a signal: this and the signal's number, as shells count it. Ctrl-C gives 130."""

_WINDOWS = os.name == "nt"
_INVALID = 22  # Windows' error for a pipe whose reader has left
_REPLACEMENTS = {"\u2192": "->", "\u2026": "...", "\u00b7": "-", "\u2013": "-", "\u2014": "-", "\u00a0": " "}
_REPLACEMENTS |= {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}


def main() -> None:
    """Run the command line and leave with its exit code."""
    output = None
    gc.set_threshold(50_000)  # nearly all that is read stays until the end: there are few circles to look for
    try:
        output = _prepare_streams()
        code = _exit_code()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever presses it again waits for nothing more
        _print_error("\nStopped. No file was left half-written.")
        code = STOPPED + signal.SIGINT
    except SystemExit as ended:  # a request to end that arrived outside of a command
        code = _exit_code_of(ended)
    lost = output.lost if output else None
    reader_left = isinstance(lost, BrokenPipeError) or (_WINDOWS and lost and lost.errno == _INVALID)
    if lost and not reader_left:
        _print_error(f"The output could not be written: {_reason(lost)}.")
        code = FAULT
    gc.freeze()  # at the end all is let go: looking through it for circles would take a quarter of the run
    sys.exit(code)


def _exit_code() -> int:
    """Run the command that was typed; its exit code."""
    import click

    try:
        from tracker.cli import cli

        result = cli.main(standalone_mode=False)
    except SystemExit as left:
        return _exit_code_of(left)
    except click.Abort as aborted:  # a question got no answer: Ctrl-C, or nobody there to type one
        if not isinstance(aborted.__cause__ or aborted.__context__, EOFError):
            raise KeyboardInterrupt from None
        _print_error("\nThere were no more answers; the command was not finished.")
    except click.ClickException as refused:
        words = io.StringIO()
        refused.show(words)
        _print_error(words.getvalue().rstrip("\n"))
        named = [word for word in sys.argv[1:] if word.startswith("-") and os.path.exists(word)]  # noqa: PTH110
        if isinstance(refused, click.NoSuchOption) and named:
            _print_error(f"A file whose name begins with a dash is written .{os.sep}{named[0]}")
        return refused.exit_code
    except OSError as error:
        _print_error(_refusal_message(error))
    except Exception:
        if os.environ.get("TRACKER_DEBUG"):
            raise
        _print_error(
            "This is a fault in tracker itself, not in what you typed. No file was left half-written.\n"
            "    Please report it; with TRACKER_DEBUG=1 set, the command shows what the report needs."
        )
    else:
        return result if isinstance(result, int) else 0
    return FAULT


def _exit_code_of(left: SystemExit) -> int:
    return left.code if isinstance(left.code, int) else FAULT if left.code else 0


def _refusal_message(error: OSError) -> str:
    """The message for something that the system refused, with what to do about it."""
    if part := _missing_part(error):
        return f"The installation is not complete: {part} is missing.\n    Install tracker again."
    place = f"{error.filename}: " if error.filename else ""
    return f"The system refused: {place}{_reason(error)}.\n    Check that you may use this place, and that it has room."


def _missing_part(error: OSError) -> str:
    """The file of the installation that was not found, or nothing. Jinja's own error names a template alone."""
    from tracker.resources import templates

    if type(error).__name__ == "TemplateNotFound":
        return str(error)
    named = error.filename if isinstance(error, FileNotFoundError) and isinstance(error.filename, str) else ""
    own_folders = (os.path.dirname(os.path.abspath(__file__)), str(templates()))  # noqa: PTH100, PTH120  no pathlib at start
    return named if named.startswith(own_folders) else ""


def _print_error(text: str) -> None:
    from tracker.text import terminal_text  # loads nothing large

    print(terminal_text(text), file=sys.stderr, flush=True)  # noqa: T201  click may not be loaded yet


def _reason(error: OSError) -> str:
    return error.strerror or "no reason was given"


# What surrounds a run


def _prepare_streams() -> _Outlet | None:
    """Prepare streams, signals and warnings; gives what stands behind standard output."""
    if not os.environ.get("TRACKER_DEBUG"):
        warnings.simplefilter("ignore")  # a library's warnings are for us, never for who runs a command
    codecs.register_error("tracker.replace", _replace_letters)
    # Closed streams are opened on nothing, in this order: else the first file that is opened takes their number.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  open to the end
    elif isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    sys.stdout, output = _with_outlet(sys.stdout)
    sys.stderr, _ = _with_outlet(sys.stderr)
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _request_end)
    return output


def _request_end(number: int, frame: FrameType | None) -> None:
    """Turn a request to end into an exception, so that temporary files are removed on the way out."""
    del frame
    raise SystemExit(STOPPED + number)


class _Outlet(io.FileIO):
    """What stands behind a stream: it outlives a reader who leaves and a disk that is full.

    The work goes on to its end (`tracker regenerate case.xlsx | head -1` writes its workbook), and what went wrong
    is kept in `lost`.
    """

    lost: OSError | None = None

    def write(self, data: Any, /) -> int | None:  # type: ignore[override]  # as the class it extends
        if self.lost is None:
            try:
                return super().write(data)
            except OSError as error:
                self.lost = error
        return memoryview(data).nbytes


def _with_outlet(stream: TextIO | None) -> tuple[TextIO, _Outlet | None]:
    """The stream on an outlet, which replaces letters that its encoding does not have; a closed one on nothing."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8"), None  # noqa: PTH123  open to the end
    if not isinstance(stream, io.TextIOWrapper):
        return stream, None
    if _WINDOWS and stream.isatty():  # a console there takes letters, not bytes
        stream.reconfigure(errors="tracker.replace")
        return stream, None
    outlet = _Outlet(stream.fileno(), "wb", closefd=False)
    with_outlet = io.TextIOWrapper(
        io.BufferedWriter(outlet),
        encoding=stream.encoding,
        errors="tracker.replace",
        line_buffering=stream.line_buffering,
    )
    return with_outlet, outlet


def _replace_letters(error: UnicodeError) -> tuple[str, int]:
    """Replace letters that an encoding does not have: `->` for an arrow, `e` for an `e` with accent."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = ""
    for letter in error.object[error.start : error.end]:
        bare = unicodedata.normalize("NFKD", letter)[:1]
        letters += _REPLACEMENTS.get(letter) or (bare if bare.isascii() else "?")
    return letters, error.end


if __name__ == "__main__":
    main()
