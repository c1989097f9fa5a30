"""Write docs/sbom.cdx.json: what the program is made of, as pinned (CycloneDX). For `make sbom`.

The pinned packages are installed into an environment of their own, without the tests' tools and without pip, and
`cyclonedx-py` tells what is in it. Addresses are left out: they change, differ by mirror, and name no version.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "sbom.cdx.json"
CONSTRAINTS = ROOT / "constraints.txt"


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def environment(folder: Path) -> Path:
    """An environment with the program and its dependencies alone."""
    venv.create(folder, with_pip=False)
    python = next(
        path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists()
    )
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--disable-pip-version-check", "--constraint", CONSTRAINTS, ROOT)
    return folder


def without_addresses(value: Any) -> Any:
    """The document without references to places outside."""
    if isinstance(value, dict):
        return {key: without_addresses(each) for key, each in value.items() if key != "externalReferences"}
    return [without_addresses(each) for each in value] if isinstance(value, list) else value


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "sbom.json"
        tool = (sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", ROOT / "pyproject.toml")
        options = ("--output-reproducible", "--short-PURLs", "--spec-version", "1.6", "-o", made)
        run(*tool, *options, environment(Path(folder) / "runtime"))
        document = without_addresses(json.loads(made.read_text("utf-8")))
    TARGET.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    print(f"Written: {TARGET.relative_to(ROOT)}, {len(document['components'])} packages")


if __name__ == "__main__":
    main()
