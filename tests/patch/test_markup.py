"""Parts as trees: what is kept when one is written again, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from patch.packages import DOCUMENT, MAIN, small, zipped
from tracker.workbook.patch.markup import CannotPatchError, parse_xml, read_shared_texts, to_xml
from tracker.workbook.patch.package import Package

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
KEPT = [
    b'<a xmlns="u" xmlns:mc="m" xmlns:x14="v" mc:Ignorable="x14"/>',
    b'<x:a xmlns:x="u"><x:b y="1"/></x:a>',
    b'<a xmlns="u" xmlns:x="u" x:b="1"/>',
    b'<a><b xmlns="u" xmlns:r="v" r:id="1"/><b/></a>',
    b'<x:a xmlns:x="u"><x:b xmlns:x="v" x:c="1"><x:c/></x:b><x:b/></x:a>',
    b'<a xmlns="u"><b xmlns=""><c/></b></a>',
    b'<a b="x&#10;y&#13;&#9;&quot;\'&lt;&amp;&gt;"/>',
    b"<a> x&#13;\n &amp;&lt;&gt; <b/>\t</a>",
    b'<a xml:space="preserve">\xc3\xa9 \xf0\x9f\x98\x80</a>',
    b"<a>1<!-- & -->2&#13;<?p q?>3</a>",
]


@pytest.mark.parametrize("spelling", KEPT)
def test_a_part_that_is_not_changed_comes_back(spelling: bytes) -> None:
    assert to_xml(parse_xml(spelling)) == HEAD + spelling
    root = etree.fromstring(spelling)
    assert to_xml(parse_xml(spelling)) == etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", standalone=True
    )


def test_sections_of_characters_become_plain_text() -> None:
    assert to_xml(parse_xml(b"<a><![CDATA[<&]]></a>")) == HEAD + b"<a>&lt;&amp;</a>"


DEEP = b"<a>" * 300 + b"</a>" * 300
DECLARED = b"<a %b/>" % b" ".join(b'xmlns:p%d="u%d"' % (n, n) for n in range(300))
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


ENCODED = [b'<?xml version="1.0" encoding="%b"?><a/>' % name for name in (b"shift_jis", b"none", b"idna")]


@pytest.mark.parametrize("read", [parse_xml, read_shared_texts])
@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"<a",
        b"<a>&b;</a>",
        b"<x:a/>",
        b'<!DOCTYPE a SYSTEM "a.dtd"><a/>',
        LAUGHS,
        OUTSIDE,
        DEEP,
        *ENCODED,
    ],
)
def test_what_is_no_plain_xml_is_refused(read: Callable[[bytes], object], part: bytes) -> None:
    with pytest.raises(CannotPatchError):
        read(part)


def test_more_namespaces_than_any_program_declares_are_refused() -> None:
    with pytest.raises(CannotPatchError, match="256"):
        parse_xml(DECLARED)


def test_shared_texts_are_read_in_order_without_hints() -> None:
    items = (
        "<si><t>a &amp;\nb</t></si><!-- none --><si/>"
        "<si><r><rPr><b/></rPr><t>c</t></r><r><t> d</t></r><rPh><t>hint</t></rPh><phoneticPr/></si>"
    )
    assert read_shared_texts(f'<sst xmlns="{MAIN}">{items}</sst>'.encode()) == ["a &\nb", "", "c d"]


def test_a_sheet_is_added_where_each_entry_declares_its_relation() -> None:
    parts = small({"One": ""})
    parts["xl/workbook.xml"] = (
        f'<x:workbook xmlns:x="{MAIN}"><x:sheets><x:sheet name="One" sheetId="1" r:id="rId1" '
        f'xmlns:r="{DOCUMENT}"/></x:sheets></x:workbook>'
    )
    package = Package(zipped(parts))
    package.add_sheet("Two", b"<worksheet/>")
    root = etree.fromstring(package.read("xl/workbook.xml"))
    sheets = root.findall(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet")
    assert [(each.get("name"), each.get(f"{{{DOCUMENT}}}id")) for each in sheets] == [
        ("One", "rId1"),
        ("Two", "rId2"),
    ]
    assert list(package.sheets()) == ["One", "Two"]
