"""Counts, and the cycling share."""

from typing import Final

from schemas.indicators.indicator import IndicatorDefinition

COUNTING: Final = (
    IndicatorDefinition(
        name="count",
        unit="1",
        limits=("passages_not_people", "partial_is_lower_bound", "motorcycles_on_tubes"),
        rule="pair-2",
        kinds=("site",),
        periods=("quarter", "hour", "day", "week", "month", "year", "rolling_year", "whole"),
    ),
    IndicatorDefinition(
        name="cycling_share",
        unit="1",
        limits=("no_modal_split", "only_this_line", "sampling_only"),
        rule="pair-2",
        kinds=("screenline",),
        periods=("quarter", "hour", "day", "week", "month", "year", "rolling_year", "whole"),
    ),
)
"""Counts and shares: sums of stored rows, over any period."""
