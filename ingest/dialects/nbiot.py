"""NB-IoT: the reports that a device platform (CDP) passes on, with their bytes; or one plain object of values.

The sensor is the one of the topic, an id with a letter in it. The number of its modem (IMEI) is read by nobody, stays
nowhere, and is no id of a sensor.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from ingest.dialects.byte_layout import form_of_radio, from_hex
from ingest.dialects.device_texts import texts_of
from ingest.dialects.dialect import Dialect, Example
from ingest.dialects.document import Document
from ingest.dialects.fields import epoch, instant, shaped, stamp
from ingest.dialects.measured_fields import nested
from ingest.dialects.permitted import LATEST, TIME, Form, Numbers, Texts
from ingest.dialects.refusal import RefusedError
from ingest.dialects.uplink import Uplink, observations_of
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"nbiot/((?=[0-9-]*[a-z])[a-z0-9-]{3,40})/up", re.ASCII)
MOST_REPORTS: Final = 500
_MILLISECONDS: Final = 100_000_000_000  # as seconds, the year 5138


class PlatformReport(msgspec.Struct):
    """One report: the bytes in hexadecimal digits, and when the platform received it, in milliseconds."""

    value: object = None
    timestamp: int | float | None = None


class PlatformMessage(msgspec.Struct):
    """What the platform passes on, which may hold no report; or values, with a time as text or as `ts` of 1970."""

    reports: list[PlatformReport] | None = None
    values: dict[str, object] | None = None
    time: str = ""
    ts: int | float | None = None


def decode(topic: str, document: Document, received_at: datetime, device: RegisteredDevice | None) -> list[Observation]:
    """Decode one message: each report by the layout of port 0 of the profile, or its values, as instants."""
    name = topic.split("/")[1]
    message = shaped(document, PlatformMessage)
    if message.reports is None and message.values is None:
        raise RefusedError("missing_field", "there are neither reports nor values")
    uplinks = _uplinks(name, message)
    if not uplinks:
        raise RefusedError("not_a_measurement", "the platform reports nothing of the device")
    if len(uplinks) > MOST_REPORTS:
        raise RefusedError("too_large", f"{len(uplinks)} reports, at most {MOST_REPORTS}")
    return list(_once(one for uplink in uplinks for one in observations_of(uplink, device, received_at)))


def encode(observations: Sequence[Observation]) -> bytes:
    """Encode observations of one sensor at one instant as one object of values."""
    values = nested({one.source: one.value for one in observations})
    return msgspec.json.encode({"time": stamp(observations[0].ended_at), "values": values})


def _uplinks(name: str, message: PlatformMessage) -> list[Uplink]:
    if message.values is not None:
        at = instant(message.time) if message.time else _since_1970(message.ts)
        return [Uplink(sensor=name, at=at, port=None, decoded=message.values)]
    return [
        Uplink(
            sensor=name,
            at=_since_1970(report.timestamp),
            port=None,
            decoded={},
            radio=from_hex(report.value) if isinstance(report.value, str) else None,
            has_radio=bool(report.value),
        )
        for report in message.reports or ()
    ]


def _since_1970(number: float | None) -> datetime | None:
    """Return a time in seconds or, from 10^11 on, in milliseconds."""
    if number is None:
        return None
    return epoch(number / 1000 if number >= _MILLISECONDS else number)


def _once(seen: Iterator[Observation]) -> Iterator[Observation]:
    """Yield each observation once; refuse two of one source and instant that differ."""
    known: dict[tuple[str, datetime], Observation] = {}
    for one in seen:
        before = known.setdefault((one.source, one.started_at), one)
        if before is one:
            yield one
        elif before != one:
            raise RefusedError("duplicate_key", f"two reports of {one.source} at {stamp(one.started_at)}")


_TEXTS: Final[Mapping[str, Form]] = {"time": TIME}
_NUMBERS: Final[Numbers] = {"ts": LATEST, "reports.*.timestamp": LATEST}


def _texts(device: RegisteredDevice | None) -> Texts:
    radio = form_of_radio(device, from_hex)
    return MappingProxyType({**_TEXTS, **texts_of("values", device), "reports.*.value": radio})


DIALECT: Final = Dialect(
    name="nbiot",
    subscriptions=("nbiot/+/up",),
    sensor_topics=("nbiot/%u/up",),
    pattern=PATTERN,
    sensor_group=1,
    texts=_texts,
    numbers=_NUMBERS,
    decode=decode,
    encode=encode,
    examples=(
        Example(
            "nbiot/noord-1/up",
            b'{"time":"2026-05-12T06:15:20.9Z","values":{"bikes_in":42,"battery":3.6,"imei":"123456789012345"}}',
            "noord-1",
            {"bikes_in": 42.0, "battery": 3.6},
        ),
    ),
)
