"""Computing the past again: mark it dirty, and `tally` does the rest."""

from datetime import datetime
from typing import Final

import psycopg

from streams.sinks.connection import statements

_SQL: Final = statements("rebuild.sql")


def rebuild(conninfo: str, since: datetime, until: datetime) -> int:
    """Mark every bucket from `since` (whole hour) up to `until` dirty, as `registrar`; answer how many they are."""
    with psycopg.connect(conninfo, user="registrar") as connection:
        return connection.execute(_SQL["mark_dirty"], {"since": since, "until": until}).rowcount
