"""Telraam as its interface reports: one interval of one segment, with the totals of both directions.

Sensor: the segment's number. Sources: `bike`, `car`, `heavy`, `pedestrian`; those of quarters end in `/15min`, because
the hours of a sensor are datastreams of their own. `date` is the start of the interval in UTC. What two kinds of zero
mean is said in `ingest/history/telraam.py`, for files and for the interface alike.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec

from ingest.dialects.dialect import Dialect, Example
from ingest.dialects.document import Document
from ingest.dialects.fields import instant, shaped, stamp
from ingest.dialects.permitted import TIME, WORD, Texts
from ingest.dialects.refusal import RefusedError
from ingest.dialects.windows import BACKFILL
from ingest.history.local_time import Slot
from ingest.history.telraam import MODES, TelraamInterval, observations
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"telraam/(\d{3,16})", re.ASCII)
LENGTHS: Final = MappingProxyType({"hourly": timedelta(hours=1), "quarterly": timedelta(minutes=15)})
SUFFIXES: Final = MappingProxyType({"hourly": "", "quarterly": "/15min"})
_SEGMENT: Final = -1

_Passages = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None


class SegmentInterval(msgspec.Struct):
    """One element of a report, as JSON has it."""

    segment_id: int
    date: str
    interval: Literal["hourly", "quarterly"]
    uptime: Annotated[float, msgspec.Meta(ge=0, le=1)]
    bike: _Passages
    car: _Passages
    heavy: _Passages
    pedestrian: _Passages
    night: _Passages = None
    instance_id: int = _SEGMENT


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the publisher says what its fields mean
) -> list[Observation]:
    """Decode one interval; raise RefusedError where it cannot be."""
    sensor = topic.rpartition("/")[2]
    one = shaped(document, SegmentInterval)
    if one.instance_id != _SEGMENT:
        raise RefusedError("not_a_measurement", "an interval of one instance, not of a segment")
    if str(one.segment_id) != sensor:
        raise RefusedError("other_sensor", f"the topic is of {sensor}, the interval of {one.segment_id}")
    started_at = instant(one.date)
    slot = Slot(started_at, started_at + LENGTHS[one.interval], 0)
    BACKFILL.refuse_outside(*slot[:2], received_at)
    modes = {mode: getattr(one, mode) for mode in MODES}
    counted = TelraamInterval(sensor, one.uptime, modes, one.night or 0)
    return list(observations(counted, slot, received_at, SUFFIXES[one.interval]))


def encode(modes: Sequence[Observation]) -> bytes:
    """Encode the observations of all modes of one interval; where none has a value, nothing was watched."""
    first = modes[0]
    interval = next(name for name, length in LENGTHS.items() if length == first.ended_at - first.started_at)
    values = {one.source.partition("/")[0]: one.value for one in modes}
    return msgspec.json.encode(
        {
            "segment_id": int(first.sensor), "date": stamp(first.started_at), "interval": interval,
            "uptime": first.uptime, **values,
        }
    )  # fmt: skip


_TEXTS: Final[Texts] = {"date": TIME, "interval": WORD}


def _texts(_device: RegisteredDevice | None) -> Texts:
    return _TEXTS


_EXAMPLE: Final = (
    b'{"instance_id":-1,"segment_id":%s,"date":"2026-05-12T06:00:00.000Z","interval":"%s","uptime":0.81,'
    b'"heavy":3.7,"car":118.52,"bike":97.53,"pedestrian":12.35,"night":%s,"bike_lft":40.0,"bike_rgt":57.53,"v85":38.5,'
    b'"timezone":"Europe/Amsterdam"}'
)

DIALECT: Final = Dialect(
    name="telraam",
    subscriptions=(),  # nothing of it comes over MQTT: it is fetched
    sensor_topics=(),
    pattern=PATTERN,
    sensor_group=1,
    texts=_texts,
    numbers={"segment_id": 10**16},
    decode=decode,
    encode=encode,
    examples=(
        Example(
            "telraam/9000001234", _EXAMPLE % (b"9000001234", b"hourly", b"0"), "9000001234",
            {"bike": 97.53, "car": 118.52, "heavy": 3.7, "pedestrian": 12.35},
        ),
        Example(
            "telraam/9000001235", _EXAMPLE % (b"9000001235", b"quarterly", b"0"), "9000001235",
            {"bike/15min": 97.53, "car/15min": 118.52, "heavy/15min": 3.7, "pedestrian/15min": 12.35},
        ),
    ),
)  # fmt: skip
