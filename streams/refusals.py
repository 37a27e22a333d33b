"""The failures that are due to the data itself: only those may be set aside."""

from typing import Final

import msgspec
import psycopg

from schemas.frames import FrameDamagedError

_OF_THE_DATA: Final = frozenset({"21", "22", "23", "27", "44", "54", "P0", "TS"})
"""Classes of SQLSTATE: cardinality, data, constraints, triggers, views with a check, limits, RAISE, TimescaleDB."""
_UNREADABLE: Final = (
    FrameDamagedError,
    msgspec.MsgspecError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def is_refusal(problem: BaseException) -> bool:
    """Return whether the same data would fail again on a working server and program.

    A server that is away, full, locked or interrupted, a missing table or right, or an error inside the server is no
    refusal: setting data aside for these would empty the whole log into one table.
    """
    if not isinstance(problem, psycopg.Error):
        return isinstance(problem, _UNREADABLE)
    if problem.sqlstate is None:  # refused before it was sent
        return isinstance(problem, psycopg.DataError)
    return problem.sqlstate[:2] in _OF_THE_DATA
