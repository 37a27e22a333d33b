"""Indicators of air: means by the directive, and two indices."""

from typing import Final

from schemas.indicators.indicator import IndicatorDefinition

AIR: Final = (
    IndicatorDefinition(
        name="air_hour_mean",
        unit="",
        limits=("citizens_not_official", "negative_is_noise"),
        rule="mean-1",
        kinds=("station",),
        periods=("hour",),
    ),
    IndicatorDefinition(
        name="day_mean",
        unit="",
        limits=("citizens_not_official", "no_legal_test", "negative_is_noise"),
        rule="air-period-1",
        kinds=("station",),
        periods=("day",),
    ),
    IndicatorDefinition(
        name="day_max_8h",
        unit="",
        limits=("citizens_not_official", "no_legal_test"),
        rule="air-period-1",
        kinds=("station",),
        periods=("day",),
    ),
    IndicatorDefinition(
        name="month_mean",
        unit="",
        limits=("citizens_not_official", "no_legal_test", "one_station_district"),
        rule="air-period-1",
        kinds=("district",),
        periods=("month",),
    ),
    IndicatorDefinition(
        name="year_mean",
        unit="",
        limits=("citizens_not_official", "no_legal_test"),
        rule="air-period-1",
        kinds=("station", "district"),
        periods=("year",),
    ),
    IndicatorDefinition(
        name="lki",
        unit="1",
        limits=("not_of_rivm", "no_advice"),
        rule="index-1",
        kinds=("station",),
        periods=("hour",),
    ),
    IndicatorDefinition(
        name="eaqi",
        unit="1",
        limits=("versions_differ", "bounds_by_practice"),
        rule="index-1",
        kinds=("station",),
        periods=("hour",),
    ),
)
"""Air: means and indices."""
