"""What every row of a series has, and what of it was known at an earlier moment."""

from datetime import date, datetime
from typing import Final, Literal, TypeAlias, TypeVar

import msgspec

from schemas.reasons import Reason, reason

Width: TypeAlias = Literal["quarter", "hour", "day", "week", "month", "year", "rolling_year", "whole"]
"""How long a row lasts; local days and longer are those of the subject's owner. `whole` is the asked range itself."""

BEGINS: Final[dict[Width, str]] = {
    "quarter": "minute",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "rolling_year": "month",
    "whole": "day",
}
"""At the start of which unit a series of such rows begins."""

_NOT_OVER: Final = reason("not_over_then")
_NOT_KNOWN: Final = reason("not_known_then")


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """One interval of one subject, [`started_at`, `ended_at`) in UTC; `day` is the first local day, where it has days.

    Of `expected` intervals `valid` were measured; a number that is not there, or not whole, may have a `reason`.
    `quality_flags` are of all that was observed, counted or not, and `flagged` those of each part that has any: hours
    of a day, days of a longer period; None where that is not read. `revision` is 0 and `revised_at` None where nothing
    is stored.
    """

    started_at: datetime
    ended_at: datetime
    day: date | None
    valid: int
    expected: int
    reason: Reason | None
    quality_flags: int
    flagged: tuple[int, ...] | None = None
    origins: tuple[str, ...] | None
    revision: int
    revised_at: datetime | None

    @property
    def coverage(self) -> float | None:
        """Which part of what was expected was measured, from 0 to 1; None where nothing was expected."""
        return min(1.0, self.valid / self.expected) if self.expected else None


B = TypeVar("B", bound=Bucket)

_STAYS: Final = frozenset(
    {"started_at", "ended_at", "day", "origins", "expected", "site", "quantity", "scheme", "rule", "key", "last_day"}
    | {"indicator", "facet", "period", "part", "first_day"}
)
"""What a row says of itself and not of a number: it was so then too."""
_EMPTY: Final = {"valid": 0, "quality_flags": 0, "revision": 0, "reason": _NOT_OVER, "links": ()}


def known_at(row: B, at: datetime | None) -> B:
    """Give a row as it was known at a moment: what was not over then has no number, nor what has no version of then."""
    if at is None:
        return row
    if row.ended_at > at:
        changed = {name: _EMPTY.get(name) for name in row.__struct_fields__ if name not in _STAYS}
        return msgspec.structs.replace(row, **changed)
    return row if row.revised_at else msgspec.structs.replace(row, reason=_NOT_KNOWN)
