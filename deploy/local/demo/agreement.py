"""The comparison of what is published of 2024 with the reference: by counter and month, and both clock changes."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from deploy.local.demo.reference import AUTUMN_NIGHT, AUTUMN_TOTALS, YEAR, Month, RecordedCounter
from schemas import named_sql

SQL: Final = named_sql.parse((files("deploy.local.demo") / "agreement.sql").read_text("utf-8"))
SPRING_NIGHT: Final = date(2024, 3, 31)
_QUARTER: Final = timedelta(minutes=15)


class PublishedDay(NamedTuple):
    """The published sum of one local day, with its coverage."""

    total: float | None
    rows: int
    paired: int
    expected: int


class Found(NamedTuple):
    """The published data of one counter: its days, and the sum over its channels by month."""

    days: Mapping[date, PublishedDay]
    channels: Mapping[str, float]


def find(connection: psycopg.Connection[Any], counter: RecordedCounter) -> Found:
    """Read the published data of a counter from the database."""
    first, last = YEAR
    parameters = {"site": counter.site, "counter": counter.code, "first": first, "last": last}
    with connection.cursor(row_factory=dict_row) as cursor:
        days = {row.pop("day"): PublishedDay(**row) for row in cursor.execute(SQL["site_days"], parameters)}
        channels = {row["month"]: row["total"] for row in cursor.execute(SQL["channel_months"], parameters)}
    return Found(days, channels)


def differences(months: list[Month], found: Found, zone: ZoneInfo) -> Iterator[str]:
    """Yield a sentence for every difference."""
    for month in months:
        yield from _of_month(month, found, zone)
    counter = months[0].counter
    autumn = found.days.get(AUTUMN_NIGHT)
    if autumn is None or autumn.total != AUTUMN_TOTALS[counter]:
        yield f"{AUTUMN_NIGHT}: total {autumn and autumn.total}, reference {AUTUMN_TOTALS[counter]}"
    yield from _of_gap(SPRING_NIGHT, found)


def _of_month(month: Month, found: Found, zone: ZoneInfo) -> Iterator[str]:
    days = {day: value for day, value in found.days.items() if f"{day:%Y-%m}" == month.month}
    total = sum(day.total or 0 for day in days.values())
    rows = sum(day.rows for day in days.values())
    quarters = sum(days[day].expected if day in days else _quarters(day, zone) for day in _calendar(month))
    for name, ours, theirs in (
        ("total", total, month.total),
        ("sum over the channels", found.channels.get(month.month, 0), month.channels),
        ("rows", rows, month.rows),
        ("quarters expected", quarters, month.quarters),
    ):
        if ours != theirs:
            yield f"{month.month}: {name} {ours:,.0f}, reference {theirs:,.0f} ({ours - theirs:+,.0f})"
    for day in month.gaps:
        yield from _of_gap(day, found)


def _of_gap(day: date, found: Found) -> Iterator[str]:
    published = found.days.get(day)
    if published is not None and (published.total is not None or published.paired):
        yield f"{day}: total {published.total}, but the reference has a gap there"


def _calendar(month: Month) -> list[date]:
    first = month.last_day.replace(day=1)
    return [day for n in range(31) if (day := first + timedelta(days=n)).month == first.month]


def _quarters(day: date, zone: ZoneInfo) -> int:
    start, end = (datetime.combine(at, time(), zone).timestamp() for at in (day, day + timedelta(days=1)))
    return int((end - start) / _QUARTER.total_seconds())
