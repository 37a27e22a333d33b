"""Migration of a database to the newest schema: numbered files, forward only, each applied once, with its hash."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Final, NamedTuple

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from operations.database import answering
from schemas.failures import CheckFailedError
from streams.sinks.lock_waits import SHORTLY, Lookout, Session, Tell, limited, until_free

_log = logging.getLogger(__name__)
_LOCK: Final[int] = 7_364_201  # advisory lock: one migration at a time, whoever starts it
_TURN: Final = "10min"  # for which another one is waited for
_ANSWER: Final = 10  # seconds for which a server is waited for that says nothing
_NO_TRANSACTION: Final[str] = "-- no-transaction"

_APPLIED: Final = """
CREATE TABLE IF NOT EXISTS public.schema_migration (
    name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""


class MigrationChangedError(CheckFailedError):
    """A migration that was applied has other content now; restore the file and put the change into a new one."""


class ForeignSchemaError(CheckFailedError):
    """A database holds migrations that this program does not have; nothing was changed in it."""


class Migration(NamedTuple):
    """One numbered file of `schemas/sql/migrations`."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """Return the hash of the text, by which an edited migration is detected."""
        return sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Read all migrations in the order of their numbers."""
    return [Migration(*one) for one in _texts("migrations")]


def schema() -> list[tuple[str, str]]:
    """Read the files of the present schema by name, in the order in which they apply."""
    return list(_texts("schema"))


def first_migration(schema: Mapping[str, str]) -> str:
    """Return the migration that makes a schema in an empty database: its files, one after the other."""
    parts = (f"\n-- {name}\n\n{text}" for name, text in sorted(schema.items()))
    return "".join(["-- The schema as it was first released; made from `schemas/sql/schema`.\n", *parts])


def _texts(folder: str) -> Iterator[tuple[str, str]]:
    inside = (path for path in (files("schemas") / "sql" / folder).iterdir() if path.name.endswith(".sql"))
    for path in sorted(inside, key=lambda path: path.name):
        yield path.name, path.read_text("utf-8")


def migrate(conninfo: str, passwords: Mapping[str, str] | None = None, tell: Tell = _log.info) -> list[str]:
    """Apply the missing migrations, set the passwords of the service roles, and return the names of those applied.

    `conninfo` is a superuser's of the target database; `tell` receives a sentence about sessions that are waited for.
    Raises MigrationChangedError when an applied file was edited, ForeignSchemaError for migrations of another program,
    StoreBusyError when locks are not free in time, DatabaseSilentError when no database answers.
    """
    session = make_conninfo(limited(conninfo), connect_timeout=_ANSWER)
    with answering(conninfo), psycopg.connect(session, autocommit=True) as connection:
        with Lookout(conninfo, connection.info.backend_pid, tell):
            connection.execute("SELECT set_config('lock_timeout', %s, false), pg_advisory_lock(%s)", [_TURN, _LOCK])
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [SHORTLY])
        connection.execute(_APPLIED)
        done: dict[str, str] = dict(connection.execute("SELECT name, digest FROM public.schema_migration").fetchall())
        known = migrations()
        _refuse_foreign(known, done)
        missing = [migration for migration in known if _is_missing(migration, done)]
        for migration in missing:
            _apply(connection, conninfo, migration, tell)
        connection.execute("GRANT SELECT ON public.schema_migration TO backup")  # the doctor asks
        for role, password in (passwords or {}).items():
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password))
    return [migration.name for migration in missing]


def _refuse_foreign(known: Sequence[Migration], done: Collection[str]) -> None:
    """Raise ForeignSchemaError where a migration was applied that is not among the known ones."""
    foreign = sorted(set(done) - {migration.name for migration in known})
    if not foreign:
        return
    if known[0].name in done:
        raise ForeignSchemaError(
            f"the database was brought further by a newer program ({foreign[-1]}; here {known[-1].name} is the last);"
            " start that one"
        )
    raise ForeignSchemaError(
        f"the database was made before the first release ({foreign[0]}), and nothing leads from there to"
        f" {known[0].name}: delete its state (the local stack's with `make clean` or `doorfiets down --wipe`; elsewhere"
        " drop the database and the topics), start again, and import the history again (`doorfiets import`)"
    )


def _is_missing(migration: Migration, done: Mapping[str, str]) -> bool:
    if migration.name not in done:
        return True
    if done[migration.name] != migration.digest:
        raise MigrationChangedError(
            f"{migration.name} was applied with other content; restore it and write the change as a new migration"
            " (on a throw-away database: `doorfiets down --wipe`)"
        )
    return False


def _apply(connection: Session, conninfo: str, migration: Migration, tell: Tell) -> None:
    def do() -> None:
        connection.execute(migration.text.encode())
        connection.execute(
            "INSERT INTO public.schema_migration (name, digest) VALUES (%s, %s)", [migration.name, migration.digest]
        )

    if migration.text.startswith(_NO_TRANSACTION):
        do()
    else:
        until_free(connection, conninfo, do, tell)
