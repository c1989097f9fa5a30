"""The site: Sphinx reads the Markdown of this folder. `make docs` builds it; a warning fails the build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from tracker import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Tracker"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_theme", "pictures"]
smartquotes = False  # a shell takes "--for", not a dash and curly quotes
highlight_language = "text"
pygments_style = "none"

myst_heading_anchors = 3

html_theme = "plain"
html_theme_path = ["_theme"]
html_title = "Tracker"
html_use_index = False
html_domain_indices = False
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_permalinks = False


_NEEDS_TITLES = 3  # of two columns the second speaks for itself


def _label_cells(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Tell each cell its column's title: on a narrow screen a row becomes a card, and the titles stand beside."""
    del app, docname
    for table in doctree.findall(nodes.tgroup):
        titles = [
            entry.astext() for head in table.findall(nodes.thead) for entry in head.findall(nodes.entry)
        ]
        if len(titles) < _NEEDS_TITLES:
            continue
        for body in table.findall(nodes.tbody):
            for row in body.findall(nodes.row):
                for title, entry in zip(titles, row.findall(nodes.entry), strict=False):
                    entry["label"] = title


class Translator(HTML5Translator):
    """Writes a cell's label and lets pictures load when they are reached."""

    def starttag(
        self, node: Any, tagname: str, suffix: str = "\n", empty: bool = False, **attributes: Any
    ) -> str:
        """The tag, with what Sphinx has no attribute for."""
        if tagname == "td" and isinstance(node, nodes.entry) and "label" in node:
            attributes["data-label"] = node["label"]
        return super().starttag(node, tagname, suffix, empty, **attributes)


def setup(app: Sphinx) -> None:
    """Put the two together."""
    app.connect("doctree-resolved", _label_cells)
    app.set_translator("html", Translator)
