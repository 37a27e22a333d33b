"""The history of states: what differs from the state that was seen last is kept, with its reason."""

from datetime import datetime
from importlib.resources import files
from typing import Any, Final

import psycopg

from schemas import named_sql

_SQL: Final = named_sql.parse((files("operations.watch") / "feed_states.sql").read_text("utf-8"))


def store_states(connection: psycopg.Connection[Any], _: datetime) -> None:
    """Keep the states of feeds that have changed; the database says when, by its own clock."""
    connection.execute(_SQL["store_states"].encode())


def forget_states(connection: psycopg.Connection[Any], _: datetime) -> None:
    """Delete states that ended long ago."""
    connection.execute(_SQL["forget_states"].encode())


class Completeness:
    """How much of the last 24 hours was measured, computed once a minute."""

    def __init__(self, every: float = 60.0) -> None:
        """Compute it every so many seconds."""
        self._every = every
        self._computed_at: datetime | None = None

    def __call__(self, connection: psycopg.Connection[Any], at: datetime) -> None:
        """Compute it, if that is due."""
        if self._computed_at is None or not 0 <= (at - self._computed_at).total_seconds() < self._every:
            connection.execute(_SQL["put_completeness"].encode())
            self._computed_at = at
