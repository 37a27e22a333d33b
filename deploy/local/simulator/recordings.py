"""Recordings of 2024, replayed with a shift of whole weeks, so that weekdays and gaps stay."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from registry.files import OwnerFolder
from schemas.failures import ServiceMissingError

Series: TypeAlias = dict[datetime, float]
"""Local time without offset, as the recordings have it, to the count of that quarter."""

_FIRST: Final = date(2024, 1, 1)  # a Monday
_ROUND: Final = timedelta(weeks=52)
_BOTH_HOURS: Final = (datetime(2024, 10, 27, 2), datetime(2024, 10, 27, 3))  # noqa: DTZ001 - rows that hold both autumn hours


class RecordingsAbsentError(ServiceMissingError):
    """The recordings of a counter are not there; nothing was published, put the files back or leave the counter out."""


def folder_of(owner: OwnerFolder) -> Path:
    """Say where an owner has recordings, if it has any."""
    return owner.path / "recordings"


def recorded_owner(owners: Sequence[OwnerFolder]) -> OwnerFolder:
    """Find the owner that has recordings; raise RecordingsAbsentError where none has."""
    found = [owner for owner in owners if folder_of(owner).is_dir()]
    if not found:
        raise RecordingsAbsentError(f"no recordings with any of {', '.join(owner.name for owner in owners)}")
    return found[0]


def read(folder: Path, site: str) -> dict[str, Series]:
    """Read all months of one counter: series by the code of the channel, without empty cells."""
    files = sorted((folder / site).glob("*.csv.gz"))
    if not files:
        raise RecordingsAbsentError(f"no recordings in {folder / site}, expected one .csv.gz for each month")
    channels: dict[str, Series] = {}
    for file in files:
        for code, at, value in _cells(file):
            channels.setdefault(code, {})[at] = value
    return channels


def replayed(series: Series, start: datetime) -> float | None:
    """Return the recorded count for a quarter that starts at `start` (aware, local); None where there is a gap.

    A row of the autumn night that holds both hours is divided between them.
    """
    value = series.get(at := recorded_at(start))
    if value is None or not _BOTH_HOURS[0] <= at < _BOTH_HOURS[1]:
        return value
    return value // 2 if start.fold else value - value // 2


def recorded_at(start: datetime) -> datetime:
    """Return the time in 2024 that is replayed at `start`: a multiple of 52 weeks earlier."""
    rounds = (start.date() - _FIRST) // _ROUND
    return start.replace(tzinfo=None, fold=0) - rounds * _ROUND


def _cells(file: Path) -> Iterator[tuple[str, datetime, float]]:
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines)
        codes = [title.split(" ")[0] for title in next(rows)]
        for row in rows:
            at = datetime.fromisoformat(row[0])
            for code, cell in zip(codes[1:], row[1:], strict=True):
                if cell and not code.endswith("-status"):
                    yield code, at, float(cell)
