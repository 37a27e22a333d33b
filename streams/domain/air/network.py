"""The air stations with their datastreams, from which the layers of an hour follow, and which of them is published."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from schemas.air_indices import PARTICULATES, POLLUTANTS

MEASURED, PUBLISHER, REGIONAL, HUMIDITY = "measured", "publisher", "regional-1", "humidity"
BY_INSTRUMENT: Final = MappingProxyType(
    {
        ("plantower", "pm25"): "barkjohn-1",
        ("sds011", "pm25"): "koehler-1",
        ("sds011", "pm10"): "koehler-1",
        ("sps30", "pm25"): "koehler-1",
        ("sps30", "pm10"): "koehler-1",
    }
)
"""The correction by instrument."""

CORRECTIONS: Final = tuple(dict.fromkeys((*BY_INSTRUMENT.values(), REGIONAL)))
PREFERENCE: Final = (PUBLISHER, *CORRECTIONS, MEASURED)
"""The layers of a citizens' station, of which the first available is published; an official station has no choice."""

Line: TypeAlias = tuple[str, str, str]
"""Station, quantity and layer: the key of a series of hours."""


class Stream(NamedTuple):
    """One datastream of a station for the hours in which it is valid, with the registry's data on its station."""

    station: str
    kind: str
    environment: str
    region: str
    quantity: str
    layer: str
    instrument: str
    kappa: float | None
    valid_from: int
    valid_until: int


class Spot(NamedTuple):
    """One hour at one station, as the number of hours since 1970, so that consecutive hours are a range."""

    station: str
    hour: int


class Setup(NamedTuple):
    """The setup of a station: the published layer of each pollutant, and the corrections of particulate matter."""

    published: Mapping[str, str]
    corrections: Mapping[str, list[str]]
    kappas: Mapping[str, float | None]


class AirNetwork:
    """All air stations of the registry."""

    def __init__(self, streams: Iterable[Stream]) -> None:
        self._streams: dict[str, list[Stream]] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._turns: dict[str, list[int]] = {}
        self._setups: dict[tuple[str, int], Setup] = {}
        for stream in streams:
            self._streams.setdefault(stream.station, []).append(stream)
            self._members.setdefault(stream.region, {})[stream.station] = None
        self._references = {region: [*filter(self.official, self.members(region))] for region in self._members}

    def environment(self, station: str) -> str:
        """Return the kind of surroundings of a station."""
        return self._streams[station][0].environment

    def official(self, station: str) -> bool:
        """Return whether a station is official."""
        return self._streams[station][0].kind == "official"

    def region(self, station: str) -> str:
        """Return the region of a station; "" where it has none."""
        return self._streams[station][0].region

    def members(self, region: str) -> list[str]:
        """Return the stations of a region; none for the region ""."""
        return [*self._members.get(region, ())] if region else []

    def references(self, region: str) -> list[str]:
        """Return the official stations of a region."""
        return self._references[region]

    def neighbourhood(self, spots: Iterable[Spot]) -> set[Spot]:
        """Add to these hours the same hours of every station in the same region, as stations calibrate each other."""
        around = set(spots)
        for region, hour in {(self.region(spot.station), spot.hour) for spot in around}:
            around.update(Spot(station, hour) for station in self.members(region))
        return around

    def lines(self, station: str) -> set[Line]:
        """Return the series that corrections and indices of a station may need, and those of the corrections."""
        made = {(station, quantity, layer) for quantity in PARTICULATES for layer in (MEASURED, *CORRECTIONS)}
        streams = self._streams[station]
        published = {(station, stream.quantity, stream.layer) for stream in streams if stream.quantity in POLLUTANTS}
        return {(station, HUMIDITY, MEASURED)} | made | published

    def setup(self, spot: Spot) -> Setup:
        """Return the setup of a station at an hour, which changes only when a relevant datastream begins or ends."""
        if spot.station not in self._turns:
            self._turns[spot.station] = self._turns_of(spot.station)
        since = (spot.station, bisect_right(self._turns[spot.station], spot.hour))
        if since not in self._setups:
            self._setups[since] = self._setup(spot)
        return self._setups[since]

    def _turns_of(self, station: str) -> list[int]:
        near = (station, *self.references(self.region(station)))
        streams = [stream for one in near for stream in self._streams[one]]
        return sorted({hour for stream in streams for hour in (stream.valid_from, stream.valid_until)})

    def _setup(self, spot: Spot) -> Setup:
        published = {name: layer for name in POLLUTANTS if (layer := self._published(spot, name)) is not None}
        measured = {name: stream for name in PARTICULATES if (stream := self._stream(spot, name)) is not None}
        corrections = {name: self._corrections(spot, name) for name in measured}
        return Setup(published, corrections, {name: stream.kappa for name, stream in measured.items()})

    def _stream(self, spot: Spot, quantity: str, layer: str = MEASURED) -> Stream | None:
        for stream in self._streams[spot.station]:
            if (stream.quantity, stream.layer) == (quantity, layer) and _is_valid(stream, spot.hour):
                return stream
        return None

    def _corrections(self, spot: Spot, quantity: str) -> list[str]:
        """Return the corrections of what was measured, the preferred one first."""
        stream = self._stream(spot, quantity)
        if stream is None:
            return []
        own = BY_INSTRUMENT.get((stream.instrument, quantity))
        calibrated = (
            quantity in PARTICULATES and not self.official(spot.station) and self._has_reference(spot, quantity)
        )
        return [*([own] if own else []), *([REGIONAL] if calibrated else [])]

    def _published(self, spot: Spot, quantity: str) -> str | None:
        """Return the layer of a quantity that is published, None where the station does not have it."""
        there = [layer for layer in (MEASURED, PUBLISHER) if self._stream(spot, quantity, layer) is not None]
        if self.official(spot.station):
            return there[0] if there else None
        return min([*there, *self._corrections(spot, quantity)], key=PREFERENCE.index, default=None)

    def _has_reference(self, spot: Spot, quantity: str) -> bool:
        official = self.references(self.region(spot.station))
        return any(self._stream(Spot(station, spot.hour), quantity) is not None for station in official)


def _is_valid(stream: Stream, hour: int) -> bool:
    return stream.valid_from <= hour < stream.valid_until
