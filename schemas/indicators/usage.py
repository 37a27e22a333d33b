"""How links, routes and connections are used."""

from typing import Final

from schemas.indicators.indicator import IndicatorDefinition

_PERIODS: Final = ("month", "year", "rolling_year")
_CHAINS: Final = ("route", "connection")

USAGE: Final = (
    IndicatorDefinition(
        name="cyclists_per_day",
        unit="1/d",
        limits=("no_distinct_people", "assumed_is_not_measured"),
        rule="usage-1",
        kinds=("link",),
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="bicycle_km",
        unit="km/d",
        limits=("kilometres_assumed", "length_of_registry"),
        rule="usage-1",
        kinds=("link", *_CHAINS),
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="mean_cyclists",
        unit="1/d",
        limits=("kilometres_assumed", "no_through_riders"),
        rule="usage-1",
        kinds=_CHAINS,
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="green_share",
        unit="1",
        limits=("kilometres_assumed", "green_by_owner", "no_motive_green"),
        rule="usage-1",
        kinds=_CHAINS,
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="measured_share",
        unit="1",
        limits=("no_counter_quality",),
        rule="usage-1",
        kinds=_CHAINS,
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="through_ratio",
        unit="1",
        limits=("upper_bound_only", "kilometres_assumed"),
        rule="usage-1",
        kinds=("route",),
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="uniformity",
        unit="1",
        limits=("kilometres_assumed", "no_route_quality"),
        rule="usage-1",
        kinds=("route",),
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="link_split",
        unit="1",
        limits=("counted_links_only", "no_motive_link"),
        rule="usage-1",
        kinds=("link",),
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="directionality",
        unit="1",
        limits=("one_direction_may_fail",),
        rule="usage-1",
        kinds=("site", "link", "screenline"),
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="exposure_pm25",
        unit="ug/m3",
        limits=("no_health_claim", "stations_off_route"),
        rule="exposure-1",
        kinds=("route",),
        periods=_PERIODS,
    ),
    IndicatorDefinition(
        name="growth_since_opening",
        unit="1",
        limits=("opening_no_cause", "compare_with_city"),
        rule="opening-1",
        kinds=("link",),
        periods=("opening",),
    ),
)
"""Usage of links, routes and connections."""
