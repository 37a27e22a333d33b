"""How much of what was expected must be valid before a figure is told: one rule for counts, shares and air."""

from typing import Final

TOO_LITTLE: Final = "dekking onder 75 %"
"""Why a figure is withheld that rests on less."""


def enough(valid: int, expected: int) -> bool:
    """Tell whether three quarters of what was expected is valid (domain handbook, sections 2, 5.3 and 7)."""
    return expected > 0 and valid * 4 >= expected * 3
