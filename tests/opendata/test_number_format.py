"""Numbers as Dutch readers write them."""

import pytest

from opendata import number_format

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.5, 1, "1.234,5"), (0, 0, "0"), (None, 0, "\u2013"), (-3.25, 2, "\u22123,25"), (1_532_681, 0, "1.532.681")],
)
def test_numbers(value: float | None, digits: int, text: str) -> None:
    """Dots between thousands, a decimal comma, a dash for nothing."""
    assert number_format.decimal(value, digits) == text


@pytest.mark.parametrize(
    ("fraction", "text"), [(1, "100\u00a0%"), (0.999, "99\u00a0%"), (0.82, "82\u00a0%"), (None, "\u2013")]
)
def test_what_is_not_whole_never_rounds_up_to_a_hundred(fraction: float | None, text: str) -> None:
    """99.9 % measured is not all."""
    assert number_format.coverage(fraction) == text


@pytest.mark.parametrize(
    ("change", "text"), [(0.04, "+\u00a04\u00a0%"), (-0.011, "\u2212\u00a01\u00a0%"), (None, "\u2013")]
)
def test_changes_have_a_sign(change: float | None, text: str) -> None:
    """More or less than before."""
    assert number_format.signed(change) == text
