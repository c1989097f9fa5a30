"""The way through the house: each module imports only what lies before it, and each library has one border."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "src" / "tracker"
WAY = (
    ("text", "records", "resources", "paths", "problems", "saving", "parallel", "formula", "workdays"),
    ("toml_reader",),
    ("case.model",),  # plain values, which a procedure's conditions name
    ("procedure",),
    ("case",),
    ("rules", "plan"),
    ("workbook",),
    ("merge",),
    ("reconcile",),
    ("regenerate",),
    ("report",),
    ("api",),
    ("commands",),
    ("cli",),
    ("__main__",),
    ("manual", "schemas"),
)
"""Contract, The way through: a module may import from its own line and from those above it."""
BORDERS = {
    "openpyxl": ("workbook",),
    "xlsxwriter": ("workbook",),
    "holidays": ("workdays",),
    "icalendar": ("report.calendar",),
    "click": ("commands", "cli", "__main__", "manual"),
    "docxtpl": ("report.docx_blocks", "report.docx_output"),
}
"""Third-party packages, and the only modules that know them."""
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
"""Lines, the description included; of a function without its decorators."""
FOR_COMMANDS = ("api", "commands", "text", "paths", "problems", "saving", "parallel", "resources")
"""What the commands know of ours: the API, and the tools of a terminal program."""


def module_name(path: Path) -> str:
    """`workbook.write`, `rules`; the package itself is an empty name."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix("__init__").rstrip(".")


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py")) if "templates" not in path.parts}


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The full names a module imports, wherever in it: `tracker.rules`, `openpyxl.utils`."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            yield from (f"{node.module}.{each.name}" for each in node.names)


def belongs(module: str, to: str) -> bool:
    return module == to or module.startswith(f"{to}.")


def place(module: str) -> int:
    """The line of the way a module stands on; the longest name wins. What the package offers is that of `api`."""
    module = "api" if module in tracker.__all__ else module
    fits = [(len(name), line) for line, names in enumerate(WAY) for name in names if belongs(module, name)]
    assert fits, f"{module} has no place on the way"
    return max(fits)[1]


@pytest.mark.parametrize("module", [name for name in MODULES if name])
def test_a_module_imports_only_what_lies_before_it(module: str) -> None:
    ours = [each.removeprefix("tracker.") for each in imports(MODULES[module]) if each.startswith("tracker.")]
    later = [each for each in ours if each != "__version__" and place(each) > place(module)]
    assert later == []


def test_the_package_itself_imports_nothing_but_the_names_other_programs_may_use() -> None:
    ours = [each for each in imports(MODULES[""]) if belongs(each, "tracker")]
    assert [each for each in ours if not belongs(each, "tracker.api")] == []


@pytest.mark.parametrize("module", [name for name in MODULES if belongs(name, "commands")])
def test_every_command_calls_the_api_and_nothing_behind_it(module: str) -> None:
    ours = [each.removeprefix("tracker.") for each in imports(MODULES[module]) if belongs(each, "tracker")]
    assert [each for each in ours if not any(belongs(each, name) for name in FOR_COMMANDS)] == []
    assert any(belongs(each, "api") for each in ours)


def test_no_function_that_is_offered_has_the_name_of_a_package_or_module() -> None:
    assert set(tracker.__all__) & {name.partition(".")[0] for name in MODULES} == set()


def test_the_way_in_loads_nothing_before_it_holds_the_run() -> None:
    """Neither ours nor a library: an interrupt, or a closed output, is met before anything large is loaded."""
    tree = ast.parse(MODULES["__main__"].read_text(encoding="utf-8"))
    first = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    names = [getattr(each, "module", None) or each.names[0].name for each in first]
    assert [name for name in names if name not in sys.stdlib_module_names] == []
    ours = [each for each in imports(MODULES["__main__"]) if belongs(each, "tracker")]
    assert sorted(ours) == ["tracker.cli.cli", "tracker.resources.templates", "tracker.text.terminal_text"]


LARGE = (
    "lxml",
    "openpyxl",
    "jinja2",
    "ssl",
    "urllib.request",
    "multiprocessing",
    "holidays.countries.france",
)
"""What takes long to load, and is not needed for one workbook."""


def test_a_command_loads_nothing_large_that_it_does_not_need(tmp_path: Path) -> None:
    case, workbook = SOURCE.parents[1] / "sample_cases" / "ordinary-in-time.toml", tmp_path / "case.xlsx"
    for command in (["generate", str(case), "-o", str(workbook)], ["reconcile", str(workbook)]):
        run = f"import sys; sys.argv[1:] = {command}; from tracker import __main__\ntry: __main__.main()\n"
        listed = "finally: print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", run + listed], capture_output=True, text=True, check=True
        )
        assert set(LARGE) & set(done.stdout.split()) == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_and_its_functions_can_be_read_at_once(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    functions = (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef))
    lines = {each.name: (each.end_lineno or 0) - each.lineno + 1 for each in functions}
    assert {name for name, count in lines.items() if count > LONGEST_FUNCTION} == set()


def test_no_two_classes_have_one_name() -> None:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in MODULES.values())
    names = Counter(each.name for tree in trees for each in ast.walk(tree) if isinstance(each, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("library", BORDERS)
def test_a_library_is_known_behind_one_border_only(library: str) -> None:
    users = {name for name, path in MODULES.items() if any(belongs(each, library) for each in imports(path))}
    assert users, f"nothing imports {library}"
    assert {name for name in users if not any(belongs(name, border) for border in BORDERS[library])} == set()


def test_nothing_of_ours_needs_lxml() -> None:
    """Only Word does, through docxtpl: everything else runs where lxml cannot be installed."""
    users = {name for name, path in MODULES.items() if any(belongs(each, "lxml") for each in imports(path))}
    assert users == set()


def test_nothing_of_ours_opens_a_connection() -> None:
    """What docs/data-protection.md promises. `urllib.parse` takes addresses apart and fetches nothing."""
    network = (
        "socket",
        "ssl",
        "http",
        "urllib.request",
        "urllib.error",
        "smtplib",
        "ftplib",
        "webbrowser",
        "requests",
    )
    found = {
        f"{name}: {each}"
        for name, path in MODULES.items()
        for each in imports(path)
        if any(belongs(each, library) for library in network)
    }
    assert found == set()
