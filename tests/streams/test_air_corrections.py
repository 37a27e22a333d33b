"""Corrections of low-cost sensors: the vectors of the domain handbook, named after their source."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reasons import Reason, reason
from streams.domain.air.corrections import Calibration, barkjohn, calibration, koehler, swelling

pytestmark = pytest.mark.pure

BARKJOHN = [
    (0, 80, 0),
    (10, 60, 5.818),
    (20, 90, 8.472),
    (30, 50, 17.16),
    (40, 70, 25.916),
    (50, 50, 40.74),
    (100, 85, 77.023),
    (210, 50, 166.5),
    (235, 50, 200.0425),
    (260, 50, 242.1244),
    (300, 40, 289.526),
]


@pytest.mark.parametrize(("pm25", "humidity", "corrected"), BARKJOHN)
def test_barkjohn_us_epa(pm25: float, humidity: float, corrected: float) -> None:
    """Each branch, and zero where the line would go below it."""
    assert barkjohn(pm25, humidity) == pytest.approx(corrected, abs=5.1e-5)


@pytest.mark.parametrize("knot", [30, 50, 210, 260])
@pytest.mark.parametrize("humidity", [0, 50, 100])
def test_barkjohn_is_continuous_at_its_knots(knot: float, humidity: float) -> None:
    """A hair to the left and to the right give the same."""
    assert barkjohn(knot - 1e-9, humidity) == pytest.approx(barkjohn(knot + 1e-9, humidity), abs=1e-6)


@given(st.floats(-20, 999), st.floats(0, 100))
def test_barkjohn_is_never_below_zero(pm25: float, humidity: float) -> None:
    """Nor is it anything but a number."""
    assert barkjohn(pm25, humidity) >= 0


@pytest.mark.parametrize(
    ("kappa", "humidity", "times"), [(0.4, 50, 1.2424), (0.4, 80, 1.9697), (0.4, 90, 3.1818), (0.3, 90, 2.6364)]
)
def test_amt_11_709_2018_swelling(kappa: float, humidity: float, times: float) -> None:
    """C = 1 + (κ/1.65)/(1/aw - 1)."""
    assert swelling(humidity, kappa) == pytest.approx(times, abs=5e-5)


def test_amt_11_709_2018_dry_mass() -> None:
    """40 at 80 % are 20.308 dry, at 90 % 12.571; dry air changes nothing."""
    assert koehler(40, 80) == pytest.approx(20.308, abs=5e-4)
    assert koehler(40, 90) == pytest.approx(12.571, abs=5e-4)
    assert koehler(40, 0) == 40


@pytest.mark.parametrize(("humidity", "reported"), [(94.999, True), (95, False), (100, False), (101, False)])
def test_from_95_percent_on_nothing_is_corrected(humidity: float, reported: bool) -> None:  # noqa: FBT001 - a parameter
    """The line would go to infinity."""
    assert (koehler(40, humidity) is not None) is reported


def test_rivm_samen_meten_factor() -> None:
    """The official value over the mean of the kits: 9 over 15."""
    found = calibration([9.0], {"a": 12.0, "b": 15.0, "c": 18.0})
    assert found == Calibration(0.6, None, 9.0, 15.0, 3)


def test_a_kit_without_a_value_takes_no_part() -> None:
    """Saturated and excluded kits have none."""
    found = calibration([9.0, None], {"a": 12.0, "b": 15.0, "c": 18.0, "saturated": None})
    assert (found.factor, found.kits) == (0.6, 3)


@pytest.mark.parametrize(
    ("references", "kits", "why"),
    [
        ([], [12.0, 15.0, 18.0], reason("official_value_missing")),
        ([None], [12.0, 15.0, 18.0], reason("official_value_missing")),
        ([9.0], [12.0, 15.0, None], reason("kits_below", needed=3)),
        ([9.0], [], reason("kits_below", needed=3)),
        ([-0.4], [12.0, 15.0, 18.0], reason("mean_not_positive")),
        ([9.0], [-1.0, 0.0, 1.0], reason("mean_not_positive")),
    ],
)
def test_no_factor_without_a_group_and_a_reference(
    references: list[float | None], kits: list[float | None], why: Reason
) -> None:
    """A reason instead."""
    found = calibration(references, {str(number): value for number, value in enumerate(kits)})
    assert (found.factor, found.withheld) == (None, why)


@given(
    st.lists(st.floats(0.1, 500), min_size=3, max_size=9).flatmap(
        lambda kits: st.tuples(st.just(kits), st.permutations(kits))
    )
)
def test_the_order_of_kits_does_not_matter(two: tuple[list[float], list[float]]) -> None:
    """Not even in the last digit: rows are rewritten only where something changed."""
    one, other = ({str(number): value for number, value in enumerate(kits)} for kits in two)
    assert calibration([9.0], one).factor == calibration([9.0], other).factor
    assert isclose(calibration([9.0], one).factor or 0, 9.0 / (sum(two[0]) / len(two[0])), rel_tol=1e-9)
