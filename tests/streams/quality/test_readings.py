"""What is found at single readings: stuck values, spikes, events, full scales and codes."""

from datetime import timedelta

import numpy as np
import pytest

from streams.domain.quality import LocalCalendar, SeriesSet, runs
from streams.domain.quality.spike import stands_out
from tests.streams.quality.made import AMSTERDAM, CALENDAR, MONDAY, counts, end, found, on, put, series

pytestmark = pytest.mark.pure

HANDBOOK = np.array([50, 52, 49, 51, 480, 50, 53, 48, 52.0])


def air(weeks: int = 6, *, digits: int = 1, seed: int = 3) -> np.ndarray:
    """Make hourly values of fine dust that wander, with noise below zero in clean air."""
    generator = np.random.default_rng(seed)
    return np.round(
        np.abs(np.cumsum(generator.normal(0, 1, weeks * 168))) + generator.normal(0, 1, weeks * 168), digits
    )


def test_hampel_on_the_vector_of_the_handbook() -> None:
    """Median 51, MAD 2, threshold 8.8956: index 4 only."""
    assert [at for at in range(len(HANDBOOK)) if stands_out(HANDBOOK, at)] == [4]
    just, over = HANDBOOK.copy(), HANDBOOK.copy()
    just[4], over[4] = 51 + 8.89, 51 + 8.90
    assert not stands_out(just, 4)
    assert stands_out(over, 4)


def test_hampel_flags_nothing_where_the_mad_is_0() -> None:
    """A 9 among fives."""
    fives = np.array([5, 5, 5, 5, 9, 5, 5, 5, 5.0])
    assert not any(stands_out(fives, at) for at in range(len(fives)))


def test_a_lone_spike_is_excluded_and_says_what_was_usual() -> None:
    """600 in an hour of 25, between 20 and 25."""
    index = 5 * 168 + 12
    (run,) = found(put(counts(6), index, 600.0))
    assert (run.flag, run.started_at, run.ended_at - run.started_at) == (
        "spike", MONDAY + timedelta(hours=index), timedelta(hours=1),
    )  # fmt: skip
    assert run.evidence["value"] == 600.0
    assert run.evidence["usual"] == pytest.approx(25, abs=8)


def test_a_spike_is_judged_when_the_next_reading_is_there() -> None:
    """The last reading may be the first of an event."""
    index = 5 * 168 + 12
    spiked = put(counts(6), index, 600.0)
    assert runs(SeriesSet((spiked,)), CALENDAR, {}, MONDAY + timedelta(hours=index + 1)) == []
    assert len(runs(SeriesSet((spiked,)), CALENDAR, {}, MONDAY + timedelta(hours=index + 2))) == 1


def test_several_high_readings_are_an_event_that_is_kept() -> None:
    """Three hours of 200, 600 and 300; nothing where the calendar has the event."""
    index = 5 * 168 + 12
    busy = put(counts(6), index, np.array([200.0, 600.0, 300.0]))
    (run,) = found(busy)
    assert (run.flag, run.evidence["readings"], run.evidence["sum"]) == ("event", 3, 1100.0)
    day = (MONDAY + timedelta(hours=index)).date()
    assert found(busy, calendar=LocalCalendar(AMSTERDAM, events=on(day))) == []


def test_a_group_that_passes_is_no_spike() -> None:
    """A school class of thirty on a path of ten an hour, which had groups of twenty before."""
    index = 5 * 168 + 12
    quiet = put(put(counts(6, level=0.3), 3 * 168 + 36, 35.0), index, 60.0)
    assert found(quiet) == []


def test_a_group_larger_than_those_before_is_no_spike_yet() -> None:
    """62 passed at once two weeks ago, 85 do so now: an outing. Where no group was seen before, it is a spike."""
    index = 5 * 168 + 12
    first, second = counts(6, level=0.3), put(counts(6, level=0.3), 3 * 168 + 36, 62.0)
    assert [one.flag for one in found(put(first, index, 85.0))] == ["spike"]
    assert found(put(second, index, 85.0)) == []


def test_a_series_that_never_changes_is_no_outlier_anywhere() -> None:
    """MAD 0: neither stuck, as it always was so, nor a spike at the only other value."""
    assert found(series(np.full(6 * 168, 5.0), quantity="pm25")) == []
    assert found(put(series(np.full(6 * 168, 5.0), quantity="pm25"), 900, 400.0)) == []


