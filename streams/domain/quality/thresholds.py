"""From where on a check finds something: data by quantity, which an owner can set otherwise for a site or station."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from schemas.quantities import QUANTITIES


class Thresholds(NamedTuple):
    """The thresholds of one quantity; zero or nothing means that the check is not made.

    Reasons and sources of each are in `docs/why/quality.md`. A `surprise` is a number of nats: 20 is a chance of
    exp(-20), 2 in 10⁹.
    """

    # What is usual: so many weeks before, and at least so many.
    weeks: int = 6
    least_weeks: int = 2
    # Dead, blind.
    dead_surprise: float = 0.0
    dead_expected: float = 30.0
    dead_hours: float = 12.0
    dead_silence: float = 1.5
    burstiest: float = 0.3
    steadiest: float = 4.0
    holiday_share: float = 0.5
    school_holiday_share: float = 0.7
    alone_share: float = 0.5
    silent_share: float = 0.1
    blind_hours: float = 24.0
    # Stuck.
    stuck_surprise: float = 25.0
    stuck_hours: float = 6.0
    stuck_least_chance: float = 0.05
    stuck_at_bounds: tuple[float, ...] = ()
    # Spike, event.
    spike_excess: float = 0.0
    spike_factor: float = 5.0
    spike_neighbours: float = 3.0
    spike_history: float = 1.5
    raised_factor: float = 2.0
    raised_excess: float = 0.0
    event_factor: float = 3.0
    event_excess: float = 0.0
    # Codes instead of measurements.
    sentinels: tuple[float, ...] = (-9999.0, -999.0, -99.0, -49.0)
    saturated: Mapping[str, float] = MappingProxyType({})
    # Clock: seconds of the median delay, and how alike shifted days must be.
    earliest: float = -60.0
    latest: float = 6 * 3600.0
    clock_readings: int = 24
    clock_passages: float = 100.0
    clock_likeness: float = 0.95
    clock_margin: float = 0.25
    # Unlike its neighbours, over a week.
    unlike_factor: float = 0.0
    unlike_excess: float = 0.0
    unlike_neighbours: int = 3


_COUNT: Final = Thresholds(
    dead_surprise=15.0,
    stuck_hours=2.0,
    spike_excess=60.0,
    raised_excess=15.0,
    event_excess=20.0,
    unlike_factor=2.5,
    unlike_excess=100.0,
    unlike_neighbours=1,
    sentinels=(-9999.0, -999.0, -99.0, -49.0, -1.0),
)
_PARTICLES: Final = Thresholds(spike_excess=200.0, unlike_factor=2.5, unlike_excess=10.0)
_GAS: Final = Thresholds(stuck_hours=12.0, spike_excess=300.0, unlike_factor=2.5, unlike_excess=20.0)

_OTHERS: Final = {
    "pm25": _PARTICLES._replace(saturated=MappingProxyType({"": 999.9})),
    "pm10": _PARTICLES._replace(saturated=MappingProxyType({"": 1999.9})),
    "no2": _GAS,
    "no": _GAS,
    "o3": _GAS,
    "so2": _GAS,
    "co": _GAS._replace(spike_excess=20.0, unlike_excess=2.0),
    "temperature": Thresholds(
        stuck_hours=24.0, spike_excess=15.0, spike_factor=0.0, sentinels=(-9999.0, -999.0, -127.0, -99.0, -49.0)
    ),
    "humidity": Thresholds(stuck_hours=48.0, stuck_at_bounds=(100.0,), sentinels=(-9999.0, -999.0, -99.0, -49.0, -1.0)),
    "battery": Thresholds(stuck_surprise=0.0),
}
BY_QUANTITY: Final[Mapping[str, Thresholds]] = MappingProxyType(
    {name: _COUNT if quantity.counted else _OTHERS.get(name, Thresholds()) for name, quantity in QUANTITIES.items()}
)
"""The thresholds of every quantity, where nobody has set others; of one that is not named here, the usual ones."""

Overrides: TypeAlias = Mapping[str, Mapping[str, object]]
"""By site or station, what its owner has set otherwise, by the names of `Thresholds`."""


def thresholds(place: str, quantity: str, overrides: Overrides) -> Thresholds:
    """Return the thresholds of a quantity at a place.

    Raises `ValueError` for a name that is no threshold.
    """
    own = overrides.get(place, {})
    if unknown := own.keys() - set(Thresholds._fields):
        known = ", ".join(Thresholds._fields)
        raise ValueError(f"{place}: {', '.join(sorted(unknown))} is no threshold; there are {known}")
    return BY_QUANTITY[quantity]._replace(**own)  # type: ignore[arg-type] # checked by its reader
