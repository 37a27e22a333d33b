"""What must hold of devices, their profiles and their placements: generators that yield sentences."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from registry.check_lists import Registries, check, check_each, warning
from registry.contents import quantities_of, reported_stream, streams_of
from registry.placements import fed_last
from registry.profile_checks import problems_of
from schemas.profile import ProfileField
from schemas.quantities import QUANTITIES
from schemas.registry import FOREVER, DeviceEntry, Placement, Registry
from schemas.suggestions import nearest
from schemas.topics import SENSOR_ID, SERVICE_USERS
from schemas.units import factor

_CREDENTIAL: Final = re.compile(r"[!-~]{0,64}")
_NO_PROFILE: Final[tuple[str, Mapping[str, ProfileField]]] = ("", {})


@check_each
def devices_are_called_properly(registry: Registry) -> Iterator[str]:
    """The id of a device is a topic level and a user name, as that of every sensor; nobody logs in as a service."""
    for device in registry.devices:
        if not re.fullmatch(SENSOR_ID, device.id):
            yield f"device {device.id!r} does not match {SENSOR_ID}"
        if {device.id, device.credential} & {*SERVICE_USERS}:
            yield f"device {device.id!r} is called, or logs in, as a user of the broker for services; name it otherwise"
        if not _CREDENTIAL.fullmatch(device.credential):
            yield f"device {device.id}: credential is not up to 64 letters, digits and signs without a space"


@check
def profiles_are_sound(registries: Registries) -> Iterator[str]:
    """A profile says things that go together; one that several owners may use is spoken of once."""
    sentences = {
        f"profiles/{name}.toml: {sentence}"
        for registry in registries
        for name, profile in registry.profiles.items()
        for sentence in problems_of(profile)
    }
    yield from sorted(sentences)


@check_each
def profiles_are_known(registry: Registry) -> Iterator[str]:
    """A device names a profile that there is, or none."""
    for device in registry.devices:
        if device.profile and device.profile not in registry.profiles:
            there = nearest(device.profile, registry.profiles) or f"; there are {_listed(registry.profiles)}"
            yield f"device {device.id}: no profile is called {device.profile!r}{there}"


@check
def devices_stand_at_places_of_their_owner(registries: Registries) -> Iterator[str]:
    """Whoever owns a device says where it stands, at one site or one station of its own."""
    owners = {kind: _owners(registries, kind) for kind in ("site", "station")}
    for registry in registries:
        for device, one in _placements(registry):
            kind, id_ = one.place
            if bool(one.site) == bool(one.station):
                yield f"{_named(device, one)}: name a site or a station, one of them"
            elif id_ not in owners[kind]:
                yield f"{_named(device, one)}: {kind} {id_!r} is not in {kind}s.toml{nearest(id_, owners[kind])}"
            elif owners[kind][id_] != registry.owner.name:
                whose = f"{kind} {id_!r} is of {owners[kind][id_]}, and the device of {registry.owner.name}"
                yield f"{_named(device, one)}: {whose}; a device stands at places of its owner"


@check_each
def sources_feed_what_is_there(registry: Registry) -> Iterator[str]:
    """A source feeds a channel of the site that is still expected, or a quantity of the catalogue at a station."""
    sites = {site.id: {channel.id: channel for channel in site.channels} for site in registry.sites}
    for device, one in _placements(registry):
        name = _named(device, one)
        if not one.sources and not one.replaces:
            yield f"{name}: feeds nothing; say with `sources` what is of which channel or quantity, or what it replaces"
        for source, target in one.sources.items():
            channels = sites.get(one.site, {})
            if one.station and target not in QUANTITIES:
                yield f"{name}: source {source!r} is of {target!r}, which is no quantity{nearest(target, QUANTITIES)}"
            if channels and target not in channels:
                yield f"{name}: source {source!r} feeds {target!r}, no channel of {one.site}{nearest(target, channels)}"
            elif channels and (until := channels[target].until) is not None and until <= one.valid_from:
                yield f"{name}: source {source!r} feeds {target!r}, which has ended on {until}"


@check_each
def devices_are_at_one_place(registry: Registry) -> Iterator[str]:
    """A device has one place at a time; an earlier placement ends where a later one begins, unless it says its end."""
    for device in registry.devices:
        for one in device.placement:
            if one.valid_until <= one.valid_from:
                yield f"{_named(device, one)}: until {one.valid_until} is not after from {one.valid_from}"
        for one, after in pairwise(sorted(device.placement, key=lambda placement: placement.valid_from)):
            end = after.valid_from if one.valid_until == FOREVER else one.valid_until
            if after.valid_from < end or after.valid_from == one.valid_from:
                until = f"until {end}" if after.valid_from < end else "on the same day"
                yield f"device {device.id}: placed from {after.valid_from}, and elsewhere {until}"
    yield from _elsewhere(registry)


@check_each
def what_is_replaced_is_there(registry: Registry) -> Iterator[str]:
    """A device replaces another one that fed the same place before."""
    fed = {(kind, place): sensors for kind, place, sensors in _sensors(registry)}
    for device, one in _placements(registry):
        if not one.replaces or one.place not in fed:
            continue
        if one.replaces == device.id:
            yield f"{_named(device, one)}: replaces itself; say with `sources` what it feeds from then on"
        elif not fed_last(registry, one):
            where, known = " ".join(one.place), fed[one.place] - {device.id}
            near = nearest(one.replaces, known) or (f"; there are {_listed(known)}" if known else "")
            yield f"{_named(device, one)}: replaces {one.replaces!r}, which fed nothing of {where} before{near}"


@check_each
def profiles_count_what_their_channel_counts(registry: Registry) -> Iterator[str]:
    """A profile that says what a field is of says the same as the place that the field feeds."""
    profiles = _profiles(registry)
    for place, quantity, stream in quantities_of(registry):
        name, fields = profiles.get(stream.sensor, _NO_PROFILE)
        field = fields.get(stream.source)
        if field and field.quantity and field.quantity != quantity:
            yield (
                f"{reported_stream(place, stream)}: source {stream.source!r} is of {field.quantity} by profile "
                f"{name!r}, and feeds {quantity}"
            )
        elif field and not stream.unit and quantity in QUANTITIES and not QUANTITIES[quantity].counted:
            yield from _unconvertible(f"{reported_stream(place, stream)}, by profile {name!r}", quantity, field.unit)


@check_each
def calibrations_are_given_once(registry: Registry) -> Iterator[str]:
    """A day and a kind name an entry of a device's history."""
    for device in registry.devices:
        entries = Counter((one.day, one.kind) for one in device.calibration)
        yield from (
            f"device {device.id}: {kind} on {day} is given {times} times"
            for (day, kind), times in entries.items()
            if times > 1
        )


