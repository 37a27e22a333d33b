"""Whether the rows of a series follow each other as fast as their reader believes: a longer step is no row of gaps."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from ingest.history.unreadable import FileUnreadableError

_RUN: Final = 6
"""As many equal steps in a row are no gaps any more."""

_LENGTHS: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 20, 30, 60, 1440))


def check_steps(rows: Iterable[tuple[datetime, int]], interval: timedelta, column: int) -> None:
    """Raise FileUnreadableError, with the line, where rows of another length stand; rows are starts with their lines.

    They do where a row begins before the one before it ends, where all of a few rows are equally far apart, and where
    several in a row are.
    """
    starts = sorted(rows)
    steps = [(later - earlier, line) for (earlier, line), (later, _) in pairwise(starts)]
    if interval and (short := [one for one in steps if timedelta(0) < one[0] < interval]):
        raise _other(*short[0], interval, column)
    for length in _LENGTHS:
        if length > interval and (line := _run(steps, length)):
            raise _other(length, line, interval, column)


def _run(steps: list[tuple[timedelta, int]], length: timedelta) -> int:
    """Return the line at which rows of a length begin, 0 where there are none."""
    if 0 < len(steps) < _RUN and length <= timedelta(hours=1) and all(step == length for step, _ in steps):
        return min(line for _, line in steps)
    number = 0
    for place, (step, _) in enumerate(steps):
        number = number + 1 if step == length else 0
        if number == _RUN:
            return steps[place - _RUN + 1][1]
    return 0


def _other(length: timedelta, line: int, interval: timedelta, column: int) -> FileUnreadableError:
    found, expected = (f"{one / timedelta(minutes=1):g}" for one in (length, interval))
    remedy = f"import with --minutes {found}, or split the file where its rows change"
    return FileUnreadableError(line, column, f"rows of {found} minutes where {expected} are expected; {remedy}")
