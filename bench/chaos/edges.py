"""A part of the load comes from edge publishers: what a spool accepted must be stored, whatever happens to a broker."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Final

from bench.chaos.messages import LoadMessage, LoadReading
from bench.chaos.proxy import Proxy
from bench.chaos.record import LoadRecord
from bench.chaos.registry import LoadDevice
from ingest.edge import EdgePublisher, EdgeReading, EdgeSettings
from ingest.edge.status import status

_MINUTE: Final = timedelta(minutes=1)
_CUT_EVERY: Final = 15.0
_USUAL: Final = 41


class EdgeDevice:
    """A sensor with a spool: it reports one minute after the other, in messages of one to twenty minutes."""

    def __init__(self, device: LoadDevice, settings: EdgeSettings, first: datetime, draw: Random) -> None:
        """Begin with the interval that starts at `first`."""
        self.device, self.publisher, self.settings = device, EdgePublisher(settings), settings
        self._next, self._draw = first, draw

    def accept(self, number: int, record: LoadRecord) -> int:
        """Spool the next intervals as one message; return how many readings it has.

        It is acknowledged by being spooled, and no kill of a broker excuses its loss: hence no moment of that.
        """
        minutes = self._draw.randint(1, 20)
        readings = [
            LoadReading(self.device.name, source, self._next + minute * _MINUTE, self._draw.randrange(_USUAL))
            for minute in range(minutes)
            for source, _ in self.device.sources
        ]
        self._next += minutes * _MINUTE
        record.sent(LoadMessage(number, "edge", self.device.name, "", b"", tuple(readings)), time.monotonic())
        self.publisher.accept([_reading(one) for one in readings])
        record.acknowledge(number, inf, inf)
        return len(readings)


@dataclass
class EdgeLoad:
    """All edge publishers, each with a thread of its own that sends, and one that lets them measure."""

    devices: Sequence[EdgeDevice]
    record: LoadRecord
    proxy: Proxy
    rate: float

    def __post_init__(self) -> None:
        """Begin with nothing measured."""
        self.readings = self.cuts = 0
        self.problem: BaseException | None = None
        self._quiet = Event()
        self._later = ExitStack()
        self._thread = Thread(target=self._measure, name="edges", daemon=True)

    def start(self, numbers: Iterator[int]) -> None:
        """Open the spools, and begin to measure; `numbers` gives each message its number."""
        self._numbers = numbers
        for one in self.devices:
            self._later.enter_context(one.publisher)
        self._thread.start()

    def quiesce(self) -> None:
        """Measure nothing more; what is spooled is still sent."""
        self._quiet.set()
        self._thread.join()

    def stop(self) -> None:
        """Close the spools."""
        self._quiet.set()
        self._later.close()

    @property
    def waiting(self) -> int:
        """Return the number of messages that have no receipt."""
        return sum(status(one.settings)["waiting_messages"] for one in self.devices if one.settings.spool.exists())

    @property
    def refused(self) -> int:
        """Return the number of messages that the platform refused: there is none that it should."""
        return sum(status(one.settings)["refused_messages"] for one in self.devices if one.settings.spool.exists())

    def _measure(self) -> None:
        draw, turn = Random(len(self.devices)), 0  # noqa: S311 - a game, no secret
        cut_at = time.monotonic() + _CUT_EVERY
        try:
            while not self._quiet.wait(1 / self.rate):
                self.readings += self.devices[turn % len(self.devices)].accept(next(self._numbers), self.record)
                turn += 1
                if time.monotonic() > cut_at:
                    self.cuts += 1
                    self.proxy.reset()
                    cut_at = time.monotonic() + draw.expovariate(1 / _CUT_EVERY)
        except BaseException as problem:
            self.problem = problem
            raise


def edge_settings(folder: Path, sensor: str, broker: str) -> EdgeSettings:
    """Return the settings of a device whose password is in a folder of its own."""
    return EdgeSettings(
        sensor=sensor, spool=folder / sensor / "spool", broker=broker, password_file=folder / sensor / "password"
    )


def _reading(one: LoadReading) -> EdgeReading:
    quantity, _, channel = one.source.partition("/")
    return EdgeReading(quantity, one.started_at, one.started_at + _MINUTE, one.value, channel or None)
