"""Reports of Telraam's interface as JSON, by hours or by quarters, saved one by one or collected by month.

Sensor: the segment's number. Sources: `bike`, `car`, `heavy`, `pedestrian`, of quarters `bike/15min` and so on: the
totals of both directions (left and right may miss the total and are not read). `date` is the start of the interval, in
UTC.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from ingest.dialects.telraam_interval import (
    LENGTHS,
    MODES,
    SEGMENT,
    SUFFIXES,
    Count,
    IntervalName,
    Share,
    TelraamInterval,
    observations,
)
from ingest.history.json_file import converted
from ingest.history.local_time import in_utc
from ingest.history.profile import FileProfile
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation

_LARGEST: Final = 2**53


class ReportedInterval(msgspec.Struct, frozen=True):
    """One interval of a segment, as the interface reports it and its bulk export writes it."""

    segment_id: Annotated[int, msgspec.Meta(ge=100, le=_LARGEST)]
    date: str
    interval: IntervalName
    uptime: Share
    bike: Count
    car: Count
    heavy: Count
    pedestrian: Count
    night: Count | None = None
    instance_id: int = SEGMENT
    mac: object = msgspec.UNSET
    user_id: object = msgspec.UNSET


class _Report(msgspec.Struct, frozen=True):
    status_code: Literal[200] = 200
    report: list[ReportedInterval] | None = None
    data: list[ReportedInterval] | None = None


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation]:  # noqa: ARG001 - its times are in UTC
    """Read one file: a report with its hours in `report` (or `data`), or a list of such reports."""
    return outcomes(_hours("".join(lines)), received_at)


def outcomes(intervals: Iterable[tuple[str, ReportedInterval]], received_at: datetime) -> Iterator[Observation]:
    """Yield the observations of intervals with their places; raise FileUnreadableError for one that comes twice."""
    seen: set[tuple[int, datetime, str]] = set()
    for place, one in intervals:
        started_at = _started_at(place, one)
        if (key := (one.segment_id, started_at, one.interval)) in seen:
            raise FileUnreadableError(1, 1, f"{one.date} of {one.segment_id} comes twice", place)
        seen.add(key)
        ended_at, suffix = started_at + LENGTHS[one.interval], SUFFIXES[one.interval]
        yield from observations(_counted(one), started_at, ended_at, received_at, suffix=suffix)


def _hours(text: str) -> Iterator[tuple[str, ReportedInterval]]:
    content = _content(text)
    for number, report in enumerate(content if isinstance(content, list) else [content]):
        name = "data" if report.report is None else "report"
        hours = report.data if report.report is None else report.report
        if hours is None or (report.report is not None and report.data is not None):
            raise FileUnreadableError(1, 1, "expected the hours in one list, called report or data")
        yield from (
            (f"${f'[{number}]' if isinstance(content, list) else ''}.{name}[{row}]", hour)
            for row, hour in enumerate(hours)
        )


def _content(text: str) -> _Report | list[_Report]:
    content: _Report | list[_Report] = converted(text, _Report | list[_Report], "a report of Telraam")
    return content


def _started_at(place: str, hour: ReportedInterval) -> datetime:
    if hour.mac is not msgspec.UNSET or hour.user_id is not msgspec.UNSET:
        why = "the answer of the instances endpoint; ask for reports of segments and do not keep this file"
        raise FileUnreadableError(1, 1, why, place)
    if hour.instance_id != SEGMENT:
        raise FileUnreadableError(1, 1, "an hour of one instance; ask for the level 'segments'", place)
    try:
        return in_utc(hour.date)
    except ValueError as problem:
        raise FileUnreadableError(1, 1, str(problem), f"{place}.date") from problem


def _counted(hour: ReportedInterval) -> TelraamInterval:
    modes = {mode: getattr(hour, mode) for mode in MODES}
    return TelraamInterval(str(hour.segment_id), hour.uptime, modes, hour.night or 0)
