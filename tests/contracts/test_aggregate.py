"""What `aggregate` promises.

Whole buckets, the same whatever the order, and a revision only where something changed.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from random import Random

import msgspec
import pytest

from schemas.observation import Observation
from schemas.quality_flags import DST_MERGED
from streams.aggregator import Aggregator
from streams.rebuild import Rebuild, rebuild
from streams.sinks.aggregation.aggregate_store import AggregateStore
from streams.sinks.changes import Changes
from tests.contracts.processing import HOUR, NOON, QUARTER, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

SITE_HOUR = (
    "SELECT rows, paired, expected, total, maximum FROM doorfiets.site_hour WHERE site = 'a' AND mode = 'bicycles'"
)
_REFUSE_LARGE_ROUNDS = """
CREATE FUNCTION doorfiets.refuse_large_rounds() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM written) > 10 THEN RAISE 'too much at once'; END IF; RETURN NULL;
END $$;
CREATE TRIGGER refuse_large_rounds AFTER INSERT ON doorfiets.datastream_hour
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.refuse_large_rounds();
"""
SITE_DAY = "SELECT rows, paired, expected, total FROM doorfiets.site_day WHERE site = %s AND mode = 'bicycles'"


async def test_an_hour_holds_what_was_measured_of_it(processing: StoreAndAggregate) -> None:
    """A zero counts, a null and a quarter without uptime do not, an excluded value neither."""
    await processing.store(
        *quarters([3, 0, None, 9999]), seen(0, at=NOON + HOUR, uptime=0.0), seen(8, at=NOON + HOUR + QUARTER)
    )
    await processing.aggregate()
    hours = processing.rows(
        "SELECT rows, valid, expected, total, minimum, maximum FROM doorfiets.datastream_hour ORDER BY hour"
    )
    assert hours == [(4, 2, 4, 3, 0, 3), (2, 1, 4, 8, 8, 8)]
    day = processing.row("SELECT day, rows, valid, expected, total, minimum, maximum FROM doorfiets.datastream_day")
    assert day == (date(2026, 5, 12), 6, 3, 96, 11, 0, 8)


async def test_a_total_with_a_channel_missing_is_no_total(processing: StoreAndAggregate) -> None:
    """Only the quarters in which both directions were valid are added up."""
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([10, None, 30], source="bicycles/out"))
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (2, 2, 4, 44, 33)
    assert processing.row(SITE_DAY, "a") == (2, 2, 96, 44)


async def test_a_channel_that_never_speaks_leaves_no_total(processing: StoreAndAggregate) -> None:
    """As on 2024-08-30 at one of the recorded sites: filled channels, no total."""
    await processing.store(*quarters([1, 2, 3, 4]))
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (0, 0, 4, None, None)


async def test_the_share_is_taken_over_paired_quarters(processing: StoreAndAggregate) -> None:
    """Four quarters, the third without cars: 30 of 96, coverage 0.75, published with its interval."""
    bicycles, cars = [10, 12, 9, 8], [20, 24, None, 22]
    await processing.store(
        *quarters(bicycles), *quarters([0] * 4, source="bicycles/out"), *quarters(cars, source="cars")
    )
    await processing.aggregate()
    columns = "numerator, denominator, paired, expected, coverage, share, low, high, withheld"
    *counts, share, low, high, withheld = processing.row(
        f"SELECT {columns} FROM api.share_hour WHERE variant = 'motor'"  # noqa: S608 - a constant
    )
    assert counts == [30, 96, 3, 4, 0.75]
    assert (share, low, high) == (
        pytest.approx(0.3125),
        pytest.approx(0.2285, abs=1e-4),
        pytest.approx(0.4109, abs=1e-4),
    )
    assert withheld is None
    assert processing.row("SELECT share, withheld FROM api.share_day WHERE variant = 'motor'") == (
        None,
        {"code": "coverage_below", "parameters": {"valid": 3, "needed": 75}},  # 3 of 96 quarters
    )


async def test_no_share_while_a_mode_is_not_counted(processing: StoreAndAggregate) -> None:
    """Cars are counted from the next day on: until then bicycles alone are no share of a hundred per cent."""
    site = small().sites[0]
    late = [msgspec.structs.replace(stream, valid_from=date(2026, 5, 13)) for stream in site.channels[2].datastreams]
    channels = [*site.channels[:2], msgspec.structs.replace(site.channels[2], datastreams=late)]
    sites = [msgspec.structs.replace(site, channels=channels), *small().sites[1:]]
    processing.database.execute(b"DELETE FROM doorfiets.datastream")
    load(processing.conninfo, msgspec.structs.replace(small(), sites=sites))
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([1] * 4, source="bicycles/out"))
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (4, 4, 4, 14, 5)
    assert processing.row("SELECT numerator, paired, expected FROM doorfiets.share_hour WHERE variant = 'motor'") == (
        0,
        0,
        0,
    )
    assert processing.row("SELECT share, expected FROM api.share_day WHERE variant = 'motor'") == (None, 0)


async def test_between_two_devices_of_a_channel_there_is_no_total(processing: StoreAndAggregate) -> None:
    """A counter is taken away on the 12th, the next one comes on the 14th: in between, the rest is no total."""
    _replace(processing, "out", date(2026, 5, 12), date(2026, 5, 14))
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([5] * 4, source="cars"))
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (0, 0, 4, None, None)
    assert processing.row(SITE_DAY, "a") == (0, 0, 96, None)
    assert processing.row("SELECT denominator, paired, expected FROM doorfiets.share_hour WHERE variant = 'motor'") == (
        0,
        0,
        4,
    )
    assert processing.row("SELECT denominator, paired, expected FROM doorfiets.share_day WHERE variant = 'motor'") == (
        0,
        0,
        96,
    )
    assert processing.row("SELECT cyclists, paired, expected FROM doorfiets.link_day") == (None, 0, 96)


async def test_before_its_first_and_after_its_last_device_a_channel_is_not_missed(
    processing: StoreAndAggregate,
) -> None:
    """What counts at that time is the whole of it."""
    _replace(processing, "out", date(2026, 5, 10), date(2026, 5, 11), date(2026, 5, 12))
    await processing.store(*quarters([1, 2, 3, 4]), *quarters([5] * 4, source="cars"))
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (4, 4, 4, 10, 4)
    assert processing.row("SELECT denominator, paired, expected FROM doorfiets.share_hour WHERE variant = 'motor'") == (
        30,
        4,
        4,
    )


async def test_two_rows_of_one_stream_do_not_stand_for_two_streams(processing: StoreAndAggregate) -> None:
    """Such rows cannot come in any more; if they lie there, they are nobody's pair."""
    await processing.store(seen(5))
    shift = (
        "started_at + interval '3 minutes', ended_at + interval '3 minutes', value, uptime, quality_flags, "
        "received_at, received_at"
    )
    processing.database.execute(
        f"INSERT INTO doorfiets.observation SELECT datastream, {shift} FROM doorfiets.observation".encode()  # noqa: S608 - a constant
    )
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (0, 0, 4, None, None)


