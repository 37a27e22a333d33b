"""What must hold between owners, and what is better otherwise: generators that yield sentences."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from math import lcm
from typing import Any, NamedTuple

from registry.check_lists import Registries, check, warning
from registry.contents import CALENDAR, devices_of, ids_by_kind, places_of, reported
from registry.geometry import km_outside
from schemas.registry import Datastream, Position, Registry, Site, Station

_HOUR = 3600
_REGION = "region"
_OUTSIDE_KM = 1.0  # how far a place may lie outside its district
_GENERALISED_KM = 0.2  # how far a boundary may lie beside its real course: 0.11 km are the third decimal of a degree


@check
def ids_are_unique(registries: Registries) -> Iterator[str]:
    """An id names one thing, whoever owns it; a calendar is its owner's."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for registry in registries:
        own = {
            "owner": [registry.owner.id],
            "district": [one.id for one in registry.districts],
            "device": [one.id for one in registry.devices],
        }
        for kind, of_kind in (own | ids_by_kind(registry)).items():
            scope = f"{kind} of {registry.owner.name}" if kind == CALENDAR else kind
            for id_ in of_kind:
                named[scope, id_.upper() if kind == "district" else id_].append(registry.owner.name)
    for (kind, id_), owners in named.items():
        if len(owners) > 1:
            by = f", by {' and '.join(sorted(set(owners)))}" if len(registries) > 1 else ""
            yield f"{kind.split(' of ')[0]} {id_!r} is given {len(owners)} times{by}"


@check
def references_exist(registries: Registries) -> Iterator[str]:
    """What is named is there, at its owner or at another; a calendar names its owner's places."""
    districts = {district.id for one in registries for district in one.districts}
    sites = {site.id for one in registries for site in one.sites}
    links = {link.id for one in registries for link in one.links}
    for registry in registries:
        yield from _places_without(registry, districts)
        yield from _links_without(registry, districts, sites, links)
        yield from _joined_without(registry, sites, links)
        yield from _calendar_without(registry)


def _places_without(registry: Registry, districts: set[str]) -> Iterator[str]:
    for place in places_of(registry):
        if place.district not in districts:
            yield f"{place.id}: district {place.district!r} is not in districts.geojson"
    centre = registry.owner.centre
    if centre and centre not in {district.id for district in registry.districts}:
        yield f"{registry.owner.kind}: centre {centre!r} is not in districts.geojson"


def _links_without(registry: Registry, districts: set[str], sites: set[str], links: set[str]) -> Iterator[str]:
    for link in registry.links:
        yield from (
            f"link {link.id}: end {end!r} is no district, write its code or {_REGION!r}"
            for end in (link.start, link.end)
            if end not in districts | {_REGION}
        )
        if link.site is not None and link.site not in sites:
            yield f"link {link.id}: site {link.site!r} is not in sites.toml"
        if link.assumed_from is not None and link.assumed_from not in links - {link.id}:
            yield f"link {link.id}: assumed_from {link.assumed_from!r} is not another link"


def _joined_without(registry: Registry, sites: set[str], links: set[str]) -> Iterator[str]:
    for route in registry.routes:
        yield from (
            f"route {route.id}: link {link!r} is not in links.toml" for link in route.links if link not in links
        )
    for line in registry.screenlines:
        yield from (
            f"screenline {line.id}: site {site!r} is not in sites.toml" for site in line.sites if site not in sites
        )


def _calendar_without(registry: Registry) -> Iterator[str]:
    sites, links = {site.id for site in registry.sites}, {link.id for link in registry.links}
    for entry in registry.calendar.entry:
        yield from (f"{reported(entry)}: site {site!r} is not in sites.toml" for site in set(entry.sites) - sites)
        yield from (f"{reported(entry)}: link {link!r} is not in links.toml" for link in set(entry.links) - links)


@check
def a_link_is_measured_or_assumed(registries: Registries) -> Iterator[str]:
    """A link is counted itself or says whose count it assumes, never both; what it assumes has been counted."""
    all_links = [link for one in registries for link in one.links]
    counted = {link.id: link.site is not None for link in all_links}
    for link in all_links:
        if link.site is not None and link.assumed_from is not None:
            yield f"link {link.id}: has a site and assumed_from; a measured link assumes nothing"
        if link.assumed_from is not None and not counted.get(link.assumed_from, True):
            yield f"link {link.id}: assumed_from {link.assumed_from!r} is not counted itself, name a link with a site"
        if not link.length > 0:
            yield f"link {link.id}: length is {link.length} km, expected more than 0"
        if link.detour is not None and not link.detour >= 1:
            yield f"link {link.id}: detour is {link.detour}, and no way is shorter than the straight line, which is 1"


@check
def districts_hold_their_points(registries: Registries) -> Iterator[str]:
    """A place lies in its district, or at most a kilometre outside: longitude and latitude are not swapped."""
    for misplaced in _misplaced(registries):
        if misplaced.distance > _OUTSIDE_KM:
            yield str(misplaced)


@warning
def positions_agree_with_districts(registries: Registries) -> Iterator[str]:
    """A place that lies outside its district by more than a generalised boundary explains may be of another one."""
    for misplaced in _misplaced(registries):
        if _GENERALISED_KM < misplaced.distance <= _OUTSIDE_KM:
            yield str(misplaced)


class _Misplaced(NamedTuple):
    """A place outside its district: by how many km, where it lies instead, and whether its axes are swapped."""

    place: Site | Station
    distance: float
    lies_in: str
    swapped: bool

    def __str__(self) -> str:
        position, district = self.place.position, self.place.district
        where = f"{self.place.id}: position {position} lies {self.distance:,.1f} km outside its district {district}"
        if self.swapped:
            return f"{where}; longitude and latitude are swapped: write {position[::-1]}"
        return f"{where}, in {self.lies_in or 'no district'}"


