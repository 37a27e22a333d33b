"""The load for tests: numbered messages of one reading each, and a file of what was sent."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.local.simulator import clock
from deploy.local.simulator.chance import uniform
from deploy.local.simulator.messages import SimulatedMessage
from deploy.local.simulator.play import Tell, publish
from deploy.local.simulator.publisher import SensorPublisher
from deploy.local.simulator.settings import LoadSettings
from deploy.local.simulator.trouble import Odds, troubled
from ingest.dialects import ours
from schemas.observation import Observation
from schemas.topics import data_topic

SOURCE: Final = "bicycles"
COLUMNS: Final = ("number", "sensor", "source", "started_at", "ended_at", "value")


def sensor(number: int) -> str:
    """Return the id of a sensor of the load."""
    return f"load-{number:05}"


def numbered_observations(settings: LoadSettings, until: datetime) -> Iterator[Observation]:
    """Yield the observations of the load: interval by interval over all sensors, the last one ending by `until`."""
    step = timedelta(seconds=settings.interval)
    rounds = -(-settings.count // settings.sensors)
    last = datetime.fromtimestamp(until.timestamp() // settings.interval * settings.interval, until.tzinfo)
    for number in range(settings.count):
        turn, who = divmod(number, settings.sensors)
        started_at = last - (rounds - turn) * step
        value = int(uniform(settings.seed, number) * 20)
        yield Observation(sensor(who), SOURCE, started_at, started_at + step, value, 1.0, until)


def run(settings: LoadSettings, tell: Tell = print) -> None:
    """Write the file, publish all of it, and report; raise BrokerUnavailableError."""
    began = clock.now()
    seen = list(numbered_observations(settings, began))
    _write(settings.sent_file, seen)
    messages = troubled(map(_message, seen), Odds(duplicates=settings.duplicates), settings.seed)
    with SensorPublisher(settings.broker) as publisher:
        publish(_paced(messages, settings.rate, began), publisher, tell)


def _message(seen: Observation) -> SimulatedMessage:
    return SimulatedMessage(data_topic(seen.sensor), ours.encode([seen]), "load", 1)


def _paced(messages: Iterable[SimulatedMessage], rate: float | None, began: datetime) -> Iterator[SimulatedMessage]:
    for number, message in enumerate(messages):
        if rate:
            clock.wait_until(began + timedelta(seconds=number / rate))
        yield message


def _write(file: Path, seen: Iterable[Observation]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        rows.writerows(
            (number, one.sensor, one.source, one.started_at.isoformat(), one.ended_at.isoformat(), one.value)
            for number, one in enumerate(seen)
        )
