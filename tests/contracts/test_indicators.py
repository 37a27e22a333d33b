"""What computing promises: indicators that plain SQL over the observations confirms, revised where they are touched."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from schemas.observation import Observation
from schemas.registry import Datastream, Registry
from tests.contracts.processing import HOUR, StoreAndAggregate, load, small

pytestmark = pytest.mark.contracts

ZONE = ZoneInfo("Europe/Amsterdam")
DAY_COUNTS = """
    SELECT (o.started_at AT TIME ZONE 'Europe/Amsterdam')::date AS day, sum(o.value) AS count, count(*) AS hours
    FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
    WHERE d.sensor = 'b-1' AND o.value IS NOT NULL GROUP BY 1"""
VALID_DAYS = f"""
    WITH day AS (
        SELECT day, count FROM ({DAY_COUNTS}) d WHERE hours >= 18 AND day BETWEEN '2025-01-01' AND '2025-12-31')
"""  # noqa: S608 - constants
AADB = f"""{VALID_DAYS}
    SELECT avg(m) FROM (
        SELECT avg(c) AS m FROM (
            SELECT extract(isodow FROM day) AS w, avg(count) AS c FROM day GROUP BY w, extract(month FROM day)) x
        GROUP BY w) y
"""  # noqa: S608 - constants
NAIVE = f"{VALID_DAYS} SELECT avg(count) FROM day"  # noqa: S608 - constants
MADB = f"""{VALID_DAYS}
    SELECT avg(c) FROM (
        SELECT avg(count) AS c FROM day WHERE extract(month FROM day) = 2 GROUP BY extract(isodow FROM day)) x
"""  # noqa: S608 - constants
INDICATOR = """
    SELECT value FROM api.indicator_value
    WHERE kind = 'site' AND subject = 'b' AND indicator = %s AND period = %s AND first_day = %s
"""
INDICATORS_SQL = (
    "SELECT * FROM doorfiets.indicator_value ORDER BY kind, subject, facet, indicator, period, first_day, part"
)
REVISIONS = """
    SELECT kind, subject, facet, indicator, period, first_day, part, revision, computed_at FROM
    doorfiets.indicator_value
"""
ALL_DUE = b"""
    INSERT INTO doorfiets.indicator_due SELECT 'site', site, mode, extract(year FROM day), now() FROM doorfiets.site_day
    ON CONFLICT DO NOTHING
"""
CITY = """
    SELECT value, basis FROM api.indicator_value
    WHERE kind = 'owner' AND indicator = 'like_for_like' AND period = 'month' AND first_day = '2025-06-01'
"""
PAST_LINK = """
    SELECT value, revision, replaced_at > computed_at FROM doorfiets.indicator_value_past
    WHERE kind = 'link' AND subject = 'link-b' AND indicator = 'bicycle_km' AND period = 'month'
