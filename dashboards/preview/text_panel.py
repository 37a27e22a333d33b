"""Panels of the kind `text`: headings, lists and paragraphs; what is set in Markdown or HTML is read as plain text."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, Final

from dashboards.preview import letters, svg
from dashboards.preview.layout import PanelBox
from dashboards.preview.svg import Svg

_LINE: Final = 18.0
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*)")
_BULLET: Final = re.compile(r"\s*[-*+]\s+(.*)")
_SIZES: Final = (18.0, 16.0, 14.0)
_INDENT: Final = 16.0
_BLOCKS: Final = re.compile(r"</(?:p|div|h\d|li|tr)>|<br\s*/?>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS: Final = re.compile(r"(\*\*|__|`)(.+?)\1")


def draw(panel: Mapping[str, Any], box: PanelBox) -> Iterator[Svg]:
    """Write the lines that have room; the last of them ends in an ellipsis where there are more."""
    options = panel.get("options") or {}
    y = box.y
    for line, size, indent in _lines(_plain(str(options.get("content") or "")), box.width):
        height = _LINE * size / letters.SIZE
        if y + 2 * height > box.bottom + 4:
            left = y + height <= box.bottom + 4
            if left:
                yield svg.label(f"{line} \u2026", box.x + indent, y + height - 4, size=size, room=box.width - indent)
            return
        y += height
        yield svg.label(line, box.x + indent, y - 4, size=size, bold=size > letters.SIZE, room=box.width - indent)


def _lines(text: str, width: float) -> Iterator[tuple[str, float, float]]:
    """Break a text into lines, each with the size of its letters and its indent."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        heading, bullet = _HEADING.fullmatch(line.strip()), _BULLET.fullmatch(line)
        if paragraph and (heading or bullet or not line.strip()):
            yield from ((one, letters.SIZE, 0.0) for one in letters.wrapped(" ".join(paragraph), width))
            paragraph = []
        if heading:
            size = _SIZES[min(len(heading[1]), len(_SIZES)) - 1]
            yield from ((one, size, 0.0) for one in letters.wrapped(heading[2], width, size, bold=True))
        elif bullet:
            for place, one in enumerate(letters.wrapped(bullet[1], width - _INDENT)):
                yield (one, letters.SIZE, _INDENT) if place else (f"\u2022 {one}", letters.SIZE, 4.0)
        elif line.strip():
            paragraph.append(line.strip())


def _plain(text: str) -> str:
    without = unescape(_TAG.sub("", _BLOCKS.sub("\n", text)))
    return _MARKS.sub(r"\2", _LINK.sub(r"\1", without))
