"""Profiles of models of sensors, read from the folders that hold them; a later folder stands over an earlier one."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from schemas.explanations import explained
from schemas.failures import CheckFailedError
from schemas.profile import (
    ByteField,
    ByteLayout,
    DeviceProfile,
    ProfileField,
    ProfileStatus,
    ProfileTime,
    StoredFrame,
)
from schemas.suggestions import nearest_key

FOLDER: Final = "profiles"
"""The folder of profiles in the root of the registry, and in the folder of an owner."""
_STRUCTS: Final = (DeviceProfile, ProfileField, ProfileTime, ProfileStatus, StoredFrame, ByteLayout, ByteField)


class ProfileUnreadableError(CheckFailedError):
    """A profile cannot be read; nothing was loaded, the registry in force stays."""


class ProfileFile(NamedTuple):
    """A profile as it stands in its file."""

    content: bytes
    profile: DeviceProfile


def read_profiles(folders: Iterable[Path]) -> dict[str, ProfileFile]:
    """Read the profiles of some folders by name, which is that of the file; a folder that is not there has none.

    Of one name the profile of the last folder counts. Raises ProfileUnreadableError naming file and place.
    """
    found: dict[str, ProfileFile] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            content = path.read_bytes()
            found[path.stem] = ProfileFile(content, decode(f"{path.parent.name}/{path.name}", content))
    return found


def decode(file: str, content: bytes) -> DeviceProfile:
    """Turn the content of a profile into one; raise ProfileUnreadableError naming file and place."""
    try:
        return msgspec.toml.decode(content, type=DeviceProfile)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise ProfileUnreadableError(
            f"{file}: {explained(problem, content, DeviceProfile)}{nearest_key(problem, *_STRUCTS)}"
        ) from problem


def profiles_of(files: Mapping[str, ProfileFile]) -> dict[str, DeviceProfile]:
    """Give the profiles of files, by name."""
    return {name: one.profile for name, one in files.items()}