"""
PAST_DAY = """
    SELECT total, revision, computed_at, replaced_at FROM doorfiets.site_day_past
    WHERE site = 'b' AND day = '2025-06-12' ORDER BY replaced_at"""
LINK = (
    "SELECT value FROM api.indicator_value WHERE subject = 'link-b' AND indicator = 'bicycle_km' AND period = 'month'"
)
DAY = "SELECT total, revision, computed_at FROM doorfiets.site_day WHERE site = 'b' AND day = '2025-06-12'"


@pytest.fixture
def hourly(processing: StoreAndAggregate) -> StoreAndAggregate:
    """Give an owner whose sites `a` and `b` count by the hour, `a` both ways, from 2024 on."""
    processing.database.execute(b"DELETE FROM doorfiets.datastream")
    load(processing.conninfo, _by_the_hour(small()))
    return processing


async def test_the_average_days_of_a_year_by_plain_sql(hourly: StoreAndAggregate) -> None:
    """AADB (AASHTO), its naive neighbour and MADB equal what SQL over the observations says; February has gaps."""
    await _put(hourly, _counts("b-1", "bicycles/in", date(2025, 1, 1), date(2026, 1, 1), gaps={date(2025, 2, 3)}))
    assert _indicator(hourly, "aadb", "year") == pytest.approx(hourly.row(AADB)[0], rel=1e-12)
    assert _indicator(hourly, "naive_aadb", "year") == pytest.approx(hourly.row(NAIVE)[0], rel=1e-12)
    assert _indicator(hourly, "madb", "month", date(2025, 2, 1)) == pytest.approx(hourly.row(MADB)[0], rel=1e-12)
    days = (
        "SELECT valid, expected FROM api.indicator_value WHERE indicator = 'aadb' AND subject = 'b' AND period = 'year'"
    )
    assert hourly.row(days) == (364, 365)


async def test_a_correction_revises_what_it_touches_and_nothing_else(hourly: StoreAndAggregate) -> None:
    """One restated hour in March: March, the year and the twelve months that hold it move, other months do not."""
    readings = list(_counts("b-1", "bicycles/in", date(2025, 1, 1), date(2026, 1, 1)))
    await _put(hourly, readings)
    before = _revisions(hourly)
    at = datetime(2025, 3, 12, 7, tzinfo=UTC)
    restated = next(one for one in readings if one.started_at == at)
    await _put(
        hourly, [msgspec.structs.replace(restated, value=500.0, received_at=restated.received_at + timedelta(days=60))]
    )
    moved = {key for key, row in _revisions(hourly).items() if row != before[key]}
    named = {(indicator, period, first) for kind, _, _, indicator, period, first, _ in moved if kind == "site"}
    assert ("mean_day", "month", date(2025, 3, 1)) in named
    assert ("aadb", "year", date(2025, 1, 1)) in named
    assert {first for indicator, period, first in named if (indicator, period) == ("mean_day", "month")} == {
        date(2025, 3, 1)
    }
    assert {first for indicator, period, first in named if (indicator, period) == ("seasonal_factor", "month")} == {
        date(2025, month, 1) for month in range(1, 13)
    }
    assert ("bicycle_km", "month", date(2025, 3, 1)) in {row[3:6] for row in moved if row[:2] == ("link", "link-b")}
    assert not {row for row in moved if row[:2] == ("link", "link-c")}
    assert {row[1] for row in moved if row[0] == "site"} == {"b"}


async def test_computing_again_changes_nothing(hourly: StoreAndAggregate) -> None:
    """Neither content nor revision nor moment."""
    await _put(hourly, _counts("b-1", "bicycles/in", date(2025, 5, 1), date(2025, 7, 1)))
    before = hourly.rows(INDICATORS_SQL)
    hourly.database.execute(ALL_DUE)
    assert await hourly.compute() > 0
    assert before == hourly.rows(INDICATORS_SQL)


async def test_what_stood_before_a_correction_is_kept(hourly: StoreAndAggregate) -> None:
    """The past has one row for each bucket that was over and was revised, until the moment of its revision."""
    readings = list(_counts("b-1", "bicycles/in", date(2025, 6, 1), date(2025, 7, 1)))
    await _put(hourly, readings)
    stood = hourly.row(DAY)
    bicycle_km = hourly.row(LINK)
    late = msgspec.structs.replace(
        readings[270], value=99.0, received_at=readings[270].received_at + timedelta(days=60)
    )
    await _put(hourly, [late])
    now = hourly.row(DAY)
    assert now[1] == stood[1] + 1
    assert hourly.rows(PAST_DAY)[-1] == (*stood, now[2])
    assert hourly.rows(PAST_LINK) == [(*bicycle_km, 1, True)]


async def test_a_running_bucket_leaves_no_past(hourly: StoreAndAggregate) -> None:
    """What a bucket said while it was not over is not kept: every reading moves it."""
    (now,) = hourly.row("SELECT date_trunc('hour', now())")
    for number, start in enumerate((now - HOUR, now - 2 * HOUR)):
        await hourly.store(Observation("b-1", "bicycles/in", start, start + HOUR, 5.0 + number, 1.0, now))
        await hourly.aggregate()
    today = "SELECT count(*) FROM doorfiets.site_day_past WHERE day = (now() AT TIME ZONE 'Europe/Amsterdam')::date"
    assert hourly.row(today) == (0,)


async def test_growth_of_the_city_is_like_for_like(hourly: StoreAndAggregate) -> None:
    """Domain handbook, section 4 (ours), a week long: 10.0 % over the days of one site, whatever a new site adds."""
    then, now = date(2024, 6, 3), date(2025, 6, 3)
    week = [timedelta(days=number) for number in range(7)]
    first = [
        one
        for gap in week
        for one in (*_day("b-1", then + gap, 96), *_day("b-1", then + gap + len(week) * week[1], 192))
    ]
    second = [one for gap in week for one in (*_day("b-1", now + gap, 105.6), *_day("c-1", now + gap, 144))]
    await _put(hourly, [*first, *second, *_day("b-1", now + 20 * week[1], 288)])
    value, basis = hourly.row(CITY)
    assert value == pytest.approx(0.10)
    assert (basis["days"], basis["sites"], basis["site_days"]) == (7, 1, 7)


async def test_one_day_is_no_growth(hourly: StoreAndAggregate) -> None:
    """Under a week of days that were valid both times it is withheld, and says so."""
    await _put(hourly, [*_day("b-1", date(2024, 6, 3), 96), *_day("b-1", date(2025, 6, 3), 240)])
    query = (
        "SELECT value, withheld ->> 'code', withheld #>> '{parameters,needed}' FROM api.indicator_value"
        " WHERE kind = 'owner' AND indicator = 'like_for_like'"
    )
    assert set(hourly.rows(query)) == {(None, "common_days_below", "7")}


async def test_an_estimate_goes_when_the_day_is_counted(hourly: StoreAndAggregate) -> None:
    """A total with estimates stands beside a year with a hole, not beside a whole one; what it said is kept."""
    last = date(2025, 12, 31)
    await _put(hourly, [*_counts("c-1", "bicycles/in", date(2025, 1, 1), date(2026, 1, 1))])
    await _put(hourly, [*_counts("b-1", "bicycles/in", date(2025, 1, 1), last)])
    query = "SELECT value IS NOT NULL FROM {} WHERE subject = 'b' AND indicator = 'total_with_estimates'"
    assert hourly.rows(query.format("doorfiets.indicator_value")) == [(True,)]
    await _put(hourly, [*_counts("b-1", "bicycles/in", last, date(2026, 1, 1))])
    assert hourly.rows(query.format("doorfiets.indicator_value")) == []
    assert (True,) in hourly.rows(query.format("doorfiets.indicator_value_past"))


async def test_late_data_reach_the_twelve_months_after_next(hourly: StoreAndAggregate) -> None:
    """Twelve months up to February 2026 are compared with those up to February 2025, which hold days of 2024."""
    day = date(2024, 3, 5)
    for year in (2024, 2025):
        days = [date(year, 3, number) for number in range(4, 14) if (year, number) != (2024, 5)]
        await _put(hourly, [one for day_ in days for one in _day("b-1", day_, 96)])
    await _put(hourly, _day("b-1", date(2026, 2, 3), 96))
    await _put(hourly, _day("b-1", day, 960))
    query = """
        SELECT basis ->> 'then' FROM api.indicator_value
        WHERE kind = 'site' AND subject = 'b' AND indicator = 'like_for_like' AND period = 'rolling_year'
          AND last_day = '2026-02-28'
    """
    assert [float(then) for (then,) in hourly.rows(query)] == [9 * 96 + 960]


async def test_a_day_that_is_not_over_is_in_no_indicator(hourly: StoreAndAggregate) -> None:
    """However much of it was counted; its site is computed again a minute after midnight."""
    (today,) = hourly.row("SELECT (now() AT TIME ZONE 'Europe/Amsterdam')::date")
    await _put(hourly, _day("b-1", today, 240))
    assert hourly.rows("SELECT indicator FROM api.indicator_value WHERE kind = 'site' AND valid > 0") == []
    due = "SELECT subject, due_at > now(), due_at - interval '1 minute' FROM doorfiets.indicator_due"
    assert hourly.row(due) == ("b", True, _midnight(today + timedelta(days=1)))


async def test_links_of_one_screenline_split_their_cyclists(hourly: StoreAndAggregate) -> None:
    """Domain handbook, section 3 (ours): 620 of 620 + 1380 is 0.31."""
    days = [date(2025, 6, number) for number in range(1, 31)]
    registry = _by_the_hour(small())
    lines = [msgspec.structs.replace(registry.screenlines[0], sites=["b", "c"])]
    load(hourly.conninfo, msgspec.structs.replace(registry, screenlines=lines))
    await _put(hourly, [one for day in days for one in (*_day("b-1", day, 620), *_day("c-1", day, 1380))])
    split = (
        "SELECT subject, value FROM api.indicator_value WHERE indicator = 'link_split' AND period = 'month' "
        "ORDER BY subject"
    )
    assert hourly.rows(split) == [("link-b", pytest.approx(0.31)), ("link-c", pytest.approx(0.69))]


async def test_the_usage_of_a_route_over_a_month(hourly: StoreAndAggregate) -> None:
    """Domain handbook, section 3 (ours): 33045 bicycle-kilometres a day, and what follows, from a whole month."""
    days = [date(2025, 6, number) for number in range(1, 31)]
    counts = zip("abcde", (3200, 1450, 620, 540, 1900), strict=True)
    await _put(hourly, [one for name, count in counts for day in days for one in _site_day(name, day, count)])
    rows = hourly.rows("SELECT indicator, value FROM api.indicator_value WHERE kind = 'route' AND period = 'month'")
    reported = dict(rows)
    assert reported["bicycle_km"] == pytest.approx(33045)
    assert reported["mean_cyclists"] == pytest.approx(1223.8889, abs=1e-4)
    assert reported["uniformity"] == pytest.approx(0.16875)
    assert reported["through_ratio"] == pytest.approx(0.441217, abs=1e-6)
    assert reported["green_share"] == pytest.approx(0.256317, abs=1e-6)
    assert reported["measured_share"] == 1.0


async def test_a_mark_waits_until_it_is_due(hourly: StoreAndAggregate) -> None:
    """A busy day is computed once in a while, not with every reading."""
    hourly.database.execute(b"DELETE FROM doorfiets.indicator_due")
    hourly.aggregate_store._settle = timedelta(hours=1)
    await hourly.store(*_day("b-1", date(2025, 6, 3), 24))
    await hourly.aggregate()
    assert await hourly.compute() == 0
    assert hourly.row("SELECT count(*) FROM doorfiets.indicator_due") == (1,)


async def _put(processing: StoreAndAggregate, readings: Any) -> None:  # noqa: ANN401 - any iterable
    await processing.store(*readings)
    await processing.aggregate()
    await processing.compute()


def _indicator(processing: StoreAndAggregate, indicator: str, period: str, first_day: date = date(2025, 1, 1)) -> float:
    return float(processing.row(INDICATOR, indicator, period, first_day)[0])


def _revisions(processing: StoreAndAggregate) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return {row[:7]: row[7:] for row in processing.rows(REVISIONS)}


def _counts(
    sensor: str, source: str, first: date, until: date, gaps: frozenset[date] | set[date] = frozenset()
) -> Iterator[Observation]:
    """Count by the hour, with a weekly and a yearly rhythm; nothing on days of `gaps`."""
    hour, end = _midnight(first), _midnight(until)
    while hour < end:
        local = hour.astimezone(ZONE)
        value = (
            None
            if local.date() in gaps
            else float((local.hour + 1) * (3 if local.isoweekday() < 6 else 1) + local.month)
        )
        yield Observation(sensor, source, hour, hour + HOUR, value, 1.0, hour + HOUR)
        hour += HOUR


def _day(sensor: str, day: date, total: float, source: str = "bicycles/in") -> list[Observation]:
    """Spread a total over the 24 hours of a local day."""
    start = _midnight(day)
    return [
        Observation(sensor, source, start + n * HOUR, start + (n + 1) * HOUR, total / 24, 1.0, start + 30 * HOUR)
        for n in range(24)
    ]


def _site_day(site: str, day: date, total: float) -> list[Observation]:
    """Count so many at a site, both directions together."""
    there = _day(f"{site}-1", day, total if site != "a" else total / 2)
    return there if site != "a" else [*there, *_day("a-1", day, total / 2, "bicycles/out")]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def _by_the_hour(registry: Registry) -> Registry:
    sites = []
    for site in registry.sites:
        channels = [
            msgspec.structs.replace(one, datastreams=[_hourly(stream) for stream in one.datastreams])
            for one in site.channels
        ]
        sites.append(msgspec.structs.replace(site, channels=channels))
    return msgspec.structs.replace(registry, sites=sites)


def _hourly(stream: Datastream) -> Datastream:
    return msgspec.structs.replace(stream, interval=3600, valid_from=date(2024, 1, 1))
