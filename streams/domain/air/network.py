"""The stations, what each measures when, and so which layers of air there are of an hour, and which one is told."""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.air_indices import PARTICULATES

MEASURED, PUBLISHER, REGIONAL = "measured", "publisher", "regional-1"
BY_INSTRUMENT: Final = MappingProxyType(
    {
        ("plantower", "pm25"): "barkjohn-1",
        ("sds011", "pm25"): "koehler-1",
        ("sds011", "pm10"): "koehler-1",
        ("sps30", "pm25"): "koehler-1",
        ("sps30", "pm10"): "koehler-1",
    }
)
"""Which correction is made for which instrument."""

CORRECTIONS: Final = tuple(dict.fromkeys((*BY_INSTRUMENT.values(), REGIONAL)))
PREFERENCE: Final = (PUBLISHER, *CORRECTIONS, MEASURED)
"""Which layer of a citizens' station is told, best first; an official station is told as it measured."""


class Stream(NamedTuple):
    """One datastream of a station for as long as it is valid, with what the registry says of its station."""

    station: str
    kind: str
    environment: str
    region: str
    quantity: str
    layer: str
    instrument: str
    kappa: float | None
    valid_from: datetime
    valid_until: datetime


class Spot(NamedTuple):
    """One hour at one station."""

    station: str
    hour: datetime


class Network:
    """All air stations as the registry has them."""

    def __init__(self, streams: Iterable[Stream]) -> None:
        self._streams: dict[str, list[Stream]] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._told: dict[tuple[Spot, str], str | None] = {}
        for stream in streams:
            self._streams.setdefault(stream.station, []).append(stream)
            self._members.setdefault(stream.region, {})[stream.station] = None

    def environment(self, station: str) -> str:
        """Tell what surrounds a station."""
        return self._streams[station][0].environment

    def official(self, station: str) -> bool:
        """Tell whether a station is the government's."""
        return self._streams[station][0].kind == "official"

    def region(self, station: str) -> str:
        """Give the region of a station, or nothing."""
        return self._streams[station][0].region

    def members(self, region: str) -> list[str]:
        """Give the stations of a region; what belongs to none has no company."""
        return [*self._members.get(region, ())] if region else []

    def neighbourhood(self, spots: Iterable[Spot]) -> set[Spot]:
        """Add to these hours the same hours of every station in the same region: they calibrate each other."""
        around = set(spots)
        for region, hour in {(self.region(spot.station), spot.hour) for spot in around}:
            around.update(Spot(station, hour) for station in self.members(region))
        return around

    def stream(self, spot: Spot, quantity: str, layer: str = MEASURED) -> Stream | None:
        """Find the datastream that is valid at an hour."""
        for stream in self._streams[spot.station]:
            if (stream.quantity, stream.layer) == (quantity, layer) and _is_valid(stream, spot.hour):
                return stream
        return None

    def corrections(self, spot: Spot, quantity: str) -> list[str]:
        """Name the corrections that are made of what was measured, best first."""
        stream = self.stream(spot, quantity)
        if stream is None:
            return []
        own = BY_INSTRUMENT.get((stream.instrument, quantity))
        calibrated = (
            quantity in PARTICULATES and not self.official(spot.station) and self._has_reference(spot, quantity)
        )
        return [*([own] if own else []), *([REGIONAL] if calibrated else [])]

    def told(self, spot: Spot, quantity: str) -> str | None:
        """Choose the one layer of a quantity that an index is made of, or None where the station does not have it."""
        if (spot, quantity) not in self._told:
            self._told[spot, quantity] = self._choose(spot, quantity)
        return self._told[spot, quantity]

    def _choose(self, spot: Spot, quantity: str) -> str | None:
        there = [layer for layer in (MEASURED, PUBLISHER) if self.stream(spot, quantity, layer) is not None]
        if self.official(spot.station):
            return there[0] if there else None
        return min([*there, *self.corrections(spot, quantity)], key=PREFERENCE.index, default=None)

    def references(self, region: str) -> list[str]:
        """Give the official stations of a region."""
        return [station for station in self.members(region) if self.official(station)]

    def _has_reference(self, spot: Spot, quantity: str) -> bool:
        official = self.references(self.region(spot.station))
        return any(self.stream(Spot(station, spot.hour), quantity) is not None for station in official)


def _is_valid(stream: Stream, hour: datetime) -> bool:
    return stream.valid_from <= hour < stream.valid_until
