"""The indicators of air: days and years at a station, months and years of a district, and the air along a route."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from math import fsum
from typing import Final
from zoneinfo import ZoneInfo

from schemas.reasons import reason
from streams.domain.air import means
from streams.domain.calendar import LocalDay, local_day
from streams.domain.indicators.indicator_value import Coverage, IndicatorValue, indicator_value
from streams.domain.periods import Period, months, whole_year
from streams.domain.statistics.statistic import Statistic
from streams.domain.usage import LinkDay, exposure
from streams.indicators.inputs import BicycleKmLink, DuePlace, Inputs
from streams.indicators.values import IndicatorValues, Subject

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_PM25: Final = "pm25"
ENOUGH: Final = 0.75
"""Of the kilometres of a route that must have air of their own before an exposure is available."""
_OF_STATIONS: Final = frozenset({"day_mean", "day_max_8h", "year_mean"})
_OF_DISTRICTS: Final = frozenset({"month_mean", "year_mean"})

Hours = Mapping[datetime, float | None]


async def compute_station(inputs: Inputs, place: DuePlace, values: IndicatorValues) -> None:
    """Compute days and years of one quantity at a station, and the district around it."""
    station, quantity = place.subject, place.facet
    district = await inputs.district_of(station)
    for year in place.years:
        days = _days(year, inputs.zone)
        first = days[0].started_at - means.BEFORE * _HOUR
        hours = await inputs.station_hours(station, quantity, first, days[-1].ended_at)
        found = _station(hours, days, year)
        values.put(Subject("station", station, quantity), found, all_of=_OF_STATIONS, years=[year])
        if district is not None:
            await _district(inputs, Subject("district", district, quantity), year, values)


async def compute_exposures(inputs: Inputs, place: DuePlace, values: IndicatorValues) -> None:
    """Compute the fine dust along the routes that a place touches: from the links' cyclists and the districts' air.

    Twelve months that end in the year after a year that has moved hold some of its months.
    """
    if place.facet not in {"bicycles", _PM25}:
        return
    links = await inputs.bicycle_km(place, [*place.years, *(year + 1 for year in place.years)])
    for (route, kind, first, last), of_period in groupby(links, key=lambda link: link[:4]):
        values.put(Subject("route", route), [_exposure(Period(kind, first, last), list(of_period))])


def _station(hours: Hours, days: Sequence[LocalDay], year: int) -> Iterator[IndicatorValue]:
    if not hours:
        return
    for day in days:
        if any(hour in hours for hour in _hours(day)):
            yield from _station_day(hours, day)
    parts: dict[means.Half, means.HoursPart] = {}
    for name in ("summer", "winter"):
        known = [hours.get(hour) for day in days if means.half(day.day) == name for hour in _hours(day)]
        valid = [mean for mean in known if mean is not None]
        parts[name] = means.HoursPart(sum(valid), len(valid), len(known))
    yield _checked("year_mean", whole_year(year), means.year_mean(parts["summer"], parts["winter"]))


def _station_day(hours: Hours, day: LocalDay) -> Iterator[IndicatorValue]:
    period, own = Period("day", day.day, day.day), _hours(day)
    before = [day.started_at - number * _HOUR for number in range(means.BEFORE, 0, -1)]
    yield _checked("day_mean", period, means.day_mean([hours.get(hour) for hour in own]))
    yield _checked("day_max_8h", period, means.day_max_8h([hours.get(hour) for hour in (*before, *own)]))


async def _district(inputs: Inputs, subject: Subject, year: int, values: IndicatorValues) -> None:
    zone = await inputs.zone_of(subject.kind, subject.id)  # a station may stand in the district of another owner
    days = _days(year, zone)
    sums = await inputs.district_hours(subject.id, subject.facet, days[0].started_at, days[-1].ended_at, zone)
    stations = await inputs.district_stations(subject.id, subject.facet)
    expected = {
        month.first_day: sum(len(_hours(day)) for day in days if month.holds(day.day)) for month in months(year)
    }
    values.put(subject, _district_indicators(sums, expected, stations, year), all_of=_OF_DISTRICTS, years=[year])


def _district_indicators(
    sums: Mapping[date, tuple[float, int]], expected: Mapping[date, int], stations: Sequence[str], year: int
) -> Iterator[IndicatorValue]:
    halves: dict[means.Half, means.HoursPart] = defaultdict(lambda: means.HoursPart(0.0, 0, 0))
    for month in months(year):
        total, valid = sums.get(month.first_day, (0.0, 0))
        part, name = means.HoursPart(total, valid, expected[month.first_day]), means.half(month.first_day)
        halves[name] = halves[name].and_(part)
        if valid:
            yield _checked("month_mean", month, means.part_mean(part), stations=list(stations))
    if sums:
        reported = means.year_mean(halves["summer"], halves["winter"])
        yield _checked("year_mean", whole_year(year), reported, stations=list(stations))


def _exposure(period: Period, links: Sequence[BicycleKmLink]) -> IndicatorValue:
    days = [LinkDay(link.name, link.length, link.green, link.measured, link.cyclists) for link in links]
    reported = exposure(days, {link.name: link.air for link in links})
    near = fsum(link.length for link in links if link.own_air is not None)
    length = fsum(link.length for link in links)
    reported = reported._replace(basis={"near_km": near, "length_km": length})
    if reported.value is not None and near < ENOUGH * length:
        reported = reported._replace(
            value=None, withheld=reason("own_air_short", near=round(near, 1), length=round(length, 1))
        )
    coverage = Coverage(min(link.valid for link in links), max(link.expected for link in links))
    return indicator_value("exposure_pm25", period, reported, coverage)


def _checked(indicator: str, period: Period, reported: means.AirMean, **basis: object) -> IndicatorValue:
    hours = {"valid": reported.valid, "expected": reported.expected, **basis}
    return indicator_value(
        indicator,
        period,
        Statistic(reported.value, reported.withheld, hours),
        Coverage(reported.valid, reported.expected),
    )


def _days(year: int, zone: ZoneInfo) -> list[LocalDay]:
    first = date(year, 1, 1)
    return [local_day(first + number * _DAY, zone) for number in range((date(year + 1, 1, 1) - first).days)]


def _hours(day: LocalDay) -> list[datetime]:
    return [day.started_at + number * _HOUR for number in range(day.expected(_HOUR))]
