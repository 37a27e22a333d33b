"""The local days that pages speak of, worked out from one moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from opendata import local_days


@dataclass(frozen=True)
class Moment:
    """Now, in the time zone of an owner."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()

    @property
    def yesterday(self) -> date:
        """The last whole local day."""
        return self.today - timedelta(days=1)

    @property
    def midnight(self) -> datetime:
        """Where today began."""
        return self.start_of(self.today)

    def elapsed(self, until: datetime) -> float:
        """Seconds of today that are over at an instant, in whole quarters."""
        return max(0.0, (until - self.midnight).total_seconds() // 900 * 900)

    def start_of(self, day: date) -> datetime:
        """Where a local day begins, in UTC."""
        return local_days.midnight(day, self.zone)

    def a_week_before(self) -> datetime:
        """The same time by the clock, seven local days ago."""
        local = self.now.astimezone(self.zone)
        return datetime.combine(local.date() - timedelta(days=7), local.time(), self.zone).astimezone(UTC)
