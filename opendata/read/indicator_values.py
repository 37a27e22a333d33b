"""Indicators of a place per period, with what each rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs
from opendata.read.buckets import Bucket, known_at
from opendata.read.states import AnswerSubject


class IndicatorRow(Bucket, frozen=True):
    """One indicator over one period; `part` tells the members of a series apart, as days of the week.

    `valid` of `expected` are days, of air hours. An estimate has its error from `low` to `high`. `key` tells its place.
    """

    indicator: str
    facet: str
    period: str
    first_day: date
    last_day: date
    part: int
    value: float | None
    low: float | None
    high: float | None
    basis: dict[str, Any] | None
    rule: str
    key: str


class NewestValue(msgspec.Struct, frozen=True):
    """The newest of one indicator that has a value."""

    indicator: str
    facet: str
    period: str
    first_day: date
    last_day: date
    value: float
    basis: dict[str, Any]
    valid: int
    expected: int
    rule: str
    quality_flags: int = 0


@dataclass(frozen=True, kw_only=True)
class IndicatorQuestion:
    """Which indicators of a subject: a null is all; periods that lie in the local days [first, last]; as of `at`."""

    about: AnswerSubject
    zone: ZoneInfo
    indicator: str | None = None
    period: str | None = None
    first: date | None = None
    last: date | None = None
    since: datetime | None = None
    at: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What the queries call it."""
        return self.about.values | {
            "zone": self.zone.key,
            "indicator": self.indicator,
            "period": self.period,
            "first": self.first,
            "last": self.last,
            "since": self.since,
            "at": self.at,
        }


async def page(store: NamedQueries, question: IndicatorQuestion, after: str | None, most: int) -> list[IndicatorRow]:
    """Read at most so many indicators after a key, in the order of their keys."""
    found = await structs.every(store, IndicatorRow, "indicators", after=after, limit=most, **question.values)
    return [known_at(row, question.at) for row in found]


async def state(store: NamedQueries, question: IndicatorQuestion) -> str | None:
    """Name the state of all that a question is about."""
    return await structs.only(store, str, "indicators_state", **question.values)


async def newest(
    store: NamedQueries, about: AnswerSubject, *, indicators: Sequence[str], periods: Sequence[str], before: date
) -> list[NewestValue]:
    """Read the newest value of each indicator over a period that ended before a local day, in their order."""
    chosen = {"indicators": list(indicators), "periods": list(periods), "today": before}
    return await structs.every(store, NewestValue, "newest_indicators", **chosen, **about.values)
