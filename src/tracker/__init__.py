"""The action tracker for SIN, Rapid Review and LCSPR.

What other programs may rely on is named in `__all__` and told in `tracker.api`. It is loaded when it is first asked
for, so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.api import (
        Case,
        Outcome,
        Problem,
        Procedure,
        Reading,
        Reconciliation,
        generate,
        load_case,
        load_procedure,
        read_workbook,
        reconcile,
        regenerate,
    )

__all__ = [
    "Case",
    "Outcome",
    "Problem",
    "Procedure",
    "Reading",
    "Reconciliation",
    "generate",
    "load_case",
    "load_procedure",
    "read_workbook",
    "reconcile",
    "regenerate",
]

__version__ = "0.1.0"

# Two functions bear the name of a package inside. A package's name is bound here once, when it is first imported:
# done now (both are empty), the names are free for the functions, whoever imports what in which order.
for _inside in ("reconcile", "regenerate"):
    import_module(f"tracker.{_inside}")
    del globals()[_inside]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("tracker.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
