"""Checks of this machine: Python, time zones, room on the disk, and who may read what is secret."""

import os
import platform
import shutil
import sys
import zoneinfo
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from operations.doctor.checks import DoubtfulError, NotAsExpectedError, graded

_OLDEST: Final = (3, 11)
_LITTLE: Final = 10  # percent free
_TOO_LITTLE: Final = 3
_ZONE: Final = "Europe/Amsterdam"
_OTHERS: Final = 0o077
_GIB: Final = 2**30


def python_runs() -> str:
    """Measure which Python runs on which system; raise NotAsExpectedError where it is older than 3.11."""
    there = f"Python {platform.python_version()} on {_system()}, {os.cpu_count()} processors"
    if sys.version_info < _OLDEST:
        raise NotAsExpectedError(there)
    return there


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def zones_are_known() -> str:
    """Measure how many time zones are known; raise NotAsExpectedError where the Dutch one is not."""
    known = len(zoneinfo.available_timezones())
    try:
        zoneinfo.ZoneInfo(_ZONE)
    except zoneinfo.ZoneInfoNotFoundError as missing:
        raise NotAsExpectedError(f"{_ZONE} is not among the {known} time zones of this machine") from missing
    return f"{known} time zones, {_ZONE} among them"


def disk_has_room(folder: Path) -> str:
    """Measure how much of the disk below a folder is free; doubtful under 10 %, too little under 3 %."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    total, _, free = shutil.disk_usage(existing)
    percent = free * 100 // total
    measured = f"{percent} % free, {free / _GIB:.1f} GiB of {total / _GIB:.1f}, at {existing}"
    return graded(measured, doubtful=percent < _LITTLE, wrong=percent < _TOO_LITTLE)


def secrets_are_closed(paths: Iterable[Path | None]) -> str:
    """Measure who may read files and folders of secrets; raise NotAsExpectedError naming one that others may read."""
    there = [path for path in paths if path is not None and path.exists()]
    if not there:
        raise DoubtfulError("none of the files of passwords and keys is there yet")
    if open_ := [path for path in there if path.stat().st_mode & _OTHERS]:
        raise NotAsExpectedError(f"others may read {open_[0]} ({open_[0].stat().st_mode & 0o777:o})")
    return f"{len(there)} files and folders, readable to their own user only"
