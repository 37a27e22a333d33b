"""Stored numbers that somebody changes behind the back of the platform, and changes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

import psycopg


class Tampering(NamedTuple):
    """A stored number, whose range it lies in, and the name by which a verification must find it."""

    table: str
    column: str
    where: str
    what: str
    live: bool = False


@contextmanager
def tampered(database: psycopg.Connection[Any], tampering: Tampering, day: date | None = None) -> Iterator[None]:
    """Put one more in a stored row, and take it out again."""
    for number, change in enumerate((1, -1)):
        statement = (
            f"UPDATE doorfiets.{tampering.table} SET {tampering.column} = {tampering.column} + {change},"  # noqa: S608 - words of ours
            f" changed_in = pg_current_xact_id() WHERE {tampering.where}"
        )
        changed = database.execute(statement.encode(), {"day": day}).rowcount
        assert changed >= 1, tampering
        if not number:
            yield