def _misplaced(registries: Registries) -> Iterator[_Misplaced]:
    """Find the places outside of the districts that they name."""
    districts = {district.id: district.geometry for one in registries for district in one.districts}
    for place in (place for one in registries for place in places_of(one)):
        if place.district in districts and (outside := km_outside(place.position, districts[place.district])):
            swapped = km_outside(place.position[::-1], districts[place.district]) <= _OUTSIDE_KM
            yield _Misplaced(place, outside, ", ".join(_holding(place.position, districts)), swapped)


def _holding(position: Position, districts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the districts in which a position lies: two where their boundaries were generalised apart."""
    yield from (name for name, geometry in districts.items() if not km_outside(position, geometry))


@check
def one_owner_is_the_host(registries: Registries) -> Iterator[str]:
    """The name of one owner stands above the public site."""
    hosts = [one.owner.name for one in registries if one.owner.host]
    if len(hosts) != 1:
        found = f"{' and '.join(hosts)} say" if hosts else "no owner says"
        yield f"{found} `host = true` in owner.toml; exactly one is the host of the public site"


@check
def a_sensor_is_of_one_owner(registries: Registries) -> Iterator[str]:
    """Whoever owns a device says what it measures, and where it stands."""
    owners: dict[str, set[str]] = defaultdict(set)
    for registry in registries:
        for device in devices_of(registry):
            owners[device].add(registry.owner.name)
    for device, names in owners.items():
        if len(names) > 1:
            yield f"device {device!r} is of {' and '.join(sorted(names))}; a device has one owner"


@check
def what_is_joined_shares_a_time_zone(registries: Registries) -> Iterator[str]:
    """A day of a route or a screenline is one day for all of it; so for links between the same two ends."""
    sites = {site.id: one.owner.timezone for one in registries for site in one.sites}
    links = {link.id: one.owner.timezone for one in registries for link in one.links}
    ends: dict[frozenset[str], set[str]] = defaultdict(set)
    for registry in registries:
        own = registry.owner.timezone
        for link in registry.links:
            ends[frozenset({link.start, link.end})].add(own)
            yield from _elsewhere(f"link {link.id}", own, sites, [link.site] if link.site else [])
            yield from _elsewhere(f"link {link.id}", own, links, [link.assumed_from] if link.assumed_from else [])
        for route in registry.routes:
            yield from _elsewhere(f"route {route.id}", own, links, route.links)
        for line in registry.screenlines:
            yield from _elsewhere(f"screenline {line.id}", own, sites, line.sites)
    for pair, found in ends.items():
        if len(found) > 1:
            yield f"links between {' and '.join(sorted(pair))} are of owners in {' and '.join(sorted(found))}"


def _elsewhere(name: str, zone: str, zones: Mapping[str, str], members: Iterable[str]) -> Iterator[str]:
    for member in members:
        if zones.get(member, zone) != zone:
            yield f"{name} is of an owner in {zone}, {member!r} of one in {zones[member]}: no day is one day of both"


@warning
def streams_share_a_grid(registries: Registries) -> Iterator[str]:
    """Streams are paired on the least common multiple of their intervals: where none has it, a gap costs all of it."""
    sites = [site for one in registries for site in one.sites]
    channels = {site.id: site.channels for site in sites}
    groups: dict[str, list[Datastream]] = defaultdict(list)
    for site in sites:
        for channel in site.channels:
            groups[f"site {site.id}, {channel.mode}"] += channel.datastreams
    for line in (line for one in registries for line in one.screenlines):
        members = [channel for site in line.sites for channel in channels.get(site, [])]
        groups[f"screenline {line.id}"] += [stream for channel in members for stream in channel.datastreams]
    for name, streams in groups.items():
        yield from (f"{name}: {cost}" for cost in sorted(set(_costs(streams))))


def _costs(streams: Iterable[Datastream]) -> Iterator[str]:
    """Say what the intervals cost that are in use at the same time, of each day on which one of them begins."""
    known = [stream for stream in streams if stream.interval > 0]
    for day in {stream.valid_from for stream in known}:
        intervals = sorted({one.interval for one in known if one.valid_from <= day < one.valid_until})
        grid = lcm(*intervals)
        if grid > _HOUR:
            yield f"intervals of {_listed(intervals)} s have a grid of {grid} s, over an hour: nothing can be paired"
        elif grid > max(intervals):
            yield f"intervals of {_listed(intervals)} s are paired by {grid} s: a gap in one of them costs all of that"


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


@warning
def links_of_a_route_meet(registries: Registries) -> Iterator[str]:
    """A route is ridden link after link: one ends where the next begins."""
    links = {link.id: link for one in registries for link in one.links}
    for route in (route for one in registries for route in one.routes):
        ends = [{links[name].start, links[name].end} for name in route.links if name in links]
        for before, after, (first, second) in zip(ends, ends[1:], pairwise(route.links), strict=False):
            if not before & after:
                yield f"route {route.id}: {first} and {second} share no end"


@warning
def links_lie_in_the_districts_of_their_ends(registries: Registries) -> Iterator[str]:
    """A line begins in the district of its start and ends in that of its end, or the other way round."""
    districts = {district.id: district.geometry for one in registries for district in one.districts}
    for link in (link for one in registries for link in one.links if link.geometry):
        ends = [end for end in (link.start, link.end) if end in districts]
        points = (link.geometry[0], link.geometry[-1])
        for end in ends:
            distance = min(km_outside(point, districts[end]) for point in points)
            if distance > _OUTSIDE_KM:
                yield f"link {link.id}: no end of its line lies in {end}, the nearer one is {distance:,.1f} km outside"
