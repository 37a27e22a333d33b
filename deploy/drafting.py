"""Drafts of registry files, from publishers' files or from what was refused as unknown."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from deploy.import_options import ImportOptions, format_named, profile_of
from deploy.local.location import locate
from deploy.owner_folders import load
from deploy.settings import read
from ingest.clock import system_time
from ingest.history.importer import read_files, together
from ingest.history.unreadable import FileUnreadableError
from operations.feeds import directory
from operations.unknown_sources import unknown_sources
from registry.draft import Kind, draft, sources
from registry.files import host
from schemas.failures import CheckFailedError

_OF_AIR: Final = frozenset(
    {
        "samen-meten", "samen-meten-snapshot", "luchtmeetnet", "luchtmeetnet-json", "sensor-community",
        "sensor-community-json",
    }
)  # fmt: skip
"""Formats of files of stations; all others are of sites."""


class NothingToDraftError(CheckFailedError):
    """There is nothing from which a registry could be drafted: a file is not of its format, or nothing was refused."""


def of_files(files: Sequence[Path], name: str, said: ImportOptions) -> str:
    """Draft the registry of the sensors in files of a format; raise NothingToDraftError where one is not of it.

    `said` lays over the format what these files are like, as for an import.
    """
    name, reading = format_named(name, files, said)
    profile = profile_of(name, reading, said)
    observations = []
    for group in together(files, reading):
        try:
            observations += read_files(group, profile, system_time(), reading).observations
        except (FileUnreadableError, OSError) as problem:
            named = ", ".join(map(str, group))
            raise NothingToDraftError(f"{named}: {problem}. Say with --format which files these are") from problem
    kind: Kind = "station" if name in _OF_AIR else "site"
    return draft(sources(observations), ZoneInfo(profile.timezone or "UTC"), kind=kind, origin="recorded")


def of_unknown(environment: Mapping[str, str]) -> str:
    """Draft the registry of what was sent and refused as unknown, with days of the host's time zone.

    Raises NothingToDraftError where nothing was.
    """
    settings = locate(read(environment))
    seen = unknown_sources(str(settings.postgres))
    if not seen:
        raise NothingToDraftError("nothing was refused as unknown; `doorfiets rejections` lists what was refused")
    zone = ZoneInfo(host(load(settings.registry)).timezone)
    return draft(seen, zone, registered=directory(str(settings.postgres)))
