"""What is done once between two services: the schema, the topics, the registry."""

import asyncio
import logging
from pathlib import Path
from typing import Final

import psycopg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy import migrate, registrar
from deploy.local import secrets
from deploy.owner_folders import load
from registry.database import Applied, RemovalUnconfirmedError
from registry.files import OwnerFolder, RegistryRefusedError
from schemas.topics import PARTITIONS, TOPICS
from streams.sinks.lock_waits import Tell

_log = logging.getLogger(__name__)
_REPLICAS: Final[int] = 1


def make_database(server: str, name: str) -> None:
    """Make an empty database when there is none of that name."""
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def make_schema(conninfo: str, tell: Tell = _log.info) -> list[str]:
    """Bring the database to the newest schema as its superuser, and give the roles the passwords of the password file.

    Answers the names of the migrations that were applied.
    """
    passfile = conninfo_to_dict(conninfo).get("passfile")
    passwords = secrets.of_roles(Path(str(passfile))) if passfile else {}
    return migrate.migrate(make_conninfo(conninfo, user=secrets.SUPERUSER), passwords, tell)


def make_topics(address: str) -> None:
    """Make the topics that are not there yet, with the settings they need."""
    asyncio.run(_make_topics(address))


def apply_registry(conninfo: str, root: Path) -> None:
    """Load the registries of all owners under a root.

    Where those of an owner no longer name what is registered, or contradict what was measured (a profile that ships is
    another one now), its registry in force stays, and that is logged with the remedy: nobody is there to confirm a
    removal, and a platform that does not start would help nobody.
    """
    folders = load(root)
    try:
        _report(registrar.apply(folders, conninfo))
    except (RemovalUnconfirmedError, RegistryRefusedError):
        for folder in folders:
            _apply_one(folder, conninfo)


def _apply_one(folder: OwnerFolder, conninfo: str) -> None:
    try:
        _report(registrar.apply([folder], conninfo))
    except RemovalUnconfirmedError as problem:
        _log.warning(
            "the registry files of %s are not applied: %d rows would go (%s, ...); "
            "see `doorfiets registry apply %s --dry-run`",
            folder.name,
            len(problem.gone),
            problem.gone[0],
            folder.name,
        )
    except RegistryRefusedError as problem:
        _log.warning("the registry files of %s are not applied: %s", folder.name, problem)


def _report(applied: Applied) -> None:
    for one in applied.waiting:
        _log.warning("%s %s waits for %s", one.kind, one.id, ", ".join(one.missing))


async def _make_topics(address: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = [
            NewTopic(topic.name, PARTITIONS, _REPLICAS, topic_configs=dict(topic.settings))
            for topic in TOPICS
            if topic.name not in there
        ]
        if missing:
            await admin.create_topics(missing)
    finally:
        await admin.close()
