"""What the program is made of: the list of parts, the pinned versions and the oldest allowed agree."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tracker import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PARTS: dict[str, Any] = json.loads((ROOT / "docs" / "sbom.cdx.json").read_text("utf-8"))


def pinned(name: str) -> dict[str, str]:
    """Package -> version, as a file of constraints pins them."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pairs = [re.fullmatch(r"([\w.-]+)==([\w.]+)", line) for line in lines]
    assert all(pairs), f"{name}: plain versions only"
    return {canonicalize_name(pair[1]): pair[2] for pair in pairs if pair}


def needed(extra: str = "") -> list[Requirement]:
    texts = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return [Requirement(text) for text in texts]


def test_the_list_of_parts_is_as_pinned() -> None:
    pins = pinned("constraints.txt")
    parts = {canonicalize_name(each["name"]): each["version"] for each in PARTS["components"]}
    assert parts == {name: pins.get(name) for name in parts}, "run make sbom"
    assert {canonicalize_name(each.name) for each in needed()} - parts.keys() == set()


def test_every_part_is_there_because_another_needs_it() -> None:
    needs = {each["ref"]: each.get("dependsOn", []) for each in PARTS["dependencies"]}
    reached, waiting = set(), ["root-component"]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs[ref]
    assert reached - {"root-component"} == {each["bom-ref"] for each in PARTS["components"]}


def test_every_part_has_a_name_a_version_a_purl_and_a_licence() -> None:
    lacking = {
        each["name"]: sorted({"name", "version", "purl", "licenses"} - set(each))
        for each in PARTS["components"]
    }
    assert {name: lacks for name, lacks in lacking.items() if lacks} == {}
    purls = {each["purl"] for each in PARTS["components"]}
    assert f"pkg:pypi/openpyxl@{pinned('constraints.txt')['openpyxl']}" in purls


def test_the_list_of_parts_is_the_same_whenever_it_is_made() -> None:
    assert (PARTS["bomFormat"], PARTS["specVersion"]) == ("CycloneDX", "1.6")
    assert PARTS["metadata"]["component"]["version"] == __version__
    assert PARTS["metadata"]["component"]["licenses"][0]["license"]["id"] == PROJECT["license"]
    assert ("serialNumber" in PARTS, "timestamp" in PARTS["metadata"]) == (False, False)
    assert "externalReferences" not in json.dumps(PARTS)


@pytest.mark.parametrize("extra", ["", "dev"])
def test_the_oldest_versions_are_the_bounds_themselves(extra: str) -> None:
    oldest, newest = pinned("constraints-oldest.txt"), pinned("constraints.txt")
    bounds = {
        canonicalize_name(each.name): Version(bound.version)
        for each in needed(extra)
        for bound in each.specifier
    }
    # A bound that another package raises, or that was never released, is met by the next version.
    assert {name: oldest[name] for name, low in bounds.items() if Version(oldest[name]) < low} == {}
    assert [name for name in bounds if Version(oldest[name]) > Version(newest[name])] == []
    at_bound = [
        name for name, low in bounds.items() if Version(oldest[name]).release[:2] == (*low.release, 0)[:2]
    ]
    assert len(at_bound) == len(bounds)
