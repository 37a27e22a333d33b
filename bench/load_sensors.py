"""Sensors for a measurement, with readings that can be computed again from their names and times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deploy.local.simulator.chance import uniform
from deploy.local.simulator.messages import SimulatedMessage
from ingest.dialects import ours
from schemas.observation import Observation
from schemas.topics import data_topic

SOURCE: Final = "bicycles"
_BUSIEST: Final = 20


@dataclass(frozen=True)
class LoadSensors:
    """Sensors with names of one kind that report every `interval` seconds."""

    prefix: str
    sensors: int
    interval: int

    @property
    def names(self) -> list[str]:
        """Return the id of every sensor."""
        return [f"{self.prefix}-{number:05}" for number in range(self.sensors)]


def readings(load: LoadSensors, count: int, until: datetime) -> Iterator[Observation]:
    """Yield `count` readings, interval by interval over all sensors; the last interval ends by `until`."""
    step, names = timedelta(seconds=load.interval), load.names
    last = datetime.fromtimestamp(until.timestamp() // load.interval * load.interval, until.tzinfo)
    first = last - -(-count // load.sensors) * step
    for number in range(count):
        turn, who = divmod(number, load.sensors)
        started_at = first + turn * step
        yield Observation(names[who], SOURCE, started_at, started_at + step, _value(load, number), 1.0, until)


def message(seen: Observation) -> SimulatedMessage:
    """Encode one reading as one message."""
    return SimulatedMessage(data_topic(seen.sensor), ours.encode([seen]), "bench", 1)


def _value(load: LoadSensors, number: int) -> float:
    return float(int(uniform(load.prefix, number) * _BUSIEST))
