"""Samen Meten: the kits of a municipality or kits by name, and the hours of each of their datastreams.

SensorThings knows no `in`, so each datastream is asked for by itself. An answer names its next page but not its
datastream: a message is made of the datastream's name and one row, as `$expand` would write it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import msgspec

from ingest.dialects.samen_meten import SOURCES, phenomenon, sensor_of_kit
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

_BEYOND: Final = timedelta(minutes=1)


class _Datastream(msgspec.Struct, rename={"number": "@iot.id"}):
    number: int
    name: str = ""


class _Thing(msgspec.Struct, rename={"streams": "Datastreams"}):
    name: str = ""
    streams: list[_Datastream] = []


class _Things(msgspec.Struct, rename={"following": "@iot.nextLink"}):
    value: list[_Thing]
    following: str | None = None


class _KitAnswer(msgspec.Struct, rename={"following": "@iot.nextLink"}):
    value: list[msgspec.Raw]
    following: str | None = None


class _KitRow(msgspec.Struct, rename={"at": "phenomenonTime"}):
    at: str = ""


def _find(source: PollSource) -> Iterator[PollRequest]:
    """Ask for kits with their datastreams; `owner` and the other properties, which may name people, are left there."""
    wanted = [f"name eq '{kit.publisher_id}'" for kit in source.sensors]
    if source.municipality:
        wanted.append(f"properties/codegemeente eq '{source.municipality}'")
    for condition in wanted:
        yield PollRequest(
            f"{source.address}/Things?$filter={quote(condition)}&$select=name&$expand=Datastreams($select=id,name)"
        )


def _found(body: bytes) -> tuple[list[PolledSensor], str | None]:
    answer = outline(body, _Things)
    found = [
        PolledSensor(sensor_of_kit(thing.name), str(stream.number), stream.name)
        for thing in answer.value
        for stream in thing.streams
        if stream.name.rpartition("-")[2] in SOURCES
    ]
    return found, answer.following


def _ask(source: PollSource, sensor: PolledSensor, window: PollWindow) -> PollRequest:
    condition = f"phenomenonTime gt '{_stamp(window.start)}' and phenomenonTime lt '{_stamp(window.end + _BEYOND)}'"
    return PollRequest(
        f"{source.address}/Datastreams({sensor.publisher_id})/Observations"
        f"?$filter={quote(condition)}&$orderby=phenomenonTime&$top=1000"
    )


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.000Z}"


def _split(sensor: PolledSensor, _request: PollRequest, body: bytes) -> PollPage:
    answer = outline(body, _KitAnswer)
    rows = [_row(sensor.stream, bytes(row)) for row in answer.value]
    return PollPage(rows, PollRequest(answer.following) if answer.following else None)


def _row(stream: str, row: bytes) -> PolledRow:
    seen = glimpse(row, _KitRow) or _KitRow()
    payload = b'{"name":%s,"Observations":[%s]}' % (msgspec.json.encode(stream), row)
    return PolledRow("", moment_or_none(seen.at, lambda text: phenomenon(text)[1]), payload)


POLLER: Final = Poller(
    name="samen_meten",
    topic="poll/samenmeten",
    address="https://api-samenmeten.rivm.nl/v1.0",
    licence="see https://samenmeten.nl",
    every=timedelta(minutes=30),
    back=timedelta(days=2),
    longest=lambda _: timedelta(days=30),
    interval=lambda _: timedelta(hours=1),
    limit=RateLimit(60, timedelta(minutes=1)),
    ask=_ask,
    split=_split,
    find=_find,
    found=_found,
)
