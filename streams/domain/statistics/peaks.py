"""The peak-hour factor."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from schemas.reasons import reason
from streams.domain.statistics.statistic import NONE_COUNTED, Statistic, available, withheld


class PeakHour(NamedTuple):
    """A whole hour with all its quarters: its passages, and those of its busiest quarter of an hour."""

    day: date
    total: float
    quarter: float


def peak_hour_factor(total: float, busiest_quarter: float) -> float | None:
    """Divide the hour by four times its busiest quarter, `V_h / (4 · max15)`; no unit (domain handbook, section 4).

    1 is an even hour, 0.25 one that passed within a quarter; None where nobody passed.
    """
    return total / (4 * busiest_quarter) if busiest_quarter else None


def of_busiest_hour(hours: Iterable[PeakHour]) -> Statistic:
    """Return the factor of the busiest hour of a period; of equally busy ones, that with the busiest quarter."""
    found = max(hours, key=lambda hour: (hour.total, hour.quarter, -hour.day.toordinal()), default=None)
    if found is None:
        return withheld(reason("no_whole_hour"))
    factor = peak_hour_factor(found.total, found.quarter)
    basis = {"day": found.day.isoformat(), "total": found.total, "quarter": found.quarter}
    return withheld(NONE_COUNTED, **basis) if factor is None else available(factor, **basis)
