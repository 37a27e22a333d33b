"""The Dutch words of the public surface, beside the English ones inside: tables, no branches."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from locales import DEFAULT, texts
from schemas import quality_flags

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
DENOMINATORS: Final[Mapping[str, str]] = MappingProxyType(
    {"motor": "motor", "alle": "all"} | {public: mode for public, mode in MODES.items() if mode != "bicycles"}
)
"""Public denominator (noemer) to variant of the share: named by one mode, it is bicycles against that mode alone."""
NOEMER: Final[Mapping[str, str]] = MappingProxyType({inside: public for public, inside in DENOMINATORS.items()})

LAYERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gemeten": "measured",
        "uitgever": "publisher",
        "barkjohn-1": "barkjohn-1",
        "koehler-1": "koehler-1",
        "regionaal-1": "regional-1",
    }
)
"""Public layer (laag) of the air to ours: as measured, as its publisher calibrated it, or as we corrected it."""
LAAG: Final[Mapping[str, str]] = MappingProxyType({inside: public for public, inside in LAYERS.items()})

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "site": "telpunt",
        "link": "wegvak",
        "route": "doorfietsroute",
        "connection": "verbinding",
        "screenline": "tellijn",
        "station": "meetstation",
        "district": "wijk",
        "owner": "eigenaar",
    }
)
"""What an indicator can be about."""
COLLECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "site": "telpunten",
        "link": "wegvakken",
        "route": "doorfietsroutes",
        "connection": "verbindingen",
        "screenline": "tellijnen",
        "station": "meetstations",
        "district": "wijken",
        "owner": "eigenaren",
    }
)
"""Under which name all of a kind are listed in `/v1`."""

CONNECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "inside": "binnen wijk",
        "between": "tussen wijken",
        "centre": "naar het centrum",
        "region": "naar de regio",
    }
)
"""The kinds of connection."""

OUTAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stil": "silent",
        "laat": "late",
        "klok": "clock",
        "vast": "stuck",
        "dood": "dead",
        "verdacht": "suspect",
        "gedeeltelijk": "partial",
        "nooit-ontvangen": "never_received",
        "onderhoud": "maintenance",
    }
)
"""Public kind of outage to the status of a feed. A low battery is none: nothing is missing."""
STORING: Final[Mapping[str, str]] = MappingProxyType({inside: public for public, inside in OUTAGES.items()})

PERIODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "quarter": "kwartier",
        "hour": "uur",
        "day": "dag",
        "week": "week",
        "month": "maand",
        "year": "jaar",
        "year_to_date": "jaar-tot-nu",
        "rolling_year": "twaalf-maanden",
        "opening": "opening",
        "whole": "geheel",
    }
)
"""The lengths of time that a number can be about."""

KENGETAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "count": "telling",
        "cycling_share": "fietsaandeel",
        "cyclists_per_day": "fietsers-per-dag",
        "bicycle_km": "fietskilometers",
        "mean_cyclists": "gewogen-gemiddelde",
        "green_share": "groen-aandeel",
        "measured_share": "gemeten-deel",
        "through_ratio": "doorgaande-verhouding",
        "uniformity": "gelijkmatigheid",
        "link_split": "verdeling-over-wegvakken",
        "directionality": "richtingsverschil",
        "exposure_pm25": "blootstelling-pm25",
        "growth_since_opening": "groei-sinds-opening",
        "aadb": "jaargemiddelde-etmaal",
        "naive_aadb": "gewoon-daggemiddelde",
        "madb": "maandgemiddelde-etmaal",
        "seasonal_factor": "seizoensfactor",
        "weekday_index": "weekdagindex",
        "mean_day": "gemiddelde-dag",
        "total": "totaal",
        "total_with_estimates": "totaal-met-schattingen",
        "expanded_aadb": "opgehoogd-jaargemiddelde",
        "peak_hour_factor": "spitsfactor",
        "wwi": "weekend-weekdagindex",
        "ami": "ochtend-middagindex",
        "like_for_like": "gelijke-dagen",
        "same_weekday": "gelijke-weekdagen",
        "air_hour_mean": "uurgemiddelde",
        "day_mean": "daggemiddelde",
        "day_max_8h": "hoogste-8-uursgemiddelde",
        "month_mean": "maandgemiddelde",
        "year_mean": "jaargemiddelde",
        "lki": "luchtkwaliteitsindex",
        "eaqi": "europese-luchtkwaliteitsindex",
        "barkjohn": "correctie-barkjohn",
        "koehler": "correctie-koehler",
        "regional": "correctie-regionaal",
        "gas_conversion": "omrekening-gassen",
    }
)
"""Indicator to its public name (kengetal) in addresses, files and answers."""

LICENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/deed.{locale}",
        "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/deed.{locale}",
    }
)
"""Addresses of licences in a language, by their SPDX identifier."""

MEASURED: Final = "gemeten"
ESTIMATED: Final = "geschat"
PARTIAL: Final = "onvolledig"
MISSING: Final = "geen meting"
ASSUMED: Final = "verondersteld"
UNPROCESSED: Final = "nog niet verwerkt"


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
    """Name what a reader should know about a number: its quality flags, and whether its bucket still runs."""
    return [texts()(f"quality_flag.{quality_flag.name}") for quality_flag in quality_flags.named(bits)] + (
        ["voorlopig"] if running else []
    )


def flag_codes(bits: int, *, running: bool) -> list[str]:
    """Give the codes of the same flags, in the same order."""
    return [quality_flag.name for quality_flag in quality_flags.named(bits)] + (["running"] if running else [])


def flag_parts(flagged: Iterable[int]) -> dict[str, int]:
    """Count by code the parts of a number that have a flag, from the flags of each part."""
    return dict(Counter(quality_flag.name for bits in flagged for quality_flag in quality_flags.named(bits)))


def window(code: str) -> str:
    """Say when a sensor can measure, by the code of the registry."""
    first, _, until = code.partition("-")
    return texts()("window.hours", first=first, until=until) if until else texts()(f"window.{code}")


def place(name: str, locale: str = DEFAULT) -> str:
    """Name an end of a link; the region, which is outside, has only a code."""
    return texts(locale)("place.region") if name == "region" else name


SIMULATED: Final = "Gesimuleerd: door een model gemaakt, geen waarneming."
OWN: Final = "Gemeten door of voor de uitgever."


def licence_url(licence: str, locale: str = DEFAULT) -> str:
    """Give the address of a licence; an unknown one is its own address."""
    return LICENCES[licence].format(locale=locale) if licence in LICENCES else licence
