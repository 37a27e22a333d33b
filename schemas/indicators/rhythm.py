"""Indicators of the time of use: rush hours, weekends, and the kind of use that follows."""

from typing import Final

from schemas.indicators.indicator import IndicatorDefinition

_YEARLY: Final = ("year", "rolling_year")

RHYTHM: Final = (
    IndicatorDefinition(
        name="peak_hour_factor",
        unit="1",
        limits=("no_capacity",),
        rule="peak-1",
        kinds=("site",),
        periods=("month", "year"),
    ),
    IndicatorDefinition(
        name="wwi",
        unit="1",
        limits=("pattern_no_motive",),
        rule="rhythm-1",
        kinds=("site", "link"),
        periods=_YEARLY,
    ),
    IndicatorDefinition(
        name="ami",
        unit="1",
        limits=("pattern_no_motive",),
        rule="rhythm-1",
        kinds=("site", "link"),
        periods=_YEARLY,
    ),
)
"""The rhythm of a day and a week."""
