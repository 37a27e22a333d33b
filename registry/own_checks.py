"""What must hold in what one owner says: generators that yield sentences."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from registry.check_lists import check_each
from registry.contents import ids_by_kind, reported, reported_stream, streams_of
from registry.said_values import said_values
from schemas import calendar_nl
from schemas.quantities import MODES, QUANTITIES
from schemas.registry import FOREVER, OUR_YEARS, Datastream, Registry
from schemas.topics import SENSOR_ID, SERVICE_USERS
from schemas.units import factor

_HOUR = 3600
_WORD = re.compile(r"[a-z0-9-]+")
_CODE = re.compile(r"[A-Za-z0-9-]{1,60}")
_ADDRESS = re.compile(r"https://[!-;=?-~]+")  # of ASCII, and nothing that ends a link in a header
_YEARS = range(2000, 2101)
_LONGEST = 10_000
_LONGEST_OF = {"id": 100, "name": 200, "sensor": 200, "source": 200}
_HYGROSCOPIC = ("sds011", "sps30")


@check_each
def ids_are_plain_words(registry: Registry) -> Iterator[str]:
    """An id stands in addresses and file names as it is; a district has the code of the statistics office."""
    for kind, ids in ids_by_kind(registry).items():
        yield from (f"{kind} {id_!r} is not of a-z, 0-9 and -" for id_ in ids if not _WORD.fullmatch(id_))
    codes = {"owner": [registry.owner.id], "district": [one.id for one in registry.districts]}
    for kind, ids in codes.items():
        yield from (f"{kind} {id_!r} is not of A-Z, a-z, 0-9 and -" for id_ in ids if not _CODE.fullmatch(id_))
    if "region" in codes["district"]:
        yield "district 'region' has the word for what lies outside all owners; choose another code"


@check_each
def texts_can_be_held_and_shown(registry: Registry) -> Iterator[str]:
    """What a database cannot hold, and what turns the words around it about, is no text; nor is a book."""
    for whose, field, text in said_values(registry):
        if isinstance(text, str):
            longest = _LONGEST_OF.get(field, _LONGEST)
            if unseen := next((sign for sign in text if _is_unseen(sign)), None):
                yield f"{whose[:60]!r}: {field} holds the sign U+{ord(unseen):04X}, which nobody sees"
            elif len(text) > longest:
                yield f"{whose[:60]!r}: {field} has {len(text):,} signs, at most {longest:,}"


def _is_unseen(sign: str) -> bool:
    return category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and sign not in "\n\t\u200d\u00ad"


@check_each
def days_are_of_our_times(registry: Registry) -> Iterator[str]:
    """Nothing was measured before, and what cannot be held in a database holds everything up."""
    for whose, field, day in said_values(registry):
        if isinstance(day, date) and day != FOREVER and day.year not in OUR_YEARS:
            yield f"{whose}: {field} {day} is not within {OUR_YEARS[0]} to {OUR_YEARS[-1]}"


@check_each
def data_of_others_name_their_source(registry: Registry) -> Iterator[str]:
    """What was recorded elsewhere is not ours to license."""
    known = {source.id for source in registry.owner.data_sources}
    for of, stream in streams_of(registry):
        name = f"{of}, datastream {stream.sensor} {stream.source}"
        if stream.data_source and stream.data_source not in known:
            yield f"{name}: data_source {stream.data_source!r} is not in owner.toml"
        if stream.origin == "recorded" and not stream.data_source:
            yield f"{name}: recorded elsewhere, but no data_source says whose it is and under which licence"


@check_each
def addresses_of_licences_are_addresses(registry: Registry) -> Iterator[str]:
    """They stand in a header of every answer, and a contact is a link on every page."""
    yield from (
        f"data_source {source.id}: licence_url {source.licence_url!r} is no address that begins with https://"
        for source in registry.owner.data_sources
        if not _ADDRESS.fullmatch(source.licence_url)
    )
    contact = registry.owner.contact_url
    if not _ADDRESS.fullmatch(contact):
        yield f"contact_url {contact!r} in owner.toml is no address that begins with https://"


@check_each
def directions_are_plain_words(registry: Registry) -> Iterator[str]:
    """A direction stands in addresses, too."""
    for site in registry.sites:
        yield from (
            f"channel {channel.id}: direction {channel.direction!r} is not of a-z, 0-9 and -"
            for channel in site.channels
            if not _WORD.fullmatch(channel.direction)
        )


@check_each
def joint_places_have_members(registry: Registry) -> Iterator[str]:
    """A route or a screenline without members has no numbers, and one that is named twice would count twice."""
    chains = [("route", one.id, "link", one.links) for one in registry.routes]
    chains += [("screenline", one.id, "site", one.sites) for one in registry.screenlines]
    for kind, id_, member, members in chains:
        if not members:
            yield f"{kind} {id_}: names no {member}"
        yield from (f"{kind} {id_}: {member} {one!r} is named twice" for one in set(members) if members.count(one) > 1)


@check_each
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
            f"station {reported_stream(station.id, stream)}: quantity {stream.quantity!r} is not in the catalogue"
            for stream in station.datastreams
            if stream.quantity not in QUANTITIES
        )


@check_each
def units_can_be_converted(registry: Registry) -> Iterator[str]:
    """What a sensor sends is the catalogue's unit, or can be turned into it."""
    for station in registry.stations:
        for stream in station.datastreams:
            if stream.unit and stream.quantity in QUANTITIES:
                try:
                    factor(stream.quantity, stream.unit)
                except ValueError as problem:
                    yield f"station {reported_stream(station.id, stream)}: {problem}"


