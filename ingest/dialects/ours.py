"""Our own JSON dialect: a message of one sensor with 1 to 500 readings, decoded strictly."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from ingest.dialects.dialect import Dialect, Example, Published, Simulator, for_every_device
from ingest.dialects.document import MAX_BYTES, Document
from ingest.dialects.fields import instant, shaped, stamp, within, word
from ingest.dialects.permitted import (
    LARGEST_COUNT,
    QUANTITY,
    SENSOR,
    TIME,
    UNIT,
    WORD,
    Numbers,
    Texts,
    digest,
    is_harmless,
)
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import BACKFILL, LIVE, Window
from schemas.device import RegisteredDevice
from schemas.observation import Observation, run_of
from schemas.quantities import QUANTITIES, Quantity
from schemas.runs import digest_of, run_in
from schemas.topics import backfill_topic, data_topic

PATTERN: Final = re.compile(r"sensors/([a-z0-9-]{3,40})/(data|backfill)", re.ASCII)
MAX_READINGS: Final = 500
MAX_COUNT: Final = 100_000
MAX_SEQ: Final = 2**53
_SIMULATED: Final = 300  # readings of one message: well below the 64 kB that the broker takes
_WINDOWS = {"data": LIVE, "backfill": BACKFILL}
_NO_TIME = timedelta(0)
_LONGEST = timedelta(days=1)
_LONG_TIME = 25  # characters, up to the second: of a time with more digits not all may stay
_TEXTS_ALWAYS, _TEXTS_READING, _TEXTS_PAIR = 3, 7, 2  # of a message, of a reading, of a key with a text
_MINUS_ZERO = re.compile(rb":\s*-0")
_BOOT = re.compile(rb'"boot"\s*:\s*"[^"]*"')
_REPLACED_WORD = re.compile(r"<word \d{1,2}>", re.ASCII)


class Reading(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One value over one interval, as JSON has it."""

    quantity: str
    start: str
    end: str
    value: int | float | None
    unit: str | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    uptime: int | float | UnsetType = UNSET


class SensorMessage(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One message: the sensor, its readings, and its place in the sensor's own sequence."""

    sensor: str
    readings: list[Reading]
    boot: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET


class _Boot(NamedTuple):
    """One run of a sensor; how its name is written in JSON, and what of that stays: its digest."""

    run: int
    written: bytes
    stays: bytes


_DECODER = msgspec.json.Decoder(SensorMessage)
_ENCODER = msgspec.json.Encoder()


def quickly(
    topic: str, payload: bytes, received_at: datetime, device: RegisteredDevice | None
) -> tuple[list[Observation], bytes] | None:
    """Decode a valid message of which all may stay but its boot, whose digest stays; None where it is not sure."""
    message = _quickly(payload)
    if message is None or not _is_sure(message, payload, device):
        return None
    _, sensor, kind = topic.split("/")
    try:
        seen = _observations(sensor, message, _WINDOWS[kind], received_at)
    except RefusedError:
        return None
    return seen, payload if message.boot is UNSET else _with_digest(payload, _boot(sensor, message.boot))


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the message says everything itself
) -> list[Observation]:
    """Decode one message; raise RefusedError for any deviation from the format."""
    _, sensor, kind = topic.split("/")
    return _observations(sensor, shaped(document, SensorMessage), _WINDOWS[kind], received_at)


def encode(observations: Sequence[Observation], *, boot: str | None = None, seq: int | None = None) -> bytes:
    """Encode 1 to 500 observations of one sensor as one message."""
    return _ENCODER.encode(
        SensorMessage(
            sensor=observations[0].sensor,
            readings=[_reading(observation) for observation in observations],
            boot=UNSET if boot is None else boot,
            seq=UNSET if seq is None else seq,
        )
    )


def _quickly(payload: bytes) -> SensorMessage | None:
    """Decode a message fast, if it has no escapes; None where it is not valid."""
    if len(payload) > MAX_BYTES or b"\\" in payload:
        return None
    try:
        return _DECODER.decode(payload)
    except (ValueError, RecursionError):
        return None


