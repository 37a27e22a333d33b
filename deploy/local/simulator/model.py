"""Models of traffic and air: daily, weekly and yearly profiles with reproducible random numbers."""

from datetime import datetime, timedelta
from functools import cache
from math import cos, pi
from typing import Final, NamedTuple, TypeAlias

from deploy.local.simulator.chance import poisson, uniform, wander

Profile: TypeAlias = tuple[float, ...]
"""The share of a day's traffic in each of its 24 local hours."""


class TrafficPattern(NamedTuple):
    """One mode: passages per working day and channel, the factor of weekends, and the amplitude of summer."""

    per_day: float
    weekend: float
    summer: float


class AirPattern(NamedTuple):
    """One quantity: its usual level, what rush hours add, and the influence of weather."""

    level: float
    rush: float
    weather: float


TRAFFIC: Final[dict[str, TrafficPattern]] = {
    "bicycles": TrafficPattern(1_400, 0.60, 0.30),
    "mopeds": TrafficPattern(60, 0.70, 0.20),
    "cars": TrafficPattern(4_200, 0.80, 0.05),
    "vans": TrafficPattern(500, 0.30, 0.00),
    "heavy_vehicles": TrafficPattern(260, 0.25, 0.00),
    "pedestrians": TrafficPattern(1_800, 1.10, 0.15),
}
AIR: Final[dict[str, AirPattern]] = {
    "pm25": AirPattern(8, 2, 7),
    "pm10": AirPattern(15, 4, 9),
    "no2": AirPattern(12, 14, 8),
    "o3": AirPattern(50, -18, 25),
    "humidity": AirPattern(72, -6, 10),
}


def _shares(*weights: float) -> Profile:
    return tuple(weight / sum(weights) for weight in weights)


_TO_WORK: Final = _shares(3, 2, 1, 1, 3, 12, 45, 100, 88, 50, 38, 38, 42, 42, 42, 45, 50, 52, 40, 32, 25, 18, 12, 6)
_FROM_WORK: Final = _shares(6, 3, 2, 1, 1, 4, 14, 30, 34, 32, 36, 42, 46, 48, 55, 75, 100, 98, 60, 40, 30, 24, 17, 10)
_BOTH_WAYS: Final = _shares(*(sum(pair) / 2 for pair in zip(_TO_WORK, _FROM_WORK, strict=True)))
_WEEKEND: Final = _shares(8, 6, 4, 2, 1, 2, 5, 10, 20, 38, 58, 72, 82, 90, 95, 92, 84, 70, 52, 38, 28, 20, 15, 11)
_WORKING_DAY: Final[dict[str, Profile]] = {"in": _TO_WORK, "out": _FROM_WORK}

_SATURDAY: Final = 5
_HOUR: Final = 3_600


def expected(mode: str, direction: str, start: datetime, interval: timedelta) -> float:
    """Return the expected passages of an average channel in the interval from `start` (local time)."""
    traffic = TRAFFIC[mode]
    weekend = start.weekday() >= _SATURDAY
    profile = _WEEKEND if weekend else _WORKING_DAY.get(direction, _BOTH_WAYS)
    per_hour = traffic.per_day * (traffic.weekend if weekend else 1) * _share_at(profile, start + interval / 2)
    return per_hour * (interval / timedelta(hours=1)) * (1 + traffic.summer * _summer(start))


def count(
    mode: str, direction: str, start: datetime, interval: timedelta, *, sensor: str, source: str, seed: int
) -> int:
    """Return a random count of one interval of one channel, which has a constant factor of its own."""
    mean = expected(mode, direction, start, interval) * _busyness(seed, sensor)
    return poisson(mean, uniform(seed, sensor, source, start.timestamp()))


def concentration(quantity: str, start: datetime, *, sensor: str, seed: int) -> float:
    """Return the concentration of one interval: level, rush hours, weather that changes over half days, and noise."""
    air = AIR[quantity]
    weather = wander(start.timestamp(), 12 * _HOUR, seed, "weather", quantity) * 2 - 1
    noise = uniform(seed, sensor, quantity, start.timestamp()) - 0.5
    rush = _share_at(_BOTH_WAYS, start) * 12
    return round(max(0.1, air.level + air.rush * rush + air.weather * weather + noise), 1)


@cache
def _busyness(seed: int, sensor: str) -> float:
    return 0.5 + uniform(seed, "busy", sensor)


def _share_at(profile: Profile, at: datetime) -> float:
    """Interpolate linearly between the middles of hours."""
    hour, part = divmod(at.hour + at.minute / 60 - 0.5, 1)
    before, after = profile[int(hour) % 24], profile[(int(hour) + 1) % 24]
    return before + (after - before) * part


def _summer(at: datetime) -> float:
    """Return -1 in mid January to 1 in mid July."""
    return -cos(2 * pi * (at.timetuple().tm_yday - 15) / 365)
