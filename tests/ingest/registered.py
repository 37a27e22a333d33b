"""Registered devices for tests: by their sources, and by a profile that is shipped or written in the test."""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from schemas.device import RegisteredDevice
from schemas.profile import DeviceProfile

PROFILES: Final = Path(__file__).parents[2] / "ingest" / "profiles"


def of(profile: str = "", *sources: str, name: str = "noord-1") -> RegisteredDevice:
    """Give a device with a profile, written as TOML ("" for none), and the sources that datastreams refer to."""
    made = msgspec.toml.decode(f'maker = "m"\nmodel = "m"\n{profile}', type=DeviceProfile) if profile else None
    return RegisteredDevice(name, made, frozenset(sources))


@cache
def shipped(profile: str) -> DeviceProfile:
    """Give a profile of `ingest/profiles`."""
    return msgspec.toml.decode((PROFILES / f"{profile}.toml").read_bytes(), type=DeviceProfile)


def with_shipped(profile: str, *sources: str, name: str = "noord-1") -> RegisteredDevice:
    """Give a device with a profile of `ingest/profiles`, and the sources that datastreams refer to."""
    return RegisteredDevice(name, shipped(profile), frozenset(sources))
