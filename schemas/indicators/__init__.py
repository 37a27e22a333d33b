"""The catalogue of published indicators."""

from schemas.indicators.catalogue import INDICATORS
from schemas.indicators.indicator import IndicatorDefinition

__all__ = ["INDICATORS", "IndicatorDefinition"]
