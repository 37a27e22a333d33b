"""Computing the past again: ask for a range of days, `aggregate` does the rest, and says how far it is."""

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
    """What was asked for: its number, and the local days of the range on which there is anything."""

    number: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """Count its days."""
        return (self.last - self.first).days + 1


class RebuildProgress(NamedTuple):
    """How many days are still to be computed, and how many rows were not right so far."""

    left: int
    changed: int


def rebuild(conninfo: str, first: date = date.min, last: date = date.max, tell: Tell = _log.info) -> Rebuild | None:
    """Have every local day from `first` to `last` computed again; None where there is nothing to compute.

    `tell` receives a sentence about whoever is waited for; raises StoreBusyError where others are in the way.
    """
    return patiently(_registrar(conninfo), lambda session: _ask(session, first, last), tell)


def mark_days(cursor: Cursor, first: date, last: date) -> Rebuild | None:
    """Have the hours and days of a range computed again; who calls keeps others from asking at the same time."""
    row = cursor.execute(_SQL["mark"], {"first": first, "last": last}).fetchone()
    return row and Rebuild(*row)


def _ask(session: Session, first: date, last: date) -> Rebuild | None:
    session.execute(_SQL["one_at_a_time"])
    marked = mark_days(session.cursor(), first, last)
    if marked is not None:
        session.execute(_SQL["mark_indicators"], {"first": marked.first, "last": marked.last})
    return marked


def progress(conninfo: str, what: Rebuild) -> RebuildProgress:
    """Say how far a rebuild is."""
    with psycopg.connect(_registrar(conninfo)) as connection:
        return RebuildProgress(*connection.execute(_SQL["progress"], {"rebuild": what.number}).fetchone() or (0, 0))


def _registrar(conninfo: str) -> str:
    return make_conninfo(conninfo, user="registrar", application_name="doorfiets rebuild")
