"""Binary arrays for PostgreSQL, straight from numpy: what psycopg would encode value by value, written as one block."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from struct import pack
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

_KINDS: Final = {
    "bool": (16, "?"),
    "int4": (23, ">i4"),
    "int8": (20, ">i8"),
    "float4": (700, ">f4"),
    "float8": (701, ">f8"),
    "timestamptz": (1184, ">i8"),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_POSTGRES_EPOCH: Final = 946_684_800_000_000  # 2000-01-01 in microseconds since 1970

Numbers = NDArray[Any]


class Column(bytes):
    """The binary form of one one-dimensional array; the statement casts it, as in `%(value)s::float8[]`."""

    __slots__ = ()


class ColumnDumper(Dumper):
    """Hands a Column to the server as it is."""

    format = Format.BINARY
    oid = 0  # the cast in the statement says what it is

    def dump(self, obj: bytes) -> bytes:
        """Give the bytes."""
        return obj


def register(connection: psycopg.AsyncConnection[Any]) -> None:
    """Teach a connection to send Columns."""
    connection.adapters.register_dumper(Column, ColumnDumper)


def column(kind: str, values: Numbers) -> Column:
    """Pack numbers as an array of this type, without nulls; timestamps are microseconds since 1970."""
    oid, form = _KINDS[kind]
    cells = np.empty(len(values), dtype=[("length", ">i4"), ("value", form)])
    cells["length"] = np.dtype(form).itemsize
    cells["value"] = values - _POSTGRES_EPOCH if kind == "timestamptz" else values
    shape = pack(">iiIii", 1, 0, oid, len(values), 1) if len(values) else pack(">iiI", 0, 0, oid)
    return Column(shape + cells.tobytes())


def microseconds(instants: Sequence[datetime]) -> NDArray[np.int64]:
    """Give aware instants in whole microseconds since 1970, exactly: a float of seconds alone is not exact enough."""
    stamps = np.fromiter(map(datetime.timestamp, instants), np.float64, len(instants))
    parts = np.fromiter((one.microsecond for one in instants), np.int64, len(instants))
    return np.rint(stamps - parts / 1e6).astype(np.int64) * 1_000_000 + parts


def moment(since: int) -> datetime:
    """Give the instant so many microseconds after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=int(since))
