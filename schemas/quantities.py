"""The quantities that can be measured, each with its unit, plausible range and aggregation."""

from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

Fold: TypeAlias = Literal["sum", "mean"]


class Quantity(msgspec.Struct, frozen=True):
    """One quantity.

    `unit` is a UCUM code ("1" for counts). `plausible` is the closed range of one reading; for counts it is *per hour*
    and scales with the interval. `fold` is how intervals become a bucket: a sum or a mean.
    """

    name: str
    unit: str
    plausible: tuple[float, float]
    fold: Fold

    @property
    def counted(self) -> bool:
        """Return whether it is a count of passages (whole numbers)."""
        return self.fold == "sum"


QUANTITIES: Final = MappingProxyType(
    {
        quantity.name: quantity
        for quantity in (
            Quantity("bicycles", "1", (0, 8_000), "sum"),
            Quantity("mopeds", "1", (0, 2_000), "sum"),
            Quantity("cars", "1", (0, 8_000), "sum"),
            Quantity("vans", "1", (0, 4_000), "sum"),
            Quantity("heavy_vehicles", "1", (0, 4_000), "sum"),
            Quantity("pedestrians", "1", (0, 20_000), "sum"),
            # Below the values of a saturated SDS011: 999.9 of PM2.5, 1999.9 of PM10.
            Quantity("pm25", "ug/m3", (-20, 999), "mean"),
            Quantity("pm10", "ug/m3", (-20, 1_999), "mean"),
            Quantity("no2", "ug/m3", (-20, 1_000), "mean"),
            Quantity("no", "ug/m3", (-20, 2_000), "mean"),
            Quantity("o3", "ug/m3", (-20, 600), "mean"),
            Quantity("so2", "ug/m3", (-20, 2_000), "mean"),
            Quantity("co", "mg/m3", (-2, 100), "mean"),
            Quantity("temperature", "Cel", (-40, 60), "mean"),
            Quantity("humidity", "%", (0, 100), "mean"),
            Quantity("battery", "V", (0, 60), "mean"),
        )
    }
)
"""The catalogue, by name."""

MODES: Final[tuple[str, ...]] = tuple(name for name, quantity in QUANTITIES.items() if quantity.counted)
"""The modes of traffic that can be counted."""

_MOTOR: Final = ("bicycles", "mopeds", "cars", "vans", "heavy_vehicles")
_OTHERS: Final = tuple(mode for mode in MODES if mode != "bicycles")

DENOMINATORS: Final = MappingProxyType(
    {
        "motor": _MOTOR,
        "all": (*_MOTOR, "pedestrians"),
        **{mode: ("bicycles", mode) for mode in _OTHERS},
    }
)
"""The named variants of the cycling share: the modes that its denominator may hold (domain handbook, cycling share).

Beside motor traffic and all traffic, bicycles against one other mode: that variant is named by the mode.
"""
