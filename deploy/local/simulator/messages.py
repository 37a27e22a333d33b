"""The MQTT messages of the simulated sensors: the past day by day, the present interval by interval."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deploy.local.simulator.datastreams import SimulatedDatastream, observe
from ingest.dialects.windows import BACKFILL, LIVE
from schemas.observation import Observation

_LIVE: Final = LIVE.back - timedelta(days=1)
_FINE: Final = timedelta(minutes=5)
_FINE_MEMORY: Final = timedelta(days=7)


class SimulatedMessage(NamedTuple):
    """One message: topic, payload, its kind in the summary, and the number of its readings."""

    topic: str
    payload: bytes
    kind: str
    readings: int


def past_messages(
    datastreams: Sequence[SimulatedDatastream], start: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[SimulatedMessage]:
    """Yield all messages from `start` to `until`, the newest day of `zone` first.

    A datastream with intervals under five minutes has a week of past, another as much as its dialect accepts.
    """
    for first, last in _days(start, until, zone):
        seen = [
            one
            for datastream in datastreams
            for at in _starts(datastream.interval, max(first, until - _memory(datastream)), last)
            if (one := observe(datastream, at)) is not None
        ]
        yield from encode(seen, datastreams, "backfill")


def present_messages(
    datastreams: Sequence[SimulatedDatastream], at: datetime, late: timedelta = timedelta(0)
) -> Iterator[SimulatedMessage]:
    """Yield a message of every sensor that has an interval ending at `at`.

    With `late` they are backfill messages beyond the window of live ones.
    """
    due = [
        datastream
        for datastream in datastreams
        if late < _memory(datastream) and not at.timestamp() % datastream.interval.total_seconds()
    ]
    seen = (observe(datastream, at - datastream.interval) for datastream in due)
    kind = "live" if late < _LIVE else "backfill"
    yield from encode([one for one in seen if one is not None], datastreams, kind)


def encode(
    seen: Iterable[Observation], datastreams: Sequence[SimulatedDatastream], kind: str
) -> Iterator[SimulatedMessage]:
    """Encode observations in the dialects of their sensors."""
    window = BACKFILL if kind == "backfill" else LIVE
    dialects = {datastream.sensor: datastream.dialect for datastream in datastreams}
    by_sensor: dict[str, list[Observation]] = defaultdict(list)
    for one in seen:
        by_sensor[one.sensor].append(one)
    for sensor, observations in by_sensor.items():
        for topic, payload, readings in dialects[sensor].simulator.publish(sensor, observations, window):
            yield SimulatedMessage(topic, payload, kind, readings)


def _memory(datastream: SimulatedDatastream) -> timedelta:
    reach = datastream.dialect.simulator.reach
    return min(reach, _FINE_MEMORY) if datastream.interval < _FINE else reach


def _days(start: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Split [`start`, `until`) at local midnights, the last piece first."""
    while until > start:
        day = (until.astimezone(zone) - timedelta(microseconds=1)).date()
        midnight = datetime.combine(day, time(), zone).astimezone(UTC)
        yield max(midnight, start), until
        until = midnight


def _starts(interval: timedelta, start: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the starts of all intervals on the grid that end after `start` and by `until`."""
    at = datetime.fromtimestamp(start.timestamp() // interval.total_seconds() * interval.total_seconds(), UTC)
    while at + interval <= until:
        yield at
        at += interval
