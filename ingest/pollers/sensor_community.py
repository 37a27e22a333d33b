"""sensor.community: the data points of the last five minutes of a sensor; what is older is in its archive only."""

from datetime import timedelta
from typing import Final

import msgspec

from ingest.dialects.sensor_community import moment
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


class _PointRow(msgspec.Struct):
    timestamp: str = ""
    id: int = 0


def _ask(source: PollSource, sensor: PolledSensor, _window: PollWindow) -> PollRequest:
    return PollRequest(f"{source.address}/sensor/{sensor.publisher_id}/")


def _split(_sensor: PolledSensor, _request: PollRequest, body: bytes) -> PollPage:
    return PollPage([_row(bytes(row)) for row in outline(body, list[msgspec.Raw])])


def _row(row: bytes) -> PolledRow:
    seen = glimpse(row, _PointRow) or _PointRow()
    return PolledRow(str(seen.id), moment_or_none(seen.timestamp, moment), row)


POLLER: Final = Poller(
    name="sensor_community",
    topic="poll/sensorcommunity",
    address="https://data.sensor.community/airrohr/v1",
    licence="DbCL 1.0",
    every=timedelta(minutes=2),
    back=timedelta(hours=1),
    longest=lambda _: timedelta(days=400),
    interval=lambda _: timedelta(minutes=1),
    limit=RateLimit(60, timedelta(minutes=1)),
    ask=_ask,
    split=_split,
    memory=timedelta(minutes=5),
)
