"""The city's files by the same door: deliveries that restate, and months that add up to what was computed elsewhere."""

import csv
import gzip
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from schemas.observation import Observation
from tests.contracts.processing import StoreAndAggregate, load
from tests.contracts.recordings import SHARED, counting, loops, observations_of, store, without_shared

pytestmark = pytest.mark.contracts

MUENSTER: Final = SHARED / "muenster-15min"
SITE: Final = "100035541"
INWARDS, OUTWARDS = "101035541", "102035541"
MONTH: Final = MUENSTER / SITE / "2026-01.csv.gz"
STORED: Final = (
    "SELECT source, started_at, value FROM doorfiets.observation JOIN doorfiets.datastream USING (datastream) "
    "ORDER BY source, started_at"
)
RESTATED: Final = """
    SELECT sum(value) FROM doorfiets.observation
    WHERE started_at >= '2026-01-15T01:30Z' AND started_at < '2026-01-16T01:30Z'"""
HOURS: Final = """
    SELECT count(total), sum(total) FROM doorfiets.site_hour
    WHERE hour >= '2026-01-15T02:00Z' AND hour < '2026-01-16T01:00Z'"""

MONTHS: Final = "SELECT to_char(day, 'YYYY-MM'), sum({})::int8 FROM doorfiets.{} GROUP BY 1 ORDER BY 1"


def deliveries() -> list[list[Observation]]:
    """Give what the thirty deliveries of January 2026 held, in order."""
    seen = observations_of("city-deliveries", *sorted((MUENSTER / "revisions").glob("*.csv")), MONTH)
    by_time: dict[datetime, list[Observation]] = {}
    for one in seen:
        by_time.setdefault(one.received_at, []).append(one)
    return list(by_time.values())


def final() -> list[tuple[str, datetime, float]]:
    """Read the publisher's last file without our reader."""
    with gzip.open(MONTH, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    starts = [datetime.fromisoformat(row[0]).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC) for row in rows]
    return [
        (source, at, float(row[place]))
        for source, place in ((INWARDS, 2), (OUTWARDS, 3))
        for at, row in zip(starts, rows, strict=True)
    ]


@without_shared
async def test_muenster_a_delivery_restates_the_day_before(processing: StoreAndAggregate) -> None:
    """2026-01-17 05:13:48: 96 quarters of a channel turn up, 5,755 becomes 11,815, and until then there is no total."""
    load(processing.conninfo, counting(loops("neutor", SITE, INWARDS, OUTWARDS)))
    before, after = deliveries()[:15], deliveries()[15:]
    assert sum([await store(processing, one) for one in before]) == 0
    await processing.aggregate()
    assert processing.row(RESTATED) == (5_755,)
    assert processing.row(HOURS) == (0, None)
    corrections = [await store(processing, one) for one in after]
    await processing.aggregate()
    assert (corrections[0], sum(corrections)) == (96, 96)
    assert processing.row(RESTATED) == (11_815,)
    assert processing.row(HOURS)[0] == 23
    first = (
        "SELECT value, revision FROM doorfiets.observation WHERE started_at = '2026-01-15T01:30Z' ORDER BY datastream"
    )
    assert processing.rows(first) == [(0, 1), (4, 2)]
    assert processing.rows(STORED) == final()


@without_shared
@pytest.mark.parametrize("seed", [1, 2])
async def test_muenster_any_order_of_deliveries_ends_in_the_last_file(processing: StoreAndAggregate, seed: int) -> None:
    """As stored and as aggregated; the log says 288 cells in one delivery, of which 96 are totals and 96 statuses."""
    load(processing.conninfo, counting(loops("neutor", SITE, INWARDS, OUTWARDS)))
    shuffled = deliveries()
    Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    for one in shuffled:
        await store(processing, one)
    await processing.aggregate()
    assert processing.rows(STORED) == final()
    total = "SELECT sum(total), sum(paired) FROM doorfiets.site_day"
    assert processing.row(total) == (sum(value for _, _, value in final()), len(final()) / 2)
    with (MUENSTER / "revisions" / "cell_changes_100035541_2026-01.csv").open(encoding="utf-8", newline="") as lines:
        assert Counter(row["column"] for row in csv.DictReader(lines)) == {
            "100035541 (Neutor)": 96, "102035541 (Neutor stadtauswärts)": 96, "102035541-status": 96,
        }  # fmt: skip


@without_shared
async def test_muenster_an_old_delivery_does_not_overwrite_an_import_of_today(processing: StoreAndAggregate) -> None:
    """It was received long before."""
    load(processing.conninfo, counting(loops("neutor", SITE, INWARDS, OUTWARDS)))
    await store(processing, observations_of("city-csv", MONTH))
    assert sum([await store(processing, one) for one in deliveries()[14:16]]) == 0
    assert processing.rows(STORED) == final()


async def test_muenster_months_of_a_counter_add_up_to_the_reference(
    processing: StoreAndAggregate, recordings: Path
) -> None:
    """All of 2024 at 100034978, gaps and autumn night included; where a channel is missing there is no total."""
    site, channels = "100034978", ("101034978", "102034978")
    load(processing.conninfo, counting(loops("gartenstraat", site, *channels)))
    for file in sorted((recordings / site).glob("*.csv.gz")):
        await store(processing, observations_of("city-csv", file))
    await processing.aggregate()
    months = [row for row in reference(recordings) if row["site"] == site]
    assert processing.rows(MONTHS.format("total", "datastream_day")) == [
        (row["month"], int(row["sum_of_channel_columns"])) for row in months
    ]
    totals = dict(processing.rows(MONTHS.format("rows", "site_day")))
    partial = {row["month"]: int(row["rows_with_total"]) - totals[row["month"]] for row in months}
    assert {month: rows for month, rows in partial.items() if rows} == {"2024-01": 96, "2024-03": 96}


def reference(recordings: Path) -> Sequence[dict[str, str]]:
    """Read what the months add up to."""
    with (recordings / "reference_monthly_2024.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
