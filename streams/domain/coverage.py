"""The rule of coverage, one for counts, shares and air: below it an indicator is withheld."""

from typing import Final

from schemas.reasons import Reason, reason

NEEDED: Final = 75
"""The percentage of what was expected under which an indicator is withheld."""


def enough(valid: int, expected: int) -> bool:
    """Return whether three quarters of what was expected are valid (domain handbook, sections 2, 5.3 and 7)."""
    return expected > 0 and valid * 4 >= expected * 3


def too_little(valid: int, expected: int) -> Reason:
    """Return the reason for a coverage that is too low, with valid in whole percent of expected, rounded down."""
    return reason("coverage_below", valid=percent(valid, expected), needed=NEEDED)


def percent(valid: int, expected: int) -> int:
    """Return valid in whole percent of expected, rounded down; 0 where nothing was expected."""
    return valid * 100 // expected if expected > 0 else 0
