"""The lengths of time that can be asked for, what each may cost, and which range an answer covers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

MOST_BUCKETS: Final = 500_000


class Interval(StrEnum):
    """How long one row of an answer lasts."""

    KWARTIER = "kwartier"
    UUR = "uur"
    DAG = "dag"
    WEEK = "week"
    MAAND = "maand"
    JAAR = "jaar"


@dataclass(frozen=True)
class Width:
    """The nominal length of an interval, the span answered when nothing else is asked, and PostgreSQL's word for it."""

    length: timedelta
    default_span: timedelta
    unit: str


WIDTHS: Final = {
    Interval.KWARTIER: Width(timedelta(minutes=15), timedelta(days=1), "minute"),
    Interval.UUR: Width(timedelta(hours=1), timedelta(days=7), "hour"),
    Interval.DAG: Width(timedelta(days=1), timedelta(days=31), "day"),
    Interval.WEEK: Width(timedelta(days=7), timedelta(days=182), "week"),
    Interval.MAAND: Width(timedelta(days=28), timedelta(days=365), "month"),
    Interval.JAAR: Width(timedelta(days=365), timedelta(days=3653), "year"),
}


class RangeRefusedError(ValueError):
    """The range cannot be answered; the message says what would fit, `parameter` which one to change."""

    def __init__(self, parameter: str, message: str) -> None:
        """Name the parameter and the remedy."""
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True)
class Span:
    """What an answer covers: rows whose start lies in [`start`, `end`), `end` at most now."""

    start: datetime
    end: datetime


def span(start: date | None, end: date | None, interval: Interval, now: datetime, zone: ZoneInfo) -> Span:
    """Complete and judge the range that was asked; raise RangeRefusedError when it is backwards or too much."""
    width = WIDTHS[interval]
    until = now if end is None else _instant("eindTijd", end, interval, zone)
    since = _local_midnight(until - width.default_span, zone)
    if start is not None:
        since = _instant("startTijd", start, interval, zone)
    if since > until:
        raise RangeRefusedError("startTijd", "ligt na eindTijd; draai ze om.")
    if (until - since) / width.length > MOST_BUCKETS:
        raise RangeRefusedError(
            "interval", f"geeft meer dan 500.000 rijen; kies interval={_fitting(until - since)} of een kortere periode."
        )
    return Span(since, min(until, now))


def _instant(parameter: str, bound: date, interval: Interval, zone: ZoneInfo) -> datetime:
    """Take an instant as it is, and a plain day as the local midnight where it begins."""
    if isinstance(bound, datetime):
        return bound
    if interval in {Interval.KWARTIER, Interval.UUR}:
        raise RangeRefusedError(
            parameter,
            "een datum zonder tijd kan alleen bij dagen en langer; geef een tijd, zoals 2026-05-12T06:00:00Z.",
        )
    return datetime.combine(bound, time.min, zone).astimezone(UTC)


def _local_midnight(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(instant.tzinfo)


def _fitting(length: timedelta) -> Interval:
    return next(interval for interval, width in WIDTHS.items() if length / width.length <= MOST_BUCKETS)
