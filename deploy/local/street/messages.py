"""What the sensors say, as MQTT messages: the past a day at a time, the present interval by interval."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from deploy.local.street.voices import Voice, hear
from ingest.dialects import ours, things_stack
from schemas.observation import Observation
from schemas.topics import backfill_topic, data_topic

THINGS_STACK: Final = "v3/doorfiets@ttn/devices/{sensor}/up"
_READINGS: Final = 300  # of one message: well below the 64 kB that the broker takes
_LIVE: Final = timedelta(days=29)  # the window of live messages is 30 days; a vendor's network has no other
_FINE: Final = timedelta(minutes=5)
_FINE_MEMORY: Final = timedelta(days=7)
_LONG: Final = timedelta(days=399)  # the window of a backfill is 400 days


class Message(NamedTuple):
    """One publish: where, what, what kind of message it is in the summary, and how many readings it holds."""

    topic: str
    payload: bytes
    kind: str
    readings: int


def past(voices: Sequence[Voice], start: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Message]:
    """Say everything from `start` to `until`, the newest local day first, so that today is there before last winter.

    A voice that is finer than five minutes remembers a week, a LoRaWAN device what its network still takes.
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
    plain = {voice.sensor: voice.plain for voice in voices}
    by_sensor: dict[str, list[Observation]] = defaultdict(list)
    for one in seen:
        by_sensor[one.sensor].append(one)
    for sensor, said in by_sensor.items():
        yield from _ours(sensor, said, kind) if plain[sensor] else _uplinks(sensor, said, kind)


def _ours(sensor: str, said: Sequence[Observation], kind: str) -> Iterator[Message]:
    topic = backfill_topic(sensor) if kind == "backfill" else data_topic(sensor)
    for at in range(0, len(said), _READINGS):
        part = said[at : at + _READINGS]
        yield Message(topic, ours.write(part), kind, len(part))


def _uplinks(sensor: str, said: Sequence[Observation], kind: str) -> Iterator[Message]:
    moments = groupby(sorted(said, key=lambda one: one.ended_at), key=lambda one: one.ended_at)
    for ended_at, group in moments:
        part = list(group)
        payload = things_stack.write(part, f_cnt=int(ended_at.timestamp()) // 900 % 65_536)
        yield Message(THINGS_STACK.format(sensor=sensor), payload, kind, len(part))


def _memory(voice: Voice) -> timedelta:
    if not voice.plain:
        return _LIVE
    return _FINE_MEMORY if voice.interval < _FINE else _LONG


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
