"""The lengths of time that can be asked for, what each may cost, and which range an answer covers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from opendata.local_days import midnight, midnight_before
from opendata.read.buckets import Width as Bucketed

MOST_BUCKETS: Final = 500_000
_LOOKING_BACK: Final = timedelta(days=334)


class Interval(StrEnum):
    """How long one row of an answer lasts."""

    KWARTIER = "kwartier"
    UUR = "uur"
    DAG = "dag"
    WEEK = "week"
    MAAND = "maand"
    JAAR = "jaar"
    TWAALF_MAANDEN = "twaalf-maanden"
    GEHEEL = "geheel"


@dataclass(frozen=True)
class Width:
    """The nominal length of a row, the span answered when nothing else is asked, and our own words for it.

    `bucket` is what rows are made of (`opendata.read.buckets`). Of twelve months there
    is a row for each month in the range: it is `looking_back` to before the month.
    """

    length: timedelta
    default_span: timedelta
    bucket: Bucketed
    looking_back: timedelta = timedelta()


WIDTHS: Final = {
    Interval.KWARTIER: Width(timedelta(minutes=15), timedelta(days=1), "quarter"),
    Interval.UUR: Width(timedelta(hours=1), timedelta(days=7), "hour"),
    Interval.DAG: Width(timedelta(days=1), timedelta(days=31), "day"),
    Interval.WEEK: Width(timedelta(days=7), timedelta(days=182), "week"),
    Interval.MAAND: Width(timedelta(days=28), timedelta(days=365), "month"),
    Interval.JAAR: Width(timedelta(days=365), timedelta(days=3653), "year"),
    Interval.TWAALF_MAANDEN: Width(timedelta(days=28), timedelta(days=365), "rolling_year", _LOOKING_BACK),
    Interval.GEHEEL: Width(timedelta(days=365), timedelta(days=365), "whole"),
}
_FINE: Final = frozenset({Interval.KWARTIER, Interval.UUR})
"""Rows of at most an hour: their ends are instants, never local days."""


class RangeRefusedError(ValueError):
    """The range cannot be answered; the message says what would fit, `parameter` which one to change."""

    def __init__(self, parameter: str, message: str) -> None:
        """Name the parameter and the remedy."""
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True)
class Span:
    """What an answer covers: rows whose start lies in [`start`, `end`), `end` at most now.

    A whole range is a row of its own, up to the end of today.
    """

    start: datetime
    end: datetime


def span(start: date | None, end: date | None, interval: Interval, now: datetime, zone: ZoneInfo) -> Span:
    """Complete and judge the range that was asked; raise RangeRefusedError when it is backwards or too much."""
    width = WIDTHS[interval]
    until = now if end is None else _instant("eindTijd", end, interval, zone)
    since = midnight_before(until - width.default_span, zone)
    if start is not None:
        since = _instant("startTijd", start, interval, zone)
    if since > until:
        raise RangeRefusedError("startTijd", "ligt na eindTijd; draai ze om.")
    if (until - since) / width.length > MOST_BUCKETS:
        raise RangeRefusedError(
            "interval", f"geeft meer dan 500.000 rijen; kies interval={fitting(until - since)} of een kortere periode."
        )
    if interval is Interval.GEHEEL:
        return _whole(since, until, now, zone, ended=end is not None)
    return Span(since, min(until, now))


def since(covered: Span, first: datetime | None, interval: Interval) -> Span:
    """Leave out what lies before the first row of a series; a whole range stays as it was asked."""
    if interval is Interval.GEHEEL:
        return covered
    return Span(max(covered.start, first or covered.end), covered.end)


def row_length(covered: Span, interval: Interval) -> timedelta:
    """Give the length of a row, for pages of so many rows; never nothing, also where there are no days to tell of."""
    if interval is Interval.GEHEEL:
        return max(covered.end - covered.start, WIDTHS[Interval.DAG].length)
    return WIDTHS[interval].length


def closes(covered: Span, interval: Interval, zone: ZoneInfo) -> datetime:
    """Give the moment at which every row of a range is over: where the row after its last one begins."""
    if interval is Interval.GEHEEL:
        return covered.end
    if interval in _FINE:
        return -(-(covered.end - _EPOCH) // _HOUR) * _HOUR + _EPOCH
    day = (covered.end - timedelta(microseconds=1)).astimezone(zone).date()
    return midnight(_NEXT[interval](day), zone)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_NEXT: Final[Mapping[Interval, Callable[[date], date]]] = {
    Interval.DAG: lambda day: day + timedelta(days=1),
    Interval.WEEK: lambda day: day + timedelta(days=7 - day.weekday()),
    Interval.MAAND: _month_after,
    Interval.JAAR: lambda day: date(day.year + 1, 1, 1),
    Interval.TWAALF_MAANDEN: _month_after,
}
"""The first local day after the row that a day lies in."""


def _whole(since: datetime, until: datetime, now: datetime, zone: ZoneInfo, *, ended: bool) -> Span:
    """Judge a range that is one row: it is made of local days, and without an end of those that are over."""
    today = midnight_before(now, zone)
    tomorrow = midnight(now.astimezone(zone).date() + timedelta(days=1), zone)
    until = min(until, tomorrow) if ended else today
    for parameter, bound in (("startTijd", since), ("eindTijd", until)):
        if bound != midnight_before(bound, zone):
            raise RangeRefusedError(parameter, "moet bij geheel een datum of een lokale middernacht zijn.")
    return Span(min(since, until), until)


def _instant(parameter: str, bound: date, interval: Interval, zone: ZoneInfo) -> datetime:
    """Take an instant as it is, and a plain day as the local midnight where it begins."""
    if isinstance(bound, datetime):
        return bound
    if interval in _FINE:
        raise RangeRefusedError(
            parameter,
            "een datum zonder tijd kan alleen bij dagen en langer; geef een tijd, zoals 2026-05-12T06:00:00Z.",
        )
    return midnight(bound, zone)


def fitting(length: timedelta) -> Interval:
    """Give the shortest interval by which so long a time is not too many rows."""
    return next(interval for interval, width in WIDTHS.items() if length / width.length <= MOST_BUCKETS)
