"""The usage of a chain of links from the cyclists on each of them (domain handbook, links and routes)."""

from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from typing import Final, NamedTuple

from verify.comparison import Compared, Finding, Number

_WHY: Final = {
    "fietskilometers": "not the cyclists of every link times its length, added up",
    "gemetenFietskilometers": "not the bicycle-kilometres of the counted links alone",
    "gewogenGemiddelde": "not bicycle-kilometres by length",
    "doorgaandeVerhouding": "not the quietest link by the weighted mean",
    "gelijkmatigheid": "not the quietest link by the busiest",
    "groenAandeel": "not the part of the bicycle-kilometres that is ridden on green links",
    "lengteKm": "not the length of its links",
    "gemetenKm": "not the length of the links that were counted",
    "verondersteldKm": "not the length of the links that take their cyclists from another",
    "ontbrekendKm": "not the length of the links without a valid day",
    "fietsers": "the link has other cyclists than the site that counts it",
}


class LinkUsage(NamedTuple):
    """One link with its cyclists per day, None where no day is valid; `measured` where it has a counter itself."""

    name: str
    length: float
    green: bool
    measured: bool
    cyclists: float | None


def usage(links: Sequence[LinkUsage]) -> dict[str, float | None]:
    """Compute the usage of a chain by public names; an indicator that needs a missing link is None."""
    known = [link for link in links if link.cyclists is not None]
    whole = len(known) == len(links)
    bicycle_km = _bicycle_km(links) if whole else None
    counted = [link for link in links if link.measured]
    flows = [link.cyclists for link in links if link.cyclists is not None] if whole else []
    mean = _by(bicycle_km, _length(links))
    return {
        "fietskilometers": bicycle_km,
        "gemetenFietskilometers": _bicycle_km(counted) if all(link.cyclists is not None for link in counted) else None,
        "gewogenGemiddelde": mean,
        "doorgaandeVerhouding": _by(min(flows, default=None), mean),
        "gelijkmatigheid": _by(min(flows, default=None), max(flows, default=None)),
        "groenAandeel": _by(_bicycle_km([link for link in links if link.green]), bicycle_km) if whole else None,
        "lengteKm": _length(links),
        "gemetenKm": _length([link for link in known if link.measured]),
        "verondersteldKm": _length([link for link in known if not link.measured]),
        "ontbrekendKm": _length([link for link in links if link.cyclists is None]),
    }


def compare(
    what: str, bucket: str, published: Mapping[str, Number], links: Sequence[LinkUsage], *, each: Mapping[str, Number]
) -> Iterator[Finding]:
    """Compare one published day of a chain, and of `each` of its links by name."""
    for name, ours in usage(links).items():
        yield Compared(what, bucket, name, published[name], ours, _WHY[name], exact=False)
    for link in links:
        if link.name in each:
            yield Compared(what, bucket, f"fietsers {link.name}", each[link.name], link.cyclists, _WHY["fietsers"])


def _bicycle_km(links: Sequence[LinkUsage]) -> float:
    return fsum((link.cyclists or 0.0) * link.length for link in links)


def _length(links: Sequence[LinkUsage]) -> float:
    return fsum(link.length for link in links)


def _by(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
