"""The busiest quarter of a site is the highest that is published of it, whatever its devices count by."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from opendata.database import Database
from opendata.read import structs
from opendata.read.counts import CountRow
from opendata.read.explored import BusyBucket, ExploredSeries
from schemas.observation import Observation
from schemas.registry import Channel, Datastream, Site
from tests.contracts.processing import StoreAndAggregate, load, seen, small
from tests.opendata import city

pytestmark = pytest.mark.contracts

DAY: Final = date(2026, 5, 12)
MIDNIGHT: Final = datetime(2026, 5, 11, 22, tzinfo=UTC)
LATER: Final = MIDNIGHT + timedelta(days=30)
HOUR: Final = timedelta(hours=1)
INTERVALS: Final = {
    "minutes": (60,),
    "fives": (300, 900),
    "tens": (600,),
    "quarters": (900, 900),
    "thirds": (1200,),
    "halves": (1800, 900),
    "hours": (3600, 900),
    "windowed": (300,),
}


@pytest.fixture
async def store(processing: StoreAndAggregate) -> AsyncIterator[Database]:
    """The database, as the site asks it, with a site of each kind."""
    registry = small()
    registry.sites.extend(_site(name, seconds) for name, seconds in INTERVALS.items())
    load(processing.conninfo, registry)
    processing.database.execute(
        "UPDATE doorfiets.datastream SET measuring_window = '05-20' WHERE sensor = 'windowed-1'"
    )
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    processing.read_registry_anew()
    found = Database(processing.conninfo, city.ANSWER_SECONDS)
    await found.open()
    yield found
    await found.close()


async def busiest(store: Database, site: str, *days: date) -> BusyBucket | None:
    """Ask for the busiest quarter of a site, as its page does."""
    series = ExploredSeries(
        kind="site",
        name=site,
        facet="bicycles",
        places=(site,),
        zone=ZoneInfo("Europe/Amsterdam"),
        now=LATER,
    )
    return await series.busiest_quarter(store, days or [DAY])


async def published(store: Database, site: str) -> list[CountRow]:
    """Give the rows of a day that `/v1` has, paired anew; none that hold two hours."""
    rows = await structs.every(
        store, CountRow, "count_quarters",
        site=site, mode="bicycles", direction=None, start=MIDNIGHT, end=MIDNIGHT + 24 * HOUR, now=LATER,
    )  # fmt: skip
    return [row for row in rows if row.value is not None and row.valid == 1]


async def test_a_minute_that_is_busy_is_no_busy_quarter(processing: StoreAndAggregate, store: Database) -> None:
    """40 in one minute and little else, beside 20 in every minute: 15 * 20 = 300 in a quarter of the second hour."""
    await processing.store(*_minutes(7, [40] + [1] * 59), *_minutes(9, [20] * 60))
    await processing.aggregate()
    found = await busiest(store, "minutes")
    assert found is not None
    assert (found.started_at, found.value) == (MIDNIGHT + 9 * HOUR, 300)
    assert found.ended_at - found.started_at == timedelta(minutes=15)


async def test_a_quarter_with_a_flag_is_none_and_the_others_of_its_hour_count(
    processing: StoreAndAggregate, store: Database
) -> None:
    """15 * 30 = 450 in its second one, for a minute of its first one is not plausible."""
    flagged = [
        seen(90_000, at=MIDNIGHT + 12 * HOUR, lasts=HOUR / 60, sensor="minutes-1", source="bicycles/0", quality_flags=1)
    ]
    await processing.store(*_minutes(9, [20] * 60), *flagged, *_minutes(12, [30] * 59, begin=1))
    await processing.aggregate()
    (stored,) = processing.rows("SELECT quarters FROM doorfiets.site_hour WHERE hour = %s", MIDNIGHT + 12 * HOUR)
    assert stored == ([None, 450, 450, 450],)
    found = await busiest(store, "minutes")
    assert found is not None
    assert (found.started_at, found.value) == (MIDNIGHT + timedelta(hours=12, minutes=15), 450)


async def test_a_quarter_is_not_beaten_by_an_hour_of_a_counter_before(
    processing: StoreAndAggregate, store: Database
) -> None:
    """A counter of hours, 200 in one, is replaced by one of quarters: its 90 is the busiest quarter of both days."""
    registry, change = small(), DAY + timedelta(days=1)
    streams = [
        Datastream(
            sensor="quarters-1", source="bicycles/0", interval=3600, valid_from=date(2020, 1, 1), valid_until=change
        ),
        Datastream(sensor="quarters-1", source="bicycles/1", interval=900, valid_from=change),
    ]
    channel = Channel(id="quarters-0", mode="bicycles", direction="d", datastreams=streams)
    registry.sites.append(Site(id="quarters", name="q", district="WK01", position=(6.5, 53.0), channels=[channel]))
    load(processing.conninfo, registry)
    processing.read_registry_anew()
    noon = MIDNIGHT + 36 * HOUR
    await processing.store(
        seen(200, at=MIDNIGHT + 9 * HOUR, lasts=HOUR, sensor="quarters-1", source="bicycles/0"),
        *(
            seen(value, at=noon + number * HOUR / 4, sensor="quarters-1", source="bicycles/1")
            for number, value in enumerate((10, 90, 10, 10))
        ),
    )
    await processing.aggregate()
    found = await busiest(store, "quarters", DAY, DAY + timedelta(days=1))
    assert found is not None
    assert (found.started_at, found.value) == (noon + HOUR / 4, 90)
    alone = await busiest(store, "quarters", DAY)
    assert alone is not None
    assert (alone.ended_at - alone.started_at, alone.value) == (HOUR, 200)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_it_is_the_highest_that_is_published(processing: StoreAndAggregate, store: Database, seed: int) -> None:
    """Of devices of every interval, with gaps, flags and silent hours."""
    draw = Random(seed)  # noqa: S311 - a game, no secret
    for name, intervals in INTERVALS.items():
        for number, seconds in enumerate(intervals):
            await processing.store(*_drawn(draw, name, number, seconds))
    await processing.aggregate()
    for name in INTERVALS:
        rows, found = await published(store, name), await busiest(store, name)
        assert rows, name
        assert found is not None, name
        assert found.value == max(row.value or 0 for row in rows), name
        assert (found.started_at, found.ended_at, found.value) in {
            (row.started_at, row.ended_at, row.value) for row in rows
        }, name


def _site(name: str, intervals: Sequence[int]) -> Site:
    channels = [
        Channel(
            id=f"{name}-{number}",
            mode="bicycles",
            direction=f"d{number}",
            datastreams=[
                Datastream(
                    sensor=f"{name}-1", source=f"bicycles/{number}", interval=seconds, valid_from=date(2020, 1, 1)
                )
            ],
        )
        for number, seconds in enumerate(intervals)
    ]
    return Site(id=name, name=name, district="WK01", position=(6.5, 53.0), channels=channels)


def _minutes(hour: int, values: Sequence[int], begin: int = 0) -> list[Observation]:
    minute = timedelta(minutes=1)
    start = MIDNIGHT + hour * HOUR + begin * minute
    return [
        seen(value, at=start + number * minute, lasts=minute, sensor="minutes-1", source="bicycles/0")
        for number, value in enumerate(values)
    ]


def _drawn(draw: Random, name: str, channel: int, seconds: int) -> list[Observation]:
    """Draw a day: each hour is as busy as it is drawn, most are whole, some have gaps or flags, some are silent."""
    said, length = [], timedelta(seconds=seconds)
    for hour in range(24):
        kind, most = draw.choice(["whole"] * 4 + ["gaps", "odd", "silent"]), draw.choice([2, 10, 40])
        for number in range(3600 // seconds):
            if kind == "silent" or (kind == "gaps" and draw.random() < 0.2):
                continue
            odd = kind == "odd" and draw.random() < 0.2
            value, flags = (90_000, 1) if odd else (draw.randrange(most), 0)
            at = MIDNIGHT + hour * HOUR + number * length
            said.append(
                seen(
                    value, at=at, lasts=length, sensor=f"{name}-1", source=f"bicycles/{channel}", quality_flags=flags
                )
            )  # fmt: skip
    return said
