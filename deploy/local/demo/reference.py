"""The sums of the recordings of 2024 as computed independently, and the rows whose own total is incomplete."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from deploy.local.simulator.recordings import Series
from schemas.registry import Registry

FILE: Final = "reference_monthly_2024.csv"
YEAR: Final = (date(2024, 1, 1), date(2025, 1, 1))
AUTUMN_NIGHT: Final = date(2024, 10, 27)
AUTUMN_TOTALS: Final[Mapping[str, int]] = {
    "100031297": 9_232,
    "100035541": 7_712,
    "100034978": 1_581,
    "100053305": 1_046,
}
"""Day totals of the night that has an hour twice (domain handbook, time)."""


class RecordedCounter(NamedTuple):
    """A recorded counter: its code and channels at the publisher, and its site in the registry."""

    code: str
    channels: tuple[str, ...]
    site: str


class Month(NamedTuple):
    """One month of one counter: total, sum over the channels, rows that count, quarters it has, last recorded day."""

    counter: str
    month: str
    total: float
    channels: float
    rows: int
    quarters: int
    last_day: date

    @property
    def gaps(self) -> list[date]:
        """Return the days at the end of the month that were not recorded at all."""
        following = (self.last_day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return [self.last_day + timedelta(days=n) for n in range(1, (following - self.last_day).days)]


def counters(registry: Registry) -> list[RecordedCounter]:
    """Return the counters whose recordings end with 2024, and their sites."""
    found: dict[str, tuple[list[str], str]] = {}
    for site in registry.sites:
        for channel in site.channels:
            for stream in channel.datastreams:
                if stream.origin == "recorded" and stream.valid_until == YEAR[1]:
                    found.setdefault(stream.sensor, ([], site.id))[0].append(stream.source)
    return [RecordedCounter(code, tuple(channels), site) for code, (channels, site) in found.items()]


def months(folder: Path) -> list[Month]:
    """Read the reference: totals and completeness of each counter and month."""
    with (folder / FILE).open(encoding="utf-8", newline="") as lines:
        return [_month(row) for row in csv.DictReader(lines)]


def without_partial(month: Month, counter: RecordedCounter, recorded: Mapping[str, Series]) -> Month:
    """Return a month without the rows in whose total a channel is missing (domain handbook, time)."""
    partial = [
        total
        for at, total in recorded[counter.code].items()
        if f"{at:%Y-%m}" == month.month and not all(at in recorded[channel] for channel in counter.channels)
    ]
    return month._replace(total=month.total - sum(partial), rows=month.rows - len(partial))


def cells(counter: RecordedCounter, recorded: Mapping[str, Iterable[object]]) -> int:
    """Return the number of readings of a counter with a value."""
    return sum(sum(1 for _ in recorded[channel]) for channel in counter.channels)


def _month(row: Mapping[str, str]) -> Month:
    return Month(
        counter=row["site"],
        month=row["month"],
        total=float(row["sum_total_column"]),
        channels=float(row["sum_of_channel_columns"]),
        rows=int(row["rows_with_total"]),
        quarters=int(row["quarter_hours_in_month_utc"]),
        last_day=date.fromisoformat(row["last"][:10]),
    )
