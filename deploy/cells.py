"""Cells of lists for people: spans, shares and moments, short and never more than is known."""

from datetime import datetime, timedelta
from typing import Any


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, in its largest unit: "40 s", "12 min", "3 h", "9 d"; "-" for none."""
    return "-" if moment is None else lasting(now - moment)


def lasting(span: timedelta) -> str:
    """Return a span in its largest unit, rounded down; what is negative has its sign."""
    seconds = int(span.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{sign}{seconds // size} {unit}"
    return f"{sign}{seconds} s"


def percent(share: float | None) -> str:
    """Return a share in whole per cent, rounded down; "-" for none."""
    return "-" if share is None else f"{int(share * 100 + 1e-9)} %"


def stamp(moment: Any) -> str:  # noqa: ANN401 - a cell of any row
    """Return a moment in UTC to the second, anything else as it is; "-" for none."""
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%SZ}" if isinstance(moment, datetime) else str(moment)
