"""Every indicator that is published: what it says, how it is computed, and what may not be claimed by it."""

from schemas.indicators.catalogue import INDICATORS
from schemas.indicators.indicator import IndicatorDefinition

__all__ = ["INDICATORS", "IndicatorDefinition"]
