"""The Dutch words of the public surface, beside the English ones inside: tables, no branches."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from schemas import doubts

MODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fiets": "bicycles",
        "bromfiets": "mopeds",
        "personenauto": "cars",
        "bestelauto": "vans",
        "vrachtverkeer": "heavy_vehicles",
        "voetganger": "pedestrians",
    }
)
"""Public mode (vervoerwijze) to quantity."""
VERVOERWIJZE: Final[Mapping[str, str]] = MappingProxyType({inside: public for public, inside in MODES.items()})

HERKOMST: Final[Mapping[str, str]] = MappingProxyType(
    {"measured": "gemeten", "recorded": "opgenomen", "simulated": "gesimuleerd"}
)
"""Where a number comes from: measured here, recorded elsewhere, or simulated."""

STATIONS: Final[Mapping[str, str]] = MappingProxyType({"official": "officieel", "citizen": "burgermeting"})
SURROUNDINGS: Final[Mapping[str, str]] = MappingProxyType({"background": "achtergrond", "traffic": "verkeer"})
DENOMINATORS: Final[Mapping[str, str]] = MappingProxyType({"motor": "motor", "alle": "all"})

LICENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/deed.nl",
        "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/deed.nl",
    }
)

MEASURED: Final = "gemeten"
PARTIAL: Final = "onvolledig"
MISSING: Final = "geen meting"
ASSUMED: Final = "verondersteld"


def kind(valid: int, expected: int) -> str:
    """Say what a number is: measured, partly measured, or not measured at all."""
    if valid <= 0:
        return MISSING
    return MEASURED if valid >= expected else PARTIAL


def herkomst(origins: Iterable[str] | None) -> list[str]:
    """Translate the origins of a number."""
    present = set(origins or ())
    return [word for origin, word in HERKOMST.items() if origin in present]


def flags(bits: int, *, running: bool) -> list[str]:
    """Name what a reader should know about a number: its doubts, and whether its bucket still runs."""
    return [doubt.label for doubt in doubts.named(bits)] + (["voorlopig"] if running else [])


def licence_url(licence: str) -> str:
    """Give the address of a licence; an unknown one is its own address."""
    return LICENCES.get(licence, licence)
