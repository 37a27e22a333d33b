"""Averages of a site over a year, a month or a weekday, totals and estimates."""

from typing import Final

from schemas.indicators.indicator import IndicatorDefinition

_YEARLY: Final = ("year", "rolling_year")
_EVERY: Final = ("month", "year", "year_to_date", "rolling_year")

AVERAGES: Final = (
    IndicatorDefinition(
        name="aadb",
        unit="1/d",
        limits=("no_busiest_day", "compare_with_aadb"),
        rule="aadb-1",
        kinds=("site",),
        periods=_YEARLY,
    ),
    IndicatorDefinition(
        name="naive_aadb",
        unit="1/d",
        limits=("biased_by_season",),
        rule="aadb-1",
        kinds=("site",),
        periods=_YEARLY,
    ),
    IndicatorDefinition(
        name="madb",
        unit="1/d",
        limits=("one_month_only",),
        rule="aadb-1",
        kinds=("site",),
        periods=("month",),
    ),
    IndicatorDefinition(
        name="seasonal_factor",
        unit="1",
        limits=("this_site_this_year",),
        rule="aadb-1",
        kinds=("site",),
        periods=("month",),
    ),
    IndicatorDefinition(
        name="weekday_index",
        unit="1",
        limits=("habit_no_forecast",),
        rule="aadb-1",
        kinds=("site",),
        periods=("year",),
    ),
    IndicatorDefinition(
        name="mean_day",
        unit="1/d",
        limits=("use_like_for_like",),
        rule="sum-1",
        kinds=("site",),
        periods=_EVERY,
    ),
    IndicatorDefinition(
        name="total",
        unit="1",
        limits=("lower_bound_below_whole",),
        rule="sum-1",
        kinds=("site",),
        periods=("year_to_date", "rolling_year"),
    ),
    IndicatorDefinition(
        name="total_with_estimates",
        unit="1",
        limits=("estimated_not_measured", "day_error_ten_percent"),
        rule="estimates-2",
        kinds=("site",),
        periods=("year",),
        estimated=True,
    ),
    IndicatorDefinition(
        name="expanded_aadb",
        unit="1/d",
        limits=("estimated_not_measured", "two_hours_are_too_few"),
        rule="expand-1",
        kinds=("site",),
        periods=("year",),
        estimated=True,
    ),
)
"""Averages, totals and estimates of a site."""