@pytest.mark.parametrize(
    ("day", "rows", "merged", "quarters_expected"),
    [(date(2026, 10, 25), 96, 4, 100), (date(2026, 3, 29), 92, 0, 92), (date(2026, 5, 12), 96, 0, 96)],
)
async def test_a_local_day_has_the_quarters_of_its_clock(
    processing: StoreAndAggregate, day: date, rows: int, merged: int, quarters_expected: int
) -> None:
    """A source that merges both autumn hours into four rows still covers its day."""
    start = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=2 if day.month > 3 else 1)
    await processing.store(*_day_of_rows(start, rows, merged))
    await processing.aggregate()
    assert processing.row(SITE_DAY, "b") == (rows, quarters_expected, quarters_expected, rows)
    aggregate = processing.row(
        "SELECT rows, valid, expected, total, ended_at - started_at FROM doorfiets.datastream_day"
    )
    assert aggregate == (rows, quarters_expected, quarters_expected, rows, quarters_expected * QUARTER)


async def test_streams_that_do_not_agree_on_the_autumn_hours_are_not_paired(processing: StoreAndAggregate) -> None:
    """One row holds two quarters, the other one."""
    await processing.store(seen(8, quality_flags=DST_MERGED), seen(4, source="bicycles/out"))
    await processing.aggregate()
    assert processing.row(SITE_HOUR)[:2] == (0, 0)
    await processing.store(seen(4, source="bicycles/out", quality_flags=DST_MERGED, received=60))
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (1, 2, 4, 12, 6)


