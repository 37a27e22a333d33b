"""Telraam: reports of one segment as the vendor's interface gives them, hourly or quarterly, passed on over MQTT.

Sensor: the number of the segment. Sources of hours: `bike`, `car`, `heavy`, `pedestrian`, each also with `_lft` and
`_rgt`, whose sum may miss the total; those of quarters have `/15min` behind them. So it is in files of history, and one
datastream holds both. `date` is the start of the interval in UTC; what is not measured, and why, `telraam_interval`
says.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document, parse_any, rows_under
from ingest.dialects.fields import end_of, instant, shaped, stamp
from ingest.dialects.permitted import TIME, Sender, SenderForm, Texts, matching
from ingest.dialects.refusal import RefusedError
from ingest.dialects.telraam_interval import (
    LENGTHS,
    MODES,
    SEGMENT,
    SUFFIXES,
    Count,
    IntervalName,
    Share,
    TelraamInterval,
    observations,
)
from ingest.dialects.windows import BACKFILL
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"telraam/([0-9]{3,19})", re.ASCII)
MOST_INTERVALS: Final = 500
SIDES: Final = tuple(f"{mode}_{side}" for mode in MODES for side in ("lft", "rgt"))
_Side: TypeAlias = Count | UnsetType | None


class SegmentInterval(msgspec.Struct, omit_defaults=True):
    """One hour or quarter of a segment."""

    segment_id: str
    date: str
    interval: IntervalName
    uptime: Share
    bike: Count
    car: Count
    heavy: Count
    pedestrian: Count
    bike_lft: _Side = UNSET
    bike_rgt: _Side = UNSET
    car_lft: _Side = UNSET
    car_rgt: _Side = UNSET
    heavy_lft: _Side = UNSET
    heavy_rgt: _Side = UNSET
    pedestrian_lft: _Side = UNSET
    pedestrian_rgt: _Side = UNSET
    night: Count | None = None
    instance_id: int = SEGMENT


class SegmentReport(msgspec.Struct):
    """The answer of the interface."""

    report: list[SegmentInterval]


def parse_report(payload: bytes) -> Document:
    """Parse a report, a list of its intervals, or one interval."""
    parsed = parse_any(payload)
    if isinstance(parsed, dict) and "segment_id" in parsed and "report" not in parsed:
        parsed = [parsed]
    return rows_under("report", parsed, texts="segment_id")


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the message says everything itself
) -> list[Observation]:
    """Decode a report of one segment; None where nothing was watched, or the dark hid the modes."""
    segment = topic.rpartition("/")[2]
    intervals = shaped(document, SegmentReport).report
    if len(intervals) > MOST_INTERVALS:
        raise RefusedError("too_large", f"{len(intervals)} intervals, at most {MOST_INTERVALS}")
    _refuse_strangers(segment, intervals)
    return [one for interval in intervals for one in _observations(segment, interval, received_at)]


def encode(said: Sequence[Observation]) -> bytes:
    """Encode observations of one segment, with all of its modes for each interval."""
    by_interval = sorted(said, key=_interval_of)
    return msgspec.json.encode(
        SegmentReport([_interval(list(group)) for _, group in groupby(by_interval, _interval_of)])
    )


def _refuse_strangers(segment: str, intervals: Iterable[SegmentInterval]) -> None:
    """Refuse intervals of another segment, of one instance (it names its owner), and what comes twice."""
    seen: set[tuple[str, datetime]] = set()
    for one in intervals:
        if one.segment_id != segment:
            raise RefusedError("other_sensor", f"the topic is of {segment}, an interval of another segment")
        if one.instance_id != SEGMENT:
            raise RefusedError("other_sensor", "an interval of one instance; ask for the level 'segments'")
        if (key := (one.interval, instant(one.date))) in seen:
            raise RefusedError("duplicate_key", f"two {one.interval} intervals at {stamp(key[1])}")
        seen.add(key)


def _observations(segment: str, interval: SegmentInterval, received_at: datetime) -> Iterator[Observation]:
    started_at = instant(interval.date)
    ended_at = end_of(started_at, LENGTHS[interval.interval])
    BACKFILL.refuse_outside(started_at, ended_at, received_at)
    modes = {mode: getattr(interval, mode) for mode in MODES}
    sides = {side: value for side in SIDES if (value := getattr(interval, side)) is not UNSET}
    counted = TelraamInterval(segment, interval.uptime, modes | sides, interval.night or 0)
    return observations(counted, started_at, ended_at, received_at, suffix=SUFFIXES[interval.interval])


def _interval_of(observation: Observation) -> tuple[datetime, datetime]:
    return observation.started_at, observation.ended_at


def _interval(said: Sequence[Observation]) -> SegmentInterval:
    first = said[0]
    name = next(name for name, length in LENGTHS.items() if length == first.ended_at - first.started_at)
    dark = first.uptime > 0 and all(one.value is None for one in said)
    counts = {one.source.removesuffix(SUFFIXES[name]): one.value or 0.0 for one in said}
    interval = {"segment_id": first.sensor, "date": stamp(first.started_at), "interval": name}
    return msgspec.convert({**interval, "uptime": first.uptime, "night": float(dark), **counts}, SegmentInterval)


def _segment(text: str, sender: Sender) -> str | None:
    return text if text == sender.sensor else None


_TEXTS: Final[Texts] = {
    "report.*.segment_id": SenderForm(_segment),
    "report.*.date": TIME,
    "report.*.interval": matching("|".join(LENGTHS)),
}


_HOURS: Final = (
    b'{"status_code":200,"report":[{"instance_id":-1,"segment_id":9000001234,"date":"2026-05-12T06:00:00.000Z",'
    b'"interval":"hourly","uptime":0.81,"heavy":3.7,"car":118.52,"bike":97.53,"pedestrian":12.35,"bike_lft":40.0,'
    b'"bike_rgt":57.53,"v85":38.5,"timezone":"Europe/Amsterdam"}]}'
)
_QUARTER: Final = (
    b'{"segment_id":9000001235,"date":"2026-05-12T06:15:00Z","interval":"quarterly","uptime":0.999,"heavy":0,'
    b'"car":0,"bike":0,"pedestrian":0,"night":7.5}'
)

DIALECT: Final = Dialect(
    name="telraam",
    subscriptions=("telraam/+",),
    sensor_topics=("telraam/%u",),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    parse=parse_report,
    decode=decode,
    encode=encode,
    examples=(
        Example(
            "telraam/9000001234",
            _HOURS,
            "9000001234",
            {"bike": 97.53, "car": 118.52, "heavy": 3.7, "pedestrian": 12.35, "bike_lft": 40.0, "bike_rgt": 57.53},
        ),
        Example("telraam/9000001235", _QUARTER, "9000001235", {f"{mode}/15min": None for mode in MODES}),
    ),
)
