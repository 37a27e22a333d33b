"""A quality flag of one observation is on everything that is made of it, and goes when it goes; no number moves."""

from datetime import date
from typing import Final

import pytest

from bench.chaos.judge.recompute import disagreements
from schemas.quality_flags import DEAD, OUT_OF_RANGE, STATUS_SUSPECT
from streams.rebuild import rebuild
from tests.contracts.processing import HOUR, NOON, QUARTER, StoreAndAggregate, quarters, seen

pytestmark = pytest.mark.contracts

DAY: Final = date(2026, 5, 12)
HOURS: Final = {
    "datastream_hour": "datastream = (SELECT min(datastream) FROM doorfiets.datastream WHERE source = 'bicycles/in'"
    " AND sensor = 'a-1')",
    "site_hour": "site = 'a' AND mode = 'bicycles'",
    "share_hour": "screenline = 'lijn-a' AND variant = 'motor'",
}
DAYS: Final = {
    "datastream_day": HOURS["datastream_hour"],
    "site_day": HOURS["site_hour"],
    "share_day": HOURS["share_hour"],
    "link_day": "link = 'link-a'",
    "route_day": "route = 'groen'",
}


def flags_of(processing: StoreAndAggregate) -> dict[str, set[int]]:
    """Give the flags of the hour and the day of site `a` in every table that is made of its observations."""
    hours = {name: processing.rows(f"SELECT quality_flags FROM doorfiets.{name} WHERE {where} AND hour = %s", NOON)  # noqa: S608 - constants
             for name, where in HOURS.items()}  # fmt: skip
    days = {name: processing.rows(f"SELECT quality_flags FROM doorfiets.{name} WHERE {where} AND day = %s", DAY)  # noqa: S608 - constants
            for name, where in DAYS.items()}  # fmt: skip
    return {name: {bits for (bits,) in rows} for name, rows in (hours | days).items()}


async def count(processing: StoreAndAggregate) -> None:
    """Count an hour on all channels of site `a`, and one quarter beside it."""
    await processing.store(
        *quarters([1, 2, 3, 4]),
        *quarters([5, 6, 7, 8], source="bicycles/out"),
        *quarters([9, 9, 9, 9], source="cars"),
        *(seen(3, sensor=f"{site}-1") for site in "bcde"),
    )
    await processing.aggregate()


@pytest.mark.parametrize("quality_flags", [STATUS_SUSPECT, OUT_OF_RANGE])
async def test_a_flag_of_one_quarter_is_on_all_that_is_made_of_it(
    processing: StoreAndAggregate, quality_flags: int
) -> None:
    """Counted or not, of the maker or found by us; it goes with the message that is corrected."""
    await count(processing)
    none = {name: {0} for name in (*HOURS, *DAYS)}
    assert flags_of(processing) == none
    before = processing.contents()
    await processing.store(seen(1, quality_flags=quality_flags, received=30))
    await processing.aggregate()
    assert flags_of(processing) == {name: {quality_flags} for name in none}
    assert not disagreements(processing.database)
    await processing.store(seen(1, received=40))
    await processing.aggregate()
    assert flags_of(processing) == none
    assert processing.contents() == before


async def test_a_flag_that_excludes_nothing_changes_no_number_but_the_revision(processing: StoreAndAggregate) -> None:
    """The column is published: who reads changes sees the row again."""
    await count(processing)
    numbers = (
        "SELECT rows, paired, expected, total, maximum, revision FROM doorfiets.site_hour"
        " WHERE site = 'a' AND mode = 'bicycles'"
    )
    *before, revision = processing.row(numbers)
    await processing.store(seen(1, quality_flags=STATUS_SUSPECT, received=30))
    await processing.aggregate()
    assert processing.row(numbers) == (*before, revision + 1)