@warning
def sources_are_fields_of_their_profile(registries: Registries) -> Iterator[str]:
    """What no field of a profile is called is judged without it."""
    for registry in registries:
        profiles = _profiles(registry)
        for place, stream in streams_of(registry):
            name, fields = profiles.get(stream.sensor, _NO_PROFILE)
            if name and stream.source not in fields:
                yield (
                    f"{reported_stream(place, stream)}: source {stream.source!r} is no field of profile {name!r}"
                    f"{nearest(stream.source, fields)}"
                )


@warning
def channels_are_fed(registries: Registries) -> Iterator[str]:
    """A channel that nothing feeds has no numbers, and none is missed."""
    for registry in registries:
        for channel in (channel for site in registry.sites for channel in site.channels):
            if not channel.datastreams:
                yield f"channel {channel.id}: no datastream and no placement feeds it"


def _profiles(registry: Registry) -> dict[str, tuple[str, Mapping[str, ProfileField]]]:
    """Give name and fields of the profile of each device that has one, the fields by the source that they are."""
    fields = {name: {field.name: field for field in one.field} for name, one in registry.profiles.items()}
    return {one.id: (one.profile, fields[one.profile]) for one in registry.devices if one.profile in fields}


def _unconvertible(name: str, quantity: str, unit: str) -> Iterator[str]:
    try:
        factor(quantity, unit)
    except ValueError as problem:
        yield f"{name}: {problem}"


def _elsewhere(registry: Registry) -> Iterator[str]:
    """Say what is listed of a device for a time in which it is placed elsewhere."""
    kinds = {channel.id: ("site", site.id) for site in registry.sites for channel in site.channels}
    kinds |= {station.id: ("station", station.id) for station in registry.stations}
    placements = {device.id: device.placement for device in registry.devices}
    for place, stream in streams_of(registry):
        for one in placements.get(stream.sensor, ()):
            if stream.valid_from < one.valid_from < stream.valid_until and kinds[place] != one.place:
                yield (
                    f"device {stream.sensor}: placed at {' '.join(one.place)} from {one.valid_from}, and feeds {place} "
                    f"until {stream.valid_until}"
                )


def _placements(registry: Registry) -> Iterator[tuple[DeviceEntry, Placement]]:
    for device in registry.devices:
        yield from ((device, one) for one in device.placement)


def _named(device: DeviceEntry, one: Placement) -> str:
    return f"device {device.id}, placed from {one.valid_from}"


def _owners(registries: Registries, kind: str) -> dict[str, str]:
    """Give the owners' names of all sites or stations."""
    return {
        place.id: registry.owner.name
        for registry in registries
        for place in (registry.sites if kind == "site" else registry.stations)
    }


def _sensors(registry: Registry) -> Iterator[tuple[str, str, set[str]]]:
    """Give the sensors that feed each place, at any time."""
    for site in registry.sites:
        yield "site", site.id, {stream.sensor for channel in site.channels for stream in channel.datastreams}
    for station in registry.stations:
        yield "station", station.id, {stream.sensor for stream in station.datastreams}


def _listed(names: Mapping[str, object] | set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
