"""Kits as the interface of sensor.community gives them: one data point, with the values of one instant.

Sensor: `sc-` and the sensor's number. Sources: the types of its values (`P1` is PM10, `P2` is PM2.5, `temperature`,
...), both as in the archive of the same publisher. `timestamp` is UTC without saying so, and numbers are written as
texts.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document
from ingest.dialects.fields import FARTHEST, instant, plain_name, shaped, with_unit, within
from ingest.dialects.permitted import TIME, Sender, SenderForm, Texts, is_harmless
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import BACKFILL
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"poll/sensorcommunity/(sc-\d{1,12})", re.ASCII)
MISSING: Final = frozenset({"nan", "unavailable", "unknown"})
"""What stands in the place of a number that was not measured."""

TYPES: Final = frozenset({"pressure_at_sealevel", "counts_per_minute", "noise_LAeq", "noise_LA_min", "noise_LA_max"})
"""The types of values that are known, beside harmless words such as `P1` and `temperature`, and registered ones."""

_NUMBER: Final = re.compile(r"([+-]?\d{1,8}(?:\.\d{1,8})?)(?:(?<=\.\d{8})\d{1,12})?", re.ASCII)
_REPLACED: Final = re.compile(r"<text \d+>", re.ASCII)
_SHORT: Final = 4  # of capitals: `P1`, `N05`; longer ones may be anything encoded
_IGNORED: Final = frozenset({"signal"})
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?", re.ASCII)


class NumberedSensor(msgspec.Struct):
    """Whose data point it is."""

    id: int


class PointValue(msgspec.Struct):
    """One value, written as a text, or as a number."""

    value_type: str
    value: str | float


class DataPoint(msgspec.Struct):
    """One element of an answer; what it says about the place is not decoded."""

    timestamp: str
    sensor: NumberedSensor
    sensordatavalues: list[PointValue]


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the publisher says what its fields mean
) -> list[Observation]:
    """Decode one data point; raise RefusedError where it cannot be."""
    sensor = topic.rpartition("/")[2]
    point = shaped(document, DataPoint)
    if sensor != f"sc-{point.sensor.id}":
        raise RefusedError("other_sensor", f"the topic is of {sensor}, the data point of {point.sensor.id}")
    at = moment(point.timestamp)
    BACKFILL.refuse_outside(at, at, received_at)
    values = {one.value_type: one.value for one in point.sensordatavalues if _is_known(one.value_type)}
    return [
        Observation(sensor, plain_name(source), at, at, _value(value), 1.0, received_at)
        for source, value in values.items()
    ]


def encode(observations: Sequence[Observation]) -> bytes:
    """Encode observations of one sensor at one instant as one data point."""
    first = observations[0]
    values = [PointValue(one.source, "nan" if one.value is None else f"{one.value:f}") for one in observations]
    stamp = first.ended_at.replace(tzinfo=None).isoformat(" ")
    return msgspec.json.encode(DataPoint(stamp, NumberedSensor(int(first.sensor.removeprefix("sc-"))), values))


def _is_known(value_type: str) -> bool:
    """Return whether a type is decoded; of one that nobody knows its name was replaced, and that is no error."""
    return value_type not in _IGNORED and not _REPLACED.fullmatch(value_type)


def moment(timestamp: str) -> datetime:
    """Return the instant that a `timestamp` names; raise RefusedError where it is none."""
    if not _STAMP.fullmatch(timestamp):
        raise RefusedError("format", f"{shown(timestamp)} is not a time like 2026-05-12 06:15:00")
    return instant(f"{timestamp.replace(' ', 'T')}Z")


def _value(value: str | float) -> float | None:
    if not isinstance(value, str):
        return within(value, -FARTHEST, FARTHEST)
    if value in MISSING:
        return None
    number, unit = with_unit(value)
    if unit:
        raise RefusedError("unit", f"{shown(value)} has a unit where the interface has none")
    return number


def _type(text: str, sender: Sender) -> str | None:
    harmless = (text.islower() or len(text) <= _SHORT) and is_harmless(text.lower())
    return text if harmless or text in TYPES or text in sender.fields else None


def _number(text: str) -> str | None:
    found = _NUMBER.fullmatch(text)
    return text if text in MISSING else found and found[1]


_TEXTS: Final[Texts] = {
    "timestamp": TIME,
    "sensordatavalues.*.value_type": SenderForm(_type),
    "sensordatavalues.*.value": _number,
}


_EXAMPLE: Final = (
    b'{"id":20999000001,"timestamp":"2026-05-12 06:15:00","location":{"latitude":"52.99","country":"NL"},'
    b'"sensor":{"id":90001,"pin":"1","sensor_type":{"id":14,"name":"SDS011"}},'
    b'"sensordatavalues":[{"value":"14.30","value_type":"P1"},{"value":"8.10","value_type":"P2"}]}'
)

DIALECT: Final = Dialect(
    name="sensor_community",
    subscriptions=(),  # nothing of it comes over MQTT: it is fetched
    sensor_topics=(),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    decode=decode,
    encode=encode,
    examples=(Example("poll/sensorcommunity/sc-90001", _EXAMPLE, "sc-90001", {"P1": 14.3, "P2": 8.1}),),
)
