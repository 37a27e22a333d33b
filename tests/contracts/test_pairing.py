"""Streams of different intervals are paired on one grid: hours, quarters, days and shares beside plain arithmetic."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import lcm
from typing import Any, Final, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.quality_flags import DST_MERGED
from schemas.registry import Registry
from streams.domain.share import CrossingInterval, Paired, pair, share
from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

LENGTHS: Final = (600, 900, 1200, 3600)
PAIRS: Final = [(one, other) for one in LENGTHS for other in LENGTHS]
HOUR: Final = 3600
MIDNIGHT: Final = datetime(2026, 5, 11, 22, tzinfo=UTC)
ROW: Final = {600: 1200, 900: 900, 1200: 1200, 1800: 1800, 3600: 3600}
"""How long a row of quarters is on each grid: a whole number of bins, a quarter or more, and a part of an hour."""


class Stream(NamedTuple):
    """What one datastream counted: the length of its interval in seconds, and what began when, in seconds."""

    length: int
    counts: dict[int, int]

    def whole(self, start: int, width: int) -> int | None:
        """Add up what began in a bin; None where anything is missing."""
        values = [self.counts.get(at) for at in range(start, start + width, self.length)]
        return None if None in values else sum(value for value in values if value is not None)


class Bin(NamedTuple):
    """What all streams counted in a bin, None where one of them is not whole."""

    start: int
    counts: list[int] | None


def counted(length: int, each: int, gap: int | None = None) -> Stream:
    """Count something else in each interval of a day, but nothing in the one that begins at the gap."""
    return Stream(length, {at: each + at // length % 7 for at in range(0, 24 * HOUR, length) if at != gap})


def bins(streams: list[Stream], width: int, hours: range) -> Iterator[Bin]:
    """Lay streams beside each other."""
    for start in range(hours.start * HOUR, hours.stop * HOUR, width):
        known = [stream.whole(start, width) for stream in streams]
        counts = [count for count in known if count is not None]
        yield Bin(start, counts if len(counts) == len(streams) else None)


def grid(streams: list[Stream]) -> int:
    """The least common multiple of the intervals."""
    return lcm(*(stream.length for stream in streams))


def registry(**lengths: int) -> Registry:
    """The small owner, in which the channels of site `a` have other intervals."""
    what = small()
    for channel in what.sites[0].channels:
        stream = channel.datastreams[0]
        channel.datastreams[0] = msgspec.structs.replace(stream, interval=lengths[channel.direction])
    return what


async def store(processing: StoreAndAggregate, stream: Stream, source: str) -> None:
    """Store what a datastream counted."""
    lasts = timedelta(seconds=stream.length)
    await processing.store(
        *(
            seen(count, source=source, at=MIDNIGHT + timedelta(seconds=at), lasts=lasts)
            for at, count in stream.counts.items()
        )
    )


@pytest.mark.parametrize(
    ("out", "count", "total", "expected"),
    [(600, 100, 40 + 6 * 100, 2), (1200, 100, 40 + 3 * 100, 1), (900, 100, 40 + 4 * 100, 4), (3600, 100, 140, 1)],
)
async def test_an_hour_of_two_intervals_holds_all_that_was_counted(
    processing: StoreAndAggregate, out: int, count: int, total: int, expected: int
) -> None:
    """Ten in every quarter one way, a hundred in every other interval the other way: as hour and as quarters."""
    load(processing.conninfo, registry(**{"in": 900, "out": out, "auto": 900}))
    lasts = timedelta(seconds=out)
    await processing.store(
        *quarters([10] * 4),
        *(seen(count, source="bicycles/out", at=NOON + number * lasts, lasts=lasts) for number in range(HOUR // out)),
    )
    await processing.aggregate()
    hour = processing.row(
        "SELECT rows, paired, expected, total, maximum FROM doorfiets.site_hour WHERE mode = 'bicycles'"
    )
    assert hour == (expected, expected, expected, total, total / expected)
    rows = processing.rows(
        "SELECT value FROM api.site_quarters('a', 'bicycles', %s, %s)", NOON, NOON + timedelta(seconds=HOUR)
    )
    assert rows == [(total / expected,)] * expected


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_hours_quarters_and_days_of_a_site_are_plain_sums(
    processing: StoreAndAggregate, one: int, other: int
) -> None:
    """A local day with a gap in one stream in the morning and one in the other in the evening."""
    streams = [counted(one, 3, gap=8 * HOUR), counted(other, 50, gap=21 * HOUR - other)]
    load(processing.conninfo, registry(**{"in": one, "out": other, "auto": 900}))
    for stream, source in zip(streams, ("bicycles/in", "bicycles/out"), strict=True):
        await store(processing, stream, source)
    await processing.aggregate()
    width = grid(streams)
    reported = [_hour([sum(b.counts) for b in bins(streams, width, range(h, h + 1)) if b.counts]) for h in range(24)]
    hours = processing.rows(
        "SELECT paired, expected, total FROM doorfiets.site_hour WHERE site = 'a' AND mode = 'bicycles' ORDER BY hour"
    )
    assert hours == [(paired, HOUR // width, total) for paired, total in reported]
    day = processing.row(
        "SELECT paired, expected, total FROM doorfiets.site_day WHERE site = 'a' AND mode = 'bicycles'"
    )
    assert day == (sum(paired for paired, _ in reported), 24 * HOUR // width, sum(total or 0 for _, total in reported))
    shown = processing.row("SELECT paired, expected, total FROM api.site_days('bicycles', %s, %s, 'a')", *_one_day())
    assert shown == day
    rows = processing.rows(
        "SELECT extract(epoch FROM started_at - %s)::int, extract(epoch FROM ended_at - started_at)::int, value"
        " FROM api.site_quarters('a', 'bicycles', %s, %s)",
        MIDNIGHT,
        MIDNIGHT,
        MIDNIGHT + timedelta(days=1),
    )
    row = ROW[width]
    assert rows == [(b.start, row, sum(b.counts) if b.counts else None) for b in bins(streams, row, range(24))]


@pytest.mark.parametrize(("bicycles", "cars"), PAIRS)
async def test_shares_are_plain_sums(processing: StoreAndAggregate, bicycles: int, cars: int) -> None:
    """Bicycles both ways and cars, by the hour, the quarter and the day; an interval without cars counts nowhere."""
    streams = [
        counted(bicycles, 3, gap=8 * HOUR),
        counted(bicycles, 9),
        counted(cars, 50, gap=21 * HOUR - cars),
    ]
    load(processing.conninfo, registry(**{"in": bicycles, "out": bicycles, "auto": cars}))
    for stream, source in zip(streams, ("bicycles/in", "bicycles/out", "cars"), strict=True):
        await store(processing, stream, source)
    await processing.aggregate()
    width = grid(streams)
    reported = [_share(list(bins(streams, width, range(hour, hour + 1)))) for hour in range(24)]
    columns = "numerator, denominator, paired, expected"
    hours = processing.rows(f"SELECT {columns} FROM doorfiets.share_hour WHERE variant = 'motor' ORDER BY hour")  # noqa: S608 - a constant
    assert hours == reported
    day = processing.row(f"SELECT {columns} FROM doorfiets.share_day WHERE variant = 'motor'")  # noqa: S608 - likewise
    assert day == tuple(map(sum, zip(*reported, strict=True)))
    rows = processing.rows(
        f"SELECT extract(epoch FROM started_at - %s)::int, {columns}"  # noqa: S608 - likewise
        " FROM api.share_quarters('lijn-a', 'motor', %s, %s)",
        MIDNIGHT,
        MIDNIGHT,
        MIDNIGHT + timedelta(days=1),
    )
    assert rows == [
        (b.start, b.counts and sum(b.counts[:2]), b.counts and sum(b.counts), int(b.counts is not None), 1)
        for b in bins(streams, ROW[width], range(24))
    ]


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_what_is_expected_does_not_wait_for_a_row(processing: StoreAndAggregate, one: int, other: int) -> None:
    """Of a day without any reading, of a site as of a share."""
    load(processing.conninfo, registry(**{"in": one, "out": other, "auto": other}))
    day = processing.row("SELECT paired, expected, total FROM api.site_days('bicycles', %s, %s, 'a')", *_one_day())
    assert day == (0, 24 * HOUR // lcm(one, other), None)
    period = processing.row("SELECT paired, expected FROM api.share_period('lijn-a', 'motor', %s, %s)", *_one_day())
    assert period == (0, 24 * HOUR // lcm(one, other))


async def test_a_day_of_25_hours_expects_its_own_bins(processing: StoreAndAggregate) -> None:
    """At 600 and 900 s two an hour: fifty, of which the hours that were counted."""
    load(processing.conninfo, registry(**{"in": 600, "out": 900, "auto": 900}))
    midnight = datetime(2026, 10, 24, 22, tzinfo=UTC)
    for length, source in ((600, "bicycles/in"), (900, "bicycles/out")):
        lasts = timedelta(seconds=length)
        await processing.store(
            *(seen(1, source=source, at=midnight + n * lasts, lasts=lasts) for n in range(25 * HOUR // length))
        )
    await processing.aggregate()
    day = processing.row(
        "SELECT paired, expected, total FROM doorfiets.site_day WHERE site = 'a' AND mode = 'bicycles'"
    )
    assert day == (50, 50, 25 * (6 + 4))


async def test_a_new_interval_is_a_new_grid_from_its_own_hour_on(processing: StoreAndAggregate) -> None:
    """A counter of 900 s is replaced by one of 1200 s at midnight, beside one that stays at 600 s: 1800, then 1200."""
    what = registry(**{"in": 600, "out": 900, "auto": 900})
    channel = what.sites[0].channels[1]
    old = msgspec.structs.replace(channel.datastreams[0], valid_until=date(2026, 5, 12))
    new = msgspec.structs.replace(
        old, sensor="a-2", interval=1200, valid_from=date(2026, 5, 12), valid_until=date(2100, 1, 1)
    )
    channel.datastreams[:] = [old, new]
    load(processing.conninfo, what)
    before = MIDNIGHT - timedelta(hours=1)
    for at, length, sensor in ((before, 900, "a-1"), (MIDNIGHT, 1200, "a-2")):
        lasts = timedelta(seconds=length)
        await processing.store(
            *(
                seen(5, sensor=sensor, source="bicycles/out", at=at + n * lasts, lasts=lasts)
                for n in range(HOUR // length)
            )
        )
    lasts = timedelta(seconds=600)
    await processing.store(*(seen(1, at=before + n * lasts, lasts=lasts) for n in range(12)))
    await processing.aggregate()
    hours = processing.rows(
        "SELECT paired, expected, total FROM doorfiets.site_hour WHERE mode = 'bicycles' ORDER BY hour"
    )
    assert hours == [(2, 2, 6 + 4 * 5), (3, 3, 6 + 3 * 5)]
    rows = processing.rows(
        "SELECT value FROM api.site_quarters('a', 'bicycles', %s, %s)", before, MIDNIGHT + timedelta(hours=1)
    )
    assert rows == [(13,), (13,), (7,), (7,), (7,)]


async def test_a_quarter_of_a_fine_stream_is_whole_or_a_gap(processing: StoreAndAggregate) -> None:
    """Of minutes the hour has sixty bins; a quarter with a minute missing is a gap, and nothing finer is told."""
    load(processing.conninfo, registry(**{"in": 60, "out": 60, "auto": 60}))
    minute = timedelta(minutes=1)
    for source in ("bicycles/in", "bicycles/out", "cars"):
        await processing.store(
            *(seen(1, source=source, at=NOON + n * minute, lasts=minute) for n in range(60) if n != 20)
        )
    await processing.aggregate()
    hour = processing.row("SELECT paired, expected, total FROM doorfiets.site_hour WHERE mode = 'bicycles'")
    assert hour == (59, 60, 118)
    ask = (NOON, NOON + timedelta(hours=1))
    assert processing.rows("SELECT value, received FROM api.site_quarters('a', 'bicycles', %s, %s)", *ask) == [
        (30, 2), (None, 0), (30, 2), (30, 2),
    ]  # fmt: skip
    shares = "SELECT numerator, denominator FROM api.share_quarters('lijn-a', 'motor', %s, %s)"
    assert processing.rows(shares, *ask) == [
        (30, 45), (None, None), (30, 45), (30, 45),
    ]  # fmt: skip


STREAMS: Final = st.lists(
    st.tuples(
        st.sampled_from((300, 600, 720, 900, 1200, 1800, 3600)),
        st.booleans(),
        st.lists(st.none() | st.integers(0, 500), min_size=12, max_size=12),
    ),
    min_size=2,
    max_size=5,
).filter(lambda drawn: {bicycles for _, bicycles, _ in drawn} == {True, False})


@given(drawn=STREAMS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_pairs_and_divides_as_the_reference_does(
    processing: StoreAndAggregate, drawn: list[tuple[int, bool, list[int | None]]]
) -> None:
    """Whatever the intervals and gaps: sums, share, its bounds and its range."""
    streams = [
        Stream(
            length, {at: count for at, count in zip(range(0, HOUR, length), counts, strict=False) if count is not None}
        )
        for length, _, counts in drawn
    ]
    width = grid(streams)
    reference = pair(
        CrossingInterval(
            [stream.whole(start, width) for stream, (_, bicycles, _) in zip(streams, drawn, strict=True) if bicycles],
            [
                stream.whole(start, width)
                for stream, (_, bicycles, _) in zip(streams, drawn, strict=True)
                if not bicycles
            ],
        )
        for start in range(0, HOUR, width)
    )
    found = _paired(processing, streams, [bicycles for _, bicycles, _ in drawn], width)
    assert found == reference
    reported = share(reference)
    row = processing.row(
        "SELECT share, low, high, api.calibrated_share(share, 0.8), api.calibrated_share(share, 1.4), withheld"
        " FROM api.share_if_covered(%s, %s, %s, %s)",
        int(found.bicycles), int(found.traffic), found.paired, found.expected,
    )  # fmt: skip
    assert (row[5] is None) == (reported.withheld is None)
    assert row[:5] == tuple(None if one is None else pytest.approx(one) for one in reported[:5])


async def test_a_bin_of_which_only_some_rows_hold_both_autumn_hours_is_not_paired(
    processing: StoreAndAggregate,
) -> None:
    """Also where they are of one finer stream."""
    load(processing.conninfo, registry(**{"in": 900, "out": 1800, "auto": 900}))
    half = 2 * QUARTER
    await processing.store(
        seen(8, quality_flags=DST_MERGED), seen(8, at=NOON + QUARTER),
        seen(9, source="bicycles/out", lasts=half, quality_flags=DST_MERGED),
        seen(8, at=NOON + half, quality_flags=DST_MERGED), seen(8, at=NOON + 3 * QUARTER, quality_flags=DST_MERGED),
        seen(9, source="bicycles/out", at=NOON + half, lasts=half, quality_flags=DST_MERGED),
    )  # fmt: skip
    await processing.aggregate()
    hour = processing.row(
        "SELECT rows, paired, expected, total, maximum FROM doorfiets.site_hour WHERE mode = 'bicycles'"
    )
    assert hour == (1, 2, 2, 25, 12.5)


def _paired(processing: StoreAndAggregate, streams: list[Stream], bicycles: list[bool], width: int) -> Paired:
    """Let the database pair an hour."""
    readings = [(number, at, count) for number, stream in enumerate(streams) for at, count in stream.counts.items()]
    rows = processing.rows(
        "SELECT b.whole, b.bicycles, b.spans FROM doorfiets.paired_bins("
        " ARRAY(SELECT ROW(1, d, s, b, '-infinity', 'infinity')::doorfiets.pairing_member"
        "       FROM unnest(%s::int4[], %s::int4[], %s::bool[]) AS m(d, s, b)),"
        " ARRAY[ROW(1, %s::timestamptz, %s, %s)::doorfiets.pairing_hour],"
        " ARRAY(SELECT ROW(d, %s::timestamptz, %s + at * interval '1 second', 1, v, NULL)::doorfiets.pairing_reading"
        "       FROM unnest(%s::int4[], %s::int4[], %s::float8[]) AS r(d, at, v))) b",
        list(range(len(streams))), [stream.length for stream in streams], bicycles,
        NOON, width, len(streams), NOON, NOON,
        *(list(column) for column in zip(*readings, strict=True)) if readings else ([], [], []),
    )  # fmt: skip
    cyclists, traffic = sum(row[1] for row in rows), sum(row[0] for row in rows)
    return Paired(cyclists, traffic, cyclists, traffic, len(rows), HOUR // width)


def _hour(counts: list[int]) -> tuple[int, int | None]:
    return len(counts), sum(counts) if counts else None


def _share(laid: list[Bin]) -> tuple[int, int, int, int]:
    known = [one.counts for one in laid if one.counts is not None]
    return sum(sum(counts[:2]) for counts in known), sum(map(sum, known)), len(known), len(laid)


def _one_day() -> tuple[Any, ...]:
    return date(2026, 5, 12), date(2026, 5, 13)
