"""From the rows of a named query to structs, a whole list at once."""

from functools import cache
from typing import TypeVar

import msgspec

from opendata.database import NamedQueries

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")


async def every(store: NamedQueries, kind: type[S], query: str, /, **values: object) -> list[S]:
    """Read all rows; columns that the struct does not name are left out.

    Raises msgspec.ValidationError where a column is not what the struct says: the query and it do not belong together.
    """
    return of_rows(kind, await store.rows(query, **values))


async def first(store: NamedQueries, kind: type[S], query: str, /, **values: object) -> S | None:
    """Read the first row, or None."""
    row = await store.row(query, **values)
    return None if row is None else msgspec.convert(row, kind)


async def only(store: NamedQueries, kind: type[T], query: str, /, **values: object) -> T | None:
    """Read the only column of the first row, which may be null; None also without a row."""
    _, rows = await store.table(query, **values)
    if not rows or rows[0][0] is None:
        return None
    return msgspec.convert(rows[0][0], kind)


def of_rows(kind: type[S], rows: object) -> list[S]:
    """Turn rows, each a mapping by column, into structs."""
    found: list[S] = msgspec.convert(rows, _list_of(kind))
    return found


@cache
def _list_of(kind: type[S]) -> type[list[S]]:
    return list[kind]  # type: ignore[valid-type] # made at run time, once a kind
