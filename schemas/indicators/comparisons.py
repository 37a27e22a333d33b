"""Comparisons of two periods, over what was measured in both."""

from typing import Final

from schemas.indicators.indicator import IndicatorDefinition

_EVERY: Final = ("month", "year", "year_to_date", "rolling_year")

COMPARISONS: Final = (
    IndicatorDefinition(
        name="like_for_like",
        unit="1",
        limits=("growth_of_these_sites", "no_cause", "new_device_may_break"),
        rule="pairs-2",
        kinds=("site", "route", "owner"),
        periods=_EVERY,
    ),
    IndicatorDefinition(
        name="same_weekday",
        unit="1",
        limits=("growth_of_these_sites", "no_cause", "new_device_may_break"),
        rule="pairs-2",
        kinds=("site", "owner"),
        periods=_EVERY,
    ),
)
"""Comparisons between periods."""
