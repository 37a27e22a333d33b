"""The texts of a decoded payload that may stay for a device: numbers, its time and status, what its profile names."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from ingest.dialects.permitted import TIME, UNIT, Form, Texts, matching
from schemas.device import RegisteredDevice
from schemas.profile import DeviceProfile, ProfileStatus, ProfileTime

NO_PROFILE: Final = DeviceProfile(maker="", model="")
"""The profile of a device that has none: every number is a measurement."""

OWN_TIME: Final = ProfileTime(field="time")
"""The device's own time where no profile names another: `time`, as RFC 3339."""

MEASURED: Final = matching(r"\s{0,2}[+-]?\d{1,10}(\.\d{1,15})?\s{0,2}([°%µμA-Za-z][A-Za-z0-9%/^·³⁻¹²*-]{0,9})?\s{0,2}")
"""A number as a text, with a unit or without."""

_EPOCH: Final = matching(r"\d{1,15}(\.\d{1,9})?")
_NOTE: Final = matching(r"[A-Za-z0-9 ._+/-]{0,40}")


def unit_beside(path: str) -> str | None:
    """Return the path of the unit that may stand beside a value (`a.unit` beside `a.value`); None for other paths."""
    above, _, last = path.rpartition(".")
    return f"{above}.unit" if above and last == "value" else None


def texts_of(below: str, device: RegisteredDevice | None) -> Texts:
    """Return the texts that may stay in what was decoded of a device, which stands at the path `below`."""
    profile = (device and device.profile) or NO_PROFILE
    paths = {field.field for field in profile.field} | (device.sources if device else frozenset())
    forms: dict[str, Form] = {above: _nothing for path in paths for above in _above(path)}
    forms.update({beside: UNIT for path in paths if (beside := unit_beside(path))})
    forms.update(dict.fromkeys(profile.texts, _NOTE))
    forms.update({status.field: _code(status) for status in profile.status})
    forms.update(_of_time(profile.time or OWN_TIME))
    forms.update(dict.fromkeys(paths, MEASURED))
    return MappingProxyType({f"{below}.{path}": form for path, form in forms.items()})


def _of_time(time: ProfileTime) -> dict[str, Form]:
    return {time.field: TIME if time.form == "rfc3339" else _EPOCH}


def _above(path: str) -> Iterator[str]:
    """Yield the paths of the objects that a field is in: their keys stay, whatever they look like."""
    while path := path.rpartition(".")[0]:
        yield path


def _nothing(_text: str) -> None:
    return None


def _code(status: ProfileStatus) -> Form:
    return lambda text: text if text in status.codes else None
