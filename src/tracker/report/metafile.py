"""Pictures for Word as Windows metafiles (EMF): lines, shapes and short texts, sharp at any size.

Word and LibreOffice both show this format, and a few records of it need no package. Coordinates are the pixels of
the web page. Texts are in Arial; the widths of its letters stand beside each text, so that all programs set it alike.

Example:
    >>> picture = Metafile(300, 40)
    >>> picture.line(0, 20, 300, 20, "#D8DCE3")
    >>> picture.to_bytes()[40:44]
    b' EMF'
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]

_UNIT = 10
"""Units of the file in a pixel, of which there are 96 to an inch."""
_DEVICE, _DEVICE_MM = (19_200, 10_800), (508, 286)
_HUNDREDTHS_MM = 2540 / 96
_SOLID, _NO_PEN = 0, 5
_FONT, _PEN, _BRUSH = 1, 2, 3
"""The one object of each kind, made anew for each shape."""
_LETTERS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 "
    "278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 "
    "556 333 500 278 556 500 722 500 500 500 334 260 334 584 "
)
_WIDTHS = {chr(32 + place): int(width) for place, width in enumerate(_LETTERS.split())} | {
    "→": 1000,
    "·": 333,
}
"""Letter -> its width in Arial, in thousandths of the font's size."""
_OTHER = 556


def text_width(text: str, size: float) -> float:
    """How wide a text is, in pixels."""
    return sum(_WIDTHS.get(letter, _OTHER) for letter in text) * size / 1000


class Metafile:
    """A picture that is drawn on; `width` and `height` are pixels."""

    def __init__(self, width: float, height: float) -> None:
        """An empty picture."""
        self.width, self.height = width, height
        self._records: list[bytes] = []
        self._add(18, struct.pack("<I", 1))  # texts without a background

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str,
        *,
        width: float = 1,
        dashed: bool = False,
    ) -> None:
        """A line; Windows dashes only those one unit wide, so a dashed one is drawn in pieces."""
        self._pen(colour, width)
        steps = max(round((abs(x2 - x1) + abs(y2 - y1)) / 8), 1) if dashed else 1
        for step in range(steps):
            start, end = step / steps, (step + 0.6) / steps if dashed else 1
            self._add(27, _point(x1 + (x2 - x1) * start, y1 + (y2 - y1) * start))
            self._add(54, _point(x1 + (x2 - x1) * end, y1 + (y2 - y1) * end))
        self._forget(_PEN)

    def polygon(self, points: Sequence[Point], fill: str, stroke: str = "", *, width: float = 1) -> None:
        """A filled shape with a border."""
        self._pen(stroke, width)
        self._add(39, struct.pack("<IIII", _BRUSH, 0, _colour(fill), 0))
        self._add(37, struct.pack("<I", _BRUSH))
        places = b"".join(struct.pack("<hh", round(x * _UNIT), round(y * _UNIT)) for x, y in points)
        self._add(86, self._bounds() + struct.pack("<I", len(points)) + places)
        self._forget(_PEN, _BRUSH)

    def text(self, x: float, y: float, text: str, size: float, colour: str, *, side: str = "start") -> None:
        """A text whose letters stand on `y`; `side` says which end of it is at `x`: `start`, `middle` or `end`."""
        x -= {"start": 0, "middle": 0.5, "end": 1}[side] * text_width(text, size)
        height = -round(size * _UNIT)
        face = "Arial".encode("utf-16-le").ljust(64, b"\0")
        font = struct.pack("<iiiii8B", height, 0, 0, 0, 400, 0, 0, 0, 1, 0, 0, 0, 0) + face
        self._add(82, struct.pack("<I", _FONT) + font.ljust(320, b"\0"))
        self._add(37, struct.pack("<I", _FONT))
        self._add(22, struct.pack("<I", 24))  # placed by the line that the letters stand on
        self._add(24, struct.pack("<I", _colour(colour)))
        letters = text.encode("utf-16-le")
        padded = letters + b"\0" * (-len(letters) % 4)
        units = len(letters) // 2
        widths = b"".join(struct.pack("<I", round(text_width(each, size) * _UNIT)) for each in text[:units])
        head = self._bounds() + struct.pack("<Iff", 1, 1.0, 1.0) + _point(x, y)
        head += struct.pack("<III", units, 76, 0) + struct.pack("<4i", 0, 0, -1, -1)
        self._add(84, head + struct.pack("<I", 76 + len(padded)) + padded + widths)
        self._forget(_FONT)

    def to_bytes(self) -> bytes:
        """The file."""
        end = struct.pack("<IIIII", 14, 20, 0, 16, 20)
        body = b"".join(self._records)
        frame = struct.pack(
            "<4i", 0, 0, round(self.width * _HUNDREDTHS_MM), round(self.height * _HUNDREDTHS_MM)
        )
        whole = 88 + len(body) + len(end)
        head = struct.pack("<II", 1, 88) + self._bounds() + frame + b" EMF"
        head += struct.pack("<IIIHHIII", 0x10000, whole, len(self._records) + 2, 4, 0, 0, 0, 0)
        return head + struct.pack("<4i", *_DEVICE, *_DEVICE_MM) + body + end

    def _bounds(self) -> bytes:
        return struct.pack("<4i", 0, 0, round(self.width * _UNIT), round(self.height * _UNIT))

    def _add(self, kind: int, data: bytes) -> None:
        self._records.append(struct.pack("<II", kind, 8 + len(data)) + data)

    def _pen(self, colour: str, width: float) -> None:
        style = _SOLID if colour else _NO_PEN
        self._add(
            38, struct.pack("<IIiiI", _PEN, style, round(width * _UNIT), 0, _colour(colour or "#000000"))
        )
        self._add(37, struct.pack("<I", _PEN))

    def _forget(self, *objects: int) -> None:
        for each in objects:
            self._add(40, struct.pack("<I", each))


def _point(x: float, y: float) -> bytes:
    return struct.pack("<ii", round(x * _UNIT), round(y * _UNIT))


def _colour(colour: str) -> int:
    """`#RRGGBB` as Windows numbers it: blue, green, red."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red | green << 8 | blue << 16
