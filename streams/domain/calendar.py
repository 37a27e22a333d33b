"""Local days of 23, 24 or 25 hours, each with its range of UTC."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class LocalDay(NamedTuple):
    """A calendar day in a time zone, as the half-open range of UTC that it covers."""

    day: date
    started_at: datetime
    ended_at: datetime

    def expected(self, interval: timedelta) -> int:
        """Return the number of intervals of this length in the day."""
        return (self.ended_at - self.started_at) // interval


def local_day(day: date, zone: ZoneInfo) -> LocalDay:
    """Return a local day with its range of UTC, from midnight to the next midnight."""
    return LocalDay(day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def days_of(hours: Iterable[datetime], zone: ZoneInfo) -> list[LocalDay]:
    """Return the local days in which these instants lie, in order and each once."""
    return [local_day(day, zone) for day in sorted({hour.astimezone(zone).date() for hour in hours})]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
