"""The range of a dashboard in words: `now-30d`, `now/d`, or a day or an instant of its own."""

import re
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboards.macros import DashboardRange
from dashboards.spans import seconds
from schemas.failures import WrongUsageError

_RELATIVE: Final = re.compile(r"now(?:([+-])(\d+[smhdwMy]))?(?:/([hdwMy]))?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LAST: Final = timedelta(seconds=1)
_YEAR: Final = 12
_INTERVALS: Final = (60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800)
"""Seconds between two points, as Grafana rounds them."""


class RangeWordsError(WrongUsageError):
    """A range that cannot be read; nothing was drawn."""


def read(start: str, end: str, now: datetime, zone: ZoneInfo) -> DashboardRange:
    """Read both ends of a range; a day is whole, its last second included. Raise RangeWordsError for anything else."""
    first, last = _instant(start, now, zone, end=False), _instant(end, now, zone, end=True)
    if first >= last:
        raise RangeWordsError(f"the range from {start} to {end} holds no time; its end has to be later than its start")
    return DashboardRange(first, last)


def of_panel(span: DashboardRange, fixed: str | None, shift: str | None, width: float) -> DashboardRange:
    """Give the range of a panel: one that is fixed ends where the dashboard's does, and `shift` moves it back."""
    length = timedelta(seconds=seconds(fixed.removeprefix("now-"))) if fixed else span.end - span.start
    end = span.end - timedelta(seconds=seconds(shift)) if shift else span.end
    start = end - length if fixed else span.start - (span.end - end)
    least = (end - start).total_seconds() / max(1.0, width)
    interval = next((size for size in _INTERVALS if size >= least), _INTERVALS[-1])
    return DashboardRange(start, end, timedelta(seconds=interval))


def _instant(word: str, now: datetime, zone: ZoneInfo, *, end: bool) -> datetime:
    found = _RELATIVE.fullmatch(word.strip())
    if found:
        at = _moved(now, found[1], found[2], zone) if found[2] else now
        return _rounded(at, found[3], zone, end=end) if found[3] else at
    try:
        at = datetime.fromisoformat(word.strip())
    except ValueError as error:
        raise RangeWordsError(
            f"{word!r} is no instant; write a day (2026-05-12), a time (2026-05-12T09:00) or now, now-30d, now/d"
        ) from error
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    if end and _DAY.fullmatch(word.strip()):
        at = datetime.combine(at.date() + timedelta(days=1), time(), zone).astimezone(now.tzinfo) - _LAST
    return at.astimezone(now.tzinfo)


def _moved(now: datetime, sign: str, length: str, zone: ZoneInfo) -> datetime:
    """Move by the clock on the wall for days and more, as Grafana does, and by the time that passes for less."""
    number, unit = int(length[:-1]) * (-1 if sign == "-" else 1), length[-1]
    local = now.astimezone(zone)
    match unit:
        case "d" | "w":
            moved = local.replace(tzinfo=None) + timedelta(days=number * (7 if unit == "w" else 1))
        case "M" | "y":
            months = local.year * _YEAR + local.month - 1 + number * (_YEAR if unit == "y" else 1)
            moved = _in_month(local.replace(tzinfo=None), months)
        case _:
            return now + timedelta(seconds=seconds(f"{abs(number)}{unit}")) * (1 if number >= 0 else -1)
    return moved.replace(tzinfo=zone).astimezone(now.tzinfo)


def _in_month(at: datetime, months: int) -> datetime:
    """Give the same day in another month, its last where it has no such day."""
    year, month = months // _YEAR, months % _YEAR + 1
    following = datetime(year + month // _YEAR, month % _YEAR + 1, 1)  # noqa: DTZ001 - by the clock on the wall
    return at.replace(year=year, month=month, day=min(at.day, (following - timedelta(days=1)).day))


def _rounded(at: datetime, unit: str, zone: ZoneInfo, *, end: bool) -> datetime:
    local = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    if unit == "h":
        return local.astimezone(at.tzinfo) + (timedelta(hours=1) - _LAST if end else timedelta())
    day = local.date()
    first = {
        "d": day,
        "w": day - timedelta(days=day.weekday()),
        "M": day.replace(day=1),
        "y": day.replace(month=1, day=1),
    }[unit]
    if end:
        length = {"d": 1, "w": 7, "M": 31, "y": 366}[unit]
        following = first + timedelta(days=length)
        first = following.replace(day=1) if unit in {"M", "y"} else following
    midnight = datetime.combine(first, time(), zone).astimezone(at.tzinfo)
    return midnight - _LAST if end else midnight
