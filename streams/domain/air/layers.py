"""Corrected hours, from measured ones: each with the worse coverage of what it was made of, and what it rests on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from schemas.air_indices import PARTICULATES
from streams.domain.air.averaging import TOO_LITTLE
from streams.domain.air.correcting import HUMID, KAPPA, WET, Calibration, barkjohn, calibration, koehler
from streams.domain.air.network import CORRECTIONS, MEASURED, REGIONAL, Network, Spot


class Key(NamedTuple):
    """One hour of one quantity at a station, in one layer."""

    station: str
    quantity: str
    layer: str
    hour: datetime


class Hour(NamedTuple):
    """The mean of an hour, None where too little of it was measured: `valid` of `expected` intervals."""

    mean: float | None
    valid: int
    expected: int


class Corrected(NamedTuple):
    """One hour of a corrected layer: a mean, or why it is withheld, and what it rests on."""

    mean: float | None
    withheld: str | None
    valid: int
    expected: int
    basis: dict[str, Any]


Known: TypeAlias = Mapping[Key, Hour]
Correction: TypeAlias = Callable[[float, float, float | None], tuple[float | None, str | None, dict[str, Any]]]


def ingredients(spots: Iterable[Spot]) -> set[Key]:
    """Name the measured hours of which corrections are made; the spots are whole neighbourhoods."""
    quantities = (*PARTICULATES, "humidity")
    return {Key(spot.station, quantity, MEASURED, spot.hour) for spot in spots for quantity in quantities}


def possible(spots: Iterable[Spot]) -> set[Key]:
    """Name every corrected hour that there might be."""
    return {
        Key(spot.station, quantity, layer, spot.hour)
        for spot in spots
        for quantity in PARTICULATES
        for layer in CORRECTIONS
    }


def corrected(network: Network, spots: Iterable[Spot], known: Known) -> Iterator[tuple[Key, Corrected]]:
    """Correct every measured hour of particulate matter for which the registry names a correction."""
    regions: dict[tuple[str, str, datetime], Calibration] = {}
    for spot in spots:
        for quantity in PARTICULATES:
            hour = known.get(Key(spot.station, quantity, MEASURED, spot.hour))
            for layer in network.corrections(spot, quantity) if hour is not None else ():
                key = Key(spot.station, quantity, layer, spot.hour)
                if layer == REGIONAL:
                    place = (network.region(spot.station), quantity, spot.hour)
                    if place not in regions:
                        regions[place] = _calibration(network, place, known)
                    yield key, _calibrated(known[key._replace(layer=MEASURED)], regions[place])
                else:
                    yield key, _by_humidity(network, key, known)


def _by_humidity(network: Network, key: Key, known: Known) -> Corrected:
    stream = network.stream(Spot(key.station, key.hour), key.quantity)
    measured = known[key._replace(layer=MEASURED)]
    humidity = known.get(Key(key.station, "humidity", MEASURED, key.hour), Hour(None, 0, measured.expected))
    worse = min(measured, humidity, key=_coverage)
    if measured.mean is None or humidity.mean is None:
        return Corrected(None, _what_lacks(measured), worse.valid, worse.expected, {})
    value, withheld, basis = _CORRECTIONS[key.layer](measured.mean, humidity.mean, stream.kappa if stream else None)
    return Corrected(value, withheld, worse.valid, worse.expected, {"humidity": humidity.mean, **basis})


def _what_lacks(measured: Hour) -> str:
    return TOO_LITTLE if measured.mean is None else f"luchtvochtigheid: {TOO_LITTLE}"


def _coverage(hour: Hour) -> float:
    return hour.valid / hour.expected if hour.expected else 0.0


def _barkjohn(mean: float, humidity: float, _: float | None) -> tuple[float | None, str | None, dict[str, Any]]:
    return barkjohn(mean, humidity), None, {}


def _koehler(mean: float, humidity: float, kappa: float | None) -> tuple[float | None, str | None, dict[str, Any]]:
    value = koehler(mean, humidity, kappa or KAPPA)
    withheld = f"luchtvochtigheid van {WET:.0f} % of meer" if value is None else None
    doubt = {"doubt": f"luchtvochtigheid boven {HUMID:.0f} %"} if humidity > HUMID else {}
    return value, withheld, {"kappa": kappa or KAPPA, **doubt}


_CORRECTIONS: Final[Mapping[str, Correction]] = MappingProxyType({"barkjohn-1": _barkjohn, "koehler-1": _koehler})


def _calibration(network: Network, place: tuple[str, str, datetime], known: Known) -> Calibration:
    region, quantity, hour = place
    means = {
        station: found.mean
        for station in network.members(region)
        if (found := known.get(Key(station, quantity, MEASURED, hour))) is not None
    }
    official = set(network.references(region))
    kits = {station: mean for station, mean in means.items() if station not in official}
    return calibration([means[station] for station in means if station in official], kits)


def _calibrated(measured: Hour, by: Calibration) -> Corrected:
    basis = {"factor": by.factor, "reference": by.reference, "group": by.group, "kits": by.kits}
    mean = measured.mean * by.factor if measured.mean is not None and by.factor is not None else None
    withheld = TOO_LITTLE if measured.mean is None else by.withheld
    return Corrected(mean, withheld, measured.valid, measured.expected, basis)
