"""Corrections of low-cost sensors and conversion of units: layers beside the measured value."""

from typing import Final

from schemas.indicators.indicator import IndicatorDefinition

CORRECTIONS: Final = (
    IndicatorDefinition(
        name="barkjohn",
        unit="ug/m3",
        limits=("measured_stays", "plantower_only"),
        rule="barkjohn-1",
        kinds=("station",),
        periods=("hour",),
        estimated=True,
    ),
    IndicatorDefinition(
        name="koehler",
        unit="ug/m3",
        limits=("measured_stays", "kappa_differs"),
        rule="koehler-1",
        kinds=("station",),
        periods=("hour",),
        estimated=True,
    ),
    IndicatorDefinition(
        name="regional",
        unit="ug/m3",
        limits=("measured_stays", "region_as_one"),
        rule="regional-1",
        kinds=("station",),
        periods=("hour",),
        estimated=True,
    ),
    IndicatorDefinition(
        name="gas_conversion",
        unit="ug/m3",
        limits=("lower_at_25",),
        rule="gas-1",
        kinds=("station",),
        periods=("hour",),
    ),
)
"""Corrections and conversions of a measured value."""
