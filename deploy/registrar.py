"""Applying registries to a database that others work on: as `registrar`, waiting for them and saying for whom."""

import logging
from collections.abc import Collection, Sequence

import psycopg
from psycopg.conninfo import make_conninfo

from operations.database import answering
from registry import database
from registry.database import Applied, AppliedOwner, Plan, WaitingPlace
from registry.files import OwnerFolder
from streams.rebuild import mark_days
from streams.sinks.lock_waits import Tell, patiently

_log = logging.getLogger(__name__)


def plan(folders: Sequence[OwnerFolder], conninfo: str) -> Plan:
    """Find what applying the folders of some owners would change, and why it would be refused."""
    with answering(conninfo), psycopg.connect(_registrar(conninfo)) as session:
        return database.plan(folders, session)


def owners(conninfo: str) -> tuple[list[AppliedOwner], list[WaitingPlace]]:
    """List the owners that are applied, and what waits for others."""
    with answering(conninfo), psycopg.connect(_registrar(conninfo)) as session:
        return database.owners(session), database.waiting(session.cursor())


def apply(
    folders: Sequence[OwnerFolder], conninfo: str, tell: Tell = _log.info, *, confirmed: Collection[str] | None = ()
) -> Applied:
    """Make the database say what the files of some owners say, in one transaction; answer what was done.

    `tell` receives a sentence about whoever is waited for. Of what the files no longer name, that goes which
    `confirmed` names (None: whatever it is). Raises RegistryRefusedError, one sentence per problem, where observations
    or another owner's rows would lose their place or their meaning; RemovalUnconfirmedError naming what would go;
    StoreBusyError where others are in the way, DatabaseSilentError, as all here do, where no database answers.
    """
    with answering(conninfo):
        return patiently(
            _registrar(conninfo),
            lambda session: database.apply(folders, session, mark_days, confirmed=confirmed),
            tell,
        )


def remove(owner: str, conninfo: str, tell: Tell = _log.info) -> Applied:
    """Take an owner and all its rows out of the database, in one transaction; answer what was done.

    Raises RegistryRefusedError where observations or another owner's rows name them, StoreBusyError as above.
    """
    with answering(conninfo):
        return patiently(_registrar(conninfo), lambda session: database.remove(owner, session, mark_days), tell)


def _registrar(conninfo: str) -> str:
    return make_conninfo(conninfo, user="registrar", application_name="doorfiets registry", connect_timeout="10")
