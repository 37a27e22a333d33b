"""When a sensor can measure at all: in daylight, or in local hours; what it says outside of that does not count.

The same as `api.measuring_time` in SQL (record 32).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.domain.sun import sun_hours

_DAY: Final = timedelta(days=1)


class DaylightWindow(NamedTuple):
    """The time in which the sun is above the horizon, at a place in degrees of WGS 84."""

    longitude: float
    latitude: float

    def opening(self, day: date) -> tuple[datetime, datetime]:
        """Return the sunrise and sunset of a day."""
        return sun_hours(day, *self)


class HoursWindow(NamedTuple):
    """The same hours of the clock every day, from `first` until `until`; over midnight where `until` is not later."""

    first: int
    until: int
    zone: ZoneInfo

    def opening(self, day: date) -> tuple[datetime, datetime]:
        """Return when it opens on a local day, and when it then closes."""
        last = day if self.first < self.until else day + _DAY
        return self._hour(day, self.first), self._hour(last, self.until)

    def _hour(self, day: date, hour: int) -> datetime:
        """Return when an hour begins: the first of two where clocks are put back, what follows where put on."""
        begins = datetime.combine(day + hour // 24 * _DAY, time(hour % 24), self.zone)
        return begins.astimezone(UTC)


MeasuringWindow = DaylightWindow | HoursWindow


@lru_cache(maxsize=1024)
def placed_window(text: str) -> MeasuringWindow:
    """Read a window as the database places it: `daylight 6.56 53.0`, or `05-20 Europe/Amsterdam`."""
    name, *place = text.split(" ")
    if name == "daylight":
        longitude, latitude = map(float, place)
        return DaylightWindow(longitude, latitude)
    first, until = map(int, name.split("-"))
    return HoursWindow(first, until, ZoneInfo(place[0]))


def can_measure(placed: str, started_at: datetime, ended_at: datetime) -> bool:
    """Return whether an interval of at most an hour lies wholly in the window that a text places; '' is always."""
    return not placed or lies_within(placed_window(placed), started_at, ended_at)


def lies_within(window: MeasuringWindow, started_at: datetime, ended_at: datetime) -> bool:
    """Return whether an interval of at most an hour on the grid lies wholly in a measuring window."""
    return any(opens_at <= started_at and ended_at <= closes_at for opens_at, closes_at in _around(window, started_at))


def bins_expected(windows: Iterable[MeasuringWindow], seconds: int, start: datetime, end: datetime) -> int:
    """Return how many bins of a grid in a range lie wholly in every one of these windows; the range is on the grid."""
    needed, step = list(windows), timedelta(seconds=seconds)
    return sum(all(lies_within(one, at, at + step) for one in needed) for at in _steps(start, end, step))


def _steps(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    while start + step <= end:
        yield start
        start += step


def _around(window: MeasuringWindow, instant: datetime) -> tuple[tuple[datetime, datetime], ...]:
    return _openings(window, instant.astimezone(UTC).date())


@lru_cache(maxsize=8192)
def _openings(window: MeasuringWindow, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return the openings in which an instant of a day of UTC can lie; in the west one may begin two days before."""
    return tuple(window.opening(day + days * _DAY) for days in (-2, -1, 0, 1))
