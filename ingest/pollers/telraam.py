"""Telraam: hours or quarters of segments, three months at most at once, with a key, under CC BY-NC.

Only reports of segments are asked for, never instances: those name hardware addresses and people.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from ingest.dialects.fields import end_of, instant
from ingest.dialects.telraam_interval import LENGTHS
from ingest.pollers.poller import (
    PolledRow,
    PolledSensor,
    Poller,
    PollPage,
    PollRequest,
    PollSource,
    PollWindow,
    RateLimit,
)
from ingest.pollers.rows import glimpse, moment_or_none, outline

_QUARTERS: Final = timedelta(days=21)  # so that an answer with all its columns stays below 5 MB
_HOURS: Final = timedelta(days=89)  # the shortest three months there are


class _SegmentReport(msgspec.Struct):
    report: list[msgspec.Raw]
    status_code: int = 200


class _SegmentRow(msgspec.Struct):
    date: str = ""
    interval: str = ""


def _ask(source: PollSource, sensor: PolledSensor, window: PollWindow) -> PollRequest:
    body = {
        "level": "segments",
        "id": sensor.publisher_id,
        "format": "per-quarter" if source.quarters else "per-hour",
        "time_start": f"{window.start:%Y-%m-%d %H:%M:%SZ}",
        "time_end": f"{window.end:%Y-%m-%d %H:%M:%SZ}",
    }
    path = "/advanced/reports/traffic" if source.quarters else "/v1/reports/traffic"
    return PollRequest(source.address + path, msgspec.json.encode(body))


def _split(_sensor: PolledSensor, _request: PollRequest, body: bytes) -> PollPage:
    return PollPage([_row(bytes(row)) for row in outline(body, _SegmentReport).report])


def _row(row: bytes) -> PolledRow:
    seen = glimpse(row, _SegmentRow) or _SegmentRow()
    return PolledRow(seen.interval, _ended_at(seen), row)


def _ended_at(seen: _SegmentRow) -> datetime | None:
    if (length := LENGTHS.get(seen.interval)) is None:
        return None
    return moment_or_none(seen.date, lambda text: end_of(instant(text), length))


POLLER: Final = Poller(
    name="telraam",
    topic="telraam",
    address="https://telraam-api.net",
    licence="CC BY-NC 4.0",
    every=timedelta(minutes=30),
    back=timedelta(hours=48),
    longest=lambda source: _QUARTERS if source.quarters else _HOURS,
    interval=lambda source: LENGTHS["quarterly" if source.quarters else "hourly"],
    limit=RateLimit(20, timedelta(minutes=1)),
    ask=_ask,
    split=_split,
)
