"""Recordings that quality checks are held against, as series: counters of Münster, Telraam sensors, citizens' kits."""

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest

from streams.domain.quality import LocalCalendar, ReadingSeries

SHARED: Final = Path(__file__).parents[4] / "shared" / "data"
MUENSTER: Final = SHARED / "muenster-15min"
KARLSRUHE: Final = SHARED / "telraam-karlsruhe-hourly"
KITS: Final = SHARED / "rivm-samenmeten-hourly" / "Voorbeeld_sensoren.csv.gz"
BERLIN: Final = ZoneInfo("Europe/Berlin")
QUARTER: Final = 900
CALENDAR: Final = LocalCalendar(
    BERLIN, frozenset(holidays.country_holidays("DE", subdiv="NW", years=[2023, 2024, 2025, 2026]))
)
MODES: Final = (
    ("bike", "bicycles"), ("car", "cars"), ("heavy", "heavy_vehicles"), ("pedestrian", "pedestrians"),
)  # fmt: skip
with_recordings = pytest.mark.skipif(not MUENSTER.is_dir(), reason="the shared recordings are not here")

_MERGED: Final = int(datetime(2024, 10, 27, tzinfo=UTC).timestamp())
"""The rows of two o'clock of the day on which the clocks go back hold both hours."""


@cache
def muenster() -> tuple[ReadingSeries, ...]:
    """Read the channels of 2024 that hold any value; two of them never do."""
    sites = sorted(folder for folder in MUENSTER.iterdir() if folder.name.isdigit())
    series = [one for site in sites for one in _site(site)]
    return tuple(one._replace(datastream=number) for number, one in enumerate(series, 1))


def _site(folder: Path) -> Iterator[ReadingSeries]:
    cells: dict[str, dict[int, float]] = {}
    for file in sorted(folder.glob("2024-*.csv.gz")):
        with gzip.open(file, "rt", encoding="utf-8-sig") as lines:
            for row in csv.DictReader(lines):
                start = int(datetime.fromisoformat(row.pop("Datetime")).replace(tzinfo=BERLIN).timestamp())
                for name, value in list(row.items())[1:]:
                    if value and not name.endswith("-status"):
                        cells.setdefault(name, {})[start] = float(value)
    for name, of in cells.items():
        starts = np.array(sorted(of), np.int64)
        values = np.array([of[int(start)] for start in starts])
        valid = (starts < _MERGED) | (starts >= _MERGED + 2 * 3600)
        channel, _, direction = name.partition(" ")
        yield ReadingSeries(
            0, folder.name, "bicycles", QUARTER, starts, values, valid, channel=channel, direction=direction
        )


@cache
def telraam(device: str) -> tuple[ReadingSeries, ...]:
    """Read the modes of one device, by the hour."""
    rows: list[dict[str, Any]] = []
    for file in sorted((KARLSRUHE / f"device_{device}" / "hourly").glob("*.json.gz")):
        rows += json.loads(gzip.decompress(file.read_bytes()))["data"]
    starts = np.array([int(datetime.fromisoformat(row["date"]).timestamp()) for row in rows], np.int64)

    def column(field: str) -> Any:  # noqa: ANN401 - an array
        return np.array([float(row[field] or 0) for row in rows])

    return tuple(
        ReadingSeries(
            number, device, quantity, 3600, starts, column(field), np.ones(len(starts), np.bool_),
            uptime=column("uptime"), unclassified=column("night"), camera=device,
        )
        for number, (field, quantity) in enumerate(MODES, 1)
    )  # fmt: skip


@cache
def kits() -> tuple[tuple[ReadingSeries, tuple[float, float]], ...]:
    """Read PM2.5 of citizens' kits, by the hour, each with latitude and longitude."""
    values: dict[str, dict[int, float]] = {}
    places: dict[str, tuple[float, float]] = {}
    with gzip.open(KITS, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if "NA" not in {row["pm25"], row["lat"]}:
                start = int(datetime.fromisoformat(row["date"]).replace(tzinfo=UTC).timestamp())
                values.setdefault(row["kit_id"], {})[start] = float(row["pm25"])
                places[row["kit_id"]] = (float(row["lat"]), float(row["lon"]))
    found = []
    for number, (kit, of) in enumerate(sorted(values.items()), 1):
        starts = np.array(sorted(of), np.int64)
        numbers = np.array([of[int(start)] for start in starts])
        series = ReadingSeries(number, kit, "pm25", 3600, starts, numbers, np.ones(len(starts), np.bool_))
        found.append((series, places[kit]))
    return tuple(found)


def thinned(series: ReadingSeries, share: float, generator: np.random.Generator) -> ReadingSeries:
    """Leave each passage in with the same chance: a channel as quiet as a path between two villages."""
    return series._replace(values=generator.binomial(series.values.astype(np.int64), share).astype(np.float64))


def part(series: ReadingSeries, first: datetime, last: datetime) -> ReadingSeries:
    """Cut the readings that start from one moment until before another out of a series."""
    begin, end = np.searchsorted(series.starts, [int(first.timestamp()), int(last.timestamp())])
    return series._replace(
        starts=series.starts[begin:end], values=series.values[begin:end], valid=series.valid[begin:end]
    )


def days(first: date, last: date) -> Iterator[datetime]:
    """Give midnight UTC of each day, both included."""
    for day in range((last - first).days + 1):
        yield datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=day)
