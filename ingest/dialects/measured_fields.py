"""Decoded fields as measurements: which of them are, under which source, and what each says.

What is registered is read or refused by name; what nobody registered is passed on where it is a number, and decides
nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, TypeAlias

from ingest.dialects.device_texts import NO_PROFILE, own_unit, paths_above, unit_beside
from ingest.dialects.fields import FARTHEST, is_number, is_plain_name, number_and_unit, within
from ingest.dialects.refusal import RefusedError, shown
from schemas.device import RegisteredDevice
from schemas.profile import DeviceProfile, ProfileField
from schemas.units import spelled

Values: TypeAlias = dict[str, float | None]

LARGEST_REGISTER: Final = float(2**32)
"""The largest running total: registers have up to 32 bits."""


def flat(decoded: Mapping[str, object]) -> dict[str, object]:
    """Return what was decoded by path, a dot between levels; a path that two keys spell holds a list of both."""
    found: dict[str, object] = {}
    for path, value in _paths(decoded, ""):
        found[path] = [found[path], value] if path in found else value
    return found


def nested(values: Mapping[str, object]) -> dict[str, object]:
    """Return values by path as objects in each other, the reverse of `flat`; no path is the beginning of another."""
    found: dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path.split(".")
        place = found
        for key in above:
            place = place.setdefault(key, {})
        place[last] = value
    return found


def measured(fields: Mapping[str, object], device: RegisteredDevice | None) -> Values:
    """Return the values of the measured fields, which come by path, by source; None for what was not measured.

    Raises RefusedError, naming the source, where a registered one is there and cannot be read.
    """
    profile = (device and device.profile) or NO_PROFILE
    registered = device.sources if device else frozenset()
    found: Values = {}
    for field in profile.field:
        if field.field in fields and field.name not in found:
            _take(found, field, fields, device)
    paths = {field.field for field in profile.field} | registered
    named = {field.field for field in profile.field} | {field.name for field in profile.field}
    units = {unit_beside(path) for path in paths}
    for path in fields.keys() - named - found.keys():
        if path in registered:
            found[path] = _registered(path, fields, device)
        elif path not in units and (number := _passed_on(path, fields[path], profile)) is not None:
            found[path] = number
    missing = registered - found.keys()
    _refuse_other_shapes(missing, fields, profile, paths)
    _refuse_objects(missing, fields)
    return dict(sorted(found.items()))


def _paths(decoded: Mapping[str, object], above: str) -> Iterator[tuple[str, object]]:
    for key, value in decoded.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, dict) and value:
            yield from _paths(value, path)
        else:
            yield path, value


def _take(found: Values, field: ProfileField, fields: Mapping[str, object], device: RegisteredDevice | None) -> None:
    """Add the value of a field of the profile; what cannot be read is refused where it is registered, else left out."""
    bound = LARGEST_REGISTER if field.sampling == "cumulative" else FARTHEST
    try:
        found[field.name] = _value(field, fields, bound, own_unit(field, device))
    except RefusedError:
        if device and field.name in device.sources:
            raise


def _registered(path: str, fields: Mapping[str, object], device: RegisteredDevice | None) -> float | None:
    """Read a registered source that no profile names: true and false are no numbers then."""
    if isinstance(fields[path], bool):
        raise RefusedError("type", f"{path} is true or false: name it in the profile of the device")
    field = ProfileField(field=path)
    return _value(field, fields, LARGEST_REGISTER, own_unit(field, device))


def _value(field: ProfileField, fields: Mapping[str, object], bound: float, unit: str) -> float | None:
    """Read one field, times its factor; None for null and for what means "not measured"."""
    sent = fields[field.field]
    if sent is None:
        return None
    number = _number(field, sent, unit)
    if beside := unit_beside(field.field):
        inside = any(path.startswith(f"{beside}.") for path in fields)
        _refuse_other_unit(field, {} if inside else fields.get(beside), unit)
    return None if number in field.missing else within(number * field.factor, -bound, bound, field.name)


def _number(field: ProfileField, sent: object, unit: str) -> float:
    if isinstance(sent, bool):
        return float(sent)
    if isinstance(sent, str) and (said := number_and_unit(sent)):
        _refuse_other_unit(field, said[1], unit)
        return said[0]
    if not is_number(sent):
        raise RefusedError("type", f"{field.name} is {shown(sent)}, not a number")
    return sent


def _refuse_other_unit(field: ProfileField, unit: object, own: str) -> None:
    """Refuse a unit beside a number that is not that of the field, also one that did not stay; none is right."""
    if unit is None or unit == "" or (own and isinstance(unit, str) and spelled(unit) == spelled(own)):
        return
    sent = "an object" if isinstance(unit, dict) else shown(unit)
    by_profile = field.unit or field.quantity
    says = f"{'its profile says' if by_profile else 'it is registered in'} {shown(own)}"
    raise RefusedError(
        "unit", f"{field.name} is sent in {sent}, {says if own else 'and no profile says which unit it has'}"
    )


def _passed_on(path: str, sent: object, profile: DeviceProfile) -> float | None:
    """Return the number of a field that nobody registered; None where it is none, or the profile ignores it."""
    if not is_plain_name(path) or _is_named_otherwise(path, profile):
        return None
    if isinstance(sent, str):
        said = number_and_unit(sent)
        return said[0] if said and not said[1] else None
    return float(sent) if is_number(sent) else None


def _is_named_otherwise(path: str, profile: DeviceProfile) -> bool:
    """Return whether the profile says that a field is no measurement: its time, its status, or what it ignores."""
    others = {status.field for status in profile.status}
    if profile.time:
        others.add(profile.time.field)
    if profile.stored:
        others.add(profile.stored.field)
    return path in others or any(path == one or path.startswith(f"{one}.") for one in profile.ignore)


def _refuse_other_shapes(
    missing: frozenset[str], fields: Mapping[str, object], profile: DeviceProfile, read: Collection[str]
) -> None:
    """Refuse where a registered source is sent under another path than its own, or something stands over that path.

    What stands there may be among the paths that are `read` themselves.
    """
    paths = {source: [field.field for field in profile.field if field.name == source] for source in sorted(missing)}
    read_by_profile = {field.field for field in profile.field}
    for source, named in paths.items():
        another = source in read_by_profile or _is_named_otherwise(source, profile)
        if named and not another and fields.get(source) is not None:
            raise RefusedError(
                "missing_field", f"{source} is sent under that name, its profile reads it from {', '.join(named)}"
            )
        for above in (one for path in named or [source] for one in paths_above(path)):
            if above not in read and fields.get(above) not in (None, {}):
                raise RefusedError("type", f"{source} cannot be read: {above} is {shown(fields[above])}, no object")


def _refuse_objects(missing: frozenset[str], fields: Mapping[str, object]) -> None:
    """Refuse where a registered source is an object: which of its numbers is meant is not known."""
    for source in sorted(missing):
        inside = [path for path in fields if path.startswith(f"{source}.")]
        numbers = [path for path in inside if is_number(fields[path]) and is_plain_name(path)]
        if inside:
            says = f": register {numbers[0]}, or name it in the profile" if numbers else " without a number"
            raise RefusedError("type", f"{source} is an object{says}")
