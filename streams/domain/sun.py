"""Sunrise and sunset, to the minute: the formulas of NOAA's solar calculator, the same as `api.sun_hours` in SQL.

Source: https://gml.noaa.gov/grad/solcalc/calcdetails.html, after J. Meeus, Astronomical Algorithms (1998), chapters 25
and 28; good to a minute between 72 degrees north and south.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import acos, asin, cos, degrees, radians, sin, tan
from typing import Final, NamedTuple

_ZENITH: Final = radians(90.833)
"""How far from overhead the sun's centre is when its upper edge is seen on the horizon, lifted by the air."""
_NEVER_SETS: Final = 780.0
"""Half a day in minutes where the sun does not set: thirteen hours, so that days overlap and none is cut."""
_BEGINNING: Final = date(2000, 1, 1)


class SunHours(NamedTuple):
    """When the sun rises and sets, in UTC; both are the same instant where it never rises."""

    rises_at: datetime
    sets_at: datetime


class _Sun(NamedTuple):
    """The declination of the sun in radians, and the equation of time in minutes."""

    declination: float
    equation: float


@lru_cache(maxsize=4096)
def sun_hours(day: date, longitude: float, latitude: float) -> SunHours:
    """Return sunrise and sunset of a day at a place in degrees: of the noon that is nearest to 12:00 UTC less 4 min/°.

    First with the sun as it stands at noon, then as it stands at each.
    """
    days = (day - _BEGINNING).days
    sun = _sun(days - longitude / 360)
    noon, half = 720 - 4 * longitude - sun.equation, _half_day(latitude, sun.declination)
    morning, evening = (_sun(days - 0.5 + minutes / 1440) for minutes in (noon - half, noon + half))
    rises = 720 - 4 * longitude - morning.equation - _half_day(latitude, morning.declination)
    sets = 720 - 4 * longitude - evening.equation + _half_day(latitude, evening.declination)
    midnight = datetime.combine(day, time(), UTC)
    return SunHours(midnight + timedelta(minutes=round(rises)), midnight + timedelta(minutes=round(sets)))


def _sun(days: float) -> _Sun:
    """Return where the sun stands so many days after noon of 1 January 2000, UTC."""
    t = days / 36525
    mean_longitude = radians(280.46646 + t * (36000.76983 + t * 0.0003032))
    anomaly = radians(357.52911 + t * (35999.05029 - 0.0001537 * t))
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    node = radians(125.04 - 1934.136 * t)
    longitude = degrees(mean_longitude) + _centre(t, anomaly) - 0.00569 - 0.00478 * sin(node)
    obliquity = radians(_mean_obliquity(t) + 0.00256 * cos(node))
    y = tan(obliquity / 2) * tan(obliquity / 2)
    equation = (
        y * sin(2 * mean_longitude)
        - 2 * eccentricity * sin(anomaly)
        + 4 * eccentricity * y * sin(anomaly) * cos(2 * mean_longitude)
        - 0.5 * y * y * sin(4 * mean_longitude)
        - 1.25 * eccentricity * eccentricity * sin(2 * anomaly)
    )
    return _Sun(asin(sin(obliquity) * sin(radians(longitude))), 4 * degrees(equation))


def _centre(t: float, anomaly: float) -> float:
    """Return the equation of the centre, in degrees."""
    return (
        sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t))
        + sin(2 * anomaly) * (0.019993 - 0.000101 * t)
        + sin(3 * anomaly) * 0.000289
    )


def _mean_obliquity(t: float) -> float:
    """Return the mean obliquity of the ecliptic, in degrees."""
    return 23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60


def _half_day(latitude: float, declination: float) -> float:
    """Return the minutes from sunrise to noon; the latitude in degrees, the declination in radians."""
    x = cos(_ZENITH) / (cos(radians(latitude)) * cos(declination)) - tan(radians(latitude)) * tan(declination)
    if x >= 1:
        return 0.0
    return _NEVER_SETS if x <= -1 else 4 * degrees(acos(x))
