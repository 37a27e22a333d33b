"""The load: publishers, each for some sensors, whose connections are cut and taken over."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from threading import Event, Thread
from typing import Final

from bench.chaos.malformed import malformed, unknown
from bench.chaos.messages import LoadMessage, NumberedCounter, Radio
from bench.chaos.proxy import Proxy
from bench.chaos.publisher import MOST_WAITING, MqttPublisher
from bench.chaos.record import LoadRecord
from deploy.local.simulator.settings import Broker

_TURN: Final = 0.01
_MIX: Final = {
    "fresh": 76,
    "late": 3,
    "correction": 7,
    "duplicate": 6,
    "malformed": 2,
    "unknown": 1,
    "uplink": 5,
}
_SIZES: Final = ((1, 1), (1, 1), (1, 1), (2, 5), (2, 5), (6, 50))  # of a tenth of the messages, of two, ...
_SIZE_ODDS: Final = (25, 25, 25, 10, 10, 5)
_REMEMBERED: Final = 300
_CUT_EVERY, _TAKEN_OVER_EVERY = 15.0, 25.0
_BOOT_SECONDS: Final = (30.0, 180.0)


@dataclass
class RepeatableMessages:
    """Messages that may be published again: the last ones, and a sample of all others."""

    draw: Random

    def __post_init__(self) -> None:
        """Begin empty."""
        self._recent: deque[LoadMessage] = deque(maxlen=_REMEMBERED)
        self._old: list[LoadMessage] = []

    def add(self, message: LoadMessage) -> None:
        """Remember a message."""
        self._recent.append(message)
        if len(self._old) < _REMEMBERED:
            self._old.append(message)
        elif self.draw.random() < 0.01:  # noqa: PLR2004 - now and then
            self._old[self.draw.randrange(_REMEMBERED)] = message

    def one(self) -> LoadMessage | None:
        """Return one at random."""
        pool = self._old if self.draw.random() < 0.3 else self._recent  # noqa: PLR2004 - most come soon
        return pool[self.draw.randrange(len(pool))] if pool else None


class SensorMessages:
    """The messages of some sensors, in random order."""

    def __init__(
        self, counters: Sequence[NumberedCounter], radios: Sequence[Radio], since: datetime, draw: Random
    ) -> None:
        """Draw the messages of these sensors."""
        self._counters, self._radios, self._since, self._draw = counters, radios, since, draw
        self._past = RepeatableMessages(draw)
        self._boots: dict[str, float] = {}

    def next(self, publisher: MqttPublisher, numbers: Iterator[int], now: float) -> None:
        """Publish a new message, or one again."""
        kind = self._draw.choices(list(_MIX), list(_MIX.values()))[0]
        if kind == "duplicate":
            if (message := self._past.one()) is not None:
                publisher.publish(message)
        elif (new := self._new(kind, publisher, next(numbers), now)) is not None:
            self._past.add(new)
            publisher.announce(new)

    def _new(self, kind: str, publisher: MqttPublisher, number: int, now: float) -> LoadMessage | None:
        counter, radio = self._draw.choice(self._counters), self._draw.choice(self._radios)
        self._restart(radio if kind == "uplink" else counter, publisher, now)
        match kind:
            case "malformed":
                return malformed(number, counter.device.name, self._draw)
            case "unknown":
                return unknown(number, self._since)
            case "uplink":
                again = self._draw.random() < 0.2  # noqa: PLR2004 - one of five
                return radio.again(number, publisher.settled) if again else radio.fresh(number)
        return self._message(kind, counter, publisher, number)

    def _message(
        self, kind: str, counter: NumberedCounter, publisher: MqttPublisher, number: int
    ) -> LoadMessage | None:
        if kind == "late":
            return counter.late(number, self._size())
        if kind == "correction":
            return counter.correction(number, self._size(), publisher.settled)
        return counter.fresh(number, self._size())

    def _size(self) -> int:
        return self._draw.randint(*self._draw.choices(_SIZES, _SIZE_ODDS)[0])

    def _restart(self, sensor: NumberedCounter | Radio, publisher: MqttPublisher, now: float) -> None:
        """Restart a sensor when it is time and a message of its run was acknowledged, which puts the runs in order."""
        name = sensor.device.name
        due = now > self._boots.setdefault(name, now + self._draw.uniform(*_BOOT_SECONDS))
        if due and publisher.settled(sensor.began_in):
            sensor.restart()
            self._boots[name] = now + self._draw.uniform(*_BOOT_SECONDS)


class LoadPublisher:
    """One publisher with a thread and a proxy of its own."""

    def __init__(
        self, publisher: MqttPublisher, sensor_messages: SensorMessages, proxy: Proxy, rate: float, draw: Random
    ) -> None:
        """Publish `rate` messages a second once started."""
        self.publisher, self.cuts = publisher, 0
        self._sensor_messages, self._proxy, self._rate, self._draw = sensor_messages, proxy, rate, draw
        self._quiet, self._over = Event(), Event()
        self._thread = Thread(target=self._work, name="source", daemon=True)
        self.problem: BaseException | None = None

    def start(self, numbers: Iterator[int]) -> None:
        """Start the thread."""
        self._numbers = numbers
        self._thread.start()

    def quiesce(self) -> None:
        """Publish nothing new; what was not acknowledged is still published again."""
        self._quiet.set()

    def stop(self) -> None:
        """Stop publishing; return when the threads have ended."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            self._speak()
        except BaseException as problem:
            self.problem = problem
            raise

    def _speak(self) -> None:
        due = time.monotonic()
        cut_at, taken_over_at = (due + self._draw.expovariate(1 / every) for every in (_CUT_EVERY, _TAKEN_OVER_EVERY))
        while not self._over.is_set():
            self.publisher.turn(_TURN)
            now = time.monotonic()
            if self._quiet.is_set():
                continue
            due = max(due, now - 1.0)  # what could not be published in time is left out
            while due < now and len(self.publisher.waiting) < MOST_WAITING:
                self._sensor_messages.next(self.publisher, self._numbers, now)
                due += 1 / self._rate
            if now > cut_at:
                self.cuts += 1
                self._proxy.reset()
                cut_at = now + self._draw.expovariate(1 / _CUT_EVERY)
            if now > taken_over_at:
                self.publisher.take_over()
                taken_over_at = now + self._draw.expovariate(1 / _TAKEN_OVER_EVERY)
        self.publisher.leave()


