"""Computing the past again: ask for a range of days, `tally` does the rest, and says how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, NamedTuple

import psycopg

from streams.sinks.connection import statements

_SQL: Final = statements("rebuild.sql")


class Rebuild(NamedTuple):
    """What was asked for: its number, and the local days of the range on which there is anything."""

    number: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """Count its days."""
        return (self.last - self.first).days + 1


class Progress(NamedTuple):
    """How many days are still to be computed, and how many rows were not right so far."""

    left: int
    changed: int


def rebuild(conninfo: str, first: date = date.min, last: date = date.max) -> Rebuild | None:
    """Have every local day from `first` to `last` computed again; None where there is nothing to compute."""
    with _registrar(conninfo) as connection:
        connection.execute(_SQL["one_at_a_time"])
        row = connection.execute(_SQL["mark"], {"first": first, "last": last}).fetchone()
        if row is None:
            return None
        asked = Rebuild(*row)
        connection.execute(_SQL["mark_figures"], {"first": asked.first, "last": asked.last})
    return asked


def progress(conninfo: str, what: Rebuild) -> Progress:
    """Say how far a rebuild is."""
    with _registrar(conninfo) as connection:
        return Progress(*connection.execute(_SQL["progress"], {"rebuild": what.number}).fetchone() or (0, 0))


@contextmanager
def _registrar(conninfo: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(conninfo, user="registrar") as connection:
        yield connection
