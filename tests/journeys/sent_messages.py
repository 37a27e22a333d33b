"""The generator's own record of what was sent: what the platform says is compared with this, never with itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import msgspec

QUARTER: Final = timedelta(minutes=15)
SENSORS: Final[int] = 40
Key: TypeAlias = tuple[str, str, datetime]


class Message(NamedTuple):
    """One MQTT message and the readings it carries."""

    topic: str
    payload: bytes
    readings: dict[Key, float]


@dataclass
class SentMessages:
    """Everything that was sent, by the natural key in the sender's words."""

    values: dict[Key, float] = field(default_factory=dict)

    def note(self, readings: dict[Key, float]) -> None:
        """Write down what is about to be sent."""
        self.values |= readings


def sensors(prefix: str) -> list[str]:
    """Name the sensors of one experiment."""
    return [f"{prefix}-{number:02d}" for number in range(SENSORS)]


def messages(prefix: str, count: int, since: datetime) -> Iterator[Message]:
    """Make `count` messages of one reading each, spread over the sensors; values depend on nothing but their number."""
    names = sensors(prefix)
    for number in range(count):
        sensor, start = names[number % SENSORS], since + (number // SENSORS) * QUARTER
        value = number * 7919 % 101
        reading = {
            "quantity": "bicycles", "channel": "in", "start": _text(start), "end": _text(start + QUARTER),
            "value": value, "unit": "1",
        }  # fmt: skip
        payload = msgspec.json.encode({"sensor": sensor, "seq": number, "readings": [reading]})
        yield Message(f"sensors/{sensor}/data", payload, {(sensor, "bicycles/in", start): float(value)})


def write_city_file(path: Path, site: int, first: datetime, days: int, *, channels: int = 4) -> dict[Key, float]:
    """Write a file as the city of the recordings does, in a winter without a change of clocks; answer its readings.

    `first` is a local midnight given as aware UTC (23:00 of the day before).
    """
    codes = [f"{number}{site % 100_000_000:08d}" for number in range(101, 101 + channels)]
    readings: dict[Key, float] = {}
    names = [f"{site} (Proef)", *(f"{code} (Proef {code})" for code in codes)]
    lines = [",".join(("Datetime", *names, *(f"{name.split(' ')[0]}-status" for name in names)))]
    for slot in range(days * 96):
        start = first + slot * QUARTER
        values = [(slot * 31 + place * 17) % 47 for place in range(channels)]
        readings |= {(str(site), code, start): float(value) for code, value in zip(codes, values, strict=True)}
        local = start + timedelta(hours=1)
        cells = (f"{local:%Y-%m-%d %H:%M}", sum(values), *values, *(0,) * (channels + 1))
        lines.append(",".join(map(str, cells)))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return readings


def recent(days: int) -> datetime:
    """Give a whole UTC hour some days back, inside the live window."""
    now = datetime.now(UTC)  # noqa: TID251 - the journey happens now
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(days=days)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