async def test_a_finding_is_on_the_hours_beside_which_nothing_was_found(processing: StoreAndAggregate) -> None:
    """What findings attach is combined with what messages say, and only of its own hours."""
    await processing.store(*quarters([1, 2, 3, 4, 5]))
    processing.database.execute(
        "UPDATE doorfiets.observation SET found_flags = %s WHERE started_at = %s", [DEAD, NOON + QUARTER]
    )
    await processing.aggregate()
    hours = processing.rows(
        "SELECT hour, quality_flags FROM doorfiets.site_hour WHERE site = 'a' AND mode = 'bicycles' ORDER BY hour"
    )
    assert hours == [(NOON, DEAD), (NOON + HOUR, 0)]
    assert processing.row("SELECT quality_flags FROM doorfiets.site_day WHERE site = 'a' AND mode = 'bicycles'") == (
        DEAD,
    )
    assert not disagreements(processing.database)


async def test_rebuilding_gives_the_same_flags(processing: StoreAndAggregate) -> None:
    """Whole days read in one stretch, as in rounds."""
    await count(processing)
    await processing.store(seen(1, quality_flags=STATUS_SUSPECT, received=30))
    await processing.aggregate()
    before = processing.contents()
    processing.database.execute(b"UPDATE doorfiets.site_hour SET quality_flags = 0")
    processing.database.execute(b"UPDATE doorfiets.share_day SET quality_flags = 64")
    rebuild(processing.conninfo)
    await processing.aggregate()
    assert processing.contents() == before


async def test_the_hours_of_air_keep_flags_of_what_they_are_made_of(processing: StoreAndAggregate) -> None:
    """An hour of a station, and the index that it is in."""
    one = {"sensor": "lucht-1", "source": "pm25"}
    await processing.store(*quarters([8.0, 9.0, 9.5, 8.5], **one))
    await processing.store(seen(8.0, **one, quality_flags=STATUS_SUSPECT, received=30))
    await processing.aggregate()
    for table in ("air_hour", "air_index_hour"):
        found = processing.rows(f"SELECT quality_flags FROM doorfiets.{table} WHERE hour = %s", NOON)  # noqa: S608 - constants
        assert {bits for (bits,) in found} == {STATUS_SUSPECT}, table


async def test_an_indicator_has_the_flags_of_its_days_and_says_on_how_many(processing: StoreAndAggregate) -> None:
    """A month of which one day has a flag: of the site, the link that it counts and the route."""
    await count(processing)
    await processing.store(seen(1, quality_flags=STATUS_SUSPECT, received=30))
    await processing.aggregate()
    await processing.compute()
    found = processing.rows(
        "SELECT DISTINCT kind, quality_flags, basis->'flagged_days' FROM doorfiets.indicator_value"
        " WHERE period IN ('month', 'year') AND subject IN ('a', 'link-a', 'groen')"
        " AND facet IN ('', 'bicycles') AND first_day <= %s AND last_day >= %s ORDER BY 1",
        DAY,
        DAY,
    )
    assert found == [(kind, STATUS_SUSPECT, {"status_suspect": 1}) for kind in ("link", "route", "site")]


async def test_which_channel_is_not_whole_is_known_by_the_hour_and_by_the_day(processing: StoreAndAggregate) -> None:
    """One direction silent, the other flagged; at a screenline with the place."""
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([9, 9], source="cars"))
    await processing.store(seen(9999, at=NOON, received=30))
    await processing.aggregate()
    channel = {"mode": "bicycles", "direction": "in", "why": "implausible_value"}
    silent = {"mode": "bicycles", "direction": "out", "why": "not_received"}
    (missing,) = processing.row(
        "SELECT missing FROM api.hours_not_whole('site', 'a', 'bicycles', %s, %s)", NOON, NOON + HOUR
    )
    assert missing == [channel, silent]
    days = processing.rows(
        "SELECT site, mode, direction, quality_flags, received"
        " FROM api.days_not_whole('share', 'lijn-a', 'motor', %s, %s)"
        " ORDER BY mode, direction",
        DAY,
        date(2026, 5, 13),
    )
    assert days == [
        ("A", "bicycles", "in", OUT_OF_RANGE, False),
        ("A", "bicycles", "out", None, False),
        ("A", "cars", "auto", 0, False),
    ]
