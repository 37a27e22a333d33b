"""What must hold in a registry before it is applied, and what is better otherwise: generators that yield sentences."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from math import lcm
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas import calendar_nl
from schemas.quantities import MODES, QUANTITIES
from schemas.registry import CalendarEntry, Datastream, Registry, Site, Station
from schemas.topics import SENSOR_ID, SERVICE_USERS
from schemas.units import factor

Check: TypeAlias = Callable[[Registry], Iterator[str]]
CHECKS: Final[list[Check]] = []
WARNINGS: Final[list[Check]] = []
_HOUR = 3600
_REGION = "region"
_WORD = re.compile(r"[a-z0-9-]+")
_ADDRESS = re.compile(r"https://[!-;=?-~]+")  # of ASCII, and nothing that ends a link in a header
_YEARS = range(2000, 2101)
_HYGROSCOPIC = ("sds011", "sps30")


def problems(registry: Registry) -> list[str]:
    """Collect every problem of a registry, one sentence each; an empty list means that it may be applied."""
    return [problem for check in CHECKS for problem in check(registry)]


def warnings(registry: Registry) -> list[str]:
    """Collect what may be applied but costs something, one sentence each."""
    return [sentence for check in WARNINGS for sentence in check(registry)]


def check(function: Check) -> Check:
    """Add a check to the list."""
    CHECKS.append(function)
    return function


def warning(function: Check) -> Check:
    """Add a check to those that only warn."""
    WARNINGS.append(function)
    return function


@check
def ids_are_unique(registry: Registry) -> Iterator[str]:
    """An id names one thing."""
    kinds = {"district": [one.id for one in registry.districts], **_ids(registry)}
    for kind, ids in kinds.items():
        yield from (f"{kind} {id_!r} is given {times} times" for id_, times in Counter(ids).items() if times > 1)


@check
def ids_are_plain_words(registry: Registry) -> Iterator[str]:
    """An id stands in addresses and file names as it is; a district has the code of the statistics office."""
    for kind, ids in _ids(registry).items():
        yield from (f"{kind} {id_!r} is not of a-z, 0-9 and -" for id_ in ids if not _WORD.fullmatch(id_))


@check
def data_of_others_name_their_source(registry: Registry) -> Iterator[str]:
    """What was recorded elsewhere is not ours to license."""
    known = {source.id for source in registry.municipality.data_sources}
    for of, stream in _streams(registry):
        name = f"{of}, datastream {stream.sensor} {stream.source}"
        if stream.data_source and stream.data_source not in known:
            yield f"{name}: data_source {stream.data_source!r} is not in municipality.toml"
        if stream.origin == "recorded" and not stream.data_source:
            yield f"{name}: recorded elsewhere, but no data_source says whose it is and under which licence"


@check
def addresses_of_licences_are_addresses(registry: Registry) -> Iterator[str]:
    """They stand in a header of every answer."""
    yield from (
        f"data_source {source.id}: licence_url {source.licence_url!r} is no address that begins with https://"
        for source in registry.municipality.data_sources
        if not _ADDRESS.fullmatch(source.licence_url)
    )


@check
def directions_are_plain_words(registry: Registry) -> Iterator[str]:
    """A direction stands in addresses, too."""
    for site in registry.sites:
        yield from (
            f"channel {channel.id}: direction {channel.direction!r} is not of a-z, 0-9 and -"
            for channel in site.channels
            if not _WORD.fullmatch(channel.direction)
        )


@check
def references_exist(registry: Registry) -> Iterator[str]:
    """What is named is there."""
    districts = {district.id for district in registry.districts}
    sites = {site.id for site in registry.sites}
    links = {link.id for link in registry.links}
    for place in _places(registry):
        if place.district not in districts:
            yield f"{place.id}: district {place.district!r} is not in districts.geojson"
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
    for route in registry.routes:
        yield from (
            f"route {route.id}: link {link!r} is not in links.toml" for link in route.links if link not in links
        )
    for screenline in registry.screenlines:
        yield from (
            f"screenline {screenline.id}: site {site!r} is not in sites.toml"
            for site in screenline.sites
            if site not in sites
        )
    if registry.municipality.centre not in districts:
        yield f"municipality: centre {registry.municipality.centre!r} is not in districts.geojson"
    for entry in registry.calendar.entry:
        yield from (f"{_reported(entry)}: site {site!r} is not in sites.toml" for site in set(entry.sites) - sites)
        yield from (f"{_reported(entry)}: link {link!r} is not in links.toml" for link in set(entry.links) - links)


@check
def a_link_is_measured_or_assumed(registry: Registry) -> Iterator[str]:
    """A link is counted itself or says whose count it assumes, never both; what it assumes has been counted."""
    counted = {link.id: link.site is not None for link in registry.links}
    for link in registry.links:
        if link.site is not None and link.assumed_from is not None:
            yield f"link {link.id}: has a site and assumed_from; a measured link assumes nothing"
        if link.assumed_from is not None and not counted.get(link.assumed_from, True):
            yield f"link {link.id}: assumed_from {link.assumed_from!r} is not counted itself, name a link with a site"
        if not link.length > 0:
            yield f"link {link.id}: length is {link.length} km, expected more than 0"
        if link.detour is not None and not link.detour >= 1:
            yield f"link {link.id}: detour is {link.detour}, and no way is shorter than the straight line, which is 1"


@check
def quantities_are_known(registry: Registry) -> Iterator[str]:
    """Modes and quantities come from the catalogue."""
    for site in registry.sites:
        yield from (
            f"channel {channel.id}: mode {channel.mode!r} is none of {', '.join(MODES)}"
            for channel in site.channels
            if channel.mode not in MODES
        )
    for station in registry.stations:
        yield from (
            f"station {station.id}: quantity {stream.quantity!r} is not in the catalogue"
            for stream in station.datastreams
            if stream.quantity not in QUANTITIES
        )


@check
def units_can_be_converted(registry: Registry) -> Iterator[str]:
    """What a sensor sends is the catalogue's unit, or can be turned into it."""
    for station in registry.stations:
        for stream in station.datastreams:
            if stream.unit and stream.quantity in QUANTITIES:
                try:
                    factor(stream.quantity, stream.unit)
                except ValueError as problem:
                    yield f"station {station.id}: {problem}"


