"""Whose the numbers are: who publishes, under which licence, in which zone; kept until the registry changes."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class PublishedOwner(msgspec.Struct, frozen=True):
    """Who has places of their own; local days of these lie in `timezone`, an IANA name.

    `calibration_low` and `calibration_high` are the smallest and largest factor by which a count of bicycles is off.
    `applied_state` is the SHA-256 over the files of its registry that are in force, in hexadecimals.
    """

    owner: str
    kind: str
    name: str
    timezone: str
    publisher: str
    contact_email: str
    contact_url: str
    licence: str
    attributions: tuple[str, ...]
    note: str
    calibration_low: float
    calibration_high: float
    host: bool
    applied_state: str
    applied_at: datetime | None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its local days lie."""
        return ZoneInfo(self.timezone)


class PublishedDataSource(msgspec.Struct, frozen=True):
    """Whose data an owner passes on beside its own, and what may be done with them."""

    data_source: str
    owner: str
    holder: str
    licence: str
    licence_url: str
    attribution: str


class PublishedWaitingPlace(msgspec.Struct, frozen=True):
    """A route or a screenline that waits, with the ids of the links or sites that are `missing`."""

    kind: str
    subject: str
    owner: str
    missing: tuple[str, ...]


class UnknownOwnerError(LookupError):
    """No owner of the registry has this id; the place that names it was read from another revision."""


NOBODY: Final = PublishedOwner(
    owner="",
    kind="municipality",
    name="",
    timezone="Europe/Amsterdam",
    publisher="",
    contact_email="",
    contact_url="",
    licence="CC0-1.0",
    attributions=(),
    note="",
    calibration_low=0.8,
    calibration_high=1.4,
    host=True,
    applied_state="",
    applied_at=None,
)
"""The host of a site whose registry is empty."""


@dataclass(frozen=True)
class Owners:
    """All owners with what they pass on, as one revision of the registry has them."""

    registry: str | None
    known: Sequence[PublishedOwner]
    sources: Sequence[PublishedDataSource]

    @cached_property
    def host(self) -> PublishedOwner:
        """The owner whose name stands above the pages; the first of all until that one is applied."""
        return next((one for one in self.known if one.host), self.known[0] if self.known else NOBODY)

    def by_id(self, owner: str) -> PublishedOwner:
        """Give the owner of a place; raise UnknownOwnerError where the registry has none of this id."""
        found = next((one for one in self.known if one.owner == owner), None)
        if found is None:
            raise UnknownOwnerError(owner)
        return found

    def among(self, ids: Container[str]) -> list[PublishedOwner]:
        """Give the owners with these ids, in the order in which all of them stand."""
        return [one for one in self.known if one.owner in ids]


EMPTY: Final = Owners(None, (), ())
"""What is known where the database does not answer."""


class RememberedOwners:
    """The owners of the revision of the registry that was asked for last: another revision is read anew."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._known: Owners | None = None

    async def of(self, store: NamedQueries, registry: str | None) -> Owners:
        """Give the owners of a revision, which `store` shows."""
        known = self._known
        if known is None or known.registry != registry:
            known = self._known = await read(store, registry)  # another request may read another revision meanwhile
        return known


async def read(store: NamedQueries, registry: str | None) -> Owners:
    """Read the owners, and the sources of what they pass on."""
    return Owners(
        registry,
        await structs.every(store, PublishedOwner, "owners"),
        await structs.every(store, PublishedDataSource, "data_sources"),
    )


async def waiting_places(store: NamedQueries, owner: str | None) -> list[PublishedWaitingPlace]:
    """Read which routes and screenlines wait for places that nobody has applied yet; those of one owner, or all."""
    return await structs.every(store, PublishedWaitingPlace, "waiting_places", owner=owner)
