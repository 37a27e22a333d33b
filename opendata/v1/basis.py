"""What an indicator rests on, in the words of the public: a table of keys, and of the few values that are words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from pydantic.alias_generators import to_camel

from opendata.reasons import text
from opendata.vocabulary import LAAG
from schemas.reasons import Reason

KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "aadb": "jaargemiddelde_etmaal",
        "assumed_km": "veronderstelde_km",
        "bicycle_km": "fietskilometers",
        "counted_on": "geteld_op",
        "cyclists": "fietsers",
        "day": "dag",
        "days": "dagen",
        "days_neighbour_day": "dagen_uit_buren",
        "days_own_weekday": "dagen_uit_eigen_weekdagen",
        "directions": "richtingen",
        "quality_flag": "twijfel",
        "empty_cells": "lege_cellen",
        "empty_weekdays": "lege_weekdagen",
        "estimated": "geschat",
        "estimated_days": "geschatte_dagen",
        "every_weekday": "elke_weekdag",
        "everyone": "iedereen",
        "expected": "verwacht",
        "factor": "factor",
        "group": "groep",
        "hour": "uur",
        "humidity": "vochtigheid",
        "kappa": "kappa",
        "kits": "sensoren",
        "layers": "lagen",
        "length_km": "lengte_km",
        "links": "wegvakken",
        "madb": "maandgemiddelde_etmaal",
        "may_to_october": "mei_tot_oktober",
        "mean": "gemiddelde",
        "measured": "gemeten",
        "measured_km": "gemeten_km",
        "method": "methode",
        "missing": "ontbrekend",
        "missing_km": "ontbrekende_km",
        "naive_growth": "kale_groei",
        "naive_now": "kaal_nu",
        "naive_then": "kaal_toen",
        "near_km": "km_met_eigen_lucht",
        "neighbours": "buren",
        "now": "nu",
        "of_bicycle_km": "deel_van_fietskilometers",
        "opened": "geopend",
        "particulate": "fijnstof_als",
        "quarter": "drukste_kwartier",
        "raised": "verhoogd",
        "raised_from": "verhoogd_vanaf_stoffen",
        "reference": "referentie",
        "references": "vergelijkbare_telpunten",
        "rms_error": "methodefout",
        "rms_error_neighbour_day": "methodefout_uit_buren",
        "rms_error_own_weekday": "methodefout_uit_eigen_weekdagen",
        "site_days": "telpuntdagen",
        "sites": "telpunten",
        "stations": "meetstations",
        "sub_indices": "deelindexen",
        "tested_on": "getoetst_op",
        "then": "toen",
        "total": "totaal",
        "use": "gebruikssoort",
        "valid": "geldig",
        "version": "versie",
        "weeks": "weken",
        "worst": "hoogste",
    }
)
"""Our keys, and the public ones."""

FLAGGED: Final = "flagged_days"
"""Our key of what answers say as `vlagDelen`: the number of days that have each quality flag."""

VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "utilitarian": "woon-werk",
        "mixed_utilitarian": "gemengd, meest woon-werk",
        "mixed_recreational": "gemengd, meest recreatief",
        "recreational": "recreatief",
        "neighbour_day": "buren",
        "own_weekday": "eigen weekdagen",
        "neighbour_day, own_weekday": "buren, eigen weekdagen",
        **LAAG,
    }
)
"""Values that are words of ours."""


def basis(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """Translate what an indicator rests on; names of places and substances are everybody's."""
    found = {to_camel(KEYS.get(key, key)): _value(value) for key, value in (stored or {}).items() if key != FLAGGED}
    quality_flag = (stored or {}).get("quality_flag")
    return (
        found | {"twijfel": text(msgspec.convert(quality_flag, Reason)), "twijfelCode": quality_flag["code"]}
        if quality_flag
        else found
    )


def _value(value: Any) -> Any:  # noqa: ANN401 - JSON holds anything
    if isinstance(value, dict):
        return {key: _value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner) for inner in value]
    return VALUES.get(value, value) if isinstance(value, str) else value
