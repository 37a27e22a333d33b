"""Quarters that are stored beside their hour say what pairing them anew says: value, coverage, reason, flags."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

import msgspec
import pytest

from opendata.database import Database
from opendata.processing import Processing
from opendata.read import quarters as stored_quarters
from opendata.read import structs
from opendata.read.counts import CountRow
from opendata.read.quarters import HourOfQuarters, QuarterItem, WrittenHours, row_by_row
from opendata.v1.models import Telling
from opendata.v1.row_lines import CsvForm, JsonForm, RowLines
from opendata.v1.rows import common
from schemas.observation import Observation
from schemas.registry import Channel, Datastream, Site
from tests.contracts.processing import StoreAndAggregate, load, quarters, seen, small
from tests.opendata import city

pytestmark = pytest.mark.contracts

START: Final = datetime(2026, 5, 12, 0, tzinfo=UTC)
HOURS: Final = 30
END: Final = START + timedelta(hours=HOURS)
LATER: Final = END + timedelta(days=1)
INTERVALS: Final = {
    "quarters": (900, 900),
    "minutes": (300, 300),
    "mixed": (300, 900),
    "hours": (3600,),
    "mixedhours": (900, 3600),
    "thirds": (1200, 900),
    "windowed": (900, 900),
}


@pytest.fixture
async def store(processing: StoreAndAggregate) -> AsyncIterator[Database]:
    """The database, as the site asks it."""
    found = Database(processing.conninfo, city.ANSWER_SECONDS)
    await found.open()
    yield found
    await found.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_stored_quarters_are_those_that_are_paired_anew(
    processing: StoreAndAggregate, store: Database, seed: int
) -> None:
    """Of devices of every interval, with gaps, decimals, merged rows, wild numbers and silent hours."""
    registry = small()
    registry.sites.extend(_site(name, intervals) for name, intervals in INTERVALS.items())
    load(processing.conninfo, registry)
    processing.database.execute(
        "UPDATE doorfiets.datastream SET measuring_window = '05-20' WHERE sensor = 'windowed-1'"
    )
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    processing.read_registry_anew()
    draw = Random(seed)  # noqa: S311 - a game, no secret
    for name, intervals in INTERVALS.items():
        for number, seconds in enumerate(intervals):
            await processing.store(*_drawn(draw, f"{name}-1", f"bicycles/{number}", seconds))
    await processing.aggregate()
    whole = flagged = 0
    for name in INTERVALS:
        for start, end in ((START, END), (START + timedelta(minutes=45), END - timedelta(minutes=30))):
            found = await _stored(store, name, start, end)
            assert [_said(row) for row in row_by_row(found)] == [
                _said(row) for row in await _paired(store, name, start, end)
            ], name
            hours = [one for one in found if isinstance(one, HourOfQuarters)]
            whole += sum(not any(one.reasons) for one in hours)
            flagged += sum(any(one.quality_flags) for one in hours)
            await _is_written_alike(store, name, start, end)
    assert whole > len(INTERVALS) * 5
    assert flagged > len(INTERVALS)


async def test_hours_beside_other_equipment_are_written_too(processing: StoreAndAggregate, store: Database) -> None:
    """A range that touches what replaced a recording, and no more, is written whole; one that touches both by rows."""
    registry = small()
    site = _site("replaced", (900,))
    (channel,) = site.channels
    (first,) = channel.datastreams
    recorded = msgspec.structs.replace(first, source="bicycles/old", origin="recorded", valid_until=START.date())
    channel.datastreams[:] = [recorded, msgspec.structs.replace(first, valid_from=START.date())]
    registry.sites.append(site)
    load(processing.conninfo, registry)
    processing.read_registry_anew()
    begin = START - timedelta(hours=6)
    for source in ("bicycles/old", "bicycles/0"):
        values = range(1, 4 * 12 + 1)
        await processing.store(*quarters(values, at=begin, sensor="replaced-1", source=source))
    await processing.aggregate()
    series = stored_quarters.series("replaced", "bicycles", registry=store, now=LATER)
    lines = RowLines(JsonForm(None), _shaped, Processing(None, (), LATER))
    for start, written in ((START, True), (begin, False)):
        hours = await series.hours(store, start, START + timedelta(hours=4), lines)
        assert [one.hours for one in hours if isinstance(one, WrittenHours)] == ([1, 3] if written else [])
        rows = await series.rows(store, start, START + timedelta(hours=4))
        assert lines.text(hours) == ",".join(map(lines.line, rows))
        assert {row.origins for row in rows} == ({("measured",)} if written else {("measured",), ("recorded",)})


async def test_a_flag_that_spreads_within_its_hour_or_day_is_a_revision(
    processing: StoreAndAggregate, store: Database
) -> None:
    """Of the hour, where another quarter of it has the same flag; of the day, where another hour has it."""
    load(processing.conninfo, small())

    async def revisions() -> tuple[int, int, list[int], int]:
        await processing.aggregate()
        (hour,) = processing.rows("SELECT revision FROM api.site_hour WHERE site = 'b' ORDER BY hour LIMIT 1")
        (day,) = processing.rows(
            "SELECT revision, flagged FROM api.site_day_version WHERE site = 'b' AND replaced_at = 'infinity'"
        )
        return hour[0], day[0], day[1], [row.quality_flags for row in await _rows(store, "b")].count(8)

    await processing.store(*quarters([1, 2, 3, 4, 5], at=START, sensor="b-1"))
    await processing.store(seen(1, at=START, sensor="b-1", received=60, quality_flags=8))
    before = await revisions()
    assert before[2:] == ([8], 1)
    second = START + timedelta(minutes=15)
    await processing.store(seen(2, at=second, sensor="b-1", received=60, quality_flags=8))
    within = await revisions()
    assert within == (before[0] + 1, before[1], [8], 2)
    next_hour = START + timedelta(hours=1)
    await processing.store(seen(5, at=next_hour, sensor="b-1", received=60, quality_flags=8))
    assert await revisions() == (within[0], within[1] + 1, [8, 8], 2)


async def test_a_quarter_has_the_revision_of_its_hour(processing: StoreAndAggregate, store: Database) -> None:
    """Whether the hour is whole or not: a revision goes up when any of its quarters changes, and never down."""
    load(processing.conninfo, small())
    await processing.store(*quarters([1, 2, 3, 4], at=START, sensor="b-1"))
    await processing.aggregate()
    assert [row.revision for row in await _rows(store, "b")] == [1, 1, 1, 1]
    await processing.store(seen(9, at=START, sensor="b-1", received=60))
    await processing.aggregate()
    (hour,) = processing.rows("SELECT revision, computed_at FROM api.site_hour WHERE site = 'b'")
    assert [(row.value, row.revision, row.revised_at) for row in await _rows(store, "b")] == [
        (value, *hour) for value in (9, 2, 3, 4)
    ]
    await processing.store(seen(None, at=START + timedelta(minutes=15), sensor="b-1", received=60))
    await processing.aggregate()
    assert [(row.value, row.revision) for row in await _rows(store, "b")] == [(9, 3), (None, 3), (3, 3), (4, 3)]


async def _is_written_alike(store: Database, site: str, start: datetime, end: datetime) -> None:
    """What the database writes of whole hours is what is written of their rows, to the letter."""
    series = stored_quarters.series(site, "bicycles", registry=store, now=LATER)
    for form in (JsonForm(None), CsvForm([*Telling.model_json_schema()["properties"]], {})):
        lines = RowLines(form, _shaped, Processing(None, (), LATER))
        hours = await series.hours(store, start, end, lines)
        assert site in {"thirds", "windowed"} or any(isinstance(one, WrittenHours) for one in hours)
        rows = await series.rows(store, start, end)
        assert lines.text(hours) == form.separator.join(map(lines.line, rows))


def _shaped(row: CountRow) -> Telling:
    return Telling(**common(row, LATER), waarde=row.value, eenheid="100 % {fietsers}")


async def _rows(store: Database, site: str) -> list[CountRow]:
    series = stored_quarters.series(site, "bicycles", registry=store, now=LATER)
    return await series.rows(store, START, START + timedelta(hours=1))


async def _stored(store: Database, site: str, start: datetime, end: datetime) -> list[QuarterItem]:
    return await stored_quarters.series(site, "bicycles", registry=store, now=LATER).hours(store, start, end)


async def _paired(store: Database, site: str, start: datetime, end: datetime) -> list[CountRow]:
    return await structs.every(
        store, CountRow, "count_quarters",
        site=site, mode="bicycles", direction=None, start=start, end=end, now=LATER,
    )  # fmt: skip


def _said(row: CountRow) -> CountRow:
    """Give a row without its revision, which is that of the hour where it is stored."""
    return msgspec.structs.replace(row, revision=0, revised_at=None)


def _site(name: str, intervals: tuple[int, ...]) -> Site:
    channels = [
        Channel(
            id=f"{name}-{number}",
            mode="bicycles",
            direction=f"d{number}",
            datastreams=[
                Datastream(
                    sensor=f"{name}-1",
                    source=f"bicycles/{number}",
                    interval=seconds,
                    valid_from=date(2020, 1, 1),
                )
            ],
        )
        for number, seconds in enumerate(intervals)
    ]
    return Site(id=name, name=name, district="WK01", position=(6.5, 53.0), channels=channels)


def _drawn(draw: Random, sensor: str, source: str, seconds: int) -> list[Observation]:
    """Draw what a device says: mostly whole hours, some with gaps and oddities, some silent."""
    said = []
    length = timedelta(seconds=seconds)
    for hour in range(HOURS):
        kind = draw.choice(["whole"] * 6 + ["gaps", "odd", "doubted", "silent"])
        for number in range(3600 // seconds):
            if kind == "silent" or (kind == "gaps" and draw.random() < 0.3):
                continue
            odd = kind == "odd" and draw.random() < 0.4
            value, flags, uptime = draw.choice(
                [
                    (0.25 * draw.randrange(40), 0, 1.0),
                    (90_000, 1, 1.0),
                    (12, 0, 0.1),
                    (10, 4, 1.0),
                    (11, 8, 1.0),
                    (None, 0, 0.0),
                ]
                if odd
                else [(draw.randrange(40), draw.choice([0, 8, 16]) if kind == "doubted" else 0, 1.0)]
            )
            at = START + timedelta(hours=hour) + number * length
            said.append(
                seen(value, at=at, lasts=length, sensor=sensor, source=source, quality_flags=flags, uptime=uptime)
            )
    return said
