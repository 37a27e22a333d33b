"""All indicators by name, in the order of the reference pages."""

from types import MappingProxyType
from typing import Final

from schemas.indicators.air import AIR
from schemas.indicators.averages import AVERAGES
from schemas.indicators.comparisons import COMPARISONS
from schemas.indicators.corrections import CORRECTIONS
from schemas.indicators.counting import COUNTING
from schemas.indicators.rhythm import RHYTHM
from schemas.indicators.usage import USAGE

INDICATORS: Final = MappingProxyType(
    {
        indicator.name: indicator
        for chapter in (COUNTING, USAGE, AVERAGES, RHYTHM, COMPARISONS, AIR, CORRECTIONS)
        for indicator in chapter
    }
)
"""The catalogue, by name."""
