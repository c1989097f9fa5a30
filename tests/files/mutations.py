"""Seeded damage to a real tracker: in its bytes, in the XML of its parts, in what its hidden sheet remembers."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from files.base import RELATIONS, STRINGS, STYLES, TYPES, WORKBOOK, packed, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WORDS = (
    "", " ", "-1", "0", "1", "1e400", "-1e300", "NaN", "99999999999999999999", "46330", "46330.5", "-2", "60",
    "2026-11-09", "2026-13-45", "24:61", "5/4/2026", "A1", "A1:XFD1048576", "ZZ9", "B:0", "a:b", "TRUE", "#REF!",
    "#N/A", "=1+", "=" + "(" * 500, "=SUM(", "SIN_actions[[#This Row],[Due]]", "x" * 40_000, "\u202e\u200b\ufeff",
    "\u00a0", "\U0001f600", "_x0000_", "_x001B_[2J", "s", "str", "b", "d", "e", "n", "inlineStr", "zz", "SIN",
    "SIN-2.1", "Complete", "Not applicable", "ID", "../../etc/passwd", "http://example.org", "rId1", "{0}", "%s",
)  # fmt: skip
JSON_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, 1e308, "", "x", "2026-11-09", "2026-99-99", "0001-01-01", "9999-12-31", "a\0b",
    "../x", [], [1], [[]], {}, {"a": 1}, {"a": {"b": {}}}, ["x"] * 9,
)  # fmt: skip


def bytes_damaged(content: bytes, seed: int) -> bytes:
    """The file cut short, or with one to eight of its bytes changed; the zip's own records are hit as often."""
    chance = random.Random(seed)
    if chance.random() < 0.2:
        return content[: chance.randrange(len(content))]
    damaged = bytearray(content)
    first = content.index(b"PK\x01\x02") if chance.random() < 0.3 else 0
    for _ in range(chance.randint(1, 8)):
        damaged[chance.randrange(first, len(content))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def parts_damaged(parts: Mapping[str, bytes], seed: int) -> bytes:
    """The workbook with one to five changes to the XML of one of its parts."""
    chance = random.Random(seed)
    members = dict(parts)
    sheets = [name for name in members if name.startswith("xl/worksheets/sheet")]
    tables = [name for name in members if name.startswith("xl/tables/")]
    others = [WORKBOOK, STRINGS, STYLES, RELATIONS, TYPES, "docProps/custom.xml"]
    part = chance.choice(chance.choice((sheets, sheets, tables, others)))
    tree = etree.fromstring(members[part])
    for _ in range(chance.randint(1, 5)):
        element = chance.choice(list(tree.iter("*")))
        chance.choice(CHANGES)(element, tree, chance)
    members[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return packed(members)


def _removed(element: Any, tree: Any, _: random.Random) -> None:
    if element is not tree:
        element.getparent().remove(element)


def _doubled(element: Any, tree: Any, chance: random.Random) -> None:
    if element is not tree and len(list(element.iter())) < 200:
        for _ in range(chance.choice((1, 1, 30))):
            element.addnext(etree.fromstring(etree.tostring(element)))


def _moved(element: Any, tree: Any, chance: random.Random) -> None:
    home = chance.choice(list(tree.iter("*")))
    if element is not tree and home not in list(element.iter()):
        home.append(element)


def _renamed(element: Any, tree: Any, chance: random.Random) -> None:
    element.tag = chance.choice(list(tree.iter("*"))).tag


def _typed(element: Any, _: Any, chance: random.Random) -> None:
    texts = [each for each in element.iter("*") if not len(each)]
    chance.choice(texts).text = _xml(chance.choice(WORDS))


def _attribute(element: Any, _: Any, chance: random.Random) -> None:
    if element.attrib:
        element.set(chance.choice(sorted(element.attrib)), _xml(chance.choice(WORDS)))


def _attribute_lost(element: Any, _: Any, chance: random.Random) -> None:
    if element.attrib:
        element.attrib.pop(chance.choice(sorted(element.attrib)))


def _xml(text: str) -> str:
    return text.replace("\0", "")


CHANGES: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    _removed, _doubled, _moved, _renamed, _typed, _typed, _attribute, _attribute, _attribute_lost,
)  # fmt: skip


def cells_retyped(parts: Mapping[str, bytes], seed: int) -> bytes:
    """The workbook with sixty cells of one sheet typed over, whatever stood there."""
    chance = random.Random(seed)
    members = dict(parts)
    part = chance.choice([name for name in members if name.startswith("xl/worksheets/sheet")])
    tree = etree.fromstring(members[part])
    cells = list(tree.iter("{*}c"))
    for cell in chance.sample(cells, min(60, len(cells))):
        for child in list(cell):
            cell.remove(child)
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{_space(cell)}is"), f"{_space(cell)}t")
        text.text = _xml(chance.choice(WORDS))
        if chance.random() < 0.4:
            cell.remove(cell[0])
            cell.set("t", "n")
            etree.SubElement(cell, f"{_space(cell)}v").text = chance.choice(
                ("-1", "1e9", "46330.25", "7", "1e300")
            )
    members[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return packed(members)


def _space(element: Any) -> str:
    return "{" + str(etree.QName(element).namespace) + "}"


def memory_damaged(parts: Mapping[str, bytes], memory: str, seed: int) -> bytes:
    """The workbook with one to three values of what its hidden sheet remembers changed."""
    chance = random.Random(seed)
    record = json.loads(memory)
    for _ in range(chance.randint(1, 3)):
        place, key = record, chance.choice(list(record))
        while isinstance(place[key], (dict, list)) and place[key] and chance.random() < 0.8:
            place = place[key]
            key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        if chance.random() < 0.2 and isinstance(place, dict):
            del place[key]
        else:
            place[key] = copy.deepcopy(chance.choice(JSON_VALUES))
        if not record:
            break
    members = dict(parts)
    remembered(json.dumps(record))(members)
    return packed(members)
