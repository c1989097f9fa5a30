"""Where the links, pictures and files of a folder of pages lead, and which lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Page(HTMLParser):
    """What a page refers to, the anchors it has, and pictures that say nothing."""

    targets: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    silent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.targets += [found[name] for name in ("href", "src", "action") if found.get(name)]
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "img" and not found.get("alt", "").strip():
            self.silent.append(found.get("src", ""))


def read(folder: Path) -> dict[Path, Page]:
    """Every page below a folder."""
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        pages[path.resolve()] = page = Page()
        page.feed(path.read_text("utf-8"))
    return pages


def astray(folder: Path) -> list[str]:
    """Every reference that leads nowhere or outside, as `page: target`."""
    pages = read(folder)
    lost = []
    for path, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            inside = place.is_relative_to(folder.resolve()) and place.is_file()
            anchored = not parts.fragment or (
                place in pages and unquote(parts.fragment) in pages[place].anchors
            )
            if parts.scheme or parts.netloc or not inside or not anchored:
                lost.append(f"{path.relative_to(folder.resolve())}: {target}")
    return lost
