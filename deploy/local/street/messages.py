"""What the sensors say, as MQTT messages: the past a day at a time, the present interval by interval."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deploy.local.street.voices import Voice, hear
from ingest.dialects.windows import BACKFILL, LIVE
from schemas.observation import Observation

_LIVE: Final = LIVE.back - timedelta(days=1)
_FINE: Final = timedelta(minutes=5)
_FINE_MEMORY: Final = timedelta(days=7)


class Message(NamedTuple):
    """One publish: where, what, what kind of message it is in the summary, and how many readings it holds."""

    topic: str
    payload: bytes
    kind: str
    readings: int


def past(voices: Sequence[Voice], start: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Message]:
    """Say everything from `start` to `until`, the newest local day first, so that today is there before last winter.

    A voice that is finer than five minutes remembers a week, another as far as its dialect reaches.
    """
    for first, last in _days(start, until, zone):
        seen = [
            one
            for voice in voices
            for at in _starts(voice.interval, max(first, until - _memory(voice)), last)
            if (one := hear(voice, at, zone)) is not None
        ]
        yield from speak(seen, voices, "backfill")


def present(voices: Sequence[Voice], at: datetime, zone: ZoneInfo, late: timedelta = timedelta(0)) -> Iterator[Message]:
    """Say what ends at `at`: one message of every sensor that has an interval ending there.

    Said `late`, it is a backfill beyond the window of live messages, as far as a voice remembers.
    """
    due = [voice for voice in voices if late < _memory(voice) and not at.timestamp() % voice.interval.total_seconds()]
    seen = (hear(voice, at - voice.interval, zone) for voice in due)
    kind = "live" if late < _LIVE else "backfill"
    yield from speak([one for one in seen if one is not None], voices, kind)


def speak(seen: Iterable[Observation], voices: Sequence[Voice], kind: str) -> Iterator[Message]:
    """Put observations into the words of their sensors."""
    window = BACKFILL if kind == "backfill" else LIVE
    dialects = {voice.sensor: voice.dialect for voice in voices}
    by_sensor: dict[str, list[Observation]] = defaultdict(list)
    for one in seen:
        by_sensor[one.sensor].append(one)
    for sensor, said in by_sensor.items():
        for topic, payload, readings in dialects[sensor].simulator.publish(sensor, said, window):
            yield Message(topic, payload, kind, readings)


def _memory(voice: Voice) -> timedelta:
    reach = voice.dialect.simulator.reach
    return min(reach, _FINE_MEMORY) if voice.interval < _FINE else reach


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
