"""What must hold in a profile by itself: generators that yield sentences."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from schemas.profile import ByteLayout, DeviceProfile, ProfileField
from schemas.quantities import QUANTITIES
from schemas.suggestions import nearest
from schemas.units import factor

_HOURS: Final = re.compile(r"([01]\d|2[0-3])-([01]\d|2[0-4])")
_LONGEST: Final = 86_400


def problems_of(profile: DeviceProfile) -> Iterator[str]:
    """Say what is wrong with a profile; which dialects there are is known where messages are decoded."""
    yield from _twice("field", [one.field for one in profile.field])
    yield from _twice("source", [one.name for one in profile.field if one.source])
    yield from _twice("layout of port", [str(one.port) for one in profile.layout])
    for field in profile.field:
        yield from (f"field {field.field!r}: {sentence}" for sentence in _of_field(field))
    if not 0 <= profile.every <= _LONGEST:
        yield f"every is {profile.every} s, expected 0 (once an interval) to {_LONGEST}"
    yield from _of_window(profile.window)
    if profile.stored and not profile.time:
        yield "stored frames need the time of the device: name its field with [time]"
    if profile.stored and bool(profile.stored.field) == bool(profile.stored.port):
        yield "stored: name a field or a port, one of them"
    for layout in profile.layout:
        yield from _of_layout(layout)


def _twice(what: str, names: list[str]) -> Iterator[str]:
    yield from (f"{what} {name!r} is given {times} times" for name, times in Counter(names).items() if times > 1)


def _of_field(field: ProfileField) -> Iterator[str]:
    if field.factor == 0:
        yield "factor is 0; what was sent times factor is in the unit"
    if field.bits and field.sampling != "cumulative":
        yield f"bits are of a running total, and sampling is {field.sampling!r}; did you mean 'cumulative'?"
    if field.quantity and field.quantity not in QUANTITIES:
        yield f"quantity {field.quantity!r} is not in the catalogue{nearest(field.quantity, QUANTITIES)}"
    elif field.quantity:
        try:
            factor(field.quantity, field.unit)
        except ValueError as problem:
            yield str(problem)


def _of_window(window: str) -> Iterator[str]:
    hours = _HOURS.fullmatch(window)
    if window not in {"always", "daylight"} and (hours is None or hours[1] == hours[2]):
        yield f"window {window!r}, expected 'always', 'daylight' or local hours such as '05-20'"


def _of_layout(layout: ByteLayout) -> Iterator[str]:
    for field in layout.fields:
        width = int(field.type[1:].rstrip("bel")) // 8
        if field.at < 0 or (layout.length and field.at + width > layout.length):
            yield f"layout of port {layout.port}: {field.field!r} at {field.at} is not within {layout.length} bytes"
