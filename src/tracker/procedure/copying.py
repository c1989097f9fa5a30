"""A new set to adapt: a copy of one that is there, with the schema editors read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.paths import LARGEST_TOML, read_regular
from tracker.problems import Problem, codes, problem
from tracker.procedure.format_page import schema_text
from tracker.procedure.load import is_namesake
from tracker.saving import unbroken, write_over
from tracker.text import refusal

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "schema.json"


def copy_set(source: Path, folder: Path) -> list[Problem]:
    """Copy the files of a set into a folder that is empty or not there yet; nothing else is ever touched."""
    try:
        if is_namesake(folder):
            return [problem(codes.NEW_SET_NAME_TAKEN, file=str(folder), name=folder.resolve().name)]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            return [problem(codes.NEW_SET_FOLDER_IN_USE, file=str(folder), name=str(folder))]
        files = {path.name: read_regular(path, LARGEST_TOML) for path in sorted(source.glob("[!.]*.toml"))}
        marked = {name: f"#:schema ./{SCHEMA}\n".encode() + content for name, content in files.items()}
        marked[SCHEMA] = schema_text().encode()
        return _written(folder, marked)
    except OSError as error:
        return [problem(codes.NEW_SET_NOT_WRITTEN, file=str(folder), name=str(folder), reason=refusal(error))]


@unbroken()
def _written(folder: Path, files: dict[str, bytes]) -> list[Problem]:
    """Write all the files or none: what half a copy leaves would refuse the next one. May raise `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, content) in enumerate(files.items()):
        if write_over(folder / name, content):
            for written in list(files)[:number]:
                (folder / written).unlink()
            reason = f"no room for {name}"
            return [problem(codes.NEW_SET_NOT_WRITTEN, file=str(folder), name=str(folder), reason=reason)]
    return []
