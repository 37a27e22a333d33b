"""Coverage counts what could have been measured: measuring windows from the registry to what is published."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.dialects.telraam_interval import MODES
from opendata import read
from opendata.database import Database
from opendata.read.owners import NOBODY
from schemas.profile import DeviceProfile
from schemas.quality_flags import OUTSIDE_WINDOW
from schemas.registry import DeviceEntry, Registry, Screenline
from streams.domain.measuring_window import bins_expected, placed_window
from tests.contracts.processing import HOUR, QUARTER, StoreAndAggregate, load, quarters, seen, small
from tests.contracts.recordings import SHARED, counting, observations_of, store, telraam, without_shared
from tests.opendata import city

pytestmark = pytest.mark.contracts

DAY: Final = timedelta(days=1)
MIDNIGHT: Final = datetime(2026, 3, 15, 23, tzinfo=UTC)
"""When 16 March 2026 begins at Assen. The sun is up there from 5:47 to 17:39 UTC: quarters from 6:00 until 17:30."""
QUARTERS: Final = 46
KARLSRUHE: Final = SHARED / "telraam-karlsruhe-hourly"
DAYLIGHT: Final = DeviceProfile(maker="any", model="camera", window="daylight")


def windowed(registry: Registry, window: str, *sensors: str) -> Registry:
    """Give a registry in which devices can measure in a window only."""
    devices = [DeviceEntry(id=sensor, profile="seeing") for sensor in sensors]
    profile = msgspec.structs.replace(DAYLIGHT, window=window)
    return msgspec.structs.replace(registry, devices=devices, profiles={"seeing": profile})


def cameras(window: str = "daylight") -> Registry:
    """The small owner, of which site `a` is seen by a camera."""
    return windowed(small(), window, "a-1")


async def whole_day(processing: StoreAndAggregate, *sources: str) -> None:
    """Store a value for every quarter of the day: 10 where it is light by our table, and zeros in the dark."""
    await processing.store(
        *(
            seen(10 if 7 <= number / 4 < 18.5 else 0, source=source, at=MIDNIGHT + number * QUARTER)
            for source in sources
            for number in range(96)
        )
    )


WINDOWS = st.lists(
    st.one_of(
        st.tuples(st.floats(-179, 179), st.floats(-75, 75)).map(
            lambda at: f"daylight {round(at[0], 6)} {round(at[1], 6)}"
        ),
        st.tuples(st.integers(0, 23), st.integers(1, 24), st.sampled_from(["Europe/Amsterdam", "America/Toronto"]))
        .filter(lambda hours: hours[0] != hours[1])
        .map(lambda hours: f"{hours[0]:02}-{hours[1]:02} {hours[2]}"),
    ),
    max_size=3,
)
BEGINNINGS = st.sampled_from(
    [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, 3, tzinfo=UTC), datetime(2024, 12, 20, 22, tzinfo=UTC)]
)


@given(windows=WINDOWS, start=BEGINNINGS, hours=st.integers(1, 60), seconds=st.sampled_from([60, 600, 900, 1800, 3600]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_and_python_expect_the_same_bins(
    processing: StoreAndAggregate, windows: list[str], start: datetime, hours: int, seconds: int
) -> None:
    """Of any windows together, anywhere, over both clock changes."""
    end = start + hours * HOUR
    (found,) = processing.row(
        "SELECT api.bins_expected(%s, %s, %s, %s, %s, %s::text[])", seconds, start, end, start - DAY, end + DAY, windows
    )
    assert found == bins_expected(map(placed_window, windows), seconds, start, end)


@pytest.mark.parametrize("latitude", [-71.3, -35.0, 0.0, 41.9, 52.1, 53.0, 60.2, 71.3])
def test_sunrise_and_sunset_are_the_same_in_sql_and_python(processing: StoreAndAggregate, latitude: float) -> None:
    """Every day of a year, to the minute."""
    from streams.domain.sun import sun_hours  # noqa: PLC0415 - beside what it is compared with

    days = [date(2026, 1, 1) + number * DAY for number in range(365)]
    rows = processing.rows(
        "SELECT rises_at, sets_at FROM unnest(%s::date[]) WITH ORDINALITY AS n(day, place)"
        " CROSS JOIN LATERAL api.sun_hours(day, 6.56, %s) ORDER BY place",
        days,
        latitude,
    )
    assert rows == [tuple(sun_hours(day, 6.56, latitude)) for day in days]


async def test_a_night_is_expected_of_nobody_and_its_zeros_are_no_zeros(processing: StoreAndAggregate) -> None:
    """Both directions of a site and its share by a camera: 46 quarters of daylight are the whole day, and 100 %."""
    load(processing.conninfo, cameras())
    await whole_day(processing, "bicycles/in", "bicycles/out", "cars")
    await processing.aggregate()
    flagged = "SELECT count(*) FROM doorfiets.observation WHERE quality_flags & %s <> 0"
    assert processing.row(flagged, OUTSIDE_WINDOW) == (3 * (96 - QUARTERS),)
    of_day = "SELECT total, paired, expected FROM api.site_day WHERE site = 'a' AND mode = %s"
    assert processing.rows(of_day, "bicycles") == [(QUARTERS * 20, QUARTERS, QUARTERS)]
    assert processing.rows(of_day, "cars") == [(QUARTERS * 10, QUARTERS, QUARTERS)]
    shares = "SELECT numerator, denominator, paired, expected, coverage FROM api.share_day WHERE variant = 'motor'"
    assert processing.rows(shares) == [(QUARTERS * 20, QUARTERS * 30, QUARTERS, QUARTERS, 1.0)]
    links = "SELECT cyclists, paired, expected FROM api.link_day WHERE link = 'link-a'"
    assert processing.rows(links) == [(QUARTERS * 20, QUARTERS, QUARTERS)]
    hours = dict(processing.rows("SELECT hour, expected FROM api.site_hour WHERE site = 'a' AND mode = 'cars'"))
    assert {(hour - MIDNIGHT) // HOUR: expected for hour, expected in hours.items() if expected} == {
        **dict.fromkeys(range(7, 18), 4),
        18: 2,
    }
    streams = processing.rows("SELECT DISTINCT valid, expected FROM doorfiets.datastream_day WHERE rows > 0")
    assert streams == [(QUARTERS, QUARTERS)]


async def test_what_is_expected_of_a_day_is_what_is_expected_of_its_quarters(processing: StoreAndAggregate) -> None:
    """By the quarter rows outside of the window say so, and hold nothing; days without a row expect as much."""
    load(processing.conninfo, cameras())
    await whole_day(processing, "bicycles/in", "bicycles/out", "cars")
    await processing.aggregate()
    day = (MIDNIGHT, MIDNIGHT + DAY)
    rows = processing.rows("SELECT value, outside_window FROM api.site_quarters('a', 'bicycles', %s, %s)", *day)
    assert [value for value, outside in rows if not outside] == [20] * QUARTERS
    assert [value for value, outside in rows if outside] == [None] * (96 - QUARTERS)
    shares = processing.rows(
        "SELECT expected, paired, outside_window FROM api.share_quarters('lijn-a', 'motor', %s, %s)", *day
    )
    assert shares.count((1, 1, False)) == QUARTERS
    assert shares.count((0, 0, True)) == 96 - QUARTERS
    expected = "SELECT day, expected FROM api.site_days('bicycles', '2026-03-15', '2026-03-17', 'a') ORDER BY day"
    assert processing.rows(expected) == [(date(2026, 3, 15), QUARTERS), (date(2026, 3, 16), QUARTERS)]


async def test_a_night_is_no_missing_mode(processing: StoreAndAggregate) -> None:
    """Of a share nothing is expected then, because no sensor can see; a mode that nobody counts is another reason."""
    load(processing.conninfo, cameras())
    await whole_day(processing, "bicycles/in", "bicycles/out", "cars")
    await processing.aggregate()
    night = "SELECT DISTINCT withheld->>'code' FROM api.share_hour WHERE variant = 'motor' AND expected = 0"
    assert processing.rows(night) == [("outside_window",)]
    day = "SELECT withheld->>'code' FROM api.share_period('lijn-a', 'motor', '2026-03-16', '2026-03-17')"
    assert processing.row(day) == (None,)
    none = "UPDATE doorfiets.share_day SET paired = 0, expected = 0, numerator = 0, denominator = 0"
    processing.database.execute(none)
    assert processing.row(day) == ("outside_window",)
    assert processing.row("SELECT withheld->>'code' FROM api.share_day WHERE variant = 'motor'") == ("outside_window",)
    processing.database.execute("UPDATE doorfiets.datastream SET measuring_window = 'always'")
    processing.database.execute("SELECT doorfiets.refresh_expectations()")
    assert processing.row(day) == ("modes_missing",)


async def test_a_camera_that_says_nothing_owes_a_route_its_daylight(processing: StoreAndAggregate) -> None:
    """Of five links one is counted; the day of the silent camera's has 46 quarters, that of the others 96."""
    load(processing.conninfo, cameras())
    await processing.store(*quarters([1] * 96, sensor="b-1", at=MIDNIGHT))
    await processing.aggregate()
    found = processing.rows("SELECT paired, expected FROM doorfiets.route_day WHERE day = '2026-03-16'")
    assert found == [(96, QUARTERS + 4 * 96)]


