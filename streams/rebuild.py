"""Rebuilds: requests to `aggregate` to recompute a range of local days, and their progress."""

import logging
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

from streams.sinks.connection import statements
from streams.sinks.lock_waits import Session, Tell, patiently

_log = logging.getLogger(__name__)
_SQL: Final = statements("rebuild.sql")
Cursor: TypeAlias = psycopg.Cursor[Any]


class Rebuild(NamedTuple):
    """A requested rebuild: its number, and the range of local days that have observations."""

    number: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """Return the number of its days."""
        return (self.last - self.first).days + 1


class RebuildProgress(NamedTuple):
    """The number of days still to be recomputed, and of rows that differed so far."""

    left: int
    changed: int


def rebuild(conninfo: str, first: date = date.min, last: date = date.max, tell: Tell = _log.info) -> Rebuild | None:
    """Request to recompute every local day from `first` to `last`; None where there is nothing to compute.

    `tell` receives a sentence about sessions that are waited for; raises StoreBusyError when locks are not free.
    """
    return patiently(_registrar(conninfo), lambda session: _ask(session, first, last), tell)


def mark_days(cursor: Cursor, first: date, last: date) -> Rebuild | None:
    """Mark the days of a range for recomputation; the caller holds the lock against concurrent requests."""
    row = cursor.execute(_SQL["mark"], {"first": first, "last": last}).fetchone()
    return row and Rebuild(*row)


def _ask(session: Session, first: date, last: date) -> Rebuild | None:
    session.execute(_SQL["one_at_a_time"])
    marked = mark_days(session.cursor(), first, last)
    if marked is not None:
        session.execute(_SQL["mark_indicators"], {"first": marked.first, "last": marked.last})
    return marked


def progress(conninfo: str, what: Rebuild) -> RebuildProgress:
    """Return the progress of a rebuild."""
    with psycopg.connect(_registrar(conninfo)) as connection:
        return RebuildProgress(*connection.execute(_SQL["progress"], {"rebuild": what.number}).fetchone() or (0, 0))


def _registrar(conninfo: str) -> str:
    return make_conninfo(conninfo, user="registrar", application_name="doorfiets rebuild")
