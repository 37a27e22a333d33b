"""The models of the simulator: repeatable, plausible, and with the rhythm of a Dutch town."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean, pvariance
from zoneinfo import ZoneInfo

import pytest

from deploy.local.simulator import model
from deploy.local.simulator.chance import poisson, uniform, wander
from schemas.quantities import MODES, QUANTITIES

pytestmark = pytest.mark.pure

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
QUARTER = timedelta(minutes=15)
TUESDAY = datetime(2026, 5, 12, tzinfo=AMSTERDAM)
SUNDAY = datetime(2026, 5, 17, tzinfo=AMSTERDAM)


def day(mode: str, direction: str, start: datetime, interval: timedelta = QUARTER) -> list[float]:
    """Expect a whole day, interval by interval."""
    return [
        model.expected(mode, direction, start + n * interval, interval) for n in range(timedelta(days=1) // interval)
    ]


def test_chance_is_the_same_on_every_run() -> None:
    """Another process has to draw the same numbers."""
    assert uniform(1, "kolk-auto", "cars/in", 1778566500.0) == pytest.approx(0.918, abs=1)
    assert uniform(1, "a") == uniform(1, "a") != uniform(2, "a")
    assert 0 < uniform("x") < 1


def test_chance_is_even() -> None:
    """Ten thousand names fall evenly into (0, 1)."""
    assert fmean(uniform(7, n) for n in range(10_000)) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 39.0, 41.0, 400.0])
def test_counts_scatter_as_counts_do(mean: float) -> None:
    """Mean and variance of a Poisson draw are the same number, on both sides of the approximation."""
    draws = [poisson(mean, uniform("p", mean, n)) for n in range(4_000)]
    assert fmean(draws) == pytest.approx(mean, rel=0.05, abs=0.02)
    assert pvariance(draws) == pytest.approx(mean, rel=0.15, abs=0.05)


def test_what_wanders_does_not_jump() -> None:
    """A step of a hundredth moves at most a hundredth."""
    curve = [wander(n * 0.01, 1, "w") for n in range(500)]
    assert max(abs(b - a) for a, b in pairwise(curve)) <= 0.0101


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_has_a_model(mode: str) -> None:
    """A mode of the catalogue can be simulated."""
    assert sum(day(mode, "both", TUESDAY)) > 0


def test_a_working_day_adds_up_whatever_the_interval() -> None:
    """Minutes and quarters of a day have the same sum, within the bends of the profile."""
    by_quarter, by_minute = sum(day("cars", "in", TUESDAY)), sum(day("cars", "in", TUESDAY, timedelta(minutes=1)))
    assert by_minute == pytest.approx(by_quarter, rel=0.01)
    assert by_quarter == pytest.approx(model.TRAFFIC["cars"].per_day, rel=0.1)


def test_people_go_to_work_in_the_morning_and_home_in_the_afternoon() -> None:
    """The busiest quarter towards the centre is before nine, away from it after four."""
    into, out = day("bicycles", "in", TUESDAY), day("bicycles", "out", TUESDAY)
    assert 28 <= into.index(max(into)) < 36
    assert 64 <= out.index(max(out)) < 72


def test_a_sunday_is_quieter_and_a_summer_busier() -> None:
    """The week and the year are in it."""
    january = TUESDAY.replace(month=1, day=13)
    assert sum(day("bicycles", "in", SUNDAY)) < sum(day("bicycles", "in", TUESDAY))
    assert sum(day("bicycles", "in", TUESDAY)) > sum(day("bicycles", "in", january))


def test_a_count_is_plausible_and_repeatable() -> None:
    """No count comes near the limit above which it would be flagged."""
    counts = [
        model.count("cars", "in", TUESDAY + n * QUARTER, QUARTER, sensor="kolk-auto", source="cars/in", seed=1)
        for n in range(96)
    ]
    again = model.count("cars", "in", TUESDAY, QUARTER, sensor="kolk-auto", source="cars/in", seed=1)
    assert counts[0] == again
    assert all(0 <= count < QUANTITIES["cars"].plausible[1] / 4 for count in counts)


@pytest.mark.parametrize("quantity", model.AIR)
def test_air_is_plausible(quantity: str) -> None:
    """A month of air stays within what can be breathed, and is not stuck."""
    start = datetime(2026, 11, 1, tzinfo=UTC)
    month = [model.concentration(quantity, start + n * QUARTER, sensor="lucht", seed=1) for n in range(96 * 30)]
    assert 0 < min(month) <= max(month) < 120
    assert len(set(month)) > 50