def _is_sure(message: SensorMessage, payload: bytes, device: RegisteredDevice | None) -> bool:
    """Return whether a message is as `decode` would have it, and all of it may stay but the boot.

    Without escapes each text in JSON has two quotes, keys too: the bytes have more of them than the decoded message
    exactly when a key is given twice. Only of a zero the decoded message does not tell whether it had a minus.
    """
    texts = _TEXTS_ALWAYS + _TEXTS_PAIR * (message.boot is not UNSET) + (message.seq is not UNSET)
    zero = message.seq == 0
    for one in message.readings:
        if not _may_stay(one, device):
            return False
        texts += _TEXTS_READING + (one.uptime is not UNSET)
        texts += _TEXTS_PAIR * ((one.unit is not UNSET) + (one.channel is not UNSET))
        zero = zero or one.value == 0 or one.uptime == 0
    return payload.count(b'"') == 2 * texts and not (zero and _MINUS_ZERO.search(payload))


def _may_stay(one: Reading, device: RegisteredDevice | None) -> bool:
    """Return whether the channel is harmless or registered, and each time as short as it would stay."""
    if len(one.start) > _LONG_TIME or len(one.end) > _LONG_TIME:
        return False
    channel = one.channel
    if channel is UNSET or is_harmless(channel):
        return True
    return device is not None and f"{one.quantity}/{channel}" in device.sources


def _with_digest(payload: bytes, boot: _Boot) -> bytes:
    """Put the digest of the boot in its place: without escapes a text before a colon is a key, and none comes twice."""
    stays = payload.replace(boot.written, boot.stays, 1)
    return stays if stays is not payload else _BOOT.sub(boot.stays, payload, 1)


@lru_cache(maxsize=8192)
def _boot(sensor: str, name: str) -> _Boot:
    """Return the boot of a sensor, by its name or by the digest of it; refuse `format`."""
    if (run := run_in("boot", name)) is not None:
        return _Boot(run, _written(name), _written(name))
    return _Boot(run_of(sensor, "boot", word(name, "boot")), _written(name), _written(digest_of("boot", sensor, name)))


def _written(name: str) -> bytes:
    return f'"boot":"{name}"'.encode()


def _observations(sensor: str, message: SensorMessage, window: Window, received_at: datetime) -> list[Observation]:
    if message.sensor != sensor:
        raise RefusedError("other_sensor", f"the topic is of {sensor}, the payload of {shown(message.sensor)}")
    _refuse_outline(message)
    run, number = _place(message)
    seen = [_observation(sensor, reading, received_at, run, number) for reading in message.readings]
    for one in seen:
        window.refuse_outside(one.started_at, one.ended_at, received_at)
    if len(seen) > 1:
        _refuse_twice(seen)
    return seen


def _refuse_outline(message: SensorMessage) -> None:
    if not message.readings:
        raise RefusedError("range", "a message has at least one reading")
    if len(message.readings) > MAX_READINGS:
        raise RefusedError("too_large", f"{len(message.readings)} readings, at most {MAX_READINGS}")


def _place(message: SensorMessage) -> tuple[int, int] | tuple[None, None]:
    """Return the run and the number of a message; both None where `boot` is missing, as `seq` alone restarts at 0."""
    boot = None if message.boot is UNSET else _boot(message.sensor, message.boot)
    if message.seq is UNSET:
        return None, None
    if not 0 <= message.seq < MAX_SEQ:
        raise RefusedError("range", f"seq {shown(message.seq)} is not 0..2^53")
    return (None, None) if boot is None else (boot.run, message.seq)


def _observation(
    sensor: str, reading: Reading, received_at: datetime, run: int | None, number: int | None
) -> Observation:
    quantity = QUANTITIES.get(reading.quantity)
    if quantity is None:
        raise RefusedError("unknown_quantity", f"{shown(reading.quantity)} is not in the catalogue")
    if reading.unit != quantity.unit:
        unit = "no unit" if reading.unit is UNSET else shown(reading.unit)
        raise RefusedError("unit", f"{unit} where {quantity.name} has {quantity.unit!r}")
    started_at, ended_at = _interval(reading.start, reading.end)
    source, value = _source(reading.quantity, reading.channel), _value(quantity, reading.value)
    uptime = 1.0 if reading.uptime is UNSET else within(reading.uptime, 0, 1, "uptime")
    return Observation(sensor, source, started_at, ended_at, value, uptime, received_at, 0, run, number)


