"""Make `tracker.html`, the whole program in one file for a browser, and the same as a folder for an intranet.

`make web` calls it. It puts together Python for a browser (the npm package pyodide), our wheel and the libraries the
wheel needs, as they are installed here. The same sources give the same bytes.

    python web/build.py out
"""

from __future__ import annotations

import base64
import fnmatch
import gzip
import hashlib
import html
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from tracker.problems import codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).resolve().parent
PYODIDE = HERE / "node_modules" / "pyodide"
PROGRAM = "lcspr-tracker", "tracker"
"""Names our distribution may be installed under."""
NOT_IN_A_BROWSER = {"docxtpl", "msoffcrypto-tool"}
"""What needs compiled libraries (lxml, cryptography) that are not available there: Word, and locked workbooks."""
LEFT_OUT = (
    "*.so", "*.pyd", "*.pyc", "*.pyi", "*/tests/*", "../*", "*.dist-info/RECORD", "*.dist-info/*LICENSE*",
    "*.dist-info/direct_url.json", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED",
    # Nobody here asks for the holidays of another country, in another language, or for the time in another one.
    "holidays/countries/*", "holidays/financial/*", "holidays/locale/*", "tzdata/zoneinfo/*", "dateutil/zoneinfo/*.gz",
)  # fmt: skip
KEPT = (
    "holidays/countries/united_kingdom.py", "holidays/locale/en_*", "tzdata/zoneinfo/__init__.py",
    "tzdata/zoneinfo/Europe/*", "tzdata/zoneinfo/UTC",
)  # fmt: skip
EMPTY = ("holidays/countries/__init__.py", "holidays/financial/__init__.py")
"""These import every country there is."""
_SAME_DAY = (1980, 1, 1, 0, 0, 0)


def build(out: Path) -> list[Path]:
    """Write `tracker.html` and the folder `tracker-web` into a folder; what was written."""
    parts = pieces()
    one = out / "tracker.html"
    folder = out / "tracker-web"
    folder.mkdir(parents=True, exist_ok=True)
    data = "".join(
        f'<script type="text/plain" id="{name}">{base64.b64encode(content).decode()}</script>\n'
        for name, content in parts.items()
    )
    one.write_text(page(data, "'none'"), "utf-8", newline="\n")
    index = folder / "index.html"
    index.write_text(page("", "'self'"), "utf-8", newline="\n")
    for name, content in parts.items():
        (folder / f"{name}.gz").write_bytes(content)
    return [one, index]


def page(data: str, connections: str) -> str:
    """The page with its style, script and policy; `data` are the pieces it starts from."""
    texts = {
        name: (HERE / name).read_text("utf-8") for name in ("page.html", "page.css", "page.js", "worker.js")
    }
    named = {
        name: getattr(codes, name) for name in sorted(set(re.findall(r"codes\.([A-Z_]+)", texts["page.js"])))
    }
    script = f'"use strict";\nconst codes = {json.dumps(named)};\n{texts["page.js"]}'
    policy = (
        f"default-src 'none'; connect-src {connections}; script-src {_hash(script)} blob: 'wasm-unsafe-eval'; "
        "worker-src blob:; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
    )
    parts = {
        "policy": policy,
        "css": texts["page.css"],
        "parts": _licences(),
        "worker": texts["worker.js"],
        "data": data,
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], texts["page.html"])


def pieces() -> dict[str, bytes]:
    """What the page starts from, each packed: Python's module, memory and library, and the program as a zip."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_bytes())
    found = {
        "pyodide": (PYODIDE / "pyodide.mjs").read_bytes(),
        "module": (PYODIDE / "pyodide.asm.mjs").read_bytes(),
        "wasm": (PYODIDE / "pyodide.asm.wasm").read_bytes(),
        "stdlib": (PYODIDE / "python_stdlib.zip").read_bytes(),
        "lock": json.dumps({"info": lock["info"], "packages": {}}).encode(),
        "program": _packed({**_wheel(), **_libraries(), "bridge.py": (HERE / "bridge.py").read_bytes()}),
    }
    return {name: gzip.compress(content, 9, mtime=0) for name, content in found.items()}


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip; stored, since the whole is compressed at once and becomes smaller so."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _SAME_DAY), files[name])
    return packed.getvalue()


def _wheel() -> dict[str, bytes]:
    """The files of our own wheel."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            folder,
            str(HERE.parent),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def _libraries() -> dict[str, bytes]:
    found = {
        str(path): Path(str(path.locate())).read_bytes()
        for each in _distributions()
        for path in each.files or ()
        if _is_wanted(str(path))
    }
    return {**found, **dict.fromkeys(EMPTY, b"")}


def _is_wanted(name: str) -> bool:
    if any(fnmatch.fnmatch(name, pattern) for pattern in KEPT):
        return True
    return not any(fnmatch.fnmatch(name, pattern) for pattern in LEFT_OUT)


def _distributions() -> list[Distribution]:
    """What our program needs, as far as it runs in a browser, by name."""
    found: dict[str, Distribution] = {}
    wanted = list(_requirements(_ours()))
    while wanted:
        name = wanted.pop().casefold()
        if name not in found and name not in NOT_IN_A_BROWSER:
            found[name] = distribution(name)
            wanted += _requirements(found[name])
    return [found[name] for name in sorted(found)]


def _requirements(of: Distribution) -> Iterator[str]:
    for text in of.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(
            {"extra": "", "sys_platform": "emscripten"}
        ):
            yield requirement.name


def _ours() -> Distribution:
    for name in PROGRAM:
        try:
            return distribution(name)
        except ModuleNotFoundError:
            continue
    raise SystemExit("The program is not installed here: make web does that.")


def _licences() -> str:
    """The parts in the page and their licences, as list items."""
    pyodide = json.loads((PYODIDE / "package.json").read_bytes())
    rows = [("Pyodide (Python for a browser)", pyodide["version"], pyodide["license"])]
    for each in _distributions():
        about = each.metadata
        licence = about["License-Expression"] or about["License"] or "see its page"
        rows.append((about["Name"], about["Version"], licence.splitlines()[0]))
    return "\n".join(f"<li>{html.escape(' '.join(row[:2]))}: {html.escape(row[2])}</li>" for row in rows)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


if __name__ == "__main__":
    for path in build(Path(sys.argv[1])):
        print(f"Written: {path}")
