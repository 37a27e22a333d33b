"""Lines whose crossings are all counted, with the denominators that are counted there."""

import msgspec

from opendata.database import NamedQueries
from opendata.read import structs


class ScreenlineVariant(msgspec.Struct, frozen=True):
    """One denominator with the modes that are really counted in it."""

    variant: str
    modes: tuple[str, ...]
    origins: tuple[str, ...]


class Method(msgspec.Struct, frozen=True):
    """With what one mode is counted at one site: devices need not agree."""

    site: str
    mode: str
    method: str


class ScreenlineSite(msgspec.Struct, frozen=True):
    """One site of a screenline by its name, and whose it is."""

    site: str
    name: str
    owner: str


class PublishedScreenline(msgspec.Struct, frozen=True):
    """One screenline; `sites` in the order of their ids, `named_sites` in that of their names."""

    screenline: str
    owner: str
    name: str
    illustrative: bool
    note: str
    sites: tuple[str, ...]
    named_sites: tuple[ScreenlineSite, ...]
    variants: tuple[ScreenlineVariant, ...]
    methods: tuple[Method, ...]


async def every(store: NamedQueries) -> list[PublishedScreenline]:
    """Read all screenlines."""
    return await structs.every(store, PublishedScreenline, "screenlines", screenline=None)


async def one(store: NamedQueries, screenline: str) -> PublishedScreenline | None:
    """Read one screenline, or None."""
    return await structs.first(store, PublishedScreenline, "screenlines", screenline=screenline)


async def methods(store: NamedQueries, screenline: str, variant: str) -> list[Method]:
    """Read with what the modes of one denominator are counted."""
    return await structs.every(store, Method, "share_methods", screenline=screenline, variant=variant)
