"""Kits of citizens as Samen Meten gives them (SensorThings 1.0): observations of one datastream of one kit.

Sensor: the kit's name in lower case with `-` for `_`. Source: the end of the datastream's name (`pm25`, `pm25_kal`,
`pm10`, `rh`, `temp`, ...), both as in the files of the same publisher. An instant names the end of its hour, as in
those files; an interval is taken as it is stated. A row that holds an error text, or a number that stands for "no
value", is refused; null was not measured.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document
from ingest.dialects.fields import FARTHEST, hour_until, instant, is_number, shaped, stamp, within, word
from ingest.dialects.permitted import Sender, SenderForm, Texts, matching
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import BACKFILL
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"poll/samenmeten/([a-z0-9-]{3,40})", re.ASCII)
NO_VALUE: Final = frozenset({-999.0, -99.0, -49.0})
"""Numbers that the publisher's sources send where they have none."""

SOURCES: Final = ("pm25", "pm25_kal", "pm10", "pm10_kal", "no2", "no2_kal", "rh", "temp", "pres")
"""The ends of the names of the datastreams that are known."""

_END: Final = re.compile(rf"(-\d{{1,3}})?-({'|'.join(SOURCES)})", re.ASCII)
_LONGEST: Final = timedelta(days=1)


class StatedObservation(msgspec.Struct, rename={"phenomenon_time": "phenomenonTime"}):
    """One row, as JSON has it; `result` may be anything."""

    phenomenon_time: str
    result: object


class ExpandedDatastream(msgspec.Struct, rename={"observations": "Observations"}):
    """A datastream with some of its observations, as `$expand` writes it."""

    name: str
    observations: list[StatedObservation]


def sensor_of_kit(name: str) -> str:
    """Return the sensor that a kit, or a datastream of one, is called by here."""
    return name.lower().replace("_", "-")


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the publisher says what its fields mean
) -> list[Observation]:
    """Decode some observations of one datastream; raise RefusedError where one of them cannot be."""
    sensor = topic.rpartition("/")[2]
    stream = shaped(document, ExpandedDatastream)
    if not sensor_of_kit(stream.name).startswith(f"{sensor}-"):
        raise RefusedError("other_sensor", f"the topic is of {sensor}, the datastream is {shown(stream.name)}")
    source = word(stream.name.rpartition("-")[2].lower(), "the end of the datastream's name")
    return [_observation(sensor, source, one, received_at) for one in stream.observations]


def encode(observations: Sequence[Observation]) -> bytes:
    """Encode observations of one source of one sensor as the expanded datastream that the interface would give."""
    first = observations[0]
    rows = [StatedObservation(f"{stamp(one.started_at)}/{stamp(one.ended_at)}", one.value) for one in observations]
    return msgspec.json.encode(ExpandedDatastream(f"{first.sensor}-{first.source}", rows))


def _observation(sensor: str, source: str, row: StatedObservation, received_at: datetime) -> Observation:
    started_at, ended_at = phenomenon(row.phenomenon_time)
    BACKFILL.refuse_outside(started_at, ended_at, received_at)
    return Observation(sensor, source, started_at, ended_at, _value(row.result), 1.0, received_at)


def phenomenon(text: str) -> tuple[datetime, datetime]:
    """Return start and end of what a `phenomenonTime` names; raise RefusedError where it is none."""
    start, _, end = text.partition("/")
    if not end:
        return hour_until(instant(start))
    started_at, ended_at = instant(start), instant(end)
    if not timedelta(0) < ended_at - started_at <= _LONGEST:
        raise RefusedError("range", f"{shown(text)} is not an interval of up to one day")
    return started_at, ended_at


def _value(result: object) -> float | None:
    if result is None:
        return None
    if not is_number(result):
        raise RefusedError("type", f"the result is {type(result).__name__}, not a number: an error text, or no value")
    if result in NO_VALUE:
        raise RefusedError("not_a_measurement", f"{shown(result)} stands for no value")
    return within(result, -FARTHEST, FARTHEST)


def _name(text: str, sender: Sender) -> str | None:
    """Let the name of a datastream stay that is the sender's, with a known end."""
    called = sensor_of_kit(text[: len(sender.sensor)])
    return text if called == sender.sensor and _END.fullmatch(text[len(called) :].lower()) else None


_STAMP: Final = r"\d{4}-[01]\d-[0-3]\d[Tt ][0-2]\d:[0-5]\d(:[0-6]\d(\.\d{1,6})?)?([Zz]|[+-][01]\d:?[0-5]\d)?"
_TEXTS: Final[Texts] = {
    "name": SenderForm(_name),
    "Observations.*.phenomenonTime": matching(rf"{_STAMP}(/{_STAMP})?"),
}


_EXAMPLE: Final = (
    b'{"name":"LTD_90001-12-pm25_kal",'
    b'"Observations":[{"@iot.id":77,"phenomenonTime":"2026-05-12T06:00:00.000Z","result":8.25}]}'
)

DIALECT: Final = Dialect(
    name="samen_meten",
    subscriptions=(),  # nothing of it comes over MQTT: it is fetched
    sensor_topics=(),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    decode=decode,
    encode=encode,
    examples=(Example("poll/samenmeten/ltd-90001", _EXAMPLE, "ltd-90001", {"pm25_kal": 8.25}),),
)
