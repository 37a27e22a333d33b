"""Recomputing the indicators of periods, by the examples of the handbook."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from verify.calendar import LocalRange, buckets
from verify.counts import QUARTER, Count, CountSeries
from verify.indicators import averages, growth, rhythm
from verify.indicators.day_series import DayRange, DaySeries, DayTotals, all_day, day_of

pytestmark = pytest.mark.pure

JANUARY = (100, 120, 110, 130, 120, 60, 50)
JULY = (200, 220, 210, 230, 220, 180, 160)
YEAR = DayRange(date(2024, 1, 1), date(2024, 12, 31))


def day_series(counts: Mapping[date, float], **more: frozenset[date]) -> DaySeries:
    """A series of days, each with its count."""
    return DaySeries([DayTotals(day, count) for day, count in counts.items()], **more)


def days(period: DayRange) -> list[date]:
    """The days of a period."""
    return [period.first + timedelta(days=number) for number in range((period.last - period.first).days + 1)]


def two_seasons() -> dict[date, float]:
    """Every month of 2024 like January or like July of the example."""
    return {day: (JANUARY if day.month <= 6 else JULY)[day.weekday()] for day in days(YEAR)}


def test_handbook_statistics_aadb_of_two_seasons() -> None:
    """Half a year like January, half a year like July: 150.714286, as with the two months of the example."""
    assert averages.aadb(day_series(two_seasons()), YEAR) == pytest.approx(150.714286, abs=5e-7)


def test_handbook_statistics_gaps_bend_the_naive_mean_only() -> None:
    """Four days in each cell of the first season and one in each of the second: AASHTO stays, naive is 119.428571."""
    stored: dict[date, float] = {}
    cells: dict[tuple[int, int], int] = {}
    for day, count in two_seasons().items():
        cell = (day.month, day.isoweekday())
        cells[cell] = cells.get(cell, 0) + 1
        if cells[cell] <= (4 if day.month <= 6 else 1):
            stored[day] = count
    assert averages.aadb(day_series(stored), YEAR) == pytest.approx(150.714286, abs=5e-7)
    assert averages.mean(stored) == pytest.approx(119.428571, abs=5e-7)
    assert averages.naive_aadb(day_series(stored), YEAR) is None  # two days of five are too few to be told


def test_one_empty_cell_of_84_withholds_the_year() -> None:
    """All Mondays of May are gone."""
    stored = {day: count for day, count in two_seasons().items() if (day.month, day.weekday()) != (5, 0)}
    assert averages.aadb(day_series(stored), YEAR) is None
    assert averages.weekday_index(day_series(stored), YEAR, 1) is None


def test_handbook_statistics_madb_and_seasonal_factor() -> None:
    """MADB 98.571429 and 202.857143; SF 1.528986 and 0.742958."""
    known = day_series(two_seasons())
    january, july = DayRange(date(2024, 1, 1), date(2024, 1, 31)), DayRange(date(2024, 7, 1), date(2024, 7, 31))
    assert averages.madb(known, january) == pytest.approx(98.571429, abs=5e-7)
    assert averages.madb(known, july) == pytest.approx(202.857143, abs=5e-7)
    assert averages.seasonal_factor(known, january) == pytest.approx(1.528986, abs=5e-7)
    assert averages.seasonal_factor(known, july) == pytest.approx(0.742958, abs=5e-7)


def test_weekday_indices_average_to_one() -> None:
    """By their definition."""
    known = day_series(two_seasons())
    indices = [averages.weekday_index(known, YEAR, weekday) or 0 for weekday in range(1, 8)]
    assert sum(indices) == pytest.approx(7)
    assert indices[0] == pytest.approx(150 / 150.714286, abs=5e-7)


def test_handbook_statistics_peak_hour_factor() -> None:
    """96 with a busiest quarter of 31 is 0.774194; an hour that is not whole is never the busiest."""
    six, span = datetime(2026, 5, 12, 6, tzinfo=UTC), LocalRange(date(2026, 5, 12), date(2026, 5, 12), ZoneInfo("UTC"))
    values = [20, 31, 25, 20, 90, 90, 90, None, *[0] * 88]
    rows = [
        Count(at, at + QUARTER, None if value is None else Decimal(value), int(value is not None), 1)
        for place, value in enumerate(values)
        for at in [span.start + (24 + place) % 96 * QUARTER]
    ]
    assert rows[0].start == six
    (bucket,) = buckets("dag", span)
    day = day_of(span.first, CountSeries(rows).total(bucket), rows, span.zone, excluded=False)
    known = DaySeries([day])
    assert rhythm.peak_hour_factor(known, DayRange(span.first, span.last)) == pytest.approx(0.774194, abs=5e-7)


def test_handbook_statistics_wwi() -> None:
    """Weekdays 1200, 1250, 1230, 1180, 1100, weekend 700, 650: 0.566275; busy weekends: 2.317073."""
    for week, expected in (
        ((1200, 1250, 1230, 1180, 1100, 700, 650), 0.566275),
        ((400, 420, 410, 390, 430, 900, 1000), 2.317073),
    ):
        may = DayRange(date(2026, 5, 4), date(2026, 5, 31))
        known = {day: float(week[day.weekday()]) for day in days(may)}
        assert rhythm.wwi(day_series(known), may) == pytest.approx(expected, abs=5e-7)
        assert rhythm.wwi(day_series(known, holidays=frozenset({may.first})), may) is None  # three whole weeks are left


def rush_hours(span: LocalRange, gap: date | None = None) -> DaySeries:
    """Days with 180 + 210 from 07 to 09 h and 70 + 80 from 11 to 13 h local time; in one a quarter is missing."""
    hourly, found = {7: 180, 8: 210, 11: 70, 12: 80}, []
    for bucket in buckets("dag", span):
        day = date.fromisoformat(bucket.name)
        rows = []
        for start in (bucket.start + number * QUARTER for number in range(96)):
            local = start.astimezone(span.zone)
            value = (
                None if day == gap and (local.hour, local.minute) == (7, 30) else Decimal(hourly.get(local.hour, 0)) / 4
            )
            rows.append(Count(start, start + QUARTER, value, int(value is not None), 1))
        found.append(day_of(day, CountSeries(rows).total(bucket), rows, span.zone, excluded=False))
    return DaySeries(found)


def test_handbook_statistics_ami_by_local_hours() -> None:
    """07-09 h 180 + 210, 11-13 h 70 + 80: 2.6; local hours, summer time included."""
    span = LocalRange(date(2026, 5, 4), date(2026, 5, 31), ZoneInfo("Europe/Amsterdam"))
    assert rhythm.ami(rush_hours(span), DayRange(span.first, span.last)) == pytest.approx(2.6)


def test_a_day_whose_rush_hour_is_not_whole_is_left_out() -> None:
    """The mean stays as it is; and with it a whole week, of which there have to be four."""
    span = LocalRange(date(2026, 4, 27), date(2026, 5, 31), ZoneInfo("Europe/Amsterdam"))
    four, five = DayRange(date(2026, 5, 4), span.last), DayRange(span.first, span.last)
    day_series = rush_hours(span, gap=date(2026, 5, 12))
    assert rhythm.ami(day_series, five) == pytest.approx(2.6)
    assert rhythm.ami(day_series, four) is None


def test_handbook_statistics_like_for_like() -> None:
    """Site A 100, 200, none and a year later 110, none, 300: +10.0 %, here of eight such triples of days."""
    then: dict[date, float] = {}
    now: dict[date, float] = {}
    for number in range(8):
        first = date(2025, 5, 1 + 3 * number)
        then |= {first: 100.0, first + timedelta(days=1): 200.0}
        now |= {first.replace(year=2026): 110.0, first.replace(year=2026) + timedelta(days=2): 300.0}
    period = DayRange(date(2026, 5, 1), date(2026, 5, 31))
    assert growth.like_for_like(day_series(then | now), period) == pytest.approx(0.1)


def test_a_growth_rests_on_seven_days_at_least() -> None:
    """One odd day is no trend."""
    counts = {day: 100.0 if day.year == 2025 else 150.0 for year in (2025, 2026) for day in days(first_days(year, 6))}
    assert growth.like_for_like(day_series(counts), first_days(2026, 6)) is None
    counts |= {date(2025, 5, 7): 100.0, date(2026, 5, 7): 150.0}
    assert growth.like_for_like(day_series(counts), first_days(2026, 7)) == 0.5


def first_days(year: int, last: int) -> DayRange:
    """Some first days of May."""
    return DayRange(date(year, 5, 1), date(year, 5, last))


def test_29_february_has_no_partner() -> None:
    """Neither has it one, nor is it one."""
    assert growth.a_year_before(date(2024, 2, 29)) is None
    leap, plain = DayRange(date(2024, 2, 20), date(2024, 2, 29)), DayRange(date(2025, 2, 20), date(2025, 2, 28))
    counts = dict.fromkeys(days(leap), 4.0) | dict.fromkeys(days(plain), 8.0) | {leap.last: 5_000.0}
    assert growth.like_for_like(day_series(counts), plain) == 1.0


def test_days_of_other_channels_are_not_compared() -> None:
    """Of fourteen days in each year the last seven have one direction less: seven pairs are left, 110 over 100."""
    first, second = (
        days(DayRange(date(2025, 5, 1), date(2025, 5, 14))),
        days(DayRange(date(2026, 5, 1), date(2026, 5, 14))),
    )
    both, one = ("in", "out"), ("in",)
    rows = [DayTotals(day, 100.0, channels=both) for day in first]
    rows += [DayTotals(day, 110.0, channels=both) for day in second[:7]]
    rows += [DayTotals(day, 55.0, channels=one) for day in second[7:]]
    assert growth.like_for_like(DaySeries(rows), DayRange(second[0], second[-1])) == pytest.approx(0.1)
    assert growth.like_for_like(DaySeries(rows), DayRange(second[7], second[-1])) is None


def test_a_day_has_channels_only_where_they_are_the_same_all_day() -> None:
    """One that ends at noon leaves the day to none; the days before have both, those after one."""
    noon, start = datetime(2026, 5, 2, 12, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    periods = {"in": (start, datetime.max.replace(tzinfo=UTC)), "out": (start, noon)}
    day = timedelta(days=1)
    found = [all_day(periods, start + number * day, start + (number + 1) * day) for number in range(3)]
    assert found == [("in", "out"), None, ("in",)]


def test_the_same_weekday_is_364_days_before() -> None:
    """A Friday meets a Friday."""
    fridays = [date(2025, 5, 2) + timedelta(weeks=number) for number in range(7)]
    counts = dict.fromkeys(fridays, 100.0) | dict.fromkeys([day + timedelta(days=364) for day in fridays], 150.0)
    assert growth.same_weekday(day_series(counts), DayRange(date(2026, 5, 1), date(2026, 6, 30))) == 0.5
    assert growth.like_for_like(day_series(counts), DayRange(date(2026, 5, 1), date(2026, 6, 30))) is None


def test_a_period_of_too_few_days_has_no_mean() -> None:
    """Three quarters of all days of the period: a counter that came on the 20th has not counted a month."""
    may = DayRange(date(2026, 5, 1), date(2026, 5, 31))
    counts = dict.fromkeys(days(may)[20:], 10.0)
    assert averages.naive_aadb(day_series(counts), may) is None
    assert averages.total(day_series(counts), may) is None
    most = dict.fromkeys(days(may)[7:], 10.0)
    assert averages.total(day_series(most), may) == 240.0


def test_an_excluded_day_and_one_under_three_quarters_are_not_valid() -> None:
    """The calendar leaves out, and so does a gap."""
    start = datetime(2026, 5, 11, 22, tzinfo=UTC)
    whole = Count(start, start + timedelta(days=1), Decimal(10), 96, 96)
    zone, day = ZoneInfo("Europe/Amsterdam"), date(2026, 5, 12)
    assert day_of(day, whole, (), zone, excluded=False).total == 10.0
    assert day_of(day, whole, (), zone, excluded=True).total is None
    assert day_of(day, whole._replace(valid=71), (), zone, excluded=False).total is None
