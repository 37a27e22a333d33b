"""Rebuilds: requests to `aggregate` to recompute a range of local days, and their progress."""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo

from schemas.failures import WrongUsageError
from streams.sinks.connection import statements
from streams.sinks.lock_waits import Session, Tell, patiently

_log = logging.getLogger(__name__)
_SQL: Final = statements("aggregation/rebuild.sql")
Cursor: TypeAlias = psycopg.Cursor[Any]


class Rebuild(NamedTuple):
    """What was asked for: its number, and the local days of the range on which there is anything.

    Of each owner its own: `days` counts them all.
    """

    number: int
    first: date
    last: date
    days: int


class RebuildProgress(NamedTuple):
    """The number of days still to be recomputed, and of rows that differed so far."""

    left: int
    changed: int


class OwnerUnknownError(WrongUsageError):
    """Nobody of that name was ever applied. Nothing was asked for."""


def rebuild(
    conninfo: str,
    first: date = date.min,
    last: date = date.max,
    owners: Sequence[str] | None = None,
    tell: Tell = _log.info,
) -> Rebuild | None:
    """Have every local day from `first` to `last` computed again; None where there is nothing to compute.

    Of some owners, or of all (None). `tell` receives a sentence about whoever is waited for. Raises StoreBusyError
    where others are in the way, OwnerUnknownError where there is no such owner.
    """
    return patiently(_registrar(conninfo), lambda session: _ask(session, first, last, owners), tell)


def mark_days(cursor: Cursor, first: date, last: date, owners: Sequence[str] | None = None) -> Rebuild | None:
    """Have the hours and days of a range computed again, of some owners or of all (None).

    Who calls keeps the registry of these owners from changing.
    """
    row = cursor.execute(_SQL["mark"], {"first": first, "last": last, "owners": _listed(owners)}).fetchone()
    return row and Rebuild(*row)


def _ask(session: Session, first: date, last: date, owners: Sequence[str] | None) -> Rebuild | None:
    held = _hold(session, owners)
    if unknown := sorted({*(owners or ())} - {*held}):
        known = ", ".join(_column(session, "owners")) or "none"
        raise OwnerUnknownError(f"no owner {', '.join(map(repr, unknown))}; there are: {known}")
    marked = mark_days(session.cursor(), first, last, held)
    if marked is not None:
        session.execute(_SQL["mark_indicators"], {"first": marked.first, "last": marked.last, "owners": held})
    return marked


def _hold(session: Session, owners: Sequence[str] | None) -> list[str]:
    """Keep the registries of some owners, or of all, and all rounds on their places, from going on; answer whose."""
    numbers = {"numbers": _column(session, "owner_numbers", owners=_listed(owners))}
    session.execute(_SQL["wait_long"])
    session.execute(_SQL["hold_aggregates"], numbers)
    session.execute(_SQL["wait_shortly"])
    return _column(session, "held_owners", **numbers)


def _column(session: Session, name: str, **values: object) -> list[Any]:
    return [value for (value,) in session.execute(_SQL[name], values).fetchall()]


def _listed(owners: Sequence[str] | None) -> list[str] | None:
    return None if owners is None else [*owners]


def progress(conninfo: str, what: Rebuild) -> RebuildProgress:
    """Return the progress of a rebuild."""
    with psycopg.connect(_registrar(conninfo)) as connection:
        return RebuildProgress(*connection.execute(_SQL["progress"], {"rebuild": what.number}).fetchone() or (0, 0))


def _registrar(conninfo: str) -> str:
    return make_conninfo(conninfo, user="registrar", connect_timeout="10", application_name="doorfiets rebuild")