async def test_finer_streams_are_paired_at_the_coarsest_interval(processing: StoreAndAggregate) -> None:
    """Fifteen whole minutes are a quarter, fourteen are not."""
    what = small()
    what.sites[0].channels[1].datastreams[0] = msgspec.structs.replace(
        what.sites[0].channels[1].datastreams[0], interval=60
    )
    load(processing.conninfo, what)
    minute = timedelta(minutes=1)
    minutes = [seen(1, source="bicycles/out", at=NOON + number * minute, lasts=minute) for number in range(29)]
    await processing.store(*quarters([5, 5]), *minutes)
    await processing.aggregate()
    assert processing.row(SITE_HOUR) == (1, 1, 4, 20, 20)


async def test_a_replaced_counter_speaks_from_its_own_day_on(processing: StoreAndAggregate) -> None:
    """The channel goes on; the day is expected once, not twice."""
    what = small()
    channel = what.sites[1].channels[0]
    old = msgspec.structs.replace(channel.datastreams[0], valid_until=date(2026, 5, 12))
    channel.datastreams[:] = [
        old,
        msgspec.structs.replace(old, sensor="b-2", valid_from=date(2026, 5, 12), valid_until=date(2100, 1, 1)),
    ]
    load(processing.conninfo, what)
    await processing.store(seen(3, sensor="b-1", at=NOON - timedelta(days=1)), seen(4, sensor="b-2"))
    await processing.aggregate()
    assert processing.rows(SITE_DAY + " ORDER BY day", "b") == [(1, 1, 96, 3), (1, 1, 96, 4)]


async def test_the_mean_of_an_hour_needs_three_quarters_of_it(processing: StoreAndAggregate) -> None:
    """Negative values are instrument noise, and stay."""
    await processing.store(*quarters([8.1, -0.5, 9], sensor="lucht-1", source="pm25"))
    await processing.store(*quarters([8, 9], at=NOON + HOUR, sensor="lucht-1", source="pm25"))
    await processing.aggregate()
    hours = processing.rows("SELECT mean, valid, expected FROM doorfiets.air_hour ORDER BY hour")
    assert hours == [(pytest.approx(16.6 / 3), 3, 4), (None, 2, 4)]


async def test_the_usage_of_a_route_is_that_of_the_handbook(processing: StoreAndAggregate) -> None:
    """33,045 bicycle-kilometres, or the reason why not."""
    await _cycle(processing, {"a": 3200, "b": 1450, "c": 620, "d": 540})
    await processing.aggregate()
    columns = "bicycle_km, missing_km, withheld, paired, expected"
    assert processing.row(f"SELECT {columns} FROM doorfiets.route_day") == (  # noqa: S608 - a constant
        None,
        5.0,
        {"code": "no_valid_day_on_links", "parameters": {"links": ["schakel 5"]}},
        4 * 96,
        5 * 96,
    )
    await _cycle(processing, {"e": 1900})
    await processing.aggregate()
    indicators = processing.row(
        "SELECT bicycle_km, mean_cyclists, through_ratio, uniformity, green_share, withheld FROM doorfiets.route_day"
    )
    assert indicators[:-1] == tuple(
        pytest.approx(one, abs=1e-4) for one in (33045, 1223.8889, 0.441217, 0.16875, 0.256317)
    )
    assert indicators[-1] is None


async def test_late_data_raise_the_revision_of_what_they_change(processing: StoreAndAggregate) -> None:
    """At any age, and of nothing else."""
    await processing.store(*quarters([1, 2, 3, 4, 5], sensor="b-1"))
    await processing.aggregate()
    await processing.store(seen(9, sensor="b-1", at=NOON + QUARTER, received=10**6))
    await processing.aggregate()
    assert processing.rows("SELECT total, revision FROM doorfiets.site_hour ORDER BY hour") == [(17, 2), (5, 1)]
    assert processing.row("SELECT total, revision FROM doorfiets.site_day") == (22, 2)


