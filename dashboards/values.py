"""The codes that queries give, with the keys of their words and the colours that they have."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from schemas import rejection
from schemas.air_indices import SCHEMES
from schemas.feed_states import STATUSES
from schemas.quality_flags import QUALITY_FLAGS
from schemas.quantities import QUANTITIES


class MappedCode(NamedTuple):
    """The key of the words of a code, and its colour in Grafana's names, "" for that of other text."""

    key: str
    color: str = ""


class MappedRange(NamedTuple):
    """Numbers from `low` to `high`, both included, which words stand for."""

    low: float
    high: float
    key: str
    color: str


Codes: TypeAlias = Mapping[str, MappedCode]

_STATUS_COLORS: Final = MappingProxyType(
    {
        "silent": "red", "late": "orange", "clock": "orange", "stuck": "red", "dead": "red", "suspect": "orange",
        "battery": "yellow", "partial": "yellow", "never_received": "purple", "maintenance": "blue", "ok": "green",
        "closed": "text",
    }
)  # fmt: skip
_LKI_COLORS: Final = MappingProxyType(
    {"good": "#3a8dde", "moderate": "#f2cc0c", "insufficient": "#ff9830", "poor": "#e02f44", "very_poor": "#8f3bb8"}
)
_EAQI_COLORS: Final = MappingProxyType(
    {
        "good": "#50f0e6", "fair": "#50ccaa", "moderate": "#f0e641", "poor": "#ff5050", "very_poor": "#960032",
        "extremely_poor": "#7d2181",
    }
)  # fmt: skip
_EVERY_LEVEL: Final = MappingProxyType({**_EAQI_COLORS, **_LKI_COLORS})


def _levels(scheme: str, colors: Mapping[str, str]) -> Codes:
    """Give each value of an index the word and the colour of its level."""
    levels = enumerate(SCHEMES[scheme].levels, 1)
    return {str(value): MappedCode(f"level.{level}", colors[level]) for value, level in levels}


CODES: Final[Mapping[str, Codes]] = MappingProxyType(
    {
        "status": {code: MappedCode(f"status.{code}", _STATUS_COLORS[code]) for code in STATUSES},
        "origin": {
            **{code: MappedCode(f"page.origin.{code}") for code in ("measured", "recorded", "simulated")},
            "mixed": MappedCode("dashboard.origin.mixed"),
        },
        "quantity": {name: MappedCode(f"quantity.{name}") for name in QUANTITIES},
        "flag": {one.name: MappedCode(f"quality_flag.{one.name}") for one in QUALITY_FLAGS},
        "rejection": {code: MappedCode(f"console.rejection.{code}") for code in rejection.REASONS},
        "stage": {code: MappedCode(f"console.stage.{code}") for code in ("receive", "store", "aggregate")},
        "level": {code: MappedCode(f"level.{code}", color) for code, color in _EVERY_LEVEL.items()},
        "lki": _levels("lki-2014", _LKI_COLORS),
        "eaqi": _levels("eaqi-2024", _EAQI_COLORS),
        "comparison": {
            code: MappedCode(f"dashboard.comparison.{code}") for code in ("typical", "year_to_date", "rolling_year")
        },
        "kind": {
            "measured": MappedCode("dashboard.kind.measured", "green"),
            "assumed": MappedCode("dashboard.kind.assumed", "yellow"),
            "not_measured": MappedCode("dashboard.kind.not_measured", "text"),
        },
        "green": {
            "true": MappedCode("dashboard.green.yes", "green"),
            "false": MappedCode("dashboard.green.no", "text"),
        },
        "scope": {code: MappedCode(f"dashboard.scope.{code}") for code in ("district", "city")},
        "weekday": {str(day): MappedCode(f"dashboard.weekday.{day}") for day in range(1, 8)},
        "station": {code: MappedCode(f"page.station.{code}") for code in ("official", "citizen")},
        "reason": {
            **{
                code: MappedCode(f"reason.{code}")
                for code in (
                    "coverage_below", "modes_missing", "outside_window", "nobody_counted", "no_valid_day",
                    "no_day_of_all_links", "no_links", "not_received", "not_processed",
                )
            },
            **{
                code: MappedCode(f"dashboard.reason.{code}")
                for code in ("no_valid_day_on_links", "cyclists_or_air_unknown", "own_air_short", "pollutants_missing")
            },
        },
    }
)  # fmt: skip
"""What may stand in a column, or be the number of a strip, by the kind of code."""

RANGES: Final[Mapping[str, tuple[MappedRange, ...]]] = MappingProxyType(
    {
        "coverage": (
            MappedRange(0, 0, "dashboard.coverage.none", "#8e8e8e"),
            MappedRange(0, 0.749999, "dashboard.coverage.little", "#e02f44"),
            MappedRange(0.75, 0.999999, "dashboard.coverage.partly", "#f2cc0c"),
            MappedRange(1, 1, "dashboard.coverage.whole", "#37872d"),
        ),
    }
)
"""How much was measured, in the words of pages, and too little below three quarters; the first that holds counts."""
