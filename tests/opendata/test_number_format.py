"""Numbers and days as readers of each language write them."""

from datetime import date

import pytest

from opendata.number_format import NumberFormat

pytestmark = pytest.mark.pure

DUTCH, ENGLISH = NumberFormat("nl"), NumberFormat("en")


@pytest.mark.parametrize(
    ("value", "digits", "dutch", "english"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (0, 0, "0", "0"),
        (None, 0, "\u2013", "\u2013"),
        (-3.25, 2, "\u22123,25", "\u22123.25"),
        (1_532_681, 0, "1.532.681", "1,532,681"),
    ],
)
def test_numbers(value: float | None, digits: int, dutch: str, english: str) -> None:
    """Separators between thousands and before decimals, a dash for nothing."""
    assert DUTCH.decimal(value, digits) == dutch
    assert ENGLISH.decimal(value, digits) == english


@pytest.mark.parametrize(
    ("fraction", "text"), [(1, "100\u00a0%"), (0.999, "99\u00a0%"), (0.82, "82\u00a0%"), (None, "\u2013")]
)
def test_what_is_not_whole_never_rounds_up_to_a_hundred(fraction: float | None, text: str) -> None:
    """99.9 % measured is not all."""
    assert DUTCH.coverage(fraction) == ENGLISH.coverage(fraction) == text


@pytest.mark.parametrize(
    ("change", "digits", "dutch", "english"),
    [
        (0.04, 0, "+\u00a04\u00a0%", "+\u00a04\u00a0%"),
        (-0.011, 1, "\u2212\u00a01,1\u00a0%", "\u2212\u00a01.1\u00a0%"),
        (None, 0, "\u2013", "\u2013"),
    ],
)
def test_changes_have_a_sign(change: float | None, digits: int, dutch: str, english: str) -> None:
    """More or less than before."""
    assert DUTCH.signed(change, digits) == dutch
    assert ENGLISH.signed(change, digits) == english


def test_days_and_months_have_the_names_of_the_language() -> None:
    """Whole, and as briefly as the language does it."""
    day = date(2026, 3, 3)
    assert [DUTCH.day(day), DUTCH.short_day(day), DUTCH.month(day), DUTCH.short_month(day), DUTCH.weekday(day)] == [
        "dinsdag 3 maart 2026", "di 3 mrt", "maart 2026", "mrt 2026", "dinsdag",
    ]  # fmt: skip
    assert [ENGLISH.day(day), ENGLISH.short_day(day), ENGLISH.month(day), ENGLISH.short_month(day)] == [
        "Tuesday 3 March 2026", "Tue 3 Mar", "March 2026", "Mar 2026",
    ]  # fmt: skip
    assert ENGLISH.weekday(day) == "Tuesday"