@check
def corrections_suit_their_instrument(registry: Registry) -> Iterator[str]:
    """A correction is known for some instruments, and only for raw values; what counts passages has none."""
    for site in registry.sites:
        for channel in site.channels:
            for stream in channel.datastreams:
                if stream.instrument or stream.unit or stream.kappa is not None or stream.layer != "measured":
                    yield f"channel {channel.id}: instrument, unit, kappa and layer are for stations"
    for station in registry.stations:
        for stream in station.datastreams:
            if stream.kappa is not None and not (stream.instrument in _HYGROSCOPIC and stream.kappa > 0):
                yield (
                    f"station {station.id}: kappa {stream.kappa} of {stream.source!r}, expected more than 0 and "
                    f"instrument {' or '.join(_HYGROSCOPIC)}"
                )


@check
def the_calibration_holds_what_is_counted(registry: Registry) -> Iterator[str]:
    """A counter may be right: the range of factors goes round 1."""
    low, high = registry.municipality.calibration
    if not 0 < low <= 1 <= high:
        yield f"municipality: calibration is {low} to {high}, expected a range of factors above 0 that holds 1"


@check
def days_of_the_calendar_are_in_order(registry: Registry) -> Iterator[str]:
    """An entry ends when it has begun, and only school holidays are of a region."""
    for entry in registry.calendar.entry:
        if entry.last_day < entry.first_day:
            yield f"{_reported(entry)}: last_day {entry.last_day} is before first_day {entry.first_day}"
        if not {entry.first_day.year, entry.last_day.year} <= {*_YEARS}:
            yield f"{_reported(entry)}: {entry.first_day} to {entry.last_day} is not within {_YEARS[0]} to {_YEARS[-1]}"
        if (entry.region is not None) != (entry.kind == "school_holiday"):
            yield (
                f"{_reported(entry)}: kind {entry.kind} with region {entry.region}; a school holiday has one, "
                f"others none"
            )


@check
def the_calendar_says_for_which_years(registry: Registry) -> Iterator[str]:
    """A rule is written out for the years of the indicators, no further than the rule goes."""
    calendar, known = registry.calendar, range(calendar_nl.FIRST_YEAR, calendar_nl.LAST_YEAR + 1)
    if bool(calendar.public_holidays) != (calendar.years is not None):
        yield "calendar.toml: public_holidays and years go together: public_holidays = 'nl', years = [2024, 2030]"
    if calendar.years and not (calendar.years[0] <= calendar.years[1] and {*calendar.years} <= {*known}):
        yield f"calendar.toml: years {list(calendar.years)}, expected first and last of {known[0]} to {known[-1]}"


@check
def intervals_divide_an_hour(registry: Registry) -> Iterator[str]:
    """Hours are made of whole intervals."""
    for owner, stream in _streams(registry):
        if not (0 < stream.interval <= _HOUR and _HOUR % stream.interval == 0):
            yield f"{owner}: interval {stream.interval} s does not divide an hour"


@check
def sensors_have_proper_ids(registry: Registry) -> Iterator[str]:
    """A sensor id can be an MQTT topic level and a user name."""
    for owner, stream in _streams(registry):
        if not re.fullmatch(SENSOR_ID, stream.sensor):
            yield f"{owner}: sensor {stream.sensor!r} does not match {SENSOR_ID}"


