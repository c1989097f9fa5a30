"""What reconcile says, as one self-contained HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker import resources
from tracker.reconcile.outline import outline

if TYPE_CHECKING:
    from tracker.reconcile.model import Reconciliation


def as_html(reconciliation: Reconciliation) -> str:
    """The outcome as a page that loads nothing and runs nothing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resources.templates() / "reconcile"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("reconcile.html.j2").render(told=outline(reconciliation)) + "\n"