def test_a_stuck_value_is_found_by_how_often_values_came_again() -> None:
    """Fine dust stays at 7.3 for twelve hours; for three it may."""
    assert found(series(air(), quantity="pm25")) == []
    (run,) = found(put(series(air(), quantity="pm25"), 800, 7.3, 12))
    assert (run.flag, run.started_at, run.ended_at) == (
        "stuck", MONDAY + timedelta(hours=800), MONDAY + timedelta(hours=812),
    )  # fmt: skip
    assert (run.evidence["value"], run.evidence["times"]) == (7.3, 12)
    assert found(put(series(air(), quantity="pm25"), 800, 7.3, 3)) == []


def test_a_sensor_that_rounds_repeats_itself() -> None:
    """Whole degrees that change every six hours: a day of one number says little, a week says much."""
    degrees = np.repeat(np.round(np.sin(np.arange(6 * 28) / 3) * 5), 6)
    assert found(series(degrees, quantity="temperature")) == []
    assert found(put(series(degrees, quantity="temperature"), 700, degrees[700], 30)) == []
    assert {one.flag for one in found(put(series(degrees, quantity="temperature"), 700, degrees[700], 168))} == {
        "stuck"
    }


def test_counts_can_be_stuck_at_a_number_but_not_at_nobody() -> None:
    """Thirty hours of 12, through the night."""
    (run,) = found(put(counts(6), 800, 12.0, 30))
    assert (run.flag, run.evidence["value"]) == ("stuck", 12.0)


@pytest.mark.parametrize(("quantity", "value"), [("pm10", 1999.9), ("pm25", 999.9)])
def test_a_saturated_sds011(quantity: str, value: float) -> None:
    """Its highest value, through a gateway that rounds to a tenth; a tenth less is dust."""
    full = put(series(air(), quantity=quantity), 800, value, 3)
    (run,) = [one for one in found(full) if one.flag == "saturated"]
    assert (run.evidence["readings"], run.evidence["highest"]) == (3, value)
    assert (run.started_at, run.ended_at) == (MONDAY + timedelta(hours=800), MONDAY + timedelta(hours=803))
    assert "saturated" not in {one.flag for one in found(put(series(air(), quantity=quantity), 800, value - 0.1, 3))}


def test_an_instrument_can_have_a_scale_of_its_own() -> None:
    """Thresholds are data: an owner says where the scale of an instrument ends."""
    full = put(series(air(), quantity="pm25"), 800, 500.0)._replace(instrument="pms5003")
    scale = {"kolk": {"saturated": {"": 999.9, "pms5003": 500.0}}}
    assert "saturated" in {one.flag for one in runs(SeriesSet((full,)), CALENDAR, scale, end(full))}
    other = full._replace(instrument="sds011")
    assert "saturated" not in {one.flag for one in runs(SeriesSet((other,)), CALENDAR, scale, end(other))}


def test_a_full_register() -> None:
    """65 535 is the largest number of 16 bits, and an ordinary one of 32."""
    full = put(counts(6), 800, 65_535.0, 2)
    assert "saturated" in {one.flag for one in found(full._replace(register_bits=16))}
    assert "saturated" not in {one.flag for one in found(full._replace(register_bits=32))}


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        ("pm25", -999.0),
        ("pm10", -99.0),
        ("pm25", -49.0),
        ("temperature", -127.0),
        ("bicycles", -1.0),
        ("humidity", -1.0),
    ],
)
def test_codes_instead_of_measurements(quantity: str, value: float) -> None:
    """They came as values; what validation excluded as impossible is named as well."""
    coded = put(series(np.maximum(air(), 1.0), quantity=quantity), 800, value)
    (run,) = [one for one in found(coded) if one.flag == "sentinel"]
    assert (run.started_at, run.evidence["code"]) == (MONDAY + timedelta(hours=800), value)
    flagged = coded._replace(valid=coded.values != value)
    assert "sentinel" in {one.flag for one in found(flagged)}


def test_noise_below_zero_is_a_measurement() -> None:
    """PM2.5 of -15.8 was recorded, -1 as well."""
    noise = put(series(air(), quantity="pm25"), 800, np.array([-15.8, -1.0, -9.9]))
    assert [one for one in found(noise) if one.flag != "unlike_neighbours"] == []
