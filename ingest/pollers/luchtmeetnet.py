"""Luchtmeetnet: hours of official stations, paged, a week at most at once, revised for days."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec

from ingest.dialects.fields import instant
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

_BEYOND: Final = timedelta(minutes=59)  # the last hour bears the end of the window as its name, and no row lies between


class _Pagination(msgspec.Struct):
    current_page: int
    last_page: int


class _StationAnswer(msgspec.Struct):
    data: list[msgspec.Raw]
    pagination: _Pagination | None = None


class _StationRow(msgspec.Struct):
    timestamp_measured: str = ""
    formula: str = ""


def _ask(source: PollSource, sensor: PolledSensor, window: PollWindow) -> PollRequest:
    parameters = {
        "station_number": sensor.publisher_id,
        "start": f"{window.start:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{window.end + _BEYOND:%Y-%m-%dT%H:%M:%SZ}",
        "order_by": "timestamp_measured",
        "order_direction": "asc",
    }
    return PollRequest(f"{source.address}/measurements?{urlencode(parameters)}&page=1")


def _split(_sensor: PolledSensor, request: PollRequest, body: bytes) -> PollPage:
    answer = outline(body, _StationAnswer)
    pages = answer.pagination
    following = None
    if pages is not None and pages.current_page < pages.last_page:
        first, _, _ = request.url.rpartition("&page=")
        following = PollRequest(f"{first}&page={pages.current_page + 1}")
    return PollPage([_row(bytes(row)) for row in answer.data], following)


def _row(row: bytes) -> PolledRow:
    seen = glimpse(row, _StationRow) or _StationRow()
    return PolledRow(seen.formula, moment_or_none(seen.timestamp_measured, instant), row)


POLLER: Final = Poller(
    name="luchtmeetnet",
    topic="poll/luchtmeetnet",
    address="https://api.luchtmeetnet.nl/open_api",
    licence="see https://www.luchtmeetnet.nl",
    every=timedelta(minutes=20),
    back=timedelta(days=4),
    longest=lambda _: timedelta(days=7),
    interval=lambda _: timedelta(hours=1),
    limit=RateLimit(100, timedelta(minutes=5)),
    ask=_ask,
    split=_split,
)
