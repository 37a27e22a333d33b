"""Quality checks of many readings: what is found out afterwards, as runs with evidence (record 27)."""

from streams.domain.quality.checks import HISTORY, runs
from streams.domain.quality.series import OPEN, LocalCalendar, QualityRun, ReadingSeries, SeriesSet
from streams.domain.quality.thresholds import BY_QUANTITY, Overrides, Thresholds, thresholds

__all__ = [
    "BY_QUANTITY",
    "HISTORY",
    "OPEN",
    "LocalCalendar",
    "Overrides",
    "QualityRun",
    "ReadingSeries",
    "SeriesSet",
    "Thresholds",
    "runs",
    "thresholds",
]
