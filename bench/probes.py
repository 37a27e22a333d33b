"""Probes: single readings that are timed from their publication until the open data interface shows them."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

from bench.load_sensors import LoadSensors, message, readings
from deploy.local.simulator.messages import SimulatedMessage
from schemas.failures import CheckFailedError
from schemas.observation import Observation

PAUSE: Final = 0.01
_PATIENCE: Final = 30.0


class ProbeNotShownError(CheckFailedError):
    """A published reading was not shown by the interface in time; see the logs of bridge, store and aggregate."""


def probes(load: LoadSensors, count: int, until: datetime) -> Iterator[Observation]:
    """Make readings that each have an hour of their own and a unique value."""
    for number, seen in enumerate(readings(load, count, until), 1):
        yield Observation(seen.sensor, seen.source, seen.started_at, seen.ended_at, float(number), 1.0, until)


@dataclass
class Watch:
    """Publishes probes, looks for them in the interface, and records the seconds that each took."""

    site: str
    counted_at: str
    publish: Callable[[SimulatedMessage], None]
    took: list[float] = field(default_factory=list)
    request_seconds: list[float] = field(default_factory=list)
    _open: dict[Observation, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open a persistent connection to the site."""
        self._connection = HTTPConnection(urlsplit(self.site).netloc, timeout=10)

    def send(self, seen: Observation) -> None:
        """Publish one probe; its time counts from before that."""
        self._open[seen] = time.monotonic()
        self.publish(message(seen))

    def look(self) -> bool:
        """Request the series once; return whether any probe is not shown yet."""
        if not self._open:
            return False
        shown, now = set(self._shown()), time.monotonic()
        for seen in [one for one in self._open if one.value in shown]:
            self.took.append(now - self._open.pop(seen))
        if self._open and now - min(self._open.values()) > _PATIENCE:
            raise ProbeNotShownError(
                f"{self.counted_at}: {len(self._open)} probes are not shown after {_PATIENCE:.0f} s"
            )
        return bool(self._open)

    def finish(self) -> None:
        """Look until all are shown; raise ProbeNotShownError after a time limit."""
        while self.look():
            time.sleep(PAUSE)

    def _shown(self) -> list[float | None]:
        first, last = (pick(one.started_at for one in self._open) for pick in (min, max))
        span = f"startTijd={_text(first)}&eindTijd={_text(last + timedelta(hours=1))}"
        began = time.monotonic()
        self._connection.request("GET", f"/v1/telpunten/{self.counted_at}/tellingen?interval=uur&{span}")
        rows = json.load(self._connection.getresponse())
        self.request_seconds.append(time.monotonic() - began)
        return [row["waarde"] for row in rows["gegevens"]]


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
