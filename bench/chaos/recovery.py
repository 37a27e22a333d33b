"""How soon after a fault a reading that was published after it is public: numbered probes, four a second."""

import bisect
import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from math import inf, isinf
from threading import Event, Thread
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from bench.chaos.injector import Done
from bench.chaos.messages import PROBES_OF_AN_HOUR, probe
from bench.chaos.publisher import MOST_WAITING, MqttPublisher
from bench.chaos.registry import PROBE

EVERY: Final = 0.25
_LOOK_EVERY: Final = 0.1
_PATIENCE: Final = 2.0
_TURN: Final = 0.02


class Recovery(NamedTuple):
    """Seconds from the end of a fault until recovery, None where that was not seen.

    `alone` is true where every other fault was recovered from before it began, or began after its recovery.
    """

    fault: str
    seconds: float | None
    alone: bool


class Probes:
    """Publishes probes to the broker, without a proxy, and looks for them on the public site."""

    def __init__(self, publisher: MqttPublisher, site: str, first: datetime, numbers: Iterator[int]) -> None:
        """Describe them; their hours begin at `first`."""
        self.published: list[float] = []
        self.shown: list[tuple[float, int]] = []
        self._publisher, self._netloc, self._first, self._numbers = publisher, urlsplit(site).netloc, first, numbers
        self._quiet, self._over = Event(), Event()
        self._threads = [
            Thread(target=work, name=f"probes-{work.__name__}", daemon=True) for work in (self._publish, self._look)
        ]

    def start(self) -> None:
        """Start publishing and looking."""
        for thread in self._threads:
            thread.start()

    def quiesce(self) -> None:
        """Publish no new probes."""
        self._quiet.set()

    def stop(self) -> None:
        """Stop both threads."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    @property
    def is_idle(self) -> bool:
        """Return whether all are acknowledged."""
        return not self._publisher.waiting

    @property
    def behind(self) -> float:
        """Return the seconds since the publication of the oldest probe that is not public."""
        newest = self.shown[-1][1] if self.shown else -1
        now = time.monotonic()
        return now - self.published[newest + 1] if newest + 1 < len(self.published) else 0.0

    def _publish(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            self._publisher.turn(_TURN)
            now = time.monotonic()
            if now >= due and not self._quiet.is_set() and len(self._publisher.waiting) < MOST_WAITING:
                number = len(self.published)
                self.published.append(now)
                self._publisher.announce(probe(next(self._numbers), number, self._first))
                due = max(due + EVERY, now)
        self._publisher.leave()

    def _look(self) -> None:
        line = HTTPConnection(self._netloc, timeout=_PATIENCE)
        while not self._over.wait(_LOOK_EVERY):
            try:
                newest = self._newest(line)
            except (OSError, HTTPException, ValueError, KeyError):
                line.close()
                continue
            if newest is not None and (not self.shown or newest > self.shown[-1][1]):
                self.shown.append((time.monotonic(), newest))
        line.close()

    def _newest(self, line: HTTPConnection) -> int | None:
        last = self._first + timedelta(hours=max(0, len(self.published) - 1) // PROBES_OF_AN_HOUR + 1)
        span = f"startTijd={_text(self._first)}&eindTijd={_text(last)}"
        line.request("GET", f"/v1/telpunten/{PROBE}/tellingen?interval=uur&{span}")
        rows = json.load(line.getresponse())["gegevens"]
        found = [(hour, row["waarde"]) for hour, row in enumerate(rows) if row["waarde"] is not None]
        return found[-1][0] * PROBES_OF_AN_HOUR + int(found[-1][1]) if found else None


def recoveries(done: Sequence[Done], published: Sequence[float], shown: Sequence[tuple[float, int]]) -> list[Recovery]:
    """Compute the recovery from each fault: until the first probe after it, or a later one, was public."""
    over = [_over_at(one, published, shown) for one in done]
    spans = list(zip((one.began_at for one in done), over, strict=True))
    return [
        Recovery(
            one.fault.name,
            None if isinf(until) else until - one.ended_at,
            alone=sum(began <= until and one.began_at <= end for began, end in spans) == 1,
        )
        for one, until in zip(done, over, strict=True)
    ]


def _over_at(one: Done, published: Sequence[float], shown: Sequence[tuple[float, int]]) -> float:
    number = bisect.bisect_left(published, one.ended_at)
    return next((at for at, newest in shown if newest >= number), inf) if number < len(published) else inf


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
