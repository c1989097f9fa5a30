"""The way into the program from the page: a command as typed, run in a folder that holds the files it was given."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tracker import commands
from tracker.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_STREAMS = Path("/tmp")  # noqa: S108  in the memory of one page
_SAME_DAY = (1980, 1, 1, 0, 0, 0)


def run(arguments: str, folder: str) -> str:
    """Run a command in a folder. Takes its words as JSON; gives exit code, output and the files it wrote as JSON."""
    os.chdir(folder)
    before = _files(Path())
    standard = sys.argv, sys.stdin, sys.stdout, sys.stderr
    sys.argv = ["tracker", *json.loads(arguments)]
    sys.stdin = io.TextIOWrapper(io.BytesIO())
    streams = [
        _stream(name) for name in ("stdout", "stderr")
    ]  # kept: the program writes through their numbers
    sys.stdout, sys.stderr = streams
    try:
        main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.argv, sys.stdin, sys.stdout, sys.stderr = standard
    written = [name for name, content in _files(Path()).items() if before.get(name) != content]
    return json.dumps(
        {"exit": code, **{name: _printed(name) for name in ("stdout", "stderr")}, "files": written}
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _stream(name: str) -> io.TextIOWrapper:
    return (_STREAMS / name).open("w", encoding="utf-8", newline="\n")


def _printed(name: str) -> str:
    return (_STREAMS / name).read_bytes().decode("utf-8", "replace")


def pack(folder: str) -> bytes:
    """All files of a folder as one zip: the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in _files(Path(folder)).items():
            entry = zipfile.ZipInfo(str(Path(name).relative_to(folder)), _SAME_DAY)
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def report_progress(step: Callable[[int, int], object]) -> None:
    """Have the page move its bar where a terminal would show one: `step` gets how many are done, of how many."""

    @contextmanager
    def progress(files: Sequence[Path]) -> Iterator[Callable[[], None]]:
        done = 0

        def one_more() -> None:
            nonlocal done
            done += 1
            step(done, len(files))

        yield one_more

    commands.progress = progress