class Load:
    """All publishers together."""

    def __init__(self, sources: Sequence[LoadPublisher]) -> None:
        """Take publishers that are not started yet."""
        self._sources = sources

    def start(self, numbers: Iterator[int]) -> None:
        """Start all; `numbers` gives each message its number."""
        for source in self._sources:
            source.start(numbers)

    def quiesce(self) -> None:
        """Publish nothing new."""
        for source in self._sources:
            source.quiesce()

    def stop(self) -> None:
        """Stop publishing; return when the threads have ended."""
        for source in self._sources:
            source.stop()

    @property
    def waiting(self) -> int:
        """Return the number of publications that are not acknowledged."""
        return sum(len(source.publisher.waiting) for source in self._sources)

    @property
    def cuts(self) -> int:
        """Return the number of connections of publishers that were cut."""
        return sum(source.cuts for source in self._sources)

    @property
    def takeovers(self) -> int:
        """Return the number of connections that were taken over."""
        return sum(source.publisher.takeovers for source in self._sources)

    @property
    def problem(self) -> BaseException | None:
        """Return what ended a publisher; None while all run."""
        return next((source.problem for source in self._sources if source.problem), None)


@dataclass(frozen=True, kw_only=True)
class Sensors:
    """The sensors of a load, and when their first intervals start."""

    counters: Sequence[NumberedCounter]
    radios: Sequence[Radio]
    first: datetime


def load(
    sensors: Sensors, record: LoadRecord, brokers: Sequence[tuple[Broker, Proxy]], *, rate: float, seed: int
) -> Load:
    """Divide the sensors among publishers, one for each proxy."""
    sources = []
    for place, (broker, proxy) in enumerate(brokers):
        draw, share = Random(f"{seed}/{place}"), slice(place, None, len(brokers))  # noqa: S311 - a game, no secret
        sensor_messages = SensorMessages(sensors.counters[share], sensors.radios[share], sensors.first, draw)
        publisher = MqttPublisher(f"chaos-{place}", broker, record)
        sources.append(LoadPublisher(publisher, sensor_messages, proxy, rate / len(brokers), draw))
    return Load(sources)