@lru_cache(maxsize=8192)
def _interval(start: str, end: str) -> tuple[datetime, datetime]:
    """Return an interval, which many sensors have at the same time; refuse one of no time or more than a day."""
    started_at, ended_at = instant(start), instant(end)
    if not _NO_TIME < ended_at - started_at <= _LONGEST:
        raise RefusedError("range", f"{shown(start)} to {shown(end)} is not an interval of up to one day")
    return started_at, ended_at


@lru_cache(maxsize=8192)
def _source(quantity: str, channel: str | UnsetType) -> str:
    """Return the source of a quantity of the catalogue, with the channel where there is one; refuse `format`."""
    if channel is UNSET:
        return quantity
    return f"{quantity}/{channel if _REPLACED_WORD.fullmatch(channel) else word(channel, 'channel')}"


def _value(quantity: Quantity, value: float | None) -> float | None:
    if value is None:
        return None
    if quantity.counted and not isinstance(value, int):
        raise RefusedError("type", f"{quantity.name} are counted in JSON integers, not {shown(value)}")
    return within(value, 0.0, MAX_COUNT) if quantity.counted else within(value, -LARGEST_COUNT, LARGEST_COUNT)


def _refuse_twice(seen: Iterable[Observation]) -> None:
    slots: set[tuple[str, datetime]] = set()
    for one in seen:
        slot = (one.source, one.started_at)
        if slot in slots and not one.source.endswith(">"):  # several words may have been replaced by one
            raise RefusedError("duplicate_key", f"two readings of {one.source} at {stamp(one.started_at)}")
        slots.add(slot)


def _reading(observation: Observation) -> Reading:
    name, _, channel = observation.source.partition("/")
    value = observation.value
    return Reading(
        quantity=name,
        start=stamp(observation.started_at),
        end=stamp(observation.ended_at),
        value=int(value) if value is not None and QUANTITIES[name].counted else value,
        unit=QUANTITIES[name].unit,
        channel=channel or UNSET,
        uptime=UNSET if observation.uptime == 1 else observation.uptime,
    )


def _covers(source: str, quantity: str) -> bool:
    return source.partition("/")[0] == quantity


def _publish(sensor: str, observations: Sequence[Observation], window: Window) -> Iterator[Published]:
    topic = backfill_topic(sensor) if window is BACKFILL else data_topic(sensor)
    for at in range(0, len(observations), _SIMULATED):
        part = observations[at : at + _SIMULATED]
        yield Published(topic, encode(part), len(part))


_TEXTS: Final[Texts] = {
    "sensor": SENSOR,
    "boot": digest("boot", "[a-z0-9_-]{1,40}"),
    "readings.*.quantity": QUANTITY,
    "readings.*.channel": WORD,
    "readings.*.start": TIME,
    "readings.*.end": TIME,
    "readings.*.unit": UNIT,
}


_NUMBERS: Final[Numbers] = {"seq": MAX_SEQ - 1}


_EXAMPLE: Final = (
    b'{"sensor":"noord-1","boot":"k3","seq":118,"readings":[{"quantity":"bicycles","channel":"in",'
    b'"start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z","value":42,"unit":"1","uptime":0.5},'
    b'{"quantity":"temperature","start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z","value":-4.5,"unit":"Cel"}]}'
)
_VALUES: Final = {"bicycles/in": 42.0, "temperature": -4.5}

DIALECT: Final = Dialect(
    name="ours",
    subscriptions=("sensors/+/data", "sensors/+/backfill"),
    sensor_topics=("sensors/%u/data", "sensors/%u/backfill"),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    numbers=_NUMBERS,
    quickly=quickly,
    decode=decode,
    encode=encode,
    examples=(
        Example("sensors/noord-1/data", _EXAMPLE, "noord-1", {**_VALUES}),
        Example("sensors/noord-1/backfill", _EXAMPLE, "noord-1", {**_VALUES}),
    ),
    simulator=Simulator(_covers, _publish, BACKFILL.back - _LONGEST),
    receipts=True,
)
