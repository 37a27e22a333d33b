"""The registry in force, as the database has it, beside the owners' files."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from psycopg.rows import class_row

from operations.database import reader, statements
from registry.database import WaitingPlace
from registry.files import load
from schemas.failures import CheckFailedError

_SQL: Final = statements("applied_registry.sql")


class FilesUnusableError(CheckFailedError):
    """The registry files cannot be read or contradict themselves; `doorfiets registry check` says all that is wrong."""


class OwnerFiles(NamedTuple):
    """The files of an owner: its name, and the SHA-256 (hexadecimal) over their names and bytes."""

    name: str
    state: str


class OwnerState(NamedTuple):
    """An owner: the SHA-256 over the files that are applied, since when (aware UTC), and that of its files now.

    Both are hexadecimal; the first two are None where the owner is not applied, the last where it has no files or they
    are not known.
    """

    id: str
    name: str
    applied_state: str | None
    applied_at: datetime | None
    files_state: str | None = None

    @property
    def pending(self) -> bool:
        """Tell whether the owner has files that are not the applied ones."""
        return self.files_state is not None and self.files_state != self.applied_state


class AppliedRegistry(NamedTuple):
    """The registry of all owners: the SHA-256 over all applied states (None: no owner is applied), each, what waits."""

    state: str | None
    owners: list[OwnerState]
    waiting: list[WaitingPlace]

    def beside(self, files: Mapping[str, OwnerFiles]) -> "AppliedRegistry":
        """Return it with the states of the owners' files, by id; an owner that has files only comes last."""
        owners = [one._replace(files_state=files[one.id].state) if one.id in files else one for one in self.owners]
        applied = {one.id for one in owners}
        owners += [OwnerState(id_, one.name, None, None, one.state) for id_, one in files.items() if id_ not in applied]
        return self._replace(owners=owners)


def ask(conninfo: str) -> AppliedRegistry:
    """Read the registry in force; raise psycopg.OperationalError when the database does not answer within seconds."""
    with reader(conninfo) as connection:
        state = connection.execute(_SQL["state"].encode()).fetchone()
        with connection.cursor(row_factory=class_row(OwnerState)) as cursor:
            owners = cursor.execute(_SQL["owners"].encode()).fetchall()
        with connection.cursor(row_factory=class_row(WaitingPlace)) as cursor:
            waiting = cursor.execute(_SQL["waiting"].encode()).fetchall()
    return AppliedRegistry(state[0] if state else None, owners, waiting)


def files_under(root: Path, profiles: Path | None = None) -> dict[str, OwnerFiles]:
    """Read the owners' files under a root, by the owner's id; raise FilesUnusableError with the first problem.

    `profiles` is the folder of those that come with the platform.
    """
    try:
        folders = load(root, profiles)
    except (CheckFailedError, OSError) as problem:
        (first, *more) = str(problem).splitlines()
        raise FilesUnusableError(f"{first} (and {len(more)} more)" if more else first) from problem
    return {one.registry.owner.id: OwnerFiles(one.registry.owner.name, one.state) for one in folders}
