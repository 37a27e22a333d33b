"""Usage over periods, and what is said of links beside each other: the vectors of the domain handbook."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reasons import reason
from streams.domain.usage import (
    LinkDay,
    directionality,
    exposure,
    growth_since_opening,
    link_split,
    measured_share,
    period_usage,
    usage,
)

pytestmark = pytest.mark.pure

LENGTHS = (2.4, 5.1, 8.0, 6.5, 5.0)
CYCLISTS = (3200.0, 1450.0, 620.0, 540.0, 1900.0)
FIRST = date(2026, 5, 4)


def route(*counters: int) -> list[LinkDay]:
    """Make the five links of the handbook; those not named assume."""
    return [
        LinkDay(f"schakel {number}", length, number in (3, 4), number in counters, cyclists)
        for number, length, cyclists in zip(range(1, 6), LENGTHS, CYCLISTS, strict=True)
    ]


ROUTE = route(1, 2, 3, 4, 5)


def days(*counts: float | None) -> dict[date, float]:
    """Give the valid ones of days that follow each other."""
    return {FIRST + timedelta(days=number): count for number, count in enumerate(counts) if count is not None}


def counts_of(links: list[LinkDay], *factors: float) -> dict[str, dict[date, float]]:
    """Let every link have its cyclists times a factor, day by day."""
    return {link.name: days(*((link.cyclists or 0.0) * factor for factor in factors)) for link in links}


def test_handbook_section_3_link_split() -> None:
    """620 on the green link, 1380 on its parallel."""
    found = link_split("green", {"green": days(620), "road": days(1380)})
    assert found.value == pytest.approx(0.31)
    assert found.basis == {"days": 1, "links": ["green", "road"], "cyclists": 620, "everyone": 2000}


def test_a_split_is_pooled_over_the_days_that_all_links_counted() -> None:
    """A day without the road would say that all take the green link."""
    split = {"green": days(100, 9000, 200), "road": days(300, None, 600)}
    assert link_split("green", split).value == pytest.approx(0.25)
    assert link_split("green", {"green": days(5), "road": {}}).withheld == reason("no_valid_day")
    assert link_split("green", {"green": days(0), "road": days(0)}).withheld == reason("nobody_counted")


def test_handbook_section_3_directionality() -> None:
    """340 one way and 280 the other; which one is which does not matter."""
    found = directionality(days(340), days(280))
    assert found.value == pytest.approx(0.096774, abs=1e-6)
    assert found.basis == {"days": 1, "one": 340, "other": 280}
    assert directionality(days(280), days(340)).value == found.value


def test_directions_are_pooled_over_the_days_that_both_counted() -> None:
    """A direction that was blind for a day does not make the other one-sided."""
    assert directionality(days(30, 900, 30), days(10, None, 10)).value == pytest.approx(0.5)
    assert directionality(days(30), {}).withheld == reason("no_valid_day")
    assert directionality(days(0), days(0)).withheld == reason("nobody_counted")


def test_handbook_section_3_measured_share_of_km_and_of_bicycle_km() -> None:
    """Counters on links 1, 2 and 5 only."""
    found = measured_share(usage(route(1, 2, 5)))
    assert found.value == pytest.approx(0.462963, abs=1e-6)
    assert found.basis["of_bicycle_km"] == pytest.approx(0.743683, abs=1e-6)


def test_handbook_section_3_exposure() -> None:
    """Concentrations 9, 8, 6, 6, 10 along the route."""
    air = dict(zip((link.name for link in ROUTE), (9.0, 8.0, 6.0, 6.0, 10.0), strict=True))
    assert exposure(ROUTE, air).value == pytest.approx(8.294750, abs=1e-6)


def test_exposure_needs_air_and_cyclists_on_every_link() -> None:
    """What is not known is named; nobody breathes where nobody rides."""
    air = dict.fromkeys((link.name for link in ROUTE), 8.0)
    assert exposure(ROUTE, {**air, "schakel 4": None}).withheld == reason(
        "cyclists_or_air_unknown", links=["schakel 4"]
    )
    assert exposure([ROUTE[0]._replace(cyclists=None)], air).value is None
    assert exposure([link._replace(cyclists=0.0) for link in ROUTE], air).withheld == reason("nobody_counted")


def test_handbook_section_3_the_average_day_of_a_period() -> None:
    """Days of 0.5, 1 and 1.5 times the vector are the vector."""
    found = period_usage(ROUTE, counts_of(ROUTE, 0.5, 1.0, 1.5), expected=4)
    assert (found.days, found.expected) == (3, 4)
    assert found.usage.bicycle_km == pytest.approx(33045)
    assert found.usage.mean_cyclists == pytest.approx(1223.8889)
    assert found.usage.uniformity == pytest.approx(0.16875)
    assert found.usage.through_ratio == pytest.approx(0.441217, abs=1e-6)
    assert found.usage.green_share == pytest.approx(0.256317, abs=1e-6)


def test_means_are_of_the_days_on_which_every_link_is_valid() -> None:
    """A wild day of one link does not count where another has none."""
    counts = counts_of(ROUTE, 1.0, 1.0, 1.0, 40.0)
    del counts["schakel 2"][FIRST + timedelta(days=3)]
    found = period_usage(ROUTE, counts, expected=4)
    assert found.days == 3
    assert found.usage.bicycle_km == pytest.approx(33045)


def test_under_three_quarters_of_the_days_indicators_are_withheld() -> None:
    """The lengths stay, for they are no indicator of the period."""
    found = period_usage(ROUTE, counts_of(ROUTE, 1.0, 1.0), expected=3)
    assert (found.days, found.usage.bicycle_km, found.usage.green_share) == (2, None, None)
    assert found.usage.withheld == reason("coverage_below", valid=66, needed=75)
    assert found.usage.measured_km == pytest.approx(27)


def test_a_link_that_never_counts_withholds_the_whole_but_not_the_measured_part() -> None:
    """Link 4 has neither a counter nor an assumption."""
    counts = counts_of(ROUTE, 1.0, 1.0)
    counts.pop("schakel 4")
    found = period_usage(route(1, 2, 5), counts, expected=2).usage
    assert (found.bicycle_km, found.withheld) == (None, reason("no_valid_day_on_links", links=["schakel 4"]))
    assert found.measured_bicycle_km == pytest.approx(24575)


def test_links_that_never_count_on_the_same_day_have_no_average_day() -> None:
    """Nor has a route without any count."""
    apart = {"schakel 1": days(1, None), "schakel 2": days(None, 1)}
    for counts in (apart, {}):
        found = period_usage(ROUTE[:2], counts, expected=2)
        assert (found.days, found.usage.bicycle_km) == (0, None)
        assert found.usage.withheld == reason("no_valid_day_on_links", links=["schakel 1", "schakel 2"])


@given(st.permutations(ROUTE))
def test_the_order_of_links_does_not_matter(links: list[LinkDay]) -> None:
    """A chain read from either end, or shuffled, is used the same."""
    assert usage(links) == usage(ROUTE)


OPENED = date(2023, 9, 20)


def since(first: date, number: int, count: float) -> Mapping[date, float]:
    """Count the same on so many days that follow each other."""
    return {first + timedelta(days=day): count for day in range(number)}


def test_growth_since_the_opening_is_of_the_last_52_weeks_to_the_first() -> None:
    """What lies between does not matter."""
    counts = {
        **since(OPENED, 364, 100.0),
        **since(OPENED + timedelta(days=364), 100, 5000.0),
        **since(OPENED + timedelta(days=464), 364, 130.0),
    }
    found = growth_since_opening(counts, OPENED, OPENED + timedelta(days=464 + 363))
    assert found.value == pytest.approx(0.3)
    assert found.basis["days"] == 364
    assert found.basis["opened"] == "2023-09-20"


def test_each_weekday_meets_the_same_weekday_that_was_valid() -> None:
    """A counter that only stood on weekends at first is compared on weekends."""
    weekends = {day: 10.0 for day in since(OPENED, 364, 0) if day.isoweekday() > 5}
    later = {
        day: 20.0 if day.isoweekday() > 5 else 999.0 for day in since(OPENED + timedelta(days=3 * 364 + 50), 364, 0)
    }
    found = growth_since_opening(weekends | later, OPENED, max(later))
    assert found.value == pytest.approx(1.0)
    assert found.basis["days"] == 104


def test_growth_waits_for_twice_52_weeks() -> None:
    """A day earlier it is withheld; and four weeks of pairs are needed."""
    counts = since(OPENED, 728, 100.0)
    assert growth_since_opening(counts, OPENED, OPENED + timedelta(days=727)).value == 0
    early = growth_since_opening(counts, OPENED, OPENED + timedelta(days=726))
    assert early.withheld == reason("opened_recently")
    few = growth_since_opening(
        {**since(OPENED, 364, 1.0), **since(OPENED + timedelta(days=364), 27, 2.0)},
        OPENED,
        OPENED + timedelta(days=727),
    )
    assert few.withheld == reason("common_days_below", needed=28)
    assert few.basis["now"] == 54
