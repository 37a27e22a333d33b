"""Durations in the notation of Grafana and PostgreSQL: 15m, 1h, 1 day."""

import re
from datetime import timedelta
from types import MappingProxyType
from typing import Final

_DAY: Final = 86_400
_SECONDS: Final = MappingProxyType(
    {"ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": _DAY, "w": 7 * _DAY, "M": 30 * _DAY, "y": 365 * _DAY}
)
_SHORT: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMy])")


def seconds(word: str) -> float:
    """Parse `15m` or `1M` (30 days, as in Grafana) into seconds; raise ValueError for anything else."""
    found = _SHORT.fullmatch(word)
    if found is None:
        raise ValueError(f"{word!r} is no interval of Grafana; write a number and one of {', '.join(_SECONDS)}")
    return float(found[1]) * _SECONDS[found[2]]


def text_of(span: timedelta) -> str:
    """Format a duration in whole units of the largest that fits into it, as `$__interval` does."""
    whole = span // timedelta(milliseconds=1)
    for unit, size in (("d", _DAY * 1000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if whole >= size:
            return f"{whole // size}{unit}"
    return f"{whole}ms"