async def test_a_rebuild_of_what_is_right_changes_no_byte(processing: StoreAndAggregate) -> None:
    """Nor does a replay; what is wrong is put right."""
    await processing.store(*_city(1))
    await processing.aggregate()
    before = processing.aggregate_rows()
    assert rebuild(processing.conninfo) == Rebuild(1, date(2026, 5, 12), date(2026, 5, 12), 1)
    await processing.aggregate()
    await processing.store(*_city(1))
    await processing.aggregate()
    assert processing.aggregate_rows() == before
    processing.database.execute("UPDATE doorfiets.site_hour SET total = 1")
    rebuild(processing.conninfo)
    await processing.aggregate()
    assert processing.aggregate_rows()["datastream_hour"] == before["datastream_hour"]
    assert processing.row("SELECT count(*) FROM doorfiets.site_hour WHERE total = 1 AND paired > 1") == (0,)


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_gives_the_same_aggregates(processing: StoreAndAggregate, seed: int) -> None:
    """Shuffled, a third of it twice, in batches of any size, with `aggregate` or a rebuild in between."""
    city, draw = _city(2), Random(seed)  # noqa: S311 - a game, no secret
    await processing.store(*city)
    await processing.aggregate()
    expected = processing.contents()
    processing.database.execute(
        "TRUNCATE doorfiets.observation, doorfiets.feed, " + ", ".join(f"doorfiets.{one}" for one in expected)
    )
    again = city + city[::3]
    draw.shuffle(again)
    while again:
        size = draw.randrange(1, 200)
        batch, again = again[:size], again[size:]
        await processing.store(*batch)
        if draw.random() < 0.2:
            rebuild(processing.conninfo)
        if draw.random() < 0.5:
            await processing.aggregate()
    await processing.aggregate()
    assert processing.contents() == expected


async def test_hours_add_up_to_days_and_days_to_months(processing: StoreAndAggregate) -> None:
    """Over the days of both clock changes: nothing lies between two days, and nothing in two."""
    for start in (datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 10, 23, 22, tzinfo=UTC)):
        await processing.store(*_city(4, start))
    await processing.aggregate()
    for what, columns in {
        "datastream": "rows, valid, total",
        "site": "rows, paired, total",
        "share": "numerator, paired",
    }.items():
        sums = ", ".join(f"sum({column})" for column in columns.split(", "))
        hours, days = (
            processing.rows(
                f"SELECT {sums} FROM doorfiets.{what}_{part}, doorfiets.owner o"  # noqa: S608 - names of ours
                f" GROUP BY extract(month FROM {part}{zone}) ORDER BY 1"
            )
            for part, zone in (("hour", " AT TIME ZONE o.timezone"), ("day", ""))
        )
        assert hours == days
        assert len(days) == 3  # March and October; some quarters of the last day are in April
    assert processing.row("SELECT sum(expected) FROM doorfiets.site_day WHERE site = 'b'") == (92 + 100 + 7 * 96,)


async def test_what_is_late_does_not_wait_for_ever(processing: StoreAndAggregate) -> None:
    """However much of the newest weeks is dirty, older weeks have their turn."""
    week = timedelta(days=7)
    await processing.store(*(seen(1, sensor="b-1", at=NOON - number * week) for number in range(12)))
    assert await processing.aggregate_store.alone()
    claimed = [
        await processing.aggregate_store.round(1),
        *[await processing.aggregate_store.late_round(1) for _ in range(4)],
    ]
    assert claimed == [1] * 5
    hours = [hour for (hour,) in processing.rows("SELECT hour FROM doorfiets.datastream_hour ORDER BY hour DESC")]
    assert hours == [NOON - number * week for number in (0, 1, 2, 5, 9)]


async def test_where_marks_lie_close_whole_days_are_computed(processing: StoreAndAggregate) -> None:
    """With the same result, and without a mark that is left over."""
    city = _city(20)
    await processing.store(*city)
    assert await processing.aggregate_store.alone()
    days = [await processing.aggregate_store.late_days(4) for _ in range(5)]
    assert days == [4] * 5
    assert processing.row("SELECT count(*) FROM doorfiets.dirty_hour") == (0,)
    whole = processing.contents()
    processing.database.execute("TRUNCATE " + ", ".join(f"doorfiets.{one}" for one in whole))
    marks = "SELECT DISTINCT datastream, date_trunc('hour', started_at) FROM doorfiets.observation"
    processing.database.execute(f"INSERT INTO doorfiets.dirty_hour {marks}")
    assert await processing.aggregate() == 7 * 20 * 24
    assert processing.contents() == whole


