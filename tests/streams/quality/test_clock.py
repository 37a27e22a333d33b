"""Clocks and drift: days whose readings come too early, and weeks unlike those of the neighbours."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from streams.domain.quality import OPEN, ReadingSeries
from tests.streams.quality.made import MONDAY, counts, found, put, series

pytestmark = pytest.mark.pure

BREAKS = 5 * 168
"""Hour after five weeks."""


def received(one: ReadingSeries, delay: np.ndarray) -> ReadingSeries:
    """Say how many seconds after its end each reading was received."""
    return one._replace(delay=delay.astype(np.float64))


def steady(one: ReadingSeries) -> np.ndarray:
    """Make delays of half a minute to a minute and a half."""
    return np.random.default_rng(4).uniform(30, 90, len(one.values))


def test_readings_of_the_future_show_a_clock_that_runs_ahead() -> None:
    """From some day on they come an hour before they end: local time was taken for UTC."""
    one = counts(6)
    delay = steady(one) - 3600 * (np.arange(len(one.values)) >= BREAKS)
    (run,) = found(received(one, delay))
    assert (run.flag, run.started_at, run.ended_at) == ("clock_skew", MONDAY + timedelta(hours=BREAKS), OPEN)
    assert run.evidence["delay"] == pytest.approx(-3540, abs=10)
    (run,) = found(received(one, delay + 2000 * (delay < 0)))
    assert run.evidence["delay"] == pytest.approx(-1540, abs=10)


def test_a_delay_that_jumps_by_whole_hours() -> None:
    """Two hours later than before, for a day; by 40 minutes is a slow network."""
    one = counts(6)
    at = np.arange(len(one.values))
    day = (at >= BREAKS) & (at < BREAKS + 24)
    (run,) = found(received(one, steady(one) + 7200 * day))
    assert (run.started_at, run.ended_at) == (MONDAY + timedelta(hours=BREAKS), MONDAY + timedelta(hours=BREAKS + 24))
    assert run.evidence["shifted_hours"] == 2
    assert found(received(one, steady(one) + 2400 * day)) == []


def test_batches_and_archives_say_nothing_of_a_clock() -> None:
    """A file of a day that arrives at night, and years that were read in today."""
    one = counts(6)
    at = np.arange(len(one.values))
    assert found(received(one, (24 - at % 24) * 3600.0)) == []
    assert found(received(one, (len(at) - at) * 3600.0 + 86_400 * 300)) == []


def test_days_that_are_shifted_against_their_own_past() -> None:
    """Night and day change places: the course of working days lies twelve hours later than it was."""
    one = counts(8)
    turned = put(one, BREAKS, np.roll(one.values, 12)[BREAKS:])
    runs = [run for run in found(turned) if run.flag == "clock_skew"]
    assert {abs(run.evidence["shifted_hours"]) for run in runs} == {12}  # type: ignore[arg-type]
    assert min(run.started_at for run in runs) >= MONDAY + timedelta(hours=BREAKS - 24)
    assert max(run.ended_at for run in runs) == OPEN
    assert "clock_skew" not in {run.flag for run in found(one)}


def test_a_clock_that_knows_no_summer_time() -> None:
    """What is made here has its course in UTC: from 29 March on it lies an hour later by the local clock."""
    (run,) = found(counts(12))
    assert (run.flag, run.evidence["shifted_hours"], run.ended_at) == ("clock_skew", 1, OPEN)
    assert run.started_at == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_counter_that_loses_most_is_unlike_its_neighbours() -> None:
    """Its own ratio to two neighbours falls to a fifth for two weeks; it is suspect, not excluded."""
    near = tuple(counts(10, seed=seed, place=f"site {seed}", datastream=seed) for seed in (2, 3))
    whole = counts(10)
    weak = put(whole, 7 * 168, np.round(whole.values[7 * 168 : 9 * 168] / 5))
    assert found(whole, near=near) == []
    (run,) = [one for one in found(weak, near=near) if one.flag == "unlike_neighbours"]
    assert run.evidence["neighbours"] == 2
    assert MONDAY + timedelta(weeks=6) < run.started_at < MONDAY + timedelta(weeks=7, days=1)
    assert MONDAY + timedelta(weeks=9) <= run.ended_at < MONDAY + timedelta(weeks=10)


def test_a_season_that_all_have_is_not_unlike() -> None:
    """In the holidays everybody counts a third."""
    places = [counts(10, seed=seed, place=f"site {seed}", datastream=seed) for seed in (1, 2, 3)]
    quiet = [put(one, 7 * 168, np.round(one.values[7 * 168 :] / 3)) for one in places]
    assert found(quiet[0], near=tuple(quiet[1:])) == []


def test_a_kit_that_measures_too_much_is_unlike_the_kits_near() -> None:
    """Four times the median of three others for a week; two others are too few to say it."""
    generator = np.random.default_rng(8)
    air = 12 + 3 * np.sin(np.arange(4 * 168) / 30)
    near = tuple(
        series(air + generator.normal(0, 0.5, len(air)), quantity="pm25", place=f"kit {number}", datastream=number)
        for number in (2, 3, 4)
    )
    kit = series(air * 4 + generator.normal(0, 0.5, len(air)), quantity="pm25")
    (run,) = found(kit, near=near)
    assert (run.flag, run.started_at, run.ended_at) == ("unlike_neighbours", MONDAY, OPEN)
    assert run.evidence["median"] / run.evidence["median_of_neighbours"] == pytest.approx(4, abs=0.2)  # type: ignore[operator]
    assert found(kit, near=near[:2]) == []
