"""Load for tests: numbered messages of one reading each, and a ledger from which every total can be computed again."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.local.street import clock
from deploy.local.street.chance import uniform
from deploy.local.street.messages import Message
from deploy.local.street.mouth import Mouth
from deploy.local.street.play import Tell, publish
from deploy.local.street.settings import LoadSettings
from deploy.local.street.trouble import Odds, troubled
from ingest.dialects import ours
from schemas.observation import Observation
from schemas.topics import data_topic

SOURCE: Final = "bicycles"
COLUMNS: Final = ("number", "sensor", "source", "started_at", "ended_at", "value")


def sensor(number: int) -> str:
    """Name a sensor of the load."""
    return f"load-{number:05}"


def ledger(settings: LoadSettings, until: datetime) -> Iterator[Observation]:
    """Go through the load: in turn over the sensors, interval by interval, the last one ending by `until`."""
    step = timedelta(seconds=settings.interval)
    rounds = -(-settings.count // settings.sensors)
    last = datetime.fromtimestamp(until.timestamp() // settings.interval * settings.interval, until.tzinfo)
    for number in range(settings.count):
        turn, who = divmod(number, settings.sensors)
        started_at = last - (rounds - turn) * step
        value = int(uniform(settings.seed, number) * 20)
        yield Observation(sensor(who), SOURCE, started_at, started_at + step, value, 1.0, until)


def run(settings: LoadSettings, tell: Tell = print) -> None:
    """Write the ledger, publish all of it, and tell; raises BrokerUnavailableError."""
    began = clock.now()
    seen = list(ledger(settings, began))
    _write(settings.ledger, seen)
    messages = troubled(map(_message, seen), Odds(duplicates=settings.duplicates), settings.seed)
    with Mouth(settings.broker) as mouth:
        publish(_paced(messages, settings.rate, began), mouth, tell)


def _message(seen: Observation) -> Message:
    return Message(data_topic(seen.sensor), ours.write([seen]), "load", 1)


def _paced(messages: Iterable[Message], rate: float | None, began: datetime) -> Iterator[Message]:
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