async def test_where_marks_lie_far_apart_days_are_not_computed_whole(processing: StoreAndAggregate) -> None:
    """One mark in a month is a round of its own."""
    await processing.store(seen(5))
    assert await processing.aggregate_store.alone()
    assert await processing.aggregate_store.late_days(4) == 0
    assert await processing.aggregate_store.late_round(4) == 1


async def test_a_round_that_the_database_refuses_is_tried_smaller(processing: StoreAndAggregate) -> None:
    """Until it succeeds, work waits and nothing is said to be made."""
    await processing.store(*quarters([1] * 4 * 30, sensor="b-1"))
    processing.database.execute(_REFUSE_LARGE_ROUNDS)
    signs: list[str] = []
    aggregator = Aggregator(
        processing.aggregate_store, made=lambda: signs.append("made"), done=lambda: signs.append("done")
    )
    working = asyncio.create_task(aggregator.run())
    try:
        await asyncio.sleep(0.5)
        assert aggregator.behind()
        assert signs == []
        for _ in range(200):
            await asyncio.sleep(0.05)
            if "done" in signs and not aggregator.behind():
                break
    finally:
        working.cancel()
        processing.database.execute("DROP FUNCTION doorfiets.refuse_large_rounds CASCADE")
    assert processing.row("SELECT count(*) FROM doorfiets.dirty_hour") == (0,)
    assert processing.row("SELECT sum(total) FROM doorfiets.datastream_hour") == (120,)
    assert not aggregator.behind()


async def test_who_stands_by_is_not_behind(processing: StoreAndAggregate) -> None:
    """What is dirty is the other's work."""
    assert await processing.aggregate_store.alone()
    await processing.store(seen(5))
    other = AggregateStore(processing.conninfo)
    aggregator = Aggregator(other, made=lambda: None, done=lambda: None)
    working = asyncio.create_task(aggregator.run())
    await asyncio.sleep(0.3)
    assert not aggregator.behind()
    working.cancel()
    await other.drop()


async def test_one_aggregate_works_and_others_stand_by(processing: StoreAndAggregate) -> None:
    """Until the first is gone."""
    other = AggregateStore(processing.conninfo)
    assert await processing.aggregate_store.alone()
    assert not await other.alone()
    await processing.aggregate_store.drop()
    for _ in range(50):
        if await other.alone():
            break
        await asyncio.sleep(0.02)
    assert await other.alone()
    await other.drop()


async def test_what_changed_is_published_until_it_is_said_to_be(processing: StoreAndAggregate) -> None:
    """A crash before that publishes again; what a transaction still holds comes later, and is not missed."""
    changes = Changes(processing.conninfo)
    await processing.store(seen(5))
    with processing.database.transaction():
        processing.database.execute("SELECT pg_current_xact_id()")
        await processing.aggregate()
        assert await _published(changes, "datastream_hour") == []
    stream = processing.row(
        "SELECT datastream FROM doorfiets.datastream WHERE sensor = 'a-1' AND source = 'bicycles/in'"
    )[0]
    ids = [f"datastream_hour/{stream}/2026-05-12T10:00:00Z"]
    assert await _published(changes, "datastream_hour") == ids
    assert await _published(changes, "datastream_hour") == ids
    await changes.published(await changes.horizon(), "datastream_hour")
    assert await _published(changes, "datastream_hour") == []
    await changes.drop()