async def test_a_day_of_which_nothing_was_expected_is_no_whole_day(processing: StoreAndAggregate) -> None:
    """The first of five sites was whole, the second could not measure at all, three said nothing: one of four."""
    load(processing.conninfo, small())
    await processing.store(*quarters([1] * 96, at=MIDNIGHT), *quarters([1] * 96, source="bicycles/out", at=MIDNIGHT))
    await processing.aggregate()
    processing.database.execute(
        "INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, rule)"
        " VALUES ('b', 'bicycles', '2026-03-16', %s, %s, 0, 0, 0, 'pair-2')",
        [MIDNIGHT, MIDNIGHT + DAY],
    )
    reader = Database(city.without_user(processing.conninfo), city.ANSWER_SECONDS)
    await reader.open()
    own = msgspec.structs.replace(NOBODY, owner="GM0000")
    found = await read.totals.period(reader, own, date(2026, 3, 16), date(2026, 3, 16))
    await reader.close()
    assert (found.total, found.coverage) == (192, 0.25)


async def test_what_is_missing_of_a_day_is_missing_of_its_light(processing: StoreAndAggregate) -> None:
    """A camera that sends zeros all night and nothing from noon on: not received, and only in hours of daylight."""
    load(processing.conninfo, cameras())
    await whole_day(processing, "bicycles/in", "cars")
    sent = [MIDNIGHT + number * QUARTER for number in range(96) if not 48 <= number < 74]
    await processing.store(*(seen(0, source="bicycles/out", at=at) for at in sent))
    await processing.aggregate()
    days = "SELECT direction, received FROM api.days_not_whole('site', 'a', 'bicycles', '2026-03-16', '2026-03-17')"
    assert processing.rows(days) == [("out", False)]
    hours = processing.rows(
        "SELECT hour, missing FROM api.hours_not_whole('site', 'a', 'bicycles', %s, %s)", MIDNIGHT, MIDNIGHT + DAY
    )
    assert sorted((hour - MIDNIGHT) // HOUR for hour, _ in hours) == [12, 13, 14, 15, 16, 17, 18]
    assert {json.dumps(missing) for _, missing in hours} == {
        json.dumps([{"why": "not_received", "mode": "bicycles", "direction": "out"}])
    }
    nights = "SELECT count(*) FROM api.hours_not_whole('site', 'a', 'bicycles', %s, %s)"
    assert processing.row(nights, MIDNIGHT + 20 * HOUR, MIDNIGHT + 26 * HOUR) == (0,)


async def test_two_windows_of_one_site_leave_what_is_in_both(processing: StoreAndAggregate) -> None:
    """A camera beside a loop that is read from 5 to 10 local time only: 6:00 to 9:00 UTC are 12 quarters."""
    registry = cameras()
    other = msgspec.structs.replace(DAYLIGHT, window="05-10")
    channel = registry.sites[0].channels[1]
    channel.datastreams[0] = msgspec.structs.replace(channel.datastreams[0], sensor="a-2")
    both = msgspec.structs.replace(
        registry,
        devices=[*registry.devices, DeviceEntry(id="a-2", profile="early")],
        profiles={**registry.profiles, "early": other},
    )
    load(processing.conninfo, both)
    await whole_day(processing, "bicycles/in", "cars")
    await processing.store(*quarters([1] * 96, source="bicycles/out", sensor="a-2", at=MIDNIGHT))
    await processing.aggregate()
    found = "SELECT total, paired, expected FROM api.site_day WHERE site = 'a' AND mode = 'bicycles'"
    assert processing.rows(found) == [(12 * 11, 12, 12)]
    streams = (
        "SELECT sensor, valid, expected FROM doorfiets.datastream_day JOIN doorfiets.datastream USING (datastream)"
    )
    assert set(processing.rows(streams)) == {("a-1", QUARTERS, QUARTERS), ("a-2", 20, 20)}


async def test_another_window_judges_what_was_said_before(processing: StoreAndAggregate) -> None:
    """With flags, marks and revisions; back to `always` all is as it was, but for the revision."""
    load(processing.conninfo, small())
    await whole_day(processing, "bicycles/in", "bicycles/out", "cars")
    await processing.aggregate()
    of_day = "SELECT total, paired, expected FROM api.site_day WHERE site = 'a' AND mode = 'bicycles'"
    always = processing.rows(of_day)
    assert always == [(QUARTERS * 20, 96, 96)]
    load(processing.conninfo, cameras())
    await processing.aggregate()
    assert processing.rows(of_day) == [(QUARTERS * 20, QUARTERS, QUARTERS)]
    revised = "SELECT quality_flags, revision, count(*) FROM doorfiets.observation GROUP BY 1, 2 ORDER BY 1, 2"
    assert processing.rows(revised) == [(0, 1, 3 * QUARTERS), (OUTSIDE_WINDOW, 2, 3 * (96 - QUARTERS))]
    load(processing.conninfo, small())
    await processing.aggregate()
    assert processing.rows(of_day) == always
    assert processing.rows(revised) == [(0, 1, 3 * QUARTERS), (0, 3, 3 * (96 - QUARTERS))]


async def test_a_worker_that_knows_the_window_of_before_stores_by_that_of_now(processing: StoreAndAggregate) -> None:
    """It reads its registry once a second at most; what it stores after a change is judged by the change."""
    load(processing.conninfo, small())
    await processing.store(seen(0, at=MIDNIGHT))
    load(processing.conninfo, cameras())
    await processing.store(seen(0, at=MIDNIGHT + QUARTER))
    found = processing.rows("SELECT quality_flags FROM doorfiets.observation ORDER BY started_at")
    assert found == [(OUTSIDE_WINDOW,), (OUTSIDE_WINDOW,)]


async def test_rows_that_follow_from_frames_are_judged_by_their_own_interval(processing: StoreAndAggregate) -> None:
    """Counts of seven to seven past the quarter: what lies in the dark is flagged in its row, not as it was sent."""
    load(processing.conninfo, cameras())
    start = datetime(2026, 3, 16, 5, 7, tzinfo=UTC)
    await processing.store(*quarters([4] * 6, at=start))
    rows = processing.rows(
        "SELECT started_at, quality_flags FROM doorfiets.observation WHERE value IS NOT NULL ORDER BY started_at"
    )
    light = datetime(2026, 3, 16, 6, tzinfo=UTC)
    assert len(rows) >= 6
    assert all((flags == OUTSIDE_WINDOW) == (at < light) for at, flags in rows)
    assert processing.rows("SELECT DISTINCT quality_flags FROM doorfiets.measurement") == [(0,)]


def karlsruhe(window: str = "daylight") -> Registry:
    """A screenline of one Telraam at Rheinstetten."""
    site = msgspec.structs.replace(telraam("straat", "9000010417"), position=(8.31, 48.97))
    one = windowed(counting(site), window, "9000010417")
    lines = [Screenline(id="lijn", name="Lijn", sites=["straat"])]
    owner = msgspec.structs.replace(one.owner, timezone="Europe/Berlin")
    square = {"type": "Polygon", "coordinates": [[[8, 48], [9, 48], [9, 50], [8, 50], [8, 48]]]}
    districts = [msgspec.structs.replace(one.districts[0], geometry=square)]
    return msgspec.structs.replace(one, owner=owner, screenlines=lines, districts=districts)


MONTH: Final = (
    "SELECT round(share::numeric, 3)::float8, paired, expected, withheld->>'code'"
    " FROM api.share_period('lijn', 'motor', %s, %s)"
)


async def recorded(*months: str) -> list[Any]:
    """Read months of the recording."""
    return [
        one
        for month in months
        for one in observations_of("telraam-json", KARLSRUHE / "device_9000010417" / "hourly" / f"{month}.json.gz")
    ]


@without_shared
async def test_a_telraam_that_works_gets_its_share_over_its_window(processing: StoreAndAggregate) -> None:
    """Told apart in daylight only: 47 and 55 % of all hours, under three quarters, are all the hours of daylight."""
    load(processing.conninfo, karlsruhe("always"))
    await store(processing, await recorded("2026-02", "2026-03"))
    await processing.aggregate()
    months = [("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-04-01")]
    assert [processing.row(MONTH, *month) for month in months] == [
        (None, 318, 672, "coverage_below"),
        (None, 407, 743, "coverage_below"),
    ]
    load(processing.conninfo, karlsruhe())
    await processing.aggregate()
    found = [processing.row(MONTH, *month) for month in months]
    assert [row[0] for row in found] == [0.095, 0.134]
    assert all(paired == expected for _, paired, expected, _ in found)


@without_shared
async def test_a_telraam_that_is_blinded_gets_no_share(processing: StoreAndAggregate) -> None:
    """Also by day it only says `night`, or its modes are zeros in the dark: null, with the reason, and never 0.0."""
    load(processing.conninfo, karlsruhe())
    blind = [msgspec.structs.replace(one, value=None) for one in await recorded("2026-02")]
    await store(processing, blind)
    dark = [
        msgspec.structs.replace(one, value=0.0, uptime=0.999)
        for one in await recorded("2026-03")
        if one.source in MODES and not 5 <= one.started_at.hour < 19
    ]
    await store(processing, dark)
    await processing.aggregate()
    february = processing.row(MONTH, "2026-02-01", "2026-03-01")
    assert (february[0], february[1], february[3]) == (None, 0, "coverage_below")
    march = processing.row(MONTH, "2026-03-01", "2026-04-01")
    assert (march[0], march[1], march[3]) == (None, 0, "coverage_below")
    assert processing.row("SELECT count(*) FROM api.share_day WHERE share IS NOT NULL") == (0,)


def test_a_reader_may_ask_what_is_expected(processing: StoreAndAggregate) -> None:
    """Of sites with a window too, in its own role."""
    load(processing.conninfo, cameras())
    with psycopg.connect(processing.conninfo, user="api") as reader:
        query = "SELECT expected FROM api.site_days('bicycles', '2026-03-16', '2026-03-17', 'a')"
        assert reader.execute(query).fetchall() == [(QUARTERS,)]
