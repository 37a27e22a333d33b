"""The quality flags of a period: those of its days, with how many days have each."""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import NamedTuple

from schemas.quality_flags import named
from streams.domain.periods import Period


class PeriodFlags(NamedTuple):
    """The quality flags of a period as bits, and the number of its days that have each, by name."""

    quality_flags: int
    days: Mapping[str, int]


def of_period(flagged: Mapping[date, int], period: Period) -> PeriodFlags:
    """Combine the flags of the days of a period; `flagged` holds the bits of days that have any."""
    within = [bits for day, bits in flagged.items() if period.holds(day)]
    bits = reduce(or_, within, 0)
    return PeriodFlags(bits, {flag.name: sum(1 for one in within if one & flag.bit) for flag in named(bits)})