@check_each
def corrections_suit_their_instrument(registry: Registry) -> Iterator[str]:
    """A correction is known for some instruments, and only for raw values; what counts passages has none."""
    for site in registry.sites:
        for channel in site.channels:
            for stream in channel.datastreams:
                if stream.instrument or stream.unit or stream.kappa is not None or stream.layer != "measured":
                    yield (
                        f"channel {reported_stream(channel.id, stream)}: instrument, unit, kappa and layer are for "
                        "stations"
                    )
    for station in registry.stations:
        for stream in station.datastreams:
            if stream.kappa is not None and not (stream.instrument in _HYGROSCOPIC and stream.kappa > 0):
                wanted = f"expected more than 0 and instrument {' or '.join(_HYGROSCOPIC)}"
                name = f"station {reported_stream(station.id, stream)}"
                yield f"{name}: kappa {stream.kappa} of {stream.source!r}, {wanted}"


@check_each
def the_calibration_holds_what_is_counted(registry: Registry) -> Iterator[str]:
    """A counter may be right: the range of factors goes round 1."""
    low, high = registry.owner.calibration
    if not 0 < low <= 1 <= high:
        yield f"{registry.owner.kind}: calibration is {low} to {high}, expected a range of factors above 0 that holds 1"


@check_each
def days_of_the_calendar_are_in_order(registry: Registry) -> Iterator[str]:
    """An entry ends when it has begun, and only school holidays are of a region."""
    for entry in registry.calendar.entry:
        if entry.last_day < entry.first_day:
            yield f"{reported(entry)}: last_day {entry.last_day} is before first_day {entry.first_day}"
        if not {entry.first_day.year, entry.last_day.year} <= {*_YEARS}:
            yield f"{reported(entry)}: {entry.first_day} to {entry.last_day} is not within {_YEARS[0]} to {_YEARS[-1]}"
        if (entry.region is not None) != (entry.kind == "school_holiday"):
            yield (
                f"{reported(entry)}: kind {entry.kind} with region {entry.region}; a school holiday has one, "
                f"others none"
            )


@check_each
def the_calendar_says_for_which_years(registry: Registry) -> Iterator[str]:
    """A rule is written out for the years of the indicators, no further than the rule goes."""
    calendar, known = registry.calendar, range(calendar_nl.FIRST_YEAR, calendar_nl.LAST_YEAR + 1)
    if bool(calendar.public_holidays) != (calendar.years is not None):
        yield "calendar.toml: public_holidays and years go together: public_holidays = 'nl', years = [2024, 2030]"
    if calendar.years and not (calendar.years[0] <= calendar.years[1] and {*calendar.years} <= {*known}):
        yield f"calendar.toml: years {list(calendar.years)}, expected first and last of {known[0]} to {known[-1]}"


