"""The colours of a sheet, light and dark: the tokens of the public site, and Grafana's names in shades of ours."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple
from zlib import crc32

FONT: Final = "'Noto Sans', system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
HEADING_FONT: Final = "'Noto Serif', 'Source Serif 4', Georgia, 'Times New Roman', serif"


class ColorScheme(NamedTuple):
    """The colours of one sheet; `names` has those that Grafana calls by a name, `series` those of its palettes."""

    document: str
    panel: str
    text: str
    subtle: str
    border: str
    grid: str
    active: str
    accent: str
    accent_subtle: str
    warning: str
    warning_subtle: str
    land: str
    series: Sequence[str]
    names: Mapping[str, str]


LIGHT: Final = ColorScheme(
    document="#fbfaf6",
    panel="#ffffff",
    text="#17252b",
    subtle="#4c5b61",
    border="#7d8685",
    grid="#d9d6cb",
    active="#dfd9c8",
    accent="#0b6349",
    accent_subtle="#d7e9df",
    warning="#8a4b00",
    warning_subtle="#fbe7c6",
    land="#f1eee4",
    series=("#0b6349", "#b4500a", "#1d4f7c", "#a3306f", "#847300", "#5f4bb0", "#08788a", "#7a4420"),
    names=MappingProxyType(
        {
            "green": "#22805a",
            "red": "#c8372d",
            "orange": "#e08421",
            "yellow": "#ecc94b",
            "blue": "#3a78b0",
            "purple": "#8256b5",
        }
    ),
)
DARK: Final = ColorScheme(
    document="#10181b",
    panel="#172225",
    text="#e9eeec",
    subtle="#a9b8b8",
    border="#7f9092",
    grid="#324145",
    active="#35474c",
    accent="#6fcfa6",
    accent_subtle="#173d31",
    warning="#f3bd6b",
    warning_subtle="#453111",
    land="#1b272a",
    series=("#6fcfa6", "#f2a25f", "#93c3ee", "#e892c3", "#d9cc62", "#b9acf2", "#62cbd8", "#d8a886"),
    names=MappingProxyType(
        {
            "green": "#4fb98a",
            "red": "#e8675c",
            "orange": "#f0a350",
            "yellow": "#ecd06a",
            "blue": "#6ea8dc",
            "purple": "#ae8be0",
        }
    ),
)

_SHADES: Final = MappingProxyType(
    {"super-light": (255, 0.6), "light": (255, 0.3), "semi-dark": (0, 0.15), "dark": (0, 0.35)}
)
_SHORT_HEX: Final = 4
_INK: Final = "#10181b"
_RAMPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "GrYlRd": ("green", "yellow", "red"),
        "RdYlGr": ("red", "yellow", "green"),
        "YlRd": ("yellow", "red"),
        "BlPu": ("blue", "purple"),
        "YlBl": ("yellow", "blue"),
        "blues": ("panel", "blue"),
        "reds": ("panel", "red"),
        "greens": ("panel", "green"),
        "purples": ("panel", "purple"),
    }
)


def named(name: str, scheme: ColorScheme) -> str:
    """Give the colour of a name of Grafana, or of a hexadecimal one as it is; the text's for what is no colour."""
    if name.startswith("#") and all(letter in "0123456789abcdefABCDEF" for letter in name[1:]):
        digits = "".join(2 * digit for digit in name[1:]) if len(name) == _SHORT_HEX else name[1:7]
        return f"#{digits.lower()}" if len(digits) == len("rrggbb") else scheme.text
    if name == "transparent":
        return scheme.panel
    shade, _, hue = name.rpartition("-")
    if hue not in scheme.names:
        return {"white": "#ffffff", "black": "#000000", "panel": scheme.panel}.get(name, scheme.text)
    if shade not in _SHADES:
        return scheme.names[hue]
    towards, part = _SHADES[shade]
    return mixed(scheme.names[hue], f"#{towards:02x}{towards:02x}{towards:02x}", part)


def mixed(one: str, other: str, part: float) -> str:
    """Mix two colours, `part` of the other."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def on(color: str) -> str:
    """Give the colour of text on a surface of a colour: the one of black and white that stands out more."""
    light = _luminance(color) + 0.05
    return _INK if light / (_luminance(_INK) + 0.05) > 1.05 / light else "#ffffff"


def by_index(index: int, scheme: ColorScheme) -> str:
    """Give the colour of a series by its place."""
    return scheme.series[index % len(scheme.series)]


def by_names(names: Sequence[str], scheme: ColorScheme) -> Mapping[str, str]:
    """Give each name a colour that follows from it; names of one colour move on, as long as there are others."""
    given: dict[str, str] = {}
    for name in names:
        first = crc32(name.encode())
        places = [by_index(first + step, scheme) for step in range(len(scheme.series))]
        given.setdefault(name, next((color for color in places if color not in given.values()), places[0]))
    return given


def continuous(mode: str, share: float, scheme: ColorScheme) -> str:
    """Give the colour at a share, from 0 to 1, of a ramp of Grafana such as `continuous-GrYlRd`."""
    ramp = [named(name, scheme) for name in _RAMPS.get(mode.removeprefix("continuous-"), _RAMPS["greens"])]
    place = min(1.0, max(0.0, share)) * (len(ramp) - 1)
    first = min(int(place), len(ramp) - 2)
    return mixed(ramp[first], ramp[first + 1], place - first)


def _channels(color: str) -> list[int]:
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


def _luminance(color: str) -> float:
    """Compute the relative luminance of WCAG 2.1."""
    parts = [part / 255 for part in _channels(color)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
