"""How long to wait before trying again: a fifth of a second at first, twice as long each time, five seconds at most."""

from typing import Final

LOG_AGAIN_AFTER: Final = 12
"""Attempts after which a problem is logged again: about a minute."""

_FIRST: Final = 0.2
_LONGEST: Final = 5.0
_DOUBLINGS: Final = 5


def pause(attempt: int) -> float:
    """Return the seconds to wait after a failed attempt, counted from 0."""
    return min(_LONGEST, _FIRST * (1 << min(attempt, _DOUBLINGS)))