@check_each
def intervals_divide_an_hour(registry: Registry) -> Iterator[str]:
    """Hours are made of whole intervals."""
    for place, stream in streams_of(registry):
        if not (0 < stream.interval <= _HOUR and _HOUR % stream.interval == 0):
            yield f"{reported_stream(place, stream)}: interval {stream.interval} s does not divide an hour"


@check_each
def sensors_have_proper_ids(registry: Registry) -> Iterator[str]:
    """A sensor id can be an MQTT topic level and a user name."""
    for place, stream in streams_of(registry):
        if not re.fullmatch(SENSOR_ID, stream.sensor):
            yield f"{place}: sensor {stream.sensor!r} does not match {SENSOR_ID}"


@check_each
def no_sensor_is_called_as_a_service(registry: Registry) -> Iterator[str]:
    """A sensor's certificate carries its id, and the broker would give it the rights of the service of that name."""
    for place, stream in streams_of(registry):
        if stream.sensor in SERVICE_USERS:
            yield f"{place}: sensor {stream.sensor!r} is called as a user of the broker, name it otherwise"


@check_each
def validity_does_not_overlap(registry: Registry) -> Iterator[str]:
    """At any moment one datastream feeds a channel or a layer of a station, and one is meant by a sensor's source."""
    for by in (_by_place, _by_sensor):
        groups: dict[tuple[str, ...], list[Datastream]] = defaultdict(list)
        for place, stream in streams_of(registry):
            groups[by(place, stream)].append(stream)
        for key, streams in groups.items():
            for before, after in pairwise(sorted(streams, key=lambda stream: stream.valid_from)):
                if after.valid_from < before.valid_until:
                    who = " ".join(filter(None, key))
                    yield (
                        f"{who}: device {after.sensor} is valid from {after.valid_from}, device {before.sensor} until "
                        f"{before.valid_until}"
                    )
    for place, stream in streams_of(registry):
        if stream.valid_until <= stream.valid_from:
            period = f"valid_until {stream.valid_until} is not after valid_from {stream.valid_from}"
            yield f"{reported_stream(place, stream)}: {period}"


@check_each
def nothing_begins_where_a_channel_has_ended(registry: Registry) -> Iterator[str]:
    """From its end on nothing is expected of a channel."""
    for site in registry.sites:
        for channel in site.channels:
            yield from (
                f"channel {reported_stream(channel.id, stream)}: valid from {stream.valid_from}, and the channel ends "
                f"on {channel.until}"
                for stream in channel.datastreams
                if channel.until is not None and channel.until <= stream.valid_from
            )


@check_each
def municipalities_have_a_centre(registry: Registry) -> Iterator[str]:
    """Links to the centre are told apart from others."""
    if registry.owner.kind == "municipality" and not registry.owner.centre:
        yield "centre is missing in owner.toml; write the code of the district that is the centre of town"


@check_each
def the_time_zone_has_whole_hours(registry: Registry) -> Iterator[str]:
    """Local days are made of UTC hours, in winter and in summer."""
    name = registry.owner.timezone
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"timezone {name!r} is not in the time zone database"
        return
    offsets = {datetime(year, month, 1, tzinfo=zone).utcoffset() for year in _YEARS for month in (1, 7)}
    if odd := sorted(offset for offset in offsets if offset and offset % timedelta(seconds=_HOUR)):
        yield f"timezone {name!r} is {odd[0]} from UTC at times, which cuts the hours that local days are made of"


def _by_place(place: str, stream: Datastream) -> tuple[str, ...]:
    return place, stream.quantity, "" if stream.layer == "measured" else stream.layer


def _by_sensor(_place: str, stream: Datastream) -> tuple[str, ...]:
    return stream.sensor, stream.source
