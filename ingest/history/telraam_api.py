"""Hourly reports of Telraam's interface as JSON, saved one by one or collected by month.

Sensor: the segment's number. Sources: `bike`, `car`, `heavy`, `pedestrian`, the totals of both directions (left and
right may miss the total and are not read). `date` is the start of the hour in UTC.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from ingest.dialects.document import document
from ingest.dialects.refusal import RefusedError
from ingest.history.local_time import Slot, in_utc
from ingest.history.profile import HOUR, Profile
from ingest.history.telraam import MODES, TelraamInterval, observations
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation

_Count = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
_SEGMENT: Final = -1
_LARGEST: Final = 2**53
_OF_INSTANCES: Final = frozenset({"instances", "instance", "mac", "mac_address"})


class _Hour(msgspec.Struct, frozen=True):
    segment_id: Annotated[int, msgspec.Meta(ge=100, le=_LARGEST)]
    date: str
    interval: Literal["hourly"]
    uptime: Annotated[float, msgspec.Meta(ge=0, le=1)]
    bike: _Count
    car: _Count
    heavy: _Count
    pedestrian: _Count
    night: _Count | None = None
    instance_id: int = _SEGMENT


class _Report(msgspec.Struct, frozen=True):
    status_code: Literal[200] = 200
    report: list[_Hour] | None = None
    data: list[_Hour] | None = None


def read(lines: Iterable[str], profile: Profile, received_at: datetime) -> Iterator[Observation]:  # noqa: ARG001 - its times are in UTC
    """Read one file: a report with its hours in `report` (or `data`), or a list of such reports."""
    seen: set[tuple[int, datetime]] = set()
    for place, hour in _hours("".join(lines)):
        started_at = _started_at(place, hour)
        if (hour.segment_id, started_at) in seen:
            raise FileUnreadableError(1, 1, f"{hour.date} of {hour.segment_id} comes twice", place)
        seen.add((hour.segment_id, started_at))
        yield from observations(_counted(hour), Slot(started_at, started_at + HOUR, 0), received_at)


def _hours(text: str) -> Iterator[tuple[str, _Hour]]:
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
    try:
        parsed = document(text)
        _refuse_instances(parsed)
        return msgspec.convert(parsed, type=_Report | list[_Report])
    except RefusedError as refused:
        raise FileUnreadableError(1, 1, refused.detail) from None
    except (ValueError, RecursionError) as problem:
        raise FileUnreadableError(1, 1, f"not a report of Telraam: {problem}") from problem


def _refuse_instances(parsed: object) -> None:
    """Raise FileUnreadableError for an answer about instances, the counters at windows, with hardware addresses.

    Of any other answer only the fields of `_Hour` are read, and nothing else of it is kept.
    """
    for report in parsed if isinstance(parsed, list) else [parsed]:
        lists = [report, *report.values()] if isinstance(report, dict) else []
        found = [one for some in lists for one in (some if isinstance(some, list) else [some])]
        if any(isinstance(one, dict) and one.keys() & _OF_INSTANCES for one in found):
            raise FileUnreadableError(
                1, 1, "an answer about instances; ask for reports of segments, and do not keep this file"
            )


def _started_at(place: str, hour: _Hour) -> datetime:
    if hour.instance_id != _SEGMENT:
        raise FileUnreadableError(1, 1, "an hour of one instance; ask for the level 'segments'", place)
    try:
        return in_utc(hour.date)
    except ValueError as problem:
        raise FileUnreadableError(1, 1, str(problem), f"{place}.date") from problem


def _counted(hour: _Hour) -> TelraamInterval:
    modes = {mode: getattr(hour, mode) for mode in MODES}
    return TelraamInterval(str(hour.segment_id), hour.uptime, modes, hour.night or 0)
