"""When the counters of a site can measure, recomputed from its position, its time zone and the windows of its devices.

Sunrise and sunset are NOAA's (https://gml.noaa.gov/grad/solcalc/calcdetails.html), rounded to the minute.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import acos, asin, cos, degrees, radians, sin, tan
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from verify.calendar import midnight
from verify.comparison import Compared, Finding
from verify.counts import Count

ALWAYS: Final = "always"
_DAYLIGHT: Final = "daylight"
_DAY: Final = timedelta(days=1)
_FAR_AWAY: Final = datetime(2100, 1, 1, tzinfo=UTC)
_J2000: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
_WHY: Final = "what is expected of an interval is not whether it lies wholly in the measuring windows"


class DeviceWindow(NamedTuple):
    """From when until when a device counts in a direction, and the code of its measuring window."""

    direction: str
    start: datetime
    end: datetime
    code: str


class SitePosition(NamedTuple):
    """Where a site is: degrees of WGS 84, and the zone of its owner's local days."""

    longitude: float
    latitude: float
    zone: ZoneInfo


def end_of(period: Mapping[str, Any]) -> datetime:
    """Decode the end of a period of equipment; one that goes on has none."""
    end = period["eindTijd"]
    return _FAR_AWAY if end is None else datetime.fromisoformat(end)


def windows(channels: Iterable[Mapping[str, Any]]) -> list[DeviceWindow]:
    """Decode the devices of channels, as `/v1/telpunten` has them; an instance that names no window always measures."""
    return [
        DeviceWindow(
            channel["richting"],
            datetime.fromisoformat(one["startTijd"]),
            end_of(one),
            one.get("meetvenster", {}).get("code", ALWAYS),
        )
        for channel in channels
        for one in channel["meetperioden"]
    ]


def compare(
    what: str, rows: Iterable[Count], devices: Sequence[DeviceWindow], place: SitePosition
) -> Iterator[Finding]:
    """Compare what is expected of each interval with the windows of the devices that count in it."""
    for row in rows:
        codes = {one.code for one in devices if one.start <= row.start < one.end}
        if codes:
            name = f"{row.start:%Y-%m-%dT%H:%MZ}"
            ours = all(is_within(code, place, row.start, row.end) for code in codes)
            yield Compared(f"{what} per kwartier", name, "verwacht", Decimal(row.expected), Decimal(int(ours)), _WHY)


def is_within(code: str, place: SitePosition, start: datetime, end: datetime) -> bool:
    """Return whether an interval of at most an hour lies wholly in a measuring window."""
    if code == ALWAYS:
        return True
    days = (start.astimezone(UTC).date() + number * _DAY for number in (-2, -1, 0, 1))
    return any(opens <= start and end <= closes for opens, closes in (_opening(code, place, day) for day in days))


def _opening(code: str, place: SitePosition, day: date) -> tuple[datetime, datetime]:
    if code == _DAYLIGHT:
        return daylight(day, place.longitude, place.latitude)
    first, last = (int(hour) for hour in code.split("-"))
    return _clock(day, first, place.zone), _clock(day if first < last else day + _DAY, last, place.zone)


def _clock(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local hour: of two, the earlier one; of none, the hour that follows."""
    begins = midnight(day + hour // 24 * _DAY, zone)
    wanted = datetime.combine(day + hour // 24 * _DAY, datetime.min.time()) + timedelta(hours=hour % 24)
    while begins.astimezone(zone).replace(tzinfo=None) < wanted:
        begins += timedelta(hours=1)
    return begins


def daylight(day: date, longitude: float, latitude: float) -> tuple[datetime, datetime]:
    """Return when the sun rises and sets, to the minute; where it never sets, an hour more than a day around noon."""
    zero = datetime.combine(day, datetime.min.time(), UTC)
    noon, half = _noon_and_half(zero + timedelta(hours=12 - longitude / 15), longitude, latitude)
    times = []
    for sign in (-1, 1):
        at_noon, until = _noon_and_half(zero + timedelta(minutes=noon + sign * half), longitude, latitude)
        times.append(zero + timedelta(minutes=round(at_noon + sign * until)))
    return times[0], times[1]


def _noon_and_half(at: datetime, longitude: float, latitude: float) -> tuple[float, float]:
    """Return solar noon in minutes of the day of UTC, and half the day's light, with the sun as it stands then."""
    declination, equation = _sun((at - _J2000) / timedelta(days=36525))
    cosine = cos(radians(90.833)) / (cos(radians(latitude)) * cos(declination))
    cosine -= tan(radians(latitude)) * tan(declination)
    half = 780.0 if cosine <= -1 else 0.0 if cosine >= 1 else 4 * degrees(acos(cosine))
    return 720 - 4 * longitude - equation, half


def _sun(century: float) -> tuple[float, float]:
    """Return the declination of the sun in radians and the equation of time in minutes."""
    mean = radians(280.46646 + century * (36000.76983 + 0.0003032 * century))
    anomaly = radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    ellipse = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    node = radians(125.04 - 1934.136 * century)
    centre = sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
    centre += sin(2 * anomaly) * (0.019993 - 0.000101 * century) + sin(3 * anomaly) * 0.000289
    apparent = mean + radians(centre - 0.00569 - 0.00478 * sin(node))
    seconds = 21.448 - century * (46.815 + century * (0.00059 - 0.001813 * century))
    tilt = radians(23 + (26 + seconds / 60) / 60 + 0.00256 * cos(node))
    y = tan(tilt / 2) ** 2
    equation = y * sin(2 * mean) - 2 * ellipse * sin(anomaly) + 4 * ellipse * y * sin(anomaly) * cos(2 * mean)
    equation -= y * y / 2 * sin(4 * mean) + 1.25 * ellipse * ellipse * sin(2 * anomaly)
    return asin(sin(tilt) * sin(apparent)), 4 * degrees(equation)
