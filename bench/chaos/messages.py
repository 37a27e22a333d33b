"""The messages of the load's sensors; of one sensor a later message has a larger number."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from bench.chaos.registry import PROBE, PROBE_SOURCE, LoadDevice

_MINUTE: Final = timedelta(minutes=1)
_REMEMBERED: Final = 200
_USUAL: Final = 41
_FAR_BACK: Final = (31 * 1440, 300 * 1440)  # minutes before the first reading
PROBES_OF_AN_HOUR: Final = 5_000


class LoadReading(NamedTuple):
    """One value of one interval, as it should be stored."""

    sensor: str
    source: str
    started_at: datetime
    value: int


class LoadMessage(NamedTuple):
    """One message; `kind` is fresh, late, correction, uplink, copy or probe; malformed and unknown have no readings."""

    number: int
    kind: str
    sensor: str
    topic: str
    payload: bytes
    readings: tuple[LoadReading, ...] = ()


@dataclass
class SourceInterval:
    """One interval of one source, with its newest value and the number of the message that had it."""

    source: str
    started_at: datetime
    value: int
    said_in: int


@dataclass
class Memory:
    """Intervals that may be corrected: the last ones, and a sample of all others."""

    draw: Random
    recent: deque[SourceInterval] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    old: list[SourceInterval] = field(default_factory=list)

    def add(self, one: SourceInterval) -> None:
        """Remember an interval."""
        self.recent.append(one)
        if len(self.old) < _REMEMBERED:
            self.old.append(one)
        elif self.draw.random() < 0.01:  # noqa: PLR2004 - now and then
            self.old[self.draw.randrange(_REMEMBERED)] = one

    def some(self, count: int, settled: Callable[[int], bool]) -> list[SourceInterval]:
        """Return up to `count` different ones at random whose newest value was acknowledged."""
        pool = self.old if self.draw.random() < 0.3 else self.recent  # noqa: PLR2004 - most corrections come soon
        found = [pool[self.draw.randrange(len(pool))] for _ in range(count)] if pool else []
        distinct = {(one.source, one.started_at): one for one in found if settled(one.said_in)}
        return list(distinct.values())


class NumberedCounter:
    """A sensor of our own dialect that numbers its messages, and begins a new boot now and then."""

    def __init__(self, device: LoadDevice, first: datetime, draw: Random) -> None:
        """Begin with the interval that starts at `first`."""
        self.device, self.memory = device, Memory(draw)
        self._draw, self._next, self._first = draw, first, first
        self._boot, self._seq = 0, -1
        self._late: set[int] = set()
        self.began_in = 0  # the first message of this boot

    def fresh(self, number: int, readings: int) -> LoadMessage:
        """Report the next intervals."""
        intervals: list[SourceInterval] = []
        while len(intervals) < readings:
            for source, _ in self.device.sources:
                intervals.append(self._new(source, self._next, number))
            self._next += _MINUTE
        return self._say(number, "fresh", "data", intervals)

    def late(self, number: int, readings: int) -> LoadMessage | None:
        """Report intervals of long ago for the first time."""
        drawn = {self._draw.randrange(*_FAR_BACK) for _ in range(readings)} - self._late
        self._late |= drawn
        sources = [source for source, _ in self.device.sources]
        intervals = [
            self._new(source, self._first - minute * _MINUTE, number) for minute in sorted(drawn) for source in sources
        ]
        return self._say(number, "late", "backfill", intervals) if intervals else None

    def correction(self, number: int, readings: int, settled: Callable[[int], bool]) -> LoadMessage | None:
        """Report other values of intervals whose last message was acknowledged; None when there are none."""
        chosen = self.memory.some(readings, settled)
        for one in chosen:
            one.value, one.said_in = one.value + 1, number
        return self._say(number, "correction", "backfill", chosen) if chosen else None

    def restart(self) -> None:
        """Begin a new boot: its numbers begin again."""
        self._boot, self._seq = self._boot + 1, -1

    def _new(self, source: str, started_at: datetime, number: int) -> SourceInterval:
        one = SourceInterval(source, started_at, self._draw.randrange(_USUAL), number)
        self.memory.add(one)
        return one

    def _say(self, number: int, kind: str, channel: str, intervals: Sequence[SourceInterval]) -> LoadMessage:
        self._seq += 1
        self.began_in = self.began_in if self._seq else number
        name = self.device.name
        document = {
            "sensor": name,
            "boot": f"boot-{self._boot}",
            "seq": self._seq,
            "readings": [_reading(one) for one in intervals],
        }
        readings = tuple(LoadReading(name, one.source, one.started_at, one.value) for one in intervals)
        return LoadMessage(number, kind, name, f"sensors/{name}/{channel}", _json(document), readings)


class Radio:
    """A sensor of a LoRaWAN network: frames are counted within a session, and a join begins a new one.

    It speaks at the end of each of its intervals, so what it counted since the frame before is of that interval.
    """

    def __init__(self, device: LoadDevice, first: datetime, draw: Random) -> None:
        """Begin with the interval that starts at `first`."""
        self.device = device
        self._draw, self._next = draw, first
        self._sent: deque[LoadMessage] = deque(maxlen=_REMEMBERED)
        self._session, self._frame = 0, -1
        self.began_in = 0  # the first message of this session

    def fresh(self, number: int) -> LoadMessage:
        """Report the next interval."""
        self._frame += 1
        self.began_in = self.began_in if self._frame else number
        name, started_at = self.device.name, self._next
        self._next += _MINUTE
        readings = tuple(
            LoadReading(name, source, started_at, self._draw.randrange(_USUAL)) for source, _ in self.device.sources
        )
        uplink: dict[str, object] = {
            "session_key_id": f"AYfg{self._session:08d}aZaprA==",
            "f_port": 2,
            "decoded_payload": {one.source: one.value for one in readings},
        }
        if self._frame:  # the network leaves out a zero
            uplink["f_cnt"] = self._frame
        message = LoadMessage(number, "uplink", name, f"v3/doorfiets@ttn/devices/{name}/up", b"", readings)
        self._sent.append(message._replace(payload=_received(name, uplink, self._next)))
        return self._sent[-1]

    def again(self, number: int, settled: Callable[[int], bool]) -> LoadMessage | None:
        """Let the network hand on a copy of a frame, as if it had just come; None where none is acknowledged."""
        if not self._sent:
            return None
        first = self._sent[self._draw.randrange(len(self._sent))]
        if not settled(first.number):
            return None
        uplink, late = json.loads(first.payload)["uplink_message"], timedelta(seconds=self._draw.randint(1, 59))
        received_at = first.readings[0].started_at + _MINUTE + late
        return first._replace(number=number, kind="copy", payload=_received(first.sensor, uplink, received_at))

    def restart(self) -> None:
        """Join the network again."""
        self._session, self._frame = self._session + 1, -1


def _received(name: str, uplink: dict[str, object], moment: datetime) -> bytes:
    """Encode an uplink that the network received at this moment."""
    ids, received_at = {"device_id": name, "application_ids": {"application_id": "doorfiets"}}, _text(moment)
    message = {**uplink, "received_at": received_at}
    return _json({"end_device_ids": ids, "received_at": received_at, "uplink_message": message})


def probe(number: int, count: int, first: datetime) -> LoadMessage:
    """Make a numbered probe: the value counts up within an hour, and every five thousand begin a new hour."""
    hour, value = divmod(count, PROBES_OF_AN_HOUR)
    started_at = first + timedelta(hours=hour)
    ends = {"start": _text(started_at), "end": _text(started_at + timedelta(hours=1))}
    reading = {"quantity": PROBE_SOURCE, **ends, "value": value, "unit": "1"}
    document = {"sensor": PROBE, "boot": "probe", "seq": count, "readings": [reading]}
    readings = (LoadReading(PROBE, PROBE_SOURCE, started_at, value),)
    return LoadMessage(number, "probe", PROBE, f"sensors/{PROBE}/backfill", _json(document), readings)


def _reading(one: SourceInterval) -> dict[str, object]:
    quantity, _, channel = one.source.partition("/")
    ends = {"start": _text(one.started_at), "end": _text(one.started_at + _MINUTE)}
    document: dict[str, object] = {"quantity": quantity, **ends, "value": one.value, "unit": "1"}
    return {**document, "channel": channel} if channel else document


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
