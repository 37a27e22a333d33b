"""The indices of hours at stations, from the one layer of each pollutant that is published."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from schemas.air_indices import PARTICULATES, Scheme
from streams.domain.air.indices import Index, index
from streams.domain.air.layers import Hour, Known
from streams.domain.air.means import mean
from streams.domain.air.network import AirNetwork, Spot

DAY: Final = 24
"""The hours of a running mean of a day, the one that it ends with among them."""


class Stretch(NamedTuple):
    """Consecutive hours at a station, both ends included."""

    station: str
    first: int
    last: int


def stretches(spots: Iterable[Spot], around: int = 0) -> list[Stretch]:
    """Join the hours of each station, with `around` hours before and after each, into as few stretches as possible."""
    found: list[Stretch] = []
    for station, hour in sorted(spots):
        first, last = hour - around, hour + around
        if found and found[-1].station == station and first <= found[-1].last + 1:
            first = found.pop().first
        found.append(Stretch(station, first, last))
    return found


def later(moved: Iterable[Spot]) -> set[Spot]:
    """Return the hours after these whose running mean of a day includes one of them."""
    return {Spot(station, hour) for station, first, last in stretches(moved) for hour in range(first + 1, last + DAY)}


def air_indices(
    network: AirNetwork, spots: Iterable[Spot], schemes: Iterable[Scheme], known: Known
) -> Iterator[tuple[Spot, Scheme, Index]]:
    """Yield the index of every hour for which a mean of at least one pollutant is known."""
    tables = [(scheme, PARTICULATES if scheme.particulate == "day" else frozenset()) for scheme in schemes]
    for spot in spots:
        published = network.setup(spot).published
        hours = {name: known.get((spot.station, name, layer), {}) for name, layer in published.items()}
        received = {name: line[spot.hour].mean for name, line in hours.items() if spot.hour in line}
        for scheme, running in tables:
            if received.keys().isdisjoint(scheme.bands):
                continue
            pollutants = [name for name in scheme.bands if name in published]
            means = {
                name: _of_a_day(hours[name], spot.hour) if name in running else received.get(name)
                for name in pollutants
            }
            found = index(scheme, means, network.environment(spot.station))
            basis = {**found.basis, "layers": {name: published[name] for name in pollutants}}
            flags = [_flags(hours[name], spot.hour, DAY if name in running else 1) for name in pollutants]
            yield spot, scheme, found._replace(basis=basis, quality_flags=reduce(or_, flags, 0))


def _flags(hours: Mapping[int, Hour], hour: int, length: int) -> int:
    """Combine the flags of so many hours, of which this one is the last."""
    window = range(hour - length + 1, hour + 1)
    return reduce(or_, (hours[number].quality_flags for number in window if number in hours), 0)


def _of_a_day(hours: Mapping[int, Hour], hour: int) -> float | None:
    window = range(hour - DAY + 1, hour + 1)
    return mean([hours[number].mean for number in window if number in hours], DAY).value
