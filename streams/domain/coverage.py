"""How much of what was expected must be valid before an indicator is available: one rule for counts, shares and air."""

from typing import Final

from schemas.reasons import Reason, reason

NEEDED: Final = 75
"""Percent of what was expected, under which an indicator is withheld."""


def enough(valid: int, expected: int) -> bool:
    """Tell whether three quarters of what was expected is valid (domain handbook, sections 2, 5.3 and 7)."""
    return expected > 0 and valid * 4 >= expected * 3


def too_little(valid: int, expected: int) -> Reason:
    """Say that this is not enough: valid in whole percent of expected, rounded down."""
    return reason("coverage_below", valid=percent(valid, expected), needed=NEEDED)


def percent(valid: int, expected: int) -> int:
    """Give valid in whole percent of expected, rounded down; 0 where nothing was expected."""
    return valid * 100 // expected if expected > 0 else 0
