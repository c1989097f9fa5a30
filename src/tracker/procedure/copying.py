"""A new set to adapt: a copy of one that is there, with the schema editors read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.problems import Problem, problem
from tracker.procedure.shape import schema_text

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "schema.json"


def copy_set(source: Path, folder: Path) -> list[Problem]:
    """Copy the files of a set into a folder that is empty or not there yet; nothing else is ever touched."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            return [problem("T534", file=str(folder), name=str(folder))]
        files = {path.name: path.read_bytes() for path in sorted(source.glob("[!.]*.toml"))}
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(f"#:schema ./{SCHEMA}\n".encode() + content)
        (folder / SCHEMA).write_text(schema_text(), "utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return [problem("T535", file=str(folder), name=str(folder), reason=reason)]
    return []
