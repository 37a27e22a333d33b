"""What the sensors say, as MQTT messages: the past a day at a time, the present interval by interval."""

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
    """One publish: where, what, what kind of message it is in the summary, and how many readings it holds."""

    topic: str
    payload: bytes
    kind: str
    readings: int


def past_messages(
    datastreams: Sequence[SimulatedDatastream], start: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[SimulatedMessage]:
    """Say everything from `start` to `until`, the newest day of `zone` first: today is there before last winter.

    A datastream that is finer than five minutes remembers a week, another as far as its dialect reaches.
    """
    for first, last in _days(start, until, zone):
        seen = [
            one
            for datastream in datastreams
            for at in _starts(datastream.interval, max(first, until - _memory(datastream)), last)
            if (one := observe(datastream, at)) is not None
        ]
        yield from speak(seen, datastreams, "backfill")


def present_messages(
    datastreams: Sequence[SimulatedDatastream], at: datetime, late: timedelta = timedelta(0)
) -> Iterator[SimulatedMessage]:
    """Say what ends at `at`: one message of every sensor that has an interval ending there.

    Said `late`, it is a backfill beyond the window of live messages, as far as a datastream remembers.
    """
    due = [
        datastream
        for datastream in datastreams
        if late < _memory(datastream) and not at.timestamp() % datastream.interval.total_seconds()
    ]
    seen = (observe(datastream, at - datastream.interval) for datastream in due)
    kind = "live" if late < _LIVE else "backfill"
    yield from speak([one for one in seen if one is not None], datastreams, kind)


def speak(
    seen: Iterable[Observation], datastreams: Sequence[SimulatedDatastream], kind: str
) -> Iterator[SimulatedMessage]:
    """Put observations into the words of their sensors."""
    window = BACKFILL if kind == "backfill" else LIVE
    dialects = {datastream.sensor: datastream.dialect for datastream in datastreams}
    by_sensor: dict[str, list[Observation]] = defaultdict(list)
    for one in seen:
        by_sensor[one.sensor].append(one)
    for sensor, said in by_sensor.items():
        for topic, payload, readings in dialects[sensor].simulator.publish(sensor, said, window):
            yield SimulatedMessage(topic, payload, kind, readings)


def _memory(datastream: SimulatedDatastream) -> timedelta:
    reach = datastream.dialect.simulator.reach
    return min(reach, _FINE_MEMORY) if datastream.interval < _FINE else reach


def _days(start: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Cut [`start`, `until`) at local midnights, the last piece first; a local day has 23, 24 or 25 hours."""
    while until > start:
        day = (until.astimezone(zone) - timedelta(microseconds=1)).date()
        midnight = datetime.combine(day, time(), zone).astimezone(UTC)
        yield max(midnight, start), until
        until = midnight


def _starts(interval: timedelta, start: datetime, until: datetime) -> Iterator[datetime]:
    """Go through the starts of all intervals on the grid that end after `start` and by `until`."""
    at = datetime.fromtimestamp(start.timestamp() // interval.total_seconds() * interval.total_seconds(), UTC)
    while at + interval <= until:
        yield at
        at += interval
