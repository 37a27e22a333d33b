"""Days that are read as they are stored say what computing them anew says, and nobody has to compute them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from opendata.database import Database
from opendata.read import days
from opendata.read.site_counts import RowPlace, SiteCounts, SiteRange
from schemas.observation import Observation
from tests.contracts.processing import QUARTER, StoreAndAggregate, load, seen, small
from tests.opendata import city
from tests.opendata.questions import Recorded

pytestmark = pytest.mark.contracts

ZONE: Final = ZoneInfo("Europe/Amsterdam")
START: Final = datetime(2026, 3, 26, 23, tzinfo=UTC)
DAYS: Final = 6
END: Final = START + timedelta(days=DAYS)
FIRST: Final = RowPlace(datetime(1900, 1, 1, tzinfo=UTC))
SITES: Final = "abc"


@pytest.fixture
async def store(processing: StoreAndAggregate) -> AsyncIterator[Database]:
    """The database, as the site asks it."""
    found = Database(processing.conninfo, city.ANSWER_SECONDS)
    await found.open()
    yield found
    await found.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_stored_days_are_those_that_are_computed(
    processing: StoreAndAggregate, store: Database, seed: int
) -> None:
    """Over the night in which clocks change: whole days, days with gaps, flags, a silent channel, and nothing."""
    load(processing.conninfo, small())
    draw = Random(seed)  # noqa: S311 - a game, no secret
    for sensor, source in (("a-1", "bicycles/in"), ("a-1", "bicycles/out"), ("b-1", "bicycles/in")):
        await processing.store(*_drawn(draw, sensor, source))
    await processing.aggregate()
    ranges = [SiteRange(site, ZONE, START - timedelta(days=1), END) for site in SITES]
    anew = await SiteCounts(mode="bicycles", width="day", ranges=ranges).rows(store, FIRST, 1000)
    read = await days.read(store, store, "bicycles", ranges)
    for one, other in zip(read, anew, strict=True):
        assert one == other
    assert len(anew) == len(SITES) * 8
    after = RowPlace(anew[4].started_at, anew[4].site)
    counts = days.SiteDayCounts(mode="bicycles", width="day", ranges=ranges, registry=store)
    assert await counts.rows(store, after, 5) == anew[5:10]


async def test_whole_days_take_one_question(processing: StoreAndAggregate, store: Database) -> None:
    """Beside what rests on the registry alone."""
    load(processing.conninfo, small())
    said = [seen(3, at=START + number * QUARTER, sensor="b-1") for number in range(96 * 2)]
    await processing.store(*said)
    await processing.aggregate()
    questions: list[str] = []
    series = days.series("b", "bicycles", registry=store, zone=ZONE, now=END)
    found = await series.rows(Recorded(store, questions), START, START + timedelta(days=2))
    assert questions == ["stored_days"]
    assert [(row.value, row.valid, row.expected, row.reason) for row in found] == [(288, 96, 96, None)] * 2


def _drawn(draw: Random, sensor: str, source: str) -> list[Observation]:
    said = []
    for day in range(DAYS):
        kind = draw.choice(["whole", "whole", "gaps", "odd", "silent"])
        for number in range(96):
            if kind == "silent" or (kind == "gaps" and draw.random() < 0.1):
                continue
            value = 90_000 if kind == "odd" and draw.random() < 0.1 else draw.randrange(40)
            at = START + timedelta(days=day) + number * QUARTER
            said.append(seen(value, at=at, sensor=sensor, source=source, quality_flags=int(value == 90_000)))
    return said
