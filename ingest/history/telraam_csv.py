"""Exports of Telraam as CSV, by 15 or by 60 minutes, in the local time of the sensor.

Sensor: the number of the installation. Sources: `bike/15min`, `car/15min`, `heavy/15min`, `pedestrian/15min`, or the
same with `60min`: two exports of one sensor are two datastreams and are never added. Which of the two a file is, its
profile says; a stamp off that grid, or a file of quarters without a quarter, is refused.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from ingest.dialects.telraam_interval import TelraamInterval, observations
from ingest.history import table
from ingest.history.local_time import NoSuchHourError
from ingest.history.profile import HOUR, FileProfile
from ingest.history.redaction import redacted, refused
from ingest.history.series import Places
from ingest.history.table import FileRow
from schemas.observation import Observation
from schemas.rejection import Rejection

DIALECT: Final = "telraam_csv"
_SENSOR: Final = "Installation ID"
_AT: Final = "Date and Time (Local)"
_UPTIME: Final = "Uptime"
_QUARTER: Final = timedelta(minutes=15)
_NIGHT: Final = "Night Total"  # sensors of the first kind have none
_COLUMNS: Final = {
    "bike": "Bike Total", "car": "Car Total", "heavy": "Large vehicle Total", "pedestrian": "Pedestrian Total",
}  # fmt: skip
_NEEDED: Final = (_SENSOR, _AT, *_COLUMNS.values(), _UPTIME)
_UPTIME_TEXT = re.compile(r"(?:(?:Good|Poor) uptime - )?([01](?:\.\d+)?)", re.ASCII)
_NUMBERED = re.compile(r"\d{3,40}", re.ASCII)


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one export; raise FileUnreadableError at the first row that is not of the format."""
    rows = table.rows(lines, _NEEDED)
    _check_grid(rows, profile)
    places = Places(profile, [(row.text(_SENSOR), row) for row in rows], _AT)
    suffix = f"/{profile.interval.seconds // 60}min"
    for row in rows:
        counted = _counted(row)
        try:
            slot = places(counted.sensor, row)
        except NoSuchHourError as problem:
            yield refused(_redacted(row), DIALECT, counted.sensor, str(problem), received_at)
        else:
            yield from observations(counted, *slot[:2], received_at, quality_flags=slot.quality_flags, suffix=suffix)
    places.check_steps()


def _redacted(row: FileRow) -> bytes:
    numbers = [row.columns[name] for name in (_AT, *_COLUMNS.values(), _NIGHT) if name in row.columns]
    return redacted(row.cells, numbers, [row.columns[_SENSOR]], [row.text(_SENSOR)])


def _check_grid(rows: list[FileRow], profile: FileProfile) -> None:
    pasts = [_past_the_hour(row, profile) for row in rows]
    for row, past in zip(rows, pasts, strict=True):
        if past % profile.interval:
            raise row.problem(_AT, f"{row.text(_AT)!r} starts no interval; {_remedy(past, profile)}")
    if profile.interval != HOUR and not any(pasts) and len(rows) > 1:
        raise rows[0].problem(_AT, "all rows start on the hour; if these are hours, import with --minutes 60")


def _past_the_hour(row: FileRow, profile: FileProfile) -> timedelta:
    at = row.local(_AT, bare_date=profile.bare_date)
    return timedelta(minutes=at.minute, seconds=at.second)


def _remedy(past: timedelta, profile: FileProfile) -> str:
    if profile.interval == HOUR and not past % _QUARTER:
        return "if these are quarters, import with --minutes 15"
    minutes = profile.interval // timedelta(minutes=1)
    return f"expected every {minutes} minutes from the hour on; export it by {minutes} minutes again"


def _counted(row: FileRow) -> TelraamInterval:
    sensor, uptime = row.text(_SENSOR), row.text(_UPTIME)
    if not _NUMBERED.fullmatch(sensor):
        raise row.problem(_SENSOR, f"{sensor[:60]!r} is not the number of an installation")
    if not (found := _UPTIME_TEXT.fullmatch(uptime)) or float(found[1]) > 1:
        raise row.problem(_UPTIME, f"{uptime[:60]!r} is not an uptime like 'Good uptime - 0.75'")
    modes = {mode: _count(row, column) for mode, column in _COLUMNS.items()}
    return TelraamInterval(sensor, float(found[1]), modes, _count(row, _NIGHT) or 0)


def _count(row: FileRow, column: str) -> float | None:
    if (count := row.number(column)) is not None and count < 0:
        raise row.problem(column, f"{row.text(column)!r} is below 0")
    return count
