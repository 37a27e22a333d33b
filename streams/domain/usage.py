"""How a route was used on one day, from the cyclists on each of its links."""

from collections.abc import Iterable, Sequence
from math import fsum
from typing import NamedTuple


class LinkDay(NamedTuple):
    """One link of a route on one day; `cyclists` is None where it has no valid day.

    Where `measured` is false they are taken from another link.
    """

    name: str
    length: float
    green: bool
    measured: bool
    cyclists: float | None


class RouteDay(NamedTuple):
    """The usage of a route on one day.

    Figures are None, and `withheld` says why, where a link that they need has no valid day.
    """

    bicycle_km: float | None
    measured_bicycle_km: float | None
    length_km: float
    measured_km: float
    assumed_km: float
    missing_km: float
    mean_cyclists: float | None
    through_ratio: float | None
    uniformity: float | None
    green_share: float | None
    withheld: str | None


def usage(links: Sequence[LinkDay]) -> RouteDay:
    """Work out bicycle-kilometres and what follows from them (domain handbook, links and routes)."""
    missing = [link for link in links if link.cyclists is None]
    whole = not missing
    bicycle_km = _bicycle_km(links) if whole else None
    mean = bicycle_km / _km(links) if bicycle_km is not None and links else None
    counts = [link.cyclists for link in links if link.cyclists is not None] if whole else []
    return RouteDay(
        bicycle_km=bicycle_km,
        measured_bicycle_km=_measured(links),
        length_km=_km(links),
        measured_km=_km(link for link in links if link.measured and link.cyclists is not None),
        assumed_km=_km(link for link in links if not link.measured and link.cyclists is not None),
        missing_km=_km(missing),
        mean_cyclists=mean,
        through_ratio=_ratio(min(counts, default=None), mean),
        uniformity=_ratio(min(counts, default=None), max(counts, default=None)),
        green_share=_ratio(_bicycle_km(link for link in links if link.green) if whole else None, bicycle_km),
        withheld=f"geen geldige dag op {', '.join(link.name for link in missing)}" if missing else None,
    )


def _measured(links: Iterable[LinkDay]) -> float | None:
    counted = [link for link in links if link.measured]
    return _bicycle_km(counted) if all(link.cyclists is not None for link in counted) else None


def _bicycle_km(links: Iterable[LinkDay]) -> float:
    return fsum((link.cyclists or 0.0) * link.length for link in links)


def _km(links: Iterable[LinkDay]) -> float:
    return fsum(link.length for link in links)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
