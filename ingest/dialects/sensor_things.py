"""SensorThings over MQTT: an Observation of a Datastream, by version 1.0, 1.1 or 2.0 of the standard.

Sensor: `sta-` and the number of the Datastream; source: `result`. Without `phenomenonTime` it was measured when it was
received, as the standard says.
"""

import re
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import field

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document, parse
from ingest.dialects.fields import instant, number, shaped, stamp
from ingest.dialects.permitted import NUMBER, TIME, Sender, SenderForm, Texts
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import LIVE
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME

PREFIX: Final = "sta-"
SOURCE: Final = "result"
_NUMBER: Final = r"0{0,17}(0|[1-9][0-9]{0,17})"  # 7 and 07 are one number
PATTERN: Final = re.compile(rf"v(?:1\.[01]|2\.0)/(?:Datastreams\({_NUMBER}\)/)?Observations", re.ASCII)
_NUMBERED: Final = re.compile(_NUMBER, re.ASCII)
_LONGEST: Final = timedelta(days=1)


class LinkedDatastream(msgspec.Struct):
    """The Datastream of an Observation, by its number."""

    iot_id: str | None = field(default=None, name="@iot.id")
    id: str | None = None


class StaSpan(msgspec.Struct):
    """An interval as version 2.0 has it."""

    start: str
    end: str


class StaObservation(msgspec.Struct):
    """One Observation; what is not of the measurement (`resultQuality`, `parameters`) is not decoded."""

    result: object
    phenomenon_time: str | StaSpan | None = field(default=None, name="phenomenonTime")
    datastream: LinkedDatastream | None = field(default=None, name="Datastream")


def parse_observation(payload: bytes) -> Document:
    """Parse an Observation; the number of its Datastream is a name, and becomes a text."""
    document = parse(payload)
    link = document.get("Datastream")
    if isinstance(link, dict):
        document["Datastream"] = {key: str(one) if type(one) is int else one for key, one in link.items()}
    return document


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the message says everything itself
) -> list[Observation]:
    """Decode one Observation: of an interval where `phenomenonTime` is one, else of an instant."""
    found = PATTERN.fullmatch(topic)
    entity = shaped(document, StaObservation)
    sensor = _sensor(found[1] if found else None, entity.datastream)
    value = None if entity.result is None else number(entity.result, SOURCE)
    started_at, ended_at, flags = _times(entity.phenomenon_time, received_at)
    return [Observation(sensor, SOURCE, started_at, ended_at, value, 1.0, received_at, flags)]


def encode(observation: Observation, *, link: bool = False) -> bytes:
    """Encode one observation; with `link` it names its Datastream, as the topic of all Observations needs it."""
    started_at, ended_at = stamp(observation.started_at), stamp(observation.ended_at)
    entity: dict[str, object] = {"result": observation.value}
    if not observation.quality_flags & RECEIVED_TIME:
        entity["phenomenonTime"] = started_at if started_at == ended_at else f"{started_at}/{ended_at}"
    if link:
        entity["Datastream"] = {"@iot.id": int(observation.sensor.removeprefix(PREFIX))}
    return msgspec.json.encode(entity)


def _sensor(named: str | None, link: LinkedDatastream | None) -> str:
    """Return the sensor that topic or link names; refuse where both do and differ, and where none does."""
    linked = None if link is None else link.id if link.iot_id is None else link.iot_id
    if linked is None and named is None:
        raise RefusedError("missing_field", "neither the topic nor the Observation names a Datastream")
    found = None if linked is None else _NUMBERED.fullmatch(linked)
    if linked is not None and found is None:
        raise RefusedError("format", f"Datastream {shown(linked)} is not a number")
    if named is not None and found is not None and named != found[1]:
        raise RefusedError("other_sensor", f"the topic is of Datastream {named}, the Observation of {shown(linked)}")
    return f"{PREFIX}{found[1] if found else named}"


def _times(phenomenon_time: str | StaSpan | None, received_at: datetime) -> tuple[datetime, datetime, int]:
    if phenomenon_time is None:
        return received_at, received_at, RECEIVED_TIME
    if isinstance(phenomenon_time, StaSpan):
        started_at, ended_at = instant(phenomenon_time.start), instant(phenomenon_time.end)
    else:
        first, _, last = phenomenon_time.partition("/")
        started_at, ended_at = instant(first), instant(last or first)
    if not timedelta(0) <= ended_at - started_at <= _LONGEST:
        raise RefusedError("range", f"{stamp(started_at)} to {stamp(ended_at)} is not an interval of up to one day")
    LIVE.refuse_outside(started_at, ended_at, received_at)
    return started_at, ended_at, 0


def _time(text: str) -> str | None:
    return None if isinstance(TIME, SenderForm) else TIME(text)


def _time_or_interval(text: str) -> str | None:
    first, slash, last = text.partition("/")
    start, end = _time(first), _time(last) if slash else ""
    return None if start is None or end is None else start + slash + end


def _datastream(text: str, sender: Sender) -> str | None:
    """Let the number of a Datastream stay that the topic names, that is registered, or that is short."""
    found = _NUMBERED.fullmatch(text)
    if found is None:
        return None
    sensor = f"{PREFIX}{found[1]}"
    return found[1] if sensor == sender.sensor or sensor in sender.sensors or len(found[1]) <= _SHORT else None


_SHORT: Final = 8  # digits; a number of more is that of somebody or something
_DATASTREAM: Final = SenderForm(_datastream)
_TEXTS: Final[Texts] = {
    "result": NUMBER,
    "phenomenonTime": _time_or_interval,
    "phenomenonTime.start": TIME,
    "phenomenonTime.end": TIME,
    "resultTime": TIME,
    "validTime": _time_or_interval,
    "Datastream.@iot.id": _DATASTREAM,
    "Datastream.id": _DATASTREAM,
}


_OF_ONE: Final = (
    b'{"phenomenonTime":"2026-05-12T06:00:00Z/2026-05-12T06:15:00Z","resultTime":"2026-05-12T06:15:20Z","result":42,'
    b'"resultQuality":{"flag":"ok","completeness":1.0}}'
)
_LINKED: Final = b'{"phenomenonTime":"2026-05-12T06:15:00.000Z","result":"1.2","Datastream":{"@iot.id":7}}'
_SECOND: Final = (
    b'{"phenomenonTime":{"start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z"},'
    b'"result":42,"Datastream":{"id":7}}'
)

DIALECT: Final = Dialect(
    name="sensor_things",
    subscriptions=tuple(
        f"{version}/{rest}" for version in ("v1.0", "v1.1", "v2.0") for rest in ("+/Observations", "Observations")
    ),
    sensor_topics=(),  # rights of the broker know no part of a level: whoever has many Datastreams publishes for all
    pattern=PATTERN,
    sensor_group=1,
    sensor_prefix=PREFIX,
    texts=for_every_device(_TEXTS),
    parse=parse_observation,
    decode=decode,
    encode=encode,
    examples=tuple(
        Example(f"{version}/{rest}", payload, "sta-7", {SOURCE: value})
        for version, rest, payload, value in (
            ("v1.1", "Datastreams(7)/Observations", _OF_ONE, 42.0),
            ("v1.1", "Observations", _LINKED, 1.2),
            ("v1.0", "Datastreams(7)/Observations", _OF_ONE, 42.0),
            ("v1.0", "Observations", _LINKED, 1.2),
            ("v2.0", "Datastreams(7)/Observations", _SECOND, 42.0),
            ("v2.0", "Observations", _SECOND, 42.0),
        )
    ),
)