@check
def no_sensor_is_called_as_a_service(registry: Registry) -> Iterator[str]:
    """A sensor's certificate carries its id, and the broker would give it the rights of the service of that name."""
    for owner, stream in _streams(registry):
        if stream.sensor in SERVICE_USERS:
            yield f"{owner}: sensor {stream.sensor!r} is called as a user of the broker, name it otherwise"


@check
def validity_does_not_overlap(registry: Registry) -> Iterator[str]:
    """At any moment one datastream feeds a channel or a layer of a station, and one is meant by a sensor's source."""
    for by in (_by_owner, _by_sensor):
        groups: dict[tuple[str, ...], list[Datastream]] = defaultdict(list)
        for owner, stream in _streams(registry):
            groups[by(owner, stream)].append(stream)
        for key, streams in groups.items():
            for before, after in pairwise(sorted(streams, key=lambda stream: stream.valid_from)):
                if after.valid_from < before.valid_until:
                    who = " ".join(filter(None, key))
                    yield f"{who}: valid from {after.valid_from}, another until {before.valid_until}"
    for owner, stream in _streams(registry):
        if stream.valid_until <= stream.valid_from:
            yield f"{owner}: valid_until {stream.valid_until} is not after valid_from {stream.valid_from}"


@check
def places_lie_in_the_municipality(registry: Registry) -> Iterator[str]:
    """Longitude comes first: a swapped pair puts Assen in the Indian Ocean."""
    corners = [point for district in registry.districts for point in _points(district.geometry.get("coordinates"))]
    if not corners:
        yield "districts.geojson holds no polygon"
        return
    (west, south), (east, north) = map(min, zip(*corners, strict=True)), map(max, zip(*corners, strict=True))
    for place in _places(registry):
        lon, lat = place.position
        if not (west - 0.2 <= lon <= east + 0.2 and south - 0.3 <= lat <= north + 0.3):
            yield f"{place.id}: position {place.position} lies far outside the districts (longitude comes first)"


@check
def the_time_zone_has_whole_hours(registry: Registry) -> Iterator[str]:
    """Local days are made of UTC hours, in winter and in summer."""
    name = registry.municipality.timezone
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"timezone {name!r} is not in the time zone database"
        return
    offsets = {datetime(year, month, 1, tzinfo=zone).utcoffset() for year in _YEARS for month in (1, 7)}
    if odd := sorted(offset for offset in offsets if offset and offset % timedelta(seconds=_HOUR)):
        yield f"timezone {name!r} is {odd[0]} from UTC at times, which cuts the hours that local days are made of"


@warning
def streams_share_a_grid(registry: Registry) -> Iterator[str]:
    """Streams are paired on the least common multiple of their intervals: where none has it, a gap costs all of it."""
    channels = {site.id: site.channels for site in registry.sites}
    groups: dict[str, list[Datastream]] = defaultdict(list)
    for site in registry.sites:
        for channel in site.channels:
            groups[f"site {site.id}, {channel.mode}"] += channel.datastreams
    for line in registry.screenlines:
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


def _ids(registry: Registry) -> dict[str, list[str]]:
    """List the ids that the municipality chooses itself, by the kind of thing they name."""
    return {
        "site": [one.id for one in registry.sites],
        "channel": [channel.id for site in registry.sites for channel in site.channels],
        "station": [one.id for one in registry.stations],
        "link": [one.id for one in registry.links],
        "route": [one.id for one in registry.routes],
        "screenline": [one.id for one in registry.screenlines],
        "data_source": [one.id for one in registry.municipality.data_sources],
        "calendar entry": [one.id for one in (*calendar_nl.by_rule(registry.calendar), *registry.calendar.entry)],
    }


def _reported(entry: CalendarEntry) -> str:
    return f"calendar entry {entry.id}"


def _by_owner(owner: str, stream: Datastream) -> tuple[str, ...]:
    return owner, stream.quantity, "" if stream.layer == "measured" else stream.layer


def _by_sensor(_owner: str, stream: Datastream) -> tuple[str, ...]:
    return stream.sensor, stream.source


def _streams(registry: Registry) -> Iterator[tuple[str, Datastream]]:
    for site in registry.sites:
        for channel in site.channels:
            yield from ((channel.id, stream) for stream in channel.datastreams)
    for station in registry.stations:
        yield from ((station.id, stream) for stream in station.datastreams)


def _places(registry: Registry) -> Iterator[Site | Station]:
    yield from registry.sites
    yield from registry.stations


def _points(coordinates: object) -> Iterator[tuple[float, float]]:
    match coordinates:
        case [float() | int() as lon, float() | int() as lat, *_]:
            yield float(lon), float(lat)
        case list() as parts:
            for part in parts:
                yield from _points(part)
