"""Sensors that exist for a measurement only, and everything they say: readings that can be computed again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deploy.local.street.chance import uniform
from deploy.local.street.messages import Message
from ingest.dialects import ours
from schemas.observation import Observation
from schemas.topics import data_topic

SOURCE: Final = "bicycles"
_BUSIEST: Final = 20


@dataclass(frozen=True)
class Crowd:
    """Sensors with names of one kind that report every `interval` seconds."""

    prefix: str
    sensors: int
    interval: int

    @property
    def names(self) -> list[str]:
        """Name every sensor."""
        return [f"{self.prefix}-{number:05}" for number in range(self.sensors)]


def readings(crowd: Crowd, count: int, until: datetime) -> Iterator[Observation]:
    """Go in turn over the sensors, interval by interval; the last interval has ended by `until`."""
    step, names = timedelta(seconds=crowd.interval), crowd.names
    last = datetime.fromtimestamp(until.timestamp() // crowd.interval * crowd.interval, until.tzinfo)
    first = last - -(-count // crowd.sensors) * step
    for number in range(count):
        turn, who = divmod(number, crowd.sensors)
        started_at = first + turn * step
        yield Observation(names[who], SOURCE, started_at, started_at + step, _value(crowd, number), 1.0, until)


def message(seen: Observation) -> Message:
    """Put one reading into one message, as small counters do."""
    return Message(data_topic(seen.sensor), ours.write([seen]), "bench", 1)


def _value(crowd: Crowd, number: int) -> float:
    return float(int(uniform(crowd.prefix, number) * _BUSIEST))
