"""The texts of a decoded payload that may stay for a device: numbers, its time and status, what its profile names."""

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from ingest.dialects.permitted import EPOCH, MARK, TIME, Form, Texts, is_unit, matching
from schemas.device import RegisteredDevice
from schemas.profile import DeviceProfile, ProfileField, ProfileStatus, ProfileTime
from schemas.quantities import QUANTITIES

NO_PROFILE: Final = DeviceProfile(maker="", model="")
"""The profile of a device that has none: every number is a measurement."""

OWN_TIME: Final = ProfileTime(field="time")
"""The device's own time where no profile names another: `time`, as RFC 3339."""

DATALOG: Final = "datalog"
"""The field that is true in a stored frame where no profile names another."""

_MEASURED: Final = re.compile(
    r"(\s{0,2}[+-]?\d{1,10}(?:\.\d{1,8})?)(?:(?<=\.\d{8})\d{1,7})?(\s{0,2})((?!\d)[^\s.,+-]\S{0,15})?\s{0,2}", re.ASCII
)
_COUNT: Final = "1"
_NOTE: Final = matching(r"[A-Za-z0-9 ._+/-]{0,40}")


def unit_beside(path: str) -> str | None:
    """Return the path of the unit that may stand beside a value (`a.unit` beside `a.value`); None for other paths."""
    above, _, last = path.rpartition(".")
    return f"{above}.unit" if above and last == "value" else None


def own_unit(field: ProfileField, device: RegisteredDevice | None) -> str:
    """Return the unit in which a field is sent, "" where nobody says.

    It is that by which `store` converts what is registered; a count has any name that its profile gives its unit.
    """
    registered = device.units.get(field.name, "") if device else ""
    if registered not in {"", _COUNT}:
        return registered
    return field.unit or (QUANTITIES[field.quantity].unit if field.quantity in QUANTITIES else registered)


def texts_of(below: str, device: RegisteredDevice | None) -> Texts:
    """Return the texts that may stay in what was decoded of a device, which stands at the path `below`."""
    profile = (device and device.profile) or NO_PROFILE
    units = units_by_path(device)
    paths = units.keys()
    forms: dict[str, Form] = {above: _nothing for path in paths for above in paths_above(path)}
    forms.update({beside: _unit(units[path]) for path in paths if (beside := unit_beside(path))})
    forms[(profile.stored and profile.stored.field) or DATALOG] = MARK
    forms.update(dict.fromkeys(profile.texts, _NOTE))
    forms.update({status.field: _code(status) for status in profile.status})
    forms.update(_of_time(profile.time or OWN_TIME))
    forms.update({path: _measured(unit) for path, unit in units.items()})
    return MappingProxyType({f"{below}.{path}": form for path, form in forms.items()})


def units_by_path(device: RegisteredDevice | None) -> dict[str, str]:
    """Return the unit of every field that a device is known to measure, by its path; "" where nobody says."""
    sources = device.sources if device else frozenset()
    fields = (device and device.profile and device.profile.field) or []
    units = {source: own_unit(ProfileField(field=source), device) for source in sources}
    return units | {field.field: own_unit(field, device) for field in fields}


def _unit(own: str) -> Form:
    """Make the form of a unit: a listed one, or the field's own."""
    return lambda text: text if text == own or is_unit(text) else None


def _measured(own: str) -> Form:
    """Make the form of a number as a text, of which eight decimals stay, with such a unit or without."""

    def form(text: str) -> str | None:
        if not (found := _MEASURED.fullmatch(text)):
            return None
        number, space, unit = found.groups("")
        return number + space + unit if not unit or unit == own or is_unit(unit) else None

    return form


def _of_time(time: ProfileTime) -> dict[str, Form]:
    return {time.field: TIME if time.form == "rfc3339" else EPOCH}


def paths_above(path: str) -> Iterator[str]:
    """Yield the paths of the objects that a field is in: their keys stay, whatever they look like."""
    while path := path.rpartition(".")[0]:
        yield path


def _nothing(_text: str) -> None:
    return None


def _code(status: ProfileStatus) -> Form:
    return lambda text: text if text in status.codes else None
