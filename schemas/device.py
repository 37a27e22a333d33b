"""A registered device as the intake knows it: by the name it is called in messages, with its profile and sources."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from schemas.profile import DeviceProfile


class RegisteredDevice(msgspec.Struct, frozen=True):
    """One device of the registry in force.

    `profile` is None where the registry names none. `sources` are the names under which datastreams refer to what it
    sends, now or at any time; nothing else of what it sends is judged. `units` are the units that the registry says
    of them; a source whose datastreams differ in it has none.
    """

    device: str
    profile: DeviceProfile | None = None
    sources: frozenset[str] = frozenset()
    units: Mapping[str, str] = {}


Devices: TypeAlias = Mapping[str, RegisteredDevice]
"""All registered devices by name; a device that is not in it is not registered."""
