"""A made-up city that publishes a year of counts as files, one per counter and month, and their content as readings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from deploy.local.simulator.chance import uniform
from ingest.history.profile import MUENSTER
from schemas.observation import Observation

YEAR: Final = 2025
PREFIX: Final = "9000"
CHANNELS: Final = 4
_ZONE: Final = ZoneInfo(MUENSTER.timezone)
_MOST: Final = 40
_WEEK: Final = 672


@dataclass(frozen=True)
class CsvCounter:
    """One counter of the city, by number; the codes of it and its channels are the city's."""

    number: int

    @property
    def code(self) -> str:
        """Return the code of the counter."""
        return f"{PREFIX}{self.number:05}"

    @property
    def channels(self) -> list[str]:
        """Return the codes of its channels."""
        return [f"{101 + channel}{self.number:06}" for channel in range(CHANNELS)]


def stamps(month: int) -> Iterator[datetime]:
    """Yield the local quarters of a month, without the hour skipped in spring, and one hour for both in autumn."""
    at = datetime(YEAR, month, 1)  # noqa: DTZ001 - the city writes local stamps without an offset
    while at.month == month:
        if _exists(at):
            yield at
        at += MUENSTER.interval


def write(counter: CsvCounter, month: int, folder: Path) -> Path:
    """Write the file of one counter and month."""
    file = folder / f"{counter.code}-{YEAR}-{month:02}.csv"
    names = [f"{code} (Bench {code})" for code in (counter.code, *counter.channels)]
    statuses = [f"{code}-status" for code in (counter.code, *counter.channels)]
    with file.open("w", encoding="utf-8") as out:
        out.write(",".join(("Datetime", *names, *statuses)) + "\n")
        out.writelines(_line(counter, at) for at in stamps(month))
    return file


def readings(counter: CsvCounter, month: int) -> Iterator[Observation]:
    """Yield the readings of such a file."""
    for at in stamps(month):
        started_at = at.replace(tzinfo=_ZONE).astimezone(UTC)
        for code, value in zip(counter.channels, _values(counter, at), strict=True):
            yield Observation(
                counter.code, code, started_at, started_at + MUENSTER.interval, float(value), 1.0, started_at
            )


def _exists(at: datetime) -> bool:
    local = at.replace(tzinfo=_ZONE)
    return local.astimezone(UTC).astimezone(_ZONE).replace(tzinfo=None) == at


def _line(counter: CsvCounter, at: datetime) -> str:
    values = _values(counter, at)
    return ",".join((f"{at:%Y-%m-%d %H:%M}", str(sum(values)), *map(str, values), *("0",) * (1 + CHANNELS))) + "\n"


_DRAWN: Final = tuple(int(uniform("city", number) * _MOST) for number in range(_WEEK))


def _values(counter: CsvCounter, at: datetime) -> list[int]:
    quarter = int((at - datetime(YEAR, 1, 1)) / MUENSTER.interval)  # noqa: DTZ001 - as above
    return [_DRAWN[(quarter + 31 * channel + 7 * counter.number) % _WEEK] for channel in range(CHANNELS)]
