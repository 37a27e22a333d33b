"""How wide a text is, as far as that is known without its font: by the widths of a wide one, DejaVu Sans."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

SIZE: Final = 12.0
"""The usual size of letters, in pixels of a sheet."""

_WIDTHS: Final[Mapping[int, str]] = MappingProxyType(
    {
        278: "jli",
        295: "JI",
        318: " .,'\u00a0\u00b7\u202f",
        337: ":;/\\|",
        361: "-\u2010\u2011",
        390: "()[]",
        401: "!\u00b9\u00b2\u00b3r",
        392: "ft",
        500: '"*_\u00b0\u2013',
        521: "szc",
        557: "L",
        580: "kF",
        592: "vxy",
        616: "aeoTY",
        698: "ABCKPRSVXZ",
        752: "HNU",
        787: "DGOQ",
        838: "w+<>=~#",
        863: "M\u2212\u00d7",
        974: "m%",
        989: "W@\u2026\u2014",
    }
)
_OF_LETTERS: Final = MappingProxyType({letter: width for width, letters in _WIDTHS.items() for letter in letters})
_OTHER: Final = 640
_WIDE: Final = 1_000
_IDEOGRAPHS: Final = 0x2E80
_BOLD: Final = 1.1
_CUT: Final = "\u2026"


def width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Estimate how many pixels a text takes; rather more than it does."""
    units = sum(_OF_LETTERS.get(letter, _WIDE if ord(letter) >= _IDEOGRAPHS else _OTHER) for letter in text)
    return units / 1000 * size * (_BOLD if bold else 1)


def fitted(text: str, room: float, size: float = SIZE, *, bold: bool = False) -> str:
    """Cut a text that is longer than its room, with an ellipsis at its end; "" where not even that has room."""
    if width(text, size, bold=bold) <= room:
        return text
    for end in range(len(text) - 1, 0, -1):
        cut = text[:end].rstrip() + _CUT
        if width(cut, size, bold=bold) <= room:
            return cut
    return _CUT if width(_CUT, size, bold=bold) <= room else ""


def wrapped(text: str, room: float, size: float = SIZE, *, bold: bool = False) -> Iterator[str]:
    """Break a text between its words into lines that have room; a word that has none is cut."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width(longer, size, bold=bold) > room:
            yield line
            longer = word
        line = fitted(longer, room, size, bold=bold)
    if line:
        yield line
