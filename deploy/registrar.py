"""Applying a registry to a database that others work on: as `registrar`, waiting for them and saying for whom."""

import logging

from psycopg.conninfo import make_conninfo

from registry import database
from schemas.registry import Registry
from streams.rebuild import mark_days
from streams.sinks.lock_waits import Tell, patiently

_log = logging.getLogger(__name__)


def apply(registry: Registry, conninfo: str, tell: Tell = _log.info) -> int:
    """Make the database say what the files say, in one transaction; answer the number of datastreams.

    `tell` receives a sentence about whoever is waited for. Raises RegistryRefusedError, one sentence per problem, where
    observations would lose their place or their meaning; StoreBusyError where others are in the way.
    """
    registrar = make_conninfo(conninfo, user="registrar", application_name="doorfiets registry")
    return patiently(registrar, lambda session: database.apply(registry, session, mark_days), tell)
