"""Official stations as Luchtmeetnet's interface gives them: one value of one substance over one hour.

Sensor: the station's number in lower case (`nl10929`). Source: the formula in lower case (`no2`, `pm25`), as in the
files of the same publisher. `timestamp_measured` names the end of the hour, as in those files. A value that is null was
not measured; one below zero is instrument noise, and legal.
"""

import re
from datetime import datetime
from typing import Final

import msgspec

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document
from ingest.dialects.fields import FARTHEST, hour_until, instant, plain_name, shaped, stamp, within
from ingest.dialects.permitted import TIME, Sender, SenderForm, Texts
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import BACKFILL
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"poll/luchtmeetnet/(nl\d{5})", re.ASCII)
SUBSTANCES: Final = frozenset(
    {
        "no", "no2", "nox", "o3", "pm10", "pm25", "pm1", "so2", "co", "nh3", "h2s", "fn", "bc", "bcwb", "ps", "ufp",
        "c6h6", "c7h8", "c8h10",
    }
)  # fmt: skip
"""The substances that the publisher names."""


class StationValue(msgspec.Struct):
    """One row of an answer, as JSON has it."""

    station_number: str
    formula: str
    timestamp_measured: str
    value: float | None


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the publisher says what its fields mean
) -> list[Observation]:
    """Decode one row; raise RefusedError where it cannot be."""
    sensor = topic.rpartition("/")[2]
    row = shaped(document, StationValue)
    if row.station_number.lower() != sensor:
        raise RefusedError("other_sensor", f"the topic is of {sensor}, the row of {shown(row.station_number)}")
    started_at, ended_at = hour_until(instant(row.timestamp_measured))
    BACKFILL.refuse_outside(started_at, ended_at, received_at)
    value = None if row.value is None else within(row.value, -FARTHEST, FARTHEST)
    source = plain_name(row.formula).lower()
    return [Observation(sensor, source, started_at, ended_at, value, 1.0, received_at)]


def encode(observation: Observation) -> bytes:
    """Encode one observation of one hour as the row that the interface would give."""
    return msgspec.json.encode(
        StationValue(
            observation.sensor.upper(), observation.source.upper(), stamp(observation.ended_at), observation.value
        )
    )


def _station(text: str, sender: Sender) -> str | None:
    return text if text.lower() == sender.sensor else None


def _formula(text: str, sender: Sender) -> str | None:
    """Let a substance stay that is known, or registered."""
    source = text.lower()
    return text if source in SUBSTANCES or source in sender.fields else None


_TEXTS: Final[Texts] = {
    "station_number": SenderForm(_station),
    "formula": SenderForm(_formula),
    "timestamp_measured": TIME,
}


_ROW: Final = b'{"station_number":"%s","value":%s,"timestamp_measured":"2026-05-12T06:00:00+00:00","formula":"%s"}'

DIALECT: Final = Dialect(
    name="luchtmeetnet",
    subscriptions=(),  # nothing of it comes over MQTT: it is fetched
    sensor_topics=(),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    decode=decode,
    encode=encode,
    examples=(
        Example("poll/luchtmeetnet/nl10929", _ROW % (b"NL10929", b"-0.9", b"PM25"), "nl10929", {"pm25": -0.9}),
        Example("poll/luchtmeetnet/nl10930", _ROW % (b"NL10930", b"null", b"NO2"), "nl10930", {"no2": None}),
    ),
)
