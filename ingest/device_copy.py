"""The copy of the device directory on disk, with which an intake starts while the database is away."""

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from schemas.device import Devices, RegisteredDevice

_LOG = logging.getLogger("doorfiets.ingest.devices")
_READ_BY_US: Final = 0o600


class StoredDirectory(msgspec.Struct, frozen=True):
    """The registered devices, and the state of the database that they were read in."""

    state: str
    devices: list[RegisteredDevice]


def load(path: Path) -> StoredDirectory | None:
    """Return the copy; None where there is none, or where it cannot be read, which is logged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=StoredDirectory)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        _LOG.error(
            "the copy of the device directory cannot be read; it is written again when the database answers",
            extra={"file": str(path), "problem": type(problem).__name__},
        )
        return None


def store(path: Path, state: str, devices: Devices) -> bool:
    """Replace the copy in one step, and return whether there was room for it; a failure is logged."""
    new = path.with_name(f"{path.name}.{os.uname().nodename}-{os.getpid()}.new")  # the copy may be shared
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(new, msgspec.json.encode(StoredDirectory(state, list(devices.values()))))
        new.replace(path)
    except OSError as problem:
        _LOG.error(
            "the copy of the device directory cannot be written: without it a bridge does not start while the database "
            "is away",
            extra={"file": str(path), "problem": str(problem)},
        )
        with suppress(OSError):
            new.unlink(missing_ok=True)
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    """Write a file that others cannot read, and return when it is on disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _READ_BY_US), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
