"""The texts of a decoded payload that may stay for a device: numbers, its time and status, what its profile names."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from ingest.dialects.permitted import TIME, UNIT, Form, Texts, matching
from schemas.device import RegisteredDevice
from schemas.profile import DeviceProfile, ProfileStatus, ProfileTime

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
    return MappingProxyType({f"{below}.{path}": form for path, form in _forms(device)})


def _forms(device: RegisteredDevice | None) -> Iterator[tuple[str, Form]]:
    profile = device.profile if device else None
    yield from _of_time((profile and profile.time) or OWN_TIME)
    for path in sorted(device.sources) if device else ():
        yield from _of_measured(path)
    if profile:
        yield from _of_profile(profile)


def _of_profile(profile: DeviceProfile) -> Iterator[tuple[str, Form]]:
    yield from ((path, _NOTE) for path in profile.texts)
    for status in profile.status:
        yield status.field, _code(status)
    for field in profile.field:
        yield from _of_measured(field.field)


def _of_time(time: ProfileTime) -> Iterator[tuple[str, Form]]:
    yield time.field, TIME if time.form == "rfc3339" else _EPOCH


def _of_measured(path: str) -> Iterator[tuple[str, Form]]:
    """Yield the path of a measured field, the keys above it, and the unit that stands beside it."""
    above = path.rpartition(".")[0]
    while above:
        yield above, _nothing
        above = above.rpartition(".")[0]
    if beside := unit_beside(path):
        yield beside, UNIT
    yield path, MEASURED


def _nothing(_text: str) -> None:
    return None


def _code(status: ProfileStatus) -> Form:
    return lambda text: text if text in status.codes else None
