"""The air at a station: its hours in every layer, the indices of each hour, and the means of days and years."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from verify import air_means
from verify.air_index import PARTICULATES, TABLES, IndexTable, index
from verify.air_means import Hours
from verify.cache import InstanceCache
from verify.calendar import LocalRange
from verify.comparison import Compared, Finding, Unchecked
from verify.indicators.indicator_key import IndicatorKey

MEASURED: Final = "gemeten"
_WHY: Final = {
    "waarde": "by its table these means give another index",
    "waargenomen": "more or fewer pollutants are published as known than there are",
    "verwacht": "the station measures another number of pollutants of this index",
    "rij": "a pollutant of the index was measured, but no index is published",
}
_NO_TABLE: Final = "this command does not know that table of an index"
_CORRECTED: Final = "hours of a corrected layer are taken as they are published: what corrects them is not public"

Layers: TypeAlias = Mapping[tuple[str, datetime], str]
"""The layer of a substance that is published at an hour, where it is not what was measured."""


class PublishedAir:
    """The public air of one station: what is known of each hour, of the layer that is published then."""

    def __init__(self, cache: InstanceCache, station: Mapping[str, Any]) -> None:
        self.id: str = station["id"]
        self.surroundings: str = station["omgeving"]
        self.substances = sorted({one["stof"] for one in station["meetreeksen"]})
        self.indices = cache.air_indices(self.id)
        self._layer = _layers(self.indices)
        self.layers = sorted({MEASURED, *self._layer.values()})
        self._hours = {layer: cache.air_hours(self.id, layer) for layer in self.layers}

    def mean(self, substance: str, hour: datetime) -> float | None:
        """Return the mean of a substance in an hour."""
        return self._hours[self._layer.get((substance, hour), MEASURED)].get((substance, hour))

    def hours(self, substance: str) -> Hours:
        """Return the hours of a substance."""
        return lambda hour: self.mean(substance, hour)

    def average(self, table: IndexTable, substance: str, hour: datetime) -> float | None:
        """Return what an index takes of a substance: its hour, or the running mean that ends with it."""
        if table.hours == 1 or substance not in PARTICULATES:
            return self.mean(substance, hour)
        return air_means.mean(air_means.before(self.hours(substance), hour, table.hours))


def findings(cache: InstanceCache, air: PublishedAir) -> Iterator[Finding]:
    """Compare every index of a station with its table, and tell of hours that have none."""
    found: set[tuple[str, datetime]] = set()
    for row in air.indices:
        hour = datetime.fromisoformat(row["startTijd"])
        found.add((row["tabel"], hour))
        if hour >= cache.span.start:
            yield from _of_hour(air, row, hour)
    yield from _corrected(air, cache.span)
    if air.layers == [MEASURED]:
        yield from _absent(air, cache.span, found)


def _of_hour(air: PublishedAir, row: Mapping[str, Any], hour: datetime) -> Iterator[Finding]:
    table, (what, bucket) = TABLES.get(row["tabel"]), (f"{row['tabel']} of {air.id}", f"{hour:%Y-%m-%dT%H:%MZ}")
    if table is None:
        yield Unchecked(what, bucket, _NO_TABLE)
        return
    measured = [name for name in table.bands if name in row["grondslag"].get("lagen", air.substances)]
    ours = index(table, {name: air.average(table, name, hour) for name in measured}, air.surroundings)
    numbers = {
        "waarde": (row["waarde"], ours.value),
        "waargenomen": (row["dekking"]["waargenomen"], ours.known),
        "verwacht": (row["dekking"]["verwacht"], ours.expected),
    }
    for name, (published, recomputed) in numbers.items():
        yield Compared(what, bucket, name, published, recomputed, _WHY[name])


def _corrected(air: PublishedAir, span: LocalRange) -> Iterator[Finding]:
    for layer in air.layers:
        if layer != MEASURED:
            yield Unchecked(f"{layer} of {air.id}", f"{span.first} - {span.last}", _CORRECTED)


def _absent(air: PublishedAir, span: LocalRange, found: Collection[tuple[str, datetime]]) -> Iterator[Finding]:
    at = span.start
    while at < span.end:
        known = [name for name in air.substances if air.mean(name, at) is not None]
        for name, table in TABLES.items():
            if (name, at) not in found and not table.bands.keys().isdisjoint(known):
                bucket = f"{at:%Y-%m-%dT%H:%MZ}"
                yield Compared(f"{name} of {air.id}", bucket, "rij", None, Decimal(len(known)), _WHY["rij"])
        at += air_means.HOUR


class StationIndicators:
    """The indicators of a station; their facet is a substance."""

    known: Collection[str] = frozenset({"daggemiddelde", "hoogste-8-uursgemiddelde", "jaargemiddelde"})

    def __init__(self, cache: InstanceCache, air: PublishedAir) -> None:
        self._zone = cache.span.zone
        self._air = air

    def compute(self, key: IndicatorKey) -> float | None:
        """Compute one of the known indicators."""
        period = LocalRange(key.period.first, key.period.last, self._zone)
        means = {
            "daggemiddelde": air_means.day_mean,
            "hoogste-8-uursgemiddelde": air_means.highest_of_eight,
            "jaargemiddelde": air_means.year_mean,
        }
        return means[key.slug](self._air.hours(key.facet), period)


def _layers(indices: Sequence[Mapping[str, Any]]) -> Layers:
    return {
        (substance, datetime.fromisoformat(row["startTijd"])): layer
        for row in indices
        for substance, layer in row["grondslag"].get("lagen", {}).items()
        if layer != MEASURED
    }
