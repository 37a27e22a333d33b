"""The air quality indices as tables; each version has a name, which is stored with its values."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

Averaging: TypeAlias = Literal["hour", "day"]

PARTICULATES: Final = frozenset({"pm25", "pm10"})
"""The quantities to which `particulate` applies."""


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one index.

    `bands` holds per pollutant the bounds at which sub-index 1, 2, 3, ... begins; a value at a bound belongs to the
    `upper` band or still to the `lower` one. `levels` are codes, one per value. `particulate` says whether
    particulate matter counts as its hour or as its running mean of 24 hours. Where `raised_from` sub-indices or more
    are all equal, the index is one higher. `needs` lists, by the surroundings of a station, groups of which one
    pollutant each must be there, else the index cannot be computed.
    """

    name: str
    source: str
    bands: Mapping[str, tuple[float, ...]]
    levels: tuple[str, ...]
    bound: Literal["upper", "lower"] = "upper"
    particulate: Averaging = "hour"
    raised_from: int | None = None
    needs: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType({})


_LKI_LEVELS: Final = (*["good"] * 3, *["moderate"] * 3, *["insufficient"] * 2, *["poor"] * 2, "very_poor")
_EAQI_LEVELS: Final = ("good", "fair", "moderate", "poor", "very_poor", "extremely_poor")
_EAQI_NEEDS: Final = MappingProxyType(
    {
        "traffic": (("no2",), ("pm25", "pm10")),
        "background": (("no2",), ("o3",), ("pm25", "pm10")),
    }
)
_LKI_NO2_PM10: Final = (0, 10, 20, 30, 45, 60, 75, 100, 125, 150, 200)

SCHEMES: Final = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            Scheme(
                name="lki-2014",
                source="RIVM 2014-0050",
                bands=MappingProxyType(
                    {
                        "no2": _LKI_NO2_PM10,
                        "o3": (0, 15, 30, 40, 60, 80, 100, 140, 180, 200, 240),
                        "pm10": _LKI_NO2_PM10,
                        "pm25": (0, 10, 15, 20, 30, 40, 50, 70, 90, 100, 140),
                    }
                ),
                levels=_LKI_LEVELS,
                raised_from=2,
            ),
            Scheme(
                name="eaqi-2024",
                source="ETC HE 2024/17",
                bands=MappingProxyType(
                    {
                        "no2": (0, 10, 25, 60, 100, 150),
                        "o3": (0, 60, 100, 120, 160, 180),
                        "pm10": (0, 15, 45, 120, 195, 270),
                        "pm25": (0, 5, 15, 50, 90, 140),
                        "so2": (0, 20, 40, 125, 190, 275),
                    }
                ),
                levels=_EAQI_LEVELS,
                needs=_EAQI_NEEDS,
            ),
            Scheme(
                name="eaqi-2017",
                source="European Environment Agency, 2017",
                bands=MappingProxyType(
                    {
                        "no2": (0, 40, 90, 120, 230, 340),
                        "o3": (0, 50, 100, 130, 240, 380),
                        "pm10": (0, 20, 40, 50, 100, 150),
                        "pm25": (0, 10, 20, 25, 50, 75),
                        "so2": (0, 100, 200, 350, 500, 750),
                    }
                ),
                levels=_EAQI_LEVELS,
                particulate="day",
                needs=_EAQI_NEEDS,
            ),
        )
    }
)
"""The tables, by name."""

POLLUTANTS: Final[tuple[str, ...]] = tuple(dict.fromkeys(name for scheme in SCHEMES.values() for name in scheme.bands))
"""Every pollutant of any index."""
