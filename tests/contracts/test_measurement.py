"""What is sent beside the grid: each measurement once, whatever comes again and in whatever order; all is counted."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any

import msgspec
import pytest

from operations.feeds import device, not_stored
from registry.placements import expanded
from schemas.observation import Observation, run_of
from schemas.quality_flags import BY_HAND, DEAD, FEW_SAMPLES, OUT_OF_RANGE, RESTARTED, STATUS_BAD
from schemas.reasons import REASONS
from schemas.registry import DeviceEntry, Placement, Registry
from streams.domain.assignment import assign
from streams.domain.datastreams import NOTED
from streams.domain.measurement.intervals import SECOND as SECONDS
from streams.domain.measurement.intervals import microseconds_of
from streams.sinks.measurement_rows import _SQL, _grid
from streams.sinks.observation_store import Outcome, store_assigned
from tests.contracts.processing import LOG, NOON, QUARTER, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

GRID = (
    "SELECT extract(epoch FROM started_at - %s)::int, value, round(uptime::numeric, 3)::float8, quality_flags"
    " FROM doorfiets.observation ORDER BY datastream, started_at"
)
TABLES = (
    "SELECT * FROM doorfiets.measurement ORDER BY datastream, ended_at, started_at, run, number",
    "SELECT to_jsonb(o) - '{revision,revised_at}'::text[] FROM doorfiets.observation o ORDER BY datastream, started_at",
)
COUNTS = "SELECT stored, corrections, duplicates, overtaken, off_grid FROM doorfiets.feed ORDER BY datastream"
SECOND = timedelta(seconds=1)


def frame(value: float | None, at: float, number: int | None = None, **other: Any) -> Observation:  # noqa: ANN401 - fields differ in type
    """Make a frame so many seconds after NOON, received a second later; one with a number is of a run."""
    instant = NOON + at * SECOND
    run = None if number is None else run_of("b-1", "session", other.pop("session", "s"))
    return Observation(
        other.pop("sensor", "b-1"), other.pop("source", "bicycles/in"), instant, instant, value, 1.0,
        instant + other.pop("received", 1) * SECOND, other.pop("quality_flags", 0), run, number,
    )  # fmt: skip


def rows(processing: StoreAndAggregate) -> dict[int, tuple[float | None, float, int]]:
    """Give the rows of the grid by their start in seconds after NOON: value, uptime in thousandths, flags."""
    return {start: (value, uptime, flags) for start, value, uptime, flags in processing.rows(GRID, NOON)}


def rule(processing: StoreAndAggregate, **columns: object) -> None:
    """Let the datastream of sensor b-1 be of another kind, and have the writer read that."""
    for name, value in columns.items():
        processing.database.execute(
            f"UPDATE doorfiets.datastream SET {name} = %s WHERE sensor = 'b-1'".encode(), [value]  # noqa: S608 - names of ours
        )  # fmt: skip
    processing.read_registry_anew()


async def test_a_radar_that_drifts_keeps_all_that_it_counted(processing: StoreAndAggregate) -> None:
    """Frames of 11:10:01, 11:19:59 and 11:29:58: 98 in all, of which quarters say 40 and 58, and the hour all."""
    rule(processing, every_seconds=600)
    for value, at in ((40, 4201), (25, 4799), (33, 5398)):
        assert await processing.store(frame(value, at)) == Outcome(stored=1)
    assert rows(processing) == {3600: (40, 0.999, 0), 4500: (58, 0.998, 0)}
    await processing.aggregate()
    assert processing.row("SELECT valid, total FROM doorfiets.datastream_hour") == (2, 98)
    assert processing.row(COUNTS) == (3, 0, 0, 0, True)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_one_frame_received_twice_is_one_measurement(
    processing: StoreAndAggregate, order: tuple[int, int], *, together: bool
) -> None:
    """48 s apart, over the end of a quarter: 50 one way and 20 the other, at the earlier time."""
    receptions = [
        [
            frame(value, at, 300, sensor="a-1", source=source)
            for value, source in ((50, "bicycles/in"), (20, "bicycles/out"))
        ]
        for at in (880, 928)
    ]
    sent = [receptions[place] for place in order]
    for batch in [[*sent[0], *sent[1]]] if together else sent:
        await processing.store(*batch)
    assert [row[:2] for row in processing.rows(GRID, NOON)] == [(0, 50), (0, 20)]
    assert processing.rows(COUNTS) == [(1, 0, 1, 0, True)] * 2


async def test_a_frame_that_moves_leaves_a_gap(processing: StoreAndAggregate) -> None:
    """The first reception is read last: where the second lay nothing was measured; the row stays, empty and revised."""
    await processing.store(frame(50, 1900, 300, received=9000))
    assert rows(processing) == {900: (50, 0.889, 0)}
    await processing.aggregate()
    await processing.store(frame(50, 700, 300))
    assert rows(processing) == {0: (50, 0.778, 0), 900: (None, 0, 0)}
    assert processing.row("SELECT revision FROM doorfiets.observation WHERE value IS NULL") == (2,)
    assert processing.row("SELECT count(*) FROM doorfiets.measurement") == (1,)
    await processing.aggregate()
    assert processing.row("SELECT valid, total FROM doorfiets.datastream_hour") == (1, 50)


async def test_a_stored_frame_is_stored_at_its_own_time(processing: StoreAndAggregate) -> None:
    """23 stays; the 3 of ten hours ago, received half a minute later, is a quarter of its own."""
    await processing.store(frame(23, 9008, 20))
    await processing.store(frame(3, -28_796, 21, received=37_834))
    assert {start: value for start, (value, *_) in rows(processing).items()} == {-29_700: 3, 8100: 23}


@pytest.mark.parametrize(("restart", "more"), [("unknown", {}), ("counts", {4500: (4, 1, RESTARTED)})])
async def test_running_totals_are_not_added_up(
    processing: StoreAndAggregate, restart: str, more: dict[int, tuple[float, float, int]]
) -> None:
    """1313, 1330, then 4: 17 passed, and after the restart it is unknown, or 4 with a doubt, as the profile says."""
    rule(processing, sampling="cumulative", restart=restart)
    for value, at, number in ((1313, 3600, 400), (1330, 4500, 401), (4, 5400, 402)):
        await processing.store(frame(value, at, number))
    assert rows(processing) == {3600: (17, 1, 0), **more}


async def test_totals_a_quarter_of_a_year_apart_are_neighbours(processing: StoreAndAggregate) -> None:
    """Where the difference counts as a whole: on the middle of the gap, until a frame between says more."""
    rule(processing, sampling="cumulative", gap="whole")
    day = 86_400
    await processing.store(frame(100, 0), frame(None, day), frame(700, 90 * day + 4))
    assert {at: value for at, (value, *_) in rows(processing).items() if value is not None} == {45 * day: 600}
    await processing.store(frame(400, 60 * day))
    values = {at: value for at, (value, *_) in rows(processing).items() if value is not None}
    assert values == {30 * day: 300, 75 * day: 300}
    assert rows(processing)[45 * day] == (None, 0, 0)


async def test_a_negative_count_is_kept_and_excluded(processing: StoreAndAggregate) -> None:
    """After a rollover that its formatter did not know."""
    await processing.store(frame(-65_530, 900, 32))
    assert rows(processing) == {0: (-65_530, 1, OUT_OF_RANGE)}
    await processing.aggregate()
    assert processing.row("SELECT valid, total FROM doorfiets.datastream_hour") == (0, None)


async def test_intervals_beside_the_grid_and_of_unequal_length_are_all_counted(processing: StoreAndAggregate) -> None:
    """Of fives: 4 and 6 from 17:03:17 on; then 4, 6 and 5, of which the 6 lasts four minutes."""
    rule(processing, seconds=300)
    beside = ((4, 197, 300), (6, 497, 300), (4, 1200, 300), (6, 1500, 240), (5, 1800, 300))
    sent = [seen(value, sensor="b-1", at=NOON + at * SECOND, lasts=lasts * SECOND) for value, at, lasts in beside]
    assert await processing.store(*sent[:2]) == Outcome(stored=2)
    assert await processing.store(*sent[2:]) == Outcome(stored=3)
    assert rows(processing) == {
        300: (4, 1, 0), 600: (6, 0.657, 0), 1200: (4, 1, 0), 1500: (6, 0.8, 0), 1800: (5, 1, 0),
    }  # fmt: skip
    assert await processing.store(seen(9, sensor="b-1", lasts=451 * SECOND)) == Outcome(rejections=1)


async def test_a_number_that_comes_again_with_another_value_is_refused(processing: StoreAndAggregate) -> None:
    """By name; read in the other order, the earlier reception stands all the same."""
    first, other = frame(5, 900, 7), frame(6, 1800, 7)
    assert await processing.store(other) == Outcome(stored=1)
    assert await processing.store(first) == Outcome(rejections=1)
    assert await processing.store(other) == Outcome(rejections=1)
    assert processing.row("SELECT reason, receptions FROM doorfiets.rejection") == ("number_reused", 1)
    assert processing.rows("SELECT value, ended_at FROM doorfiets.measurement") == [(5, first.ended_at)]
    assert processing.row(COUNTS)[:4] == (1, 0, 0, 0)


async def test_a_late_frame_changes_its_neighbours(processing: StoreAndAggregate) -> None:
    """The count after it began at it, and no longer covers what it covers; both hours are worked out anew."""
    rule(processing, every_seconds=1800)
    await processing.store(frame(5, 3000), frame(7, 5400))
    assert {at: value for at, (value, *_) in rows(processing).items()} == {900: 0, 1800: 5, 2700: 0, 3600: 7, 4500: 0}
    await processing.aggregate()
    await processing.store(frame(2, 4200, received=5000))
    assert {at: value for at, (value, *_) in rows(processing).items()} == {900: 0, 1800: 5, 2700: 0, 3600: 2, 4500: 7}
    await processing.aggregate()
    assert processing.rows("SELECT total FROM doorfiets.datastream_hour ORDER BY hour") == [(5,), (9,)]


def mixed() -> list[Observation]:
    """Make what one sensor says on the grid and beside it, corrected and delivered again; and frames."""
    on_grid = quarters([3, None, 4, 5], sensor="b-1", uptime=0.8)
    beside = [
        seen(2, sensor="b-1", at=NOON + 65 * 60 * SECOND),
        seen(6, sensor="b-1", at=NOON + 75 * 60 * SECOND, lasts=300 * SECOND),
    ]
    frames = [
        frame(1, -10),
        frame(8, 1000, 5),
        frame(8, 990, 5),
        frame(9, 7000),
        frame(2, 7800, 6),
        frame(7, 7000, received=2),
    ]
    return [*on_grid, *beside, *frames, seen(10, sensor="b-1", at=NOON + QUARTER, received=40)]


async def test_every_order_and_batching_ends_in_the_same_tables(processing: StoreAndAggregate) -> None:
    """On the grid first and beside it after, the reverse, and anything between."""
    ones = mixed()
    expected = await _tables(processing, [ones])
    for first, second in permutations((ones[:4], ones[4:6], ones[6:]), 2):
        rest = [one for one in ones if one not in first and one not in second]
        assert await _tables(processing, [first, second, rest]) == expected
    draw = Random(24)  # noqa: S311 - a game, no secret
    for _ in range(8):
        arriving = draw.sample(ones, len(ones)) + draw.sample(ones, 3)
        cut = draw.randrange(len(arriving))
        assert await _tables(processing, [arriving[:cut], *([one] for one in arriving[cut:])]) == expected


async def _tables(processing: StoreAndAggregate, batches: Sequence[Sequence[Observation]]) -> list[list[Any]]:
    processing.database.execute("TRUNCATE doorfiets.observation, doorfiets.measurement, doorfiets.feed")
    for batch in filter(None, batches):
        await processing.store(*batch)
    return [processing.rows(query.replace("%", "%%")) for query in TABLES]


async def test_a_log_that_is_read_again_changes_nothing(processing: StoreAndAggregate) -> None:
    """From its beginning, in other batches: not even a revision."""
    ones = mixed()
    await processing.store(*ones)
    before = [processing.rows(query) for query in (TABLES[0], "SELECT * FROM doorfiets.observation ORDER BY 1, 2")]
    for one in ones:
        await processing.store(one)
    after = [processing.rows(query) for query in (TABLES[0], "SELECT * FROM doorfiets.observation ORDER BY 1, 2")]
    assert after == before


async def test_another_worker_knows_at_once_that_a_datastream_left_its_grid(processing: StoreAndAggregate) -> None:
    """It read the registry before; what it stores on the grid goes where all the rest is."""
    other = StoreAndAggregate(processing.conninfo, processing.superuser)
    await other.store(seen(4, sensor="c-1"))
    processing._next = 1
    await processing.store(*quarters([3, 4], sensor="b-1"), frame(5, 1300))
    other._next = 2
    await other.store(
        seen(6, sensor="b-1", at=NOON + QUARTER, received=40), seen(1, sensor="c-1", at=NOON + 9 * QUARTER)
    )
    await other.close()
    assert rows(processing)[900] == (6, 1, 0)
    assert processing.row("SELECT count(*) FROM doorfiets.measurement") == (3,)


async def test_what_is_undone_never_was(processing: StoreAndAggregate) -> None:
    """A transaction that failed leaves a datastream on its grid."""
    known = await processing.observation_store.datastreams()
    records = [processing.record(frame(5, 1000))]
    await processing.observation_store.fences(LOG, {0: 0})
    with suppress(ZeroDivisionError):
        async with processing.observation_store.behind_fence(LOG, records) as (connection, _):
            assert await store_assigned(connection, assign([frame(5, 1000)], known)) == Outcome(stored=1)
            raise ZeroDivisionError
    processing._next = 0
    await processing.store(seen(4, sensor="b-1"))
    assert processing.row("SELECT count(*) FROM doorfiets.measurement") == (0,)
    assert processing.row(COUNTS) == (1, 0, 0, 0, False)


@pytest.mark.parametrize(
    ("quality_flags", "why"),
    [
        (OUT_OF_RANGE, "implausible_value"),
        (FEW_SAMPLES, "few_samples"),
        (STATUS_BAD | OUT_OF_RANGE, "status_bad"),
        (DEAD, "dead"),
        (BY_HAND | DEAD, "by_hand"),
        (0, "no_valid_reading"),
    ],
)
async def test_a_page_says_why_a_quarter_is_a_gap(processing: StoreAndAggregate, quality_flags: int, why: str) -> None:
    """Of the flags of what is kept and excluded; what only nobody sent has no such reason."""
    await processing.store(frame(5 if quality_flags else None, 900, quality_flags=quality_flags))
    (reason, alone) = processing.row(
        "SELECT api.channels_reason(received, streams, missing), api.excluded_reason(quality_flags)->>'code'"
        " FROM api.site_quarters('b', 'bicycles', %s, %s)",
        NOON,
        NOON + QUARTER,
    )
    missing = [{"mode": "bicycles", "direction": "in", "why": why}]
    assert reason == {"code": "channels_missing", "parameters": {"valid": 0, "channels": 1, "missing": missing}}
    assert alone == (why if quality_flags else None)
    assert {reason["code"], why} <= REASONS.keys()


async def test_what_nobody_registered_is_noted_once_and_never_a_rejection(processing: StoreAndAggregate) -> None:
    """A sound counter sends eleven numbers, two of them registered; another sends names without end."""
    for at in (900, 1800, 2700):
        extra = [frame(at + place, at, source=f"dB_{place}") for place in range(9)]
        assert await processing.store(frame(3, at), *extra) == Outcome(stored=1)
    noted = "SELECT count(*), min(last_value), max(last_value) FROM doorfiets.unregistered_source WHERE sensor = 'b-1'"
    assert processing.row(noted) == (9, 900, 908)
    assert not_stored(processing.conninfo) == (
        "9 sources of registered sensors are not registered and not stored, such as b-1: dB_0, dB_1, dB_2, dB_3, dB_4."
    )
    await processing.store(*(frame(1, 900, sensor="c-1", source=f"x{place}") for place in range(150)))
    await processing.store(*(frame(1, 900, sensor="c-1", source=f"y{place}") for place in range(150)))
    assert processing.row("SELECT count(*) FROM doorfiets.unregistered_source WHERE sensor = 'c-1'") == (NOTED,)
    assert processing.row("SELECT count(*) FROM doorfiets.rejection") == (0,)


async def test_who_leaves_the_grid_is_named(processing: StoreAndAggregate, caplog: pytest.LogCaptureFixture) -> None:
    """Once, with how many rows went along; the operator sees it of the device at any time."""
    caplog.set_level(logging.INFO, logger="streams.sinks.measurement_rows")
    load(processing.conninfo, _placed())
    await processing.writer._reset()
    await processing.store(*quarters([3, 4], sensor="pole", source="in"))
    assert [one["off_grid"] for one in device(processing.conninfo, "pole")["device_feeds"]] == [False]
    await processing.store(frame(5, 2100, sensor="pole", source="in"), frame(5, 2100, sensor="b-1"))
    await processing.store(frame(5, 2500, sensor="pole", source="in"))
    said = [one.getMessage().partition(" (")[2] for one in caplog.records]
    assert sorted(said) == ["b-1, bicycles/in) leaves its grid, with 0 rows", "pole, in) leaves its grid, with 2 rows"]
    assert [one["off_grid"] for one in device(processing.conninfo, "pole")["device_feeds"]] == [True]


def _placed() -> Registry:
    """Give the small registry with a device at `c`."""
    place = msgspec.convert(
        {"site": "c", "from": "2026-01-01", "sources": {"in": "c-in"}, "replaces": "c-1"}, Placement
    )
    return expanded(msgspec.structs.replace(small(), devices=[DeviceEntry(id="pole", placement=[place])]))


async def test_a_sensor_that_invents_names_has_the_registry_read_no_more(processing: StoreAndAggregate) -> None:
    """A name that is new is a reason to look whether it was registered; not where no more of a sensor are noted."""
    for place, reads in ((0, True), (150, True), (300, False)):
        processing.writer._read_at -= 5
        before = processing.writer._read_at
        await processing.store(*(frame(1, 900, sensor="c-1", source=f"x{place + one}") for one in range(150)))
        assert (processing.writer._read_at > before) is reads


async def test_a_long_history_beside_the_grid_is_read_in_pieces(processing: StoreAndAggregate) -> None:
    """A year of frames and a late one in a batch with a live one: only what lies around them is read and written."""
    year = [frame(1, 900 * number + 7, number) for number in range(2000)]
    await processing.store(*year)
    before = processing.row("SELECT count(*) FROM doorfiets.observation WHERE revision > 1")
    assert await processing.store(frame(5, 300), frame(6, 900 * 2000 + 7, 2000)) == Outcome(stored=2)
    assert processing.row("SELECT sum(value) FROM doorfiets.observation") == (2011,)
    assert processing.row("SELECT count(*) FROM doorfiets.observation WHERE revision > 1")[0] <= before[0] + 2


async def test_what_is_asked_for_is_found_without_walking(processing: StoreAndAggregate) -> None:
    """Two thousand intervals lie between two totals, and one chunk of a year holds the row that is written."""
    rule(processing, sampling="cumulative", gap="whole")
    await processing.store(frame(10, -900), *quarters([1] * 2000, sensor="b-1"))
    processing.database.execute("ANALYZE doorfiets.measurement, doorfiets.observation")
    (datastream,) = processing.row("SELECT datastream FROM doorfiets.datastream WHERE sensor = 'b-1'")
    end = NOON + 2000 * QUARTER
    values = {"datastream": [datastream], "low": [end], "high": [end], "top": [float("inf")]}
    assert _walked(processing, _SQL["neighbours"], values) <= 2
    stream = (await processing.observation_store.datastreams()).streams["b-1", "bicycles/in"][0]
    late = microseconds_of(end)
    grid = _grid({datastream: stream}, [(datastream, late, None), (datastream, late + 900 * SECONDS, None)])
    assert (grid["first"], grid["last"]) == (end, end + QUARTER)
    assert _grid({}, [])["first"] == _grid({}, [])["last"]


def _walked(processing: StoreAndAggregate, statement: str, values: dict[str, Any]) -> int:
    """Give how many rows a statement looked at and passed over."""
    cursor = processing.database.execute(b"EXPLAIN (ANALYZE, FORMAT JSON) " + statement.encode(), values)
    (((plan,),),) = cursor.fetchall()
    return _passed_over(plan["Plan"])


def _passed_over(plan: dict[str, Any]) -> int:
    own = plan.get("Rows Removed by Filter", 0) * plan["Actual Loops"]
    return int(own) + sum(_passed_over(part) for part in plan.get("Plans", ()))
