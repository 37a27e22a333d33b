"""Recomputing indices and means of air, by the vectors of the handbook."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from verify import air_means
from verify.air_index import TABLES, HourIndex, index, sub_index
from verify.calendar import LocalRange

pytestmark = pytest.mark.pure

LKI = TABLES["lki-2014"]
ZONE = ZoneInfo("Europe/Amsterdam")
DAY = LocalRange(date(2026, 5, 12), date(2026, 5, 12), ZONE)
AUTUMN = LocalRange(date(2026, 10, 25), date(2026, 10, 25), ZONE)
HOUR = timedelta(hours=1)


def of(no2: float | None, o3: float | None, pm10: float | None, pm25: float | None) -> Mapping[str, float | None]:
    """The means of one hour in the order of the handbook."""
    return {"no2": no2, "o3": o3, "pm10": pm10, "pm25": pm25}


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        (of(15, 35, 4, 45), 6),
        (of(100, 58, 101, 99), 9),
        (of(201, 201, 101, 110), 11),
        (of(1, 0, 0, 2), 2),
        (of(10, 20, 11, 12), 3),
        (of(30, 41, 33, 25), 5),
        (of(10, None, 4, 25), 4),
    ],
)
def test_handbook_air_lki(means: Mapping[str, float | None], expected: int) -> None:
    """One higher where all are equal; three of four pollutants are enough."""
    assert index(LKI, means, "achtergrond").value == expected


@pytest.mark.parametrize(
    ("means", "new", "old"),
    [
        (of(28, 55, 22, 12), 3, 2),
        (of(60, 99, 44.9, 14.9), 4, 3),
        (of(15, 30, 46, 51), 4, 5),
        (of(5, 59, 14, 4.9), 1, 2),
    ],
)
def test_handbook_air_eaqi(means: Mapping[str, float | None], new: int, old: int) -> None:
    """A bound belongs to the higher band."""
    assert index(TABLES["eaqi-2024"], means, "achtergrond").value == new
    assert index(TABLES["eaqi-2017"], means, "achtergrond").value == old


def test_bounds_and_noise_below_zero() -> None:
    """A bound is the next band; below zero counts as zero, and above the last bound is the last band."""
    found = [sub_index(LKI, "no2", value) for value in (-15.8, 0, 9.999, 10, 120, 200, 900)]
    assert found == [1, 1, 1, 2, 8, 11, 11]


def test_what_surroundings_need() -> None:
    """Ozone at a background station only; two of three pollutants are too few for the Dutch index."""
    without_ozone = of(28, None, 22, 12)
    assert index(TABLES["eaqi-2024"], without_ozone, "achtergrond") == HourIndex(None, 3, 4)
    assert index(TABLES["eaqi-2024"], without_ozone, "verkeer") == HourIndex(3, 3, 4)
    assert index(LKI, {"no2": 28, "pm10": 22, "pm25": None}, "verkeer") == HourIndex(None, 2, 3)


def test_a_day_needs_three_quarters_of_its_hours() -> None:
    """18 of 24 hours, 19 of the 25 of the night in autumn."""
    assert air_means.day_mean(_first(DAY.start, 18), DAY) == 8.5  # of 0 to 17
    assert air_means.day_mean(_first(DAY.start, 17), DAY) is None
    assert air_means.day_mean(_first(AUTUMN.start, 19), AUTUMN) == 9
    assert air_means.day_mean(_first(AUTUMN.start, 18), AUTUMN) is None


def test_the_highest_mean_of_eight_hours_ends_in_the_day() -> None:
    """Hours 0 to 23 rise by one: the last eight are 16 to 23, on average 19.5; the first means rest on hours before."""
    assert air_means.highest_of_eight(_first(DAY.start, 24), DAY) == 19.5
    assert air_means.highest_of_eight(_first(DAY.start, 21), DAY) == 17.5  # hours 15 to 20, six of the eight
    assert air_means.highest_of_eight(_first(DAY.start, 20), DAY) is None  # 17 of 24 means


def test_a_year_needs_summer_and_winter() -> None:
    """All hours of 2025 are 6; without its summer there is no mean."""
    year = LocalRange(date(2025, 1, 1), date(2025, 12, 31), ZONE)
    assert air_means.year_mean(lambda _: 6.0, year) == 6
    assert air_means.year_mean(lambda hour: None if 5 <= hour.month <= 8 else 6.0, year) is None


def _first(start: datetime, number: int) -> air_means.Hours:
    """Give the first hours of a day, of which each is one more than the one before; none before or after."""

    def mean(hour: datetime) -> float | None:
        place = (hour.astimezone(UTC) - start) // HOUR
        return float(place) if 0 <= place < number else None

    return mean
