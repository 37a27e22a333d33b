"""The resources of an instance, decoded: sites, screenlines, counts and shares."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import lcm
from typing import Any, ClassVar, Final, NamedTuple
from zoneinfo import ZoneInfoNotFoundError

from verify import owners
from verify.calendar import LocalRange
from verify.counts import QUARTER, Count
from verify.instance import AbsentError, Instance
from verify.measuring_window import DeviceWindow, end_of, windows
from verify.owners import OwnerProperties
from verify.shares import BOUNDS, PublishedShare

_RUNNING: Final = "running"  # said of a row that is not over, no flag of what was observed
_DIRECTED_AT_ONCE: Final = timedelta(days=366)
_FINE: Final = frozenset({"uur", "kwartier"})
_FINE_AT_ONCE: Final = timedelta(days=92)
_HOURS_AT_ONCE: Final = timedelta(days=7)


class SiteUnknownError(Exception):
    """The instance has no such site or other subject; the message names those that it has."""

    exit_code: ClassVar[int] = 2


class ZoneUnknownError(Exception):
    """The time zone of an owner is not known here; install `tzdata`, or give --timezone."""

    exit_code: ClassVar[int] = 3


class SiteDirections(NamedTuple):
    """A site: the directions of each mode, from and until when it counts, and which have intervals under a quarter.

    `grid` is the least common multiple of the intervals of each mode, in seconds. `channels` are those of each mode,
    each from its first device until its last. `devices` are those of each mode with their measuring windows, and
    `position` is longitude and latitude.
    """

    id: str
    owner: str
    directions: Mapping[str, Sequence[str]]
    since: Mapping[str, datetime]
    until: Mapping[str, datetime]
    fine: frozenset[str]
    grid: Mapping[str, int]
    channels: Mapping[str, Mapping[str, tuple[datetime, datetime]]]
    devices: Mapping[str, Sequence[DeviceWindow]]
    position: tuple[float, float]


class ScreenlineSites(NamedTuple):
    """A screenline with its sites, and the modes of each denominator."""

    id: str
    owner: str
    sites: Sequence[str]
    variants: Mapping[str, Sequence[str]]


def site(instance: Instance, name: str) -> SiteDirections:
    """Read a site; raise SiteUnknownError with the names of those there are."""
    try:
        return _site(instance.one(f"/v1/telpunten/{name}"))
    except AbsentError as absent:
        known = ", ".join(row["id"] for row in instance.rows("/v1/telpunten")) or "none; has a registry been applied?"
        raise SiteUnknownError(f"{instance.url} has no site {name!r}; it has: {known}") from absent


def owner(instance: Instance, name: str) -> OwnerProperties:
    """Read an owner; raise ZoneUnknownError where this machine does not know its time zone."""
    row = instance.one(f"/v1/eigenaren/{name}")
    try:
        return owners.owner(row)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ZoneUnknownError(
            f"{name} has the time zone {row['tijdzone']!r}, which this machine does not know"
        ) from unknown


def used(instance: Instance, route: str, span: LocalRange) -> Iterator[Mapping[str, Any]]:
    """Read the days of a route, each with its links."""
    for piece in _pieces(span, None):
        yield from instance.rows(f"/v1/doorfietsroutes/{route}/gebruik", **piece)


def indicator_values(instance: Instance, path: str, span: LocalRange) -> Iterator[Mapping[str, Any]]:
    """Read the indicators of a thing whose periods lie within a range."""
    yield from instance.rows(path, startDatum=f"{span.first}", eindDatum=f"{span.last}")


def screenlines(instance: Instance) -> Iterator[ScreenlineSites]:
    """Read the screenlines."""
    for row in instance.rows("/v1/tellijnen"):
        variants = {one["noemer"]: one["vervoerwijzen"] for one in row["noemers"]}
        yield ScreenlineSites(row["id"], row["eigenaar"], row["telpunten"], variants)


def counts(
    instance: Instance, of_site: str, span: LocalRange, *, mode: str, interval: str, direction: str = ""
) -> Iterator[Count]:
    """Read counts of a mode at a site, of one direction where one is named; hours and quarters in short requests."""
    parameters = {"vervoerwijze": mode, "interval": interval} | ({"richting": direction} if direction else {})
    longest = _DIRECTED_AT_ONCE if direction else None  # the most that the instance allows
    for piece in _pieces(span, _FINE_AT_ONCE if interval in _FINE else longest):
        yield from map(count, instance.csv_rows(f"/v1/telpunten/{of_site}/tellingen", **piece, **parameters))


def shares(
    instance: Instance, span: LocalRange, *, screenline: str, variant: str, interval: str
) -> Iterator[PublishedShare]:
    """Read shares on a screenline; those of hours a week at a time, to keep single requests short."""
    parameters = {"tellijn": screenline, "noemer": variant, "interval": interval}
    for piece in _pieces(span, _HOURS_AT_ONCE if interval == "uur" else None):
        yield from map(share, instance.csv_rows("/v1/fietsaandeel", **piece, **parameters))


def air_hours(
    instance: Instance, station: str, span: LocalRange, *, layer: str
) -> Iterator[tuple[tuple[str, datetime], float]]:
    """Read the hours of all substances at a station in a layer, those that have a mean, by substance and start."""
    for piece in _pieces(span, _FINE_AT_ONCE):
        for row in instance.csv_rows(f"/v1/meetstations/{station}/metingen", **piece, laag=layer):
            if row["waarde"]:
                yield (row["stof"], datetime.fromisoformat(row["startTijd"])), float(row["waarde"])


def air_indices(instance: Instance, station: str, span: LocalRange) -> Iterator[Mapping[str, Any]]:
    """Read the indices of every hour at a station."""
    for piece in _pieces(span, _DIRECTED_AT_ONCE):
        yield from instance.rows(f"/v1/meetstations/{station}/luchtindex", **piece)


def count(row: Mapping[str, str]) -> Count:
    """Decode one row of counts."""
    return Count(
        start=datetime.fromisoformat(row["startTijd"]),
        end=datetime.fromisoformat(row["eindTijd"]),
        value=_decimal(row["waarde"]),
        valid=int(row["dekkingWaargenomen"]),
        expected=int(row["dekkingVerwacht"]),
        flags=frozenset(filter(None, row.get("vlagCodes", "").split("|"))) - {_RUNNING},
    )


def share(row: Mapping[str, str]) -> PublishedShare:
    """Decode one row of shares."""
    return PublishedShare(
        start=datetime.fromisoformat(row["startTijd"]),
        end=datetime.fromisoformat(row["eindTijd"]),
        cyclists=_decimal(row["teller"]) or Decimal(),
        traffic=_decimal(row["noemer"]) or Decimal(),
        paired=int(row["dekkingWaargenomen"]),
        expected=int(row["dekkingVerwacht"]),
        share=_decimal(row["aandeel"]),
        bounds={name: _decimal(row[name]) for name in BOUNDS if name in row},
    )


def _site(row: Mapping[str, Any]) -> SiteDirections:
    modes: dict[str, list[Mapping[str, Any]]] = {}
    for channel in row["telkanalen"]:
        modes.setdefault(channel["vervoerwijze"], []).append(channel)
    periods = {mode: [period for one in of for period in one["meetperioden"]] for mode, of in sorted(modes.items())}
    return SiteDirections(
        id=row["id"],
        owner=row["eigenaar"],
        directions={mode: sorted({channel["richting"] for channel in modes[mode]}) for mode in periods},
        since={mode: min(datetime.fromisoformat(one["startTijd"]) for one in of) for mode, of in periods.items()},
        until={mode: max(end_of(one) for one in of) for mode, of in periods.items()},
        fine=frozenset(mode for mode, of in periods.items() if any(_is_fine(one) for one in of)),
        grid={mode: lcm(*(int(one["intervalSeconden"]) for one in of)) for mode, of in periods.items()},
        channels={mode: {one["id"]: _period(one["meetperioden"]) for one in modes[mode]} for mode in periods},
        devices={mode: windows(modes[mode]) for mode in periods},
        position=(row["geometrie"]["coordinates"][0], row["geometrie"]["coordinates"][1]),
    )


def _period(devices: Sequence[Mapping[str, Any]]) -> tuple[datetime, datetime]:
    """Return from when until when a channel is expected to count: from its first device to its last."""
    return min(datetime.fromisoformat(one["startTijd"]) for one in devices), max(map(end_of, devices))


def _is_fine(period: Mapping[str, Any]) -> bool:
    return int(period["intervalSeconden"]) < QUARTER.total_seconds()


def _pieces(span: LocalRange, length: timedelta | None) -> Iterator[dict[str, str]]:
    """Yield a range as query parameters, in pieces of at most a length."""
    start = span.start
    while start < span.end:
        end = min(span.end, start + length) if length else span.end
        yield {"startTijd": _z(start), "eindTijd": _z(end)}
        start = end


def _z(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
