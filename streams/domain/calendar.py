"""Local days on purpose: 23, 24 or 25 hours, each with the range of UTC that it means."""

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
        """Count the intervals of this length that the day really has."""
        return (self.ended_at - self.started_at) // interval


def local_day(day: date, zone: ZoneInfo) -> LocalDay:
    """Give the UTC range of a local day; never 24 hours after midnight, always up to the next midnight."""
    return LocalDay(day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def days_of(hours: Iterable[datetime], zone: ZoneInfo) -> list[LocalDay]:
    """Give the local days in which these instants lie, in order and each once."""
    return [local_day(day, zone) for day in sorted({hour.astimezone(zone).date() for hour in hours})]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
