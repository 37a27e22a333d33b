"""The indicators of links, routes and connections over a period, from the valid days of the sites that count them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from statistics import fmean
from typing import Final

from verify.indicators.day_series import Channels, DayRange
from verify.indicators.growth import a_year_before, grown
from verify.route_usage import LinkUsage, usage

SLUGS: Final[Mapping[str, str]] = {
    "fietskilometers": "fietskilometers",
    "gewogen-gemiddelde": "gewogenGemiddelde",
    "groen-aandeel": "groenAandeel",
    "doorgaande-verhouding": "doorgaandeVerhouding",
    "gelijkmatigheid": "gelijkmatigheid",
}
"""The indicators of a chain by slug, with the names that they have in the usage of one day."""


def of_period(
    links: Sequence[LinkUsage], days: Mapping[str, Mapping[date, float]], period: DayRange
) -> dict[str, float | None]:
    """Compute the usage of a chain on the average of the days on which all its counted links are valid, by slug."""
    inside = {name: {day: count for day, count in known.items() if day in period} for name, known in days.items()}
    common = _common([known for known in inside.values() if known])
    means = [_mean(inside.get(link.name, {}), common) for link in links]
    used = usage([link._replace(cyclists=mean) for link, mean in zip(links, means, strict=True)])
    found = {slug: used[name] if enough(common, period) else None for slug, name in SLUGS.items()}
    length, measured = used["lengteKm"], used["gemetenKm"]
    return found | {"gemeten-deel": measured / length if length and measured is not None else None}


def like_for_like(
    links: Sequence[LinkUsage],
    days: Mapping[str, Mapping[date, float]],
    period: DayRange,
    channels: Sequence[Mapping[date, Channels]] = (),
) -> float | None:
    """Compare bicycle-kilometres with a year before, on the days on which every link is valid both times.

    The same `channels` must have counted at every link.
    """
    known = [days.get(link.name, {}) for link in links]
    bicycle_km = {
        day: sum(counts[day] * link.length for link, counts in zip(links, known, strict=True)) for day in _common(known)
    }
    return grown(bicycle_km, period, a_year_before, channels)


def split(link: str, days: Mapping[str, Mapping[date, float]], period: DayRange) -> float | None:
    """Return the share of the cyclists on parallel links that takes this one, over the days on which all are valid."""
    common = [day for day in _common(list(days.values())) if day in period]
    everyone = sum(counts[day] for counts in days.values() for day in common)
    return sum(days[link][day] for day in common) / everyone if everyone and enough(common, period) else None


def directionality(one: Mapping[date, float], other: Mapping[date, float], days: Sequence[date]) -> float | None:
    """Divide the difference between two directions by their sum, over days on which both were counted."""
    there, back = (sum(counts[day] for day in days) for counts in (one, other))
    return abs(there - back) / (there + back) if there + back else None


def enough(days: Collection[date], period: DayRange) -> bool:
    """Return whether so many days are three quarters of a period."""
    return len(days) * 4 >= period.within(period) * 3


def _common(known: Sequence[Mapping[date, float]]) -> set[date]:
    return set.intersection(*(set(counts) for counts in known)) if known else set()


def _mean(counts: Mapping[date, float], common: set[date]) -> float | None:
    return fmean(counts[day] for day in common) if counts and common else None
