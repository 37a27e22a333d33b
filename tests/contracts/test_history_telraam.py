"""Telraam by the same door: hours as the interface reports them, and two exports of one sensor beside each other."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.contracts.processing import HOUR, StoreAndAggregate, load
from tests.contracts.recordings import (
    SHARED,
    TELRAAM,
    counting,
    hours,
    observations_of,
    store,
    sums,
    telraam,
    without_shared,
)

pytestmark = [pytest.mark.contracts, without_shared]

KARLSRUHE = SHARED / "telraam-karlsruhe-hourly"
MONTREAL = SHARED / "telraam-montreal-15v60"
COLUMNS = {"bike": "Bike Total", "car": "Car Total", "heavy": "Large vehicle Total", "pedestrian": "Pedestrian Total"}
DAYS = [("9000008311", 92, 90), ("9000010417", 59, 58)]


@pytest.mark.parametrize(("device", "days", "whole"), DAYS)
async def test_karlsruhe_days_add_up_to_the_publishers(
    processing: StoreAndAggregate, device: str, days: int, whole: int
) -> None:
    """Over UTC days, of which the publisher took the last `hours` hours: all days agree in all modes.

    The hours it left out held something on three days only: 2025-11-30 and 2025-12-05, of which it has none before
    09:00, and 2026-03-31 (one car before 05:00).
    """
    load(processing.conninfo, counting(telraam("straat", device)))
    for file in sorted((KARLSRUHE / f"device_{device}" / "hourly").glob("*.json.gz")):
        await store(processing, observations_of("telraam-json", file))
    await processing.aggregate()
    aggregated = {mode: hours(processing, device, mode) for mode in TELRAAM}
    found: Counter[str] = Counter()
    for day in published(device):
        for name, taken in (("taken", day["totals"]["hours"]), ("whole", 24)):
            found[name] += all(
                abs(last_hours(aggregated[mode], day["date"], taken) - day["totals"][mode]) < 1e-6 for mode in TELRAAM
            )
    assert found == {"taken": days, "whole": whole}


async def test_karlsruhe_a_night_is_a_gap_and_not_a_zero(processing: StoreAndAggregate) -> None:
    """February 2026: 354 of 672 hours have no bicycles told apart; their uptime stays."""
    load(processing.conninfo, counting(telraam("straat", "9000010417")))
    await store(
        processing, observations_of("telraam-json", KARLSRUHE / "device_9000010417" / "hourly" / "2026-02.json.gz")
    )
    await processing.aggregate()
    valid = Counter(valid for _, valid in hours(processing, "9000010417", "bike").values())
    assert valid == {0: 354, 1: 672 - 354}
    night = (
        "SELECT count(*), min(uptime) > 0.99 FROM doorfiets.observation JOIN doorfiets.datastream USING (datastream) "
    )
    assert processing.row(night + "WHERE source = 'bike' AND value IS NULL") == (354, True)
    day = processing.row(
        "SELECT paired, expected FROM doorfiets.site_day WHERE mode = 'bicycles' AND day = '2026-02-10'"
    )
    assert day[0] < day[1] == 24


async def test_montreal_quarters_and_hours_are_the_same_hours_and_never_added(processing: StoreAndAggregate) -> None:
    """798 of 798 pairs of hour and mode that have four quarters; with fewer the vendor extrapolated, once."""
    quarter_hours = telraam("kwartier", "10045", "/15min", 900)
    load(processing.conninfo, counting(quarter_hours, telraam("uur", "10045", "/60min")))
    for length in (15, 60):
        (file,) = MONTREAL.glob(f"*East{length}_*.csv")
        habits = {"timezone": "America/Toronto", "interval": timedelta(minutes=length)}
        await store(processing, observations_of("telraam-csv", file, **habits))
    await processing.aggregate()
    recorded = {by: list(exported(by)) for by in (15, 60)}
    quarters = Counter(at.replace(minute=0) for at, _ in recorded[15])
    found: Counter[str] = Counter()
    for mode in TELRAAM:
        by_quarter, by_hour = (hours(processing, "10045", f"{mode}/{by}min") for by in (15, 60))
        for at, row in recorded[60]:
            found["as exported"] += by_hour[at][0] == float(row[COLUMNS[mode]])
            if mode != "heavy" and quarters[at] == 4:
                found["pairs"] += 1
                found["equal"] += by_quarter[at][0] == by_hour[at][0]
    assert found == {"as exported": 4 * 334, "pairs": 798, "equal": 798}


async def test_montreal_totals_of_two_weeks_are_those_of_each_export(processing: StoreAndAggregate) -> None:
    """The sums of the export's own column; the two differ where quarters were missing."""
    load(processing.conninfo, counting(telraam("uur", "10045", "/60min")))
    (file,) = MONTREAL.glob("*East60_*.csv")
    await store(processing, observations_of("telraam-csv", file, timezone="America/Toronto"))
    await processing.aggregate()
    column = sums((row for _, row in exported(60)), COLUMNS.values())
    for mode in TELRAAM:
        assert sum(total for total, _ in hours(processing, "10045", f"{mode}/60min").values()) == column[COLUMNS[mode]]


def published(device: str) -> Iterator[dict[str, Any]]:
    """Give the days that the publisher made of the hours."""
    for file in sorted((KARLSRUHE / f"device_{device}" / "daily").glob("*.json")):
        yield from json.loads(file.read_text(encoding="utf-8"))["days"]


def last_hours(aggregated: dict[datetime, tuple[float, int]], day: str, number: int) -> float:
    """Add up the last hours of a UTC day that the recording has."""
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    there = [start + n * HOUR for n in range(24) if start + n * HOUR in aggregated]
    return sum(aggregated[at][0] for at in there[-number:])


def exported(minutes: int) -> Iterator[tuple[datetime, dict[str, str]]]:
    """Read an export without our reader: the start in UTC, and the row."""
    (file,) = MONTREAL.glob(f"*East{minutes}_*.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            local = datetime.fromisoformat(row["Date and Time (Local)"]).replace(tzinfo=ZoneInfo("America/Toronto"))
            yield local.astimezone(UTC), row
