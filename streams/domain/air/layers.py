"""Corrected hours, each with the lowest coverage of the hours that it was computed from, and its basis."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from schemas.air_indices import PARTICULATES
from schemas.reasons import Reason, reason
from streams.domain.air.corrections import HUMID, KAPPA, WET, Calibration, barkjohn, calibration, koehler
from streams.domain.air.network import CORRECTIONS, HUMIDITY, MEASURED, REGIONAL, AirNetwork, Line, Setup, Spot
from streams.domain.coverage import NEEDED, percent, too_little


class Key(NamedTuple):
    """One hour of one quantity at a station, in one layer."""

    station: str
    quantity: str
    layer: str
    hour: int

    @property
    def line(self) -> Line:
        """Return station, quantity and layer."""
        return self[:3]


class Hour(NamedTuple):
    """The mean of an hour, None where the coverage is too low: `valid` of `expected` intervals.

    `quality_flags` are of all that was observed in it, counted or not.
    """

    mean: float | None
    valid: int
    expected: int
    quality_flags: int = 0


class Corrected(NamedTuple):
    """One hour of a corrected layer: a mean, or why it is withheld, its basis, and the flags of what was corrected."""

    mean: float | None
    withheld: Reason | None
    valid: int
    expected: int
    basis: dict[str, Any]
    quality_flags: int = 0


Known: TypeAlias = dict[Line, dict[int, Hour]]
Correction: TypeAlias = Callable[[float, float, float | None], tuple[float | None, Reason | None, dict[str, Any]]]


def corrected(network: AirNetwork, spots: Iterable[Spot], known: Known) -> Iterator[tuple[Key, Corrected]]:
    """Correct every measured hour of particulate matter for which the registry names a correction.

    `spots` are whole neighbourhoods, and `known` has all that was measured there.
    """
    regions: dict[tuple[str, str, int], Calibration] = {}
    for spot in spots:
        setup = network.setup(spot)
        for quantity, layers in setup.corrections.items():
            measured = received(known, (spot.station, quantity, MEASURED), spot.hour)
            if measured is None:
                continue
            for layer in layers:
                key = Key(spot.station, quantity, layer, spot.hour)
                if layer == REGIONAL:
                    place = (network.region(spot.station), quantity, spot.hour)
                    if place not in regions:
                        regions[place] = _calibration(network, place, known)
                    yield key, _calibrated(measured, regions[place])
                else:
                    yield key, _by_humidity(key, measured, setup, known)


def received(known: Known, line: Line, hour: int) -> Hour | None:
    """Return one hour, None where it is not known."""
    hours = known.get(line)
    return hours.get(hour) if hours is not None else None


def outdated(spots: Iterable[Spot], known: Known, found: Mapping[Key, Corrected]) -> Iterator[Key]:
    """Yield the corrected hours in `known` that are not in `found` any more."""
    made = [(quantity, layer) for quantity in PARTICULATES for layer in CORRECTIONS]
    for station, hour in spots:
        for quantity, layer in made:
            if received(known, (station, quantity, layer), hour) and (station, quantity, layer, hour) not in found:
                yield Key(station, quantity, layer, hour)


def renew(known: Known, found: Mapping[Key, Corrected], gone: Iterable[Key]) -> None:
    """Update `known` with the corrected hours, without those that are gone."""
    for key in gone:
        del known[key.line][key.hour]
    for key, value in found.items():
        known.setdefault(key.line, {})[key.hour] = Hour(value.mean, value.valid, value.expected, value.quality_flags)


def _by_humidity(key: Key, measured: Hour, setup: Setup, known: Known) -> Corrected:
    humidity = received(known, (key.station, HUMIDITY, MEASURED), key.hour) or Hour(None, 0, measured.expected)
    worse, flags = min(measured, humidity, key=_coverage), measured.quality_flags | humidity.quality_flags
    if measured.mean is None or humidity.mean is None:
        return Corrected(None, _what_lacks(measured, humidity), worse.valid, worse.expected, {}, flags)
    value, withheld, basis = _CORRECTIONS[key.layer](measured.mean, humidity.mean, setup.kappas[key.quantity])
    return Corrected(value, withheld, worse.valid, worse.expected, {"humidity": humidity.mean, **basis}, flags)


def _what_lacks(measured: Hour, humidity: Hour) -> Reason:
    if measured.mean is None:
        return too_little(measured.valid, measured.expected)
    return reason("humidity_coverage_below", valid=percent(humidity.valid, humidity.expected), needed=NEEDED)


def _coverage(hour: Hour) -> float:
    return hour.valid / hour.expected if hour.expected else 0.0


def _barkjohn(mean: float, humidity: float, _: float | None) -> tuple[float | None, Reason | None, dict[str, Any]]:
    return barkjohn(mean, humidity), None, {}


def _koehler(mean: float, humidity: float, kappa: float | None) -> tuple[float | None, Reason | None, dict[str, Any]]:
    value = koehler(mean, humidity, kappa or KAPPA)
    withheld = reason("too_humid", humidity=round(WET)) if value is None else None
    quality_flag = {"quality_flag": reason("humid", humidity=round(HUMID))} if humidity > HUMID else {}
    return value, withheld, {"kappa": kappa or KAPPA, **quality_flag}


_CORRECTIONS: Final[Mapping[str, Correction]] = MappingProxyType({"barkjohn-1": _barkjohn, "koehler-1": _koehler})


def _calibration(network: AirNetwork, place: tuple[str, str, int], known: Known) -> Calibration:
    region, quantity, hour = place
    means = {
        station: found.mean
        for station in network.members(region)
        if (found := received(known, (station, quantity, MEASURED), hour)) is not None
    }
    official = network.references(region)
    kits = {station: mean for station, mean in means.items() if station not in official}
    return calibration([means[station] for station in official if station in means], kits)


def _calibrated(measured: Hour, by: Calibration) -> Corrected:
    basis = {"factor": by.factor, "reference": by.reference, "group": by.group, "kits": by.kits}
    mean = measured.mean * by.factor if measured.mean is not None and by.factor is not None else None
    withheld = too_little(measured.valid, measured.expected) if measured.mean is None else by.withheld
    return Corrected(mean, withheld, measured.valid, measured.expected, basis, measured.quality_flags)
