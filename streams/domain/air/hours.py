"""The indices of hours at stations, from the one layer of each pollutant that is told."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from schemas.air_indices import PARTICULATES, POLLUTANTS, Scheme
from streams.domain.air.averaging import mean
from streams.domain.air.indices import Index, index
from streams.domain.air.layers import Key, Known
from streams.domain.air.network import Network, Spot

HOUR: Final = timedelta(hours=1)
DAY: Final = 24
"""The hours of a running mean of a day, the one that it ends with among them."""


def later(spots: Iterable[Spot]) -> set[Spot]:
    """Name the later hours whose running mean of a day holds one of these."""
    told = set(spots)
    return {Spot(station, hour + number * HOUR) for station, hour in told for number in range(1, DAY)} - told


def inputs(network: Network, spots: Iterable[Spot], schemes: Iterable[Scheme]) -> set[Key]:
    """Name the hours of which the indices are made."""
    asked = {(pollutant, _width(scheme, pollutant)) for scheme in schemes for pollutant in scheme.bands}
    return {
        key
        for spot in spots
        for pollutant, width in asked
        if (layer := network.told(spot, pollutant)) is not None
        for key in _window(spot, pollutant, layer, width)
    }


def judged(
    network: Network, spots: Iterable[Spot], schemes: Iterable[Scheme], known: Known
) -> Iterator[tuple[Spot, Scheme, Index]]:
    """Judge every hour of which at least one pollutant was heard."""
    tables = list(schemes)
    for spot in spots:
        told = {name: layer for name in POLLUTANTS if (layer := network.told(spot, name)) is not None}
        for scheme in tables:
            layers = {name: told[name] for name in scheme.bands if name in told}
            if any(Key(spot.station, name, layer, spot.hour) in known for name, layer in layers.items()):
                yield spot, scheme, _judge(network, spot, scheme, layers, known)


def _judge(network: Network, spot: Spot, scheme: Scheme, layers: Mapping[str, str], known: Known) -> Index:
    means = {name: _mean(known, _window(spot, name, layer, _width(scheme, name))) for name, layer in layers.items()}
    found = index(scheme, means, network.environment(spot.station))
    return found._replace(basis={**found.basis, "layers": dict(layers)})


def _mean(known: Known, window: list[Key]) -> float | None:
    hours = [known.get(key) for key in window]
    return mean([hour and hour.mean for hour in hours], len(window)).value


def _width(scheme: Scheme, pollutant: str) -> int:
    return DAY if scheme.particulate == "day" and pollutant in PARTICULATES else 1


def _window(spot: Spot, pollutant: str, layer: str, width: int) -> list[Key]:
    return [Key(spot.station, pollutant, layer, spot.hour - number * HOUR) for number in range(width)]