async def test_publishing_goes_on_where_it_was_held(processing: StoreAndAggregate) -> None:
    """In the order of the transactions, by number: the ninth before the tenth."""
    changes = Changes(processing.conninfo)
    for number in range(12):
        await processing.store(seen(number, at=NOON + number * HOUR))
        await processing.aggregate()
    horizon = await changes.horizon()
    first = [change async for page in changes.below(horizon, "datastream_hour") for change in page]
    assert [int(change.changed_in) for change in first] == sorted(int(change.changed_in) for change in first)
    await changes.published(first[7].changed_in, "datastream_hour")
    again = [change async for page in changes.below(horizon, "datastream_hour") for change in page]
    assert again == first[7:]
    await changes.drop()


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (312, 1040, 0.2729, 0.3285),
        (3, 10, 0.1078, 0.6032),
        (0, 20, 0, 0.1611),
        (1400, 6600, 0.2024, 0.2221),
        (79, 178, 0.3728, 0.5172),
    ],
)
async def test_the_interval_of_a_share_is_wilsons(
    processing: StoreAndAggregate, part: int, whole: int, low: float, high: float
) -> None:
    """The vectors of the handbook."""
    found = processing.row("SELECT api.wilson_low(%s, %s), api.wilson_high(%s, %s)", part, whole, part, whole)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


async def test_of_nobody_there_is_no_interval(processing: StoreAndAggregate) -> None:
    """0 of 0 is null."""
    assert processing.row("SELECT api.wilson_low(0, NULL), api.wilson_high(0, NULL)") == (None, None)


def _replace(
    processing: StoreAndAggregate, direction: str, until: date, since: date, end: date = date(2100, 1, 1)
) -> None:
    """Let a channel of site `a` have one device until a day, and another from a later day on."""
    what = small()
    channel = next(one for one in what.sites[0].channels if one.direction == direction)
    first = msgspec.structs.replace(channel.datastreams[0], valid_until=until)
    channel.datastreams[:] = [
        first,
        msgspec.structs.replace(first, sensor="a-2", valid_from=since, valid_until=end),
    ]
    load(processing.conninfo, what)


def _day_of_rows(start: datetime, rows: int, merged: int) -> list[Observation]:
    """Make a day of ones; when the rows of local 02:00 are merged they hold two hours, and the second has none."""
    made = []
    for number in range(rows):
        skipped = 4 if merged and number >= 8 + merged else 0
        quality_flags = DST_MERGED if merged and 8 <= number < 8 + merged else 0
        made.append(seen(1, sensor="b-1", at=start + (number + skipped) * QUARTER, quality_flags=quality_flags))
    return made


def _city(days: int, start: datetime = datetime(2026, 5, 11, 22, tzinfo=UTC)) -> list[Observation]:
    numbers = Random(1)  # noqa: S311 - likewise
    count = days * 96
    sources = [
        ("a-1", "bicycles/in"),
        ("a-1", "bicycles/out"),
        ("a-1", "cars"),
        *((f"{one}-1", "bicycles/in") for one in "bcde"),
    ]
    made = [
        one
        for sensor, source in sources
        for one in quarters(
            [numbers.choice([None, 0, 1.5, 7, 0.1]) for _ in range(count)], at=start, sensor=sensor, source=source
        )
    ]
    return made + [
        msgspec.structs.replace(one, value=numbers.random(), received_at=one.received_at + HOUR) for one in made[::7]
    ]


async def _cycle(processing: StoreAndAggregate, cyclists: dict[str, int]) -> None:
    """Let so many cycle at each site on one local day."""
    start = datetime(2026, 5, 11, 22, tzinfo=UTC)
    for site, count in cyclists.items():
        whole_day = [count // 96 + (number < count % 96) for number in range(96)]
        await processing.store(*quarters(whole_day, at=start, sensor=f"{site}-1"))
        if site == "a":
            await processing.store(*quarters([0] * 96, at=start, sensor="a-1", source="bicycles/out"))


async def _published(changes: Changes, aggregate: str) -> list[str]:
    return [change.row_id async for page in changes.below(await changes.horizon(), aggregate) for change in page]


async def test_a_mode_that_one_site_of_a_line_does_not_count_makes_no_share(processing: StoreAndAggregate) -> None:
    """Cars of one street beside the cyclists of two would be a share of nothing."""
    line = msgspec.structs.replace(small().screenlines[0], sites=["a", "b"])
    load(processing.conninfo, msgspec.structs.replace(small(), screenlines=[line]))
    assert processing.rows("SELECT variant FROM doorfiets.screenline_stream") == []
