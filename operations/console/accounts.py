"""Accounts of people, as who has the server sees them: added, listed, given another password, disabled."""

import re
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from operations.console import audit, passwords
from operations.database import answering
from schemas import named_sql
from schemas.failures import CheckFailedError, WrongUsageError

AccountRole: TypeAlias = Literal["viewer", "operator"]
Session: TypeAlias = psycopg.Connection[Any]

_SQL: Final = named_sql.parse((files("operations.console") / "accounts.sql").read_text("utf-8"))
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class AccountRefusedError(WrongUsageError):
    """An account cannot be called so, or somebody is called so already; nothing was changed."""


class AccountUnknownError(CheckFailedError):
    """Nobody is called so; `doorfiets console account list` lists them."""


def connected(conninfo: str) -> Session:
    """Connect as who may change accounts; raise DatabaseSilentError where the database does not answer."""
    with answering(conninfo):
        return psycopg.connect(make_conninfo(conninfo, user="registrar", connect_timeout=3))


def listed(session: Session) -> list[dict[str, Any]]:
    """List all accounts, without their hashes."""
    with session.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL["accounts"].encode()).fetchall()


def add(session: Session, account: str, role: AccountRole, password: str, *, by: str) -> None:
    """Add an account; raise AccountRefusedError, or PasswordRefusedError."""
    if not _NAME.fullmatch(account):
        raise AccountRefusedError(f"{account!r} is no name: write 1 to 40 of a-z, 0-9, `.`, `_` and `-`")
    said = {"account": account, "role": role, "digest": passwords.digest(password)}
    if session.execute(_SQL["add_account"].encode(), said).fetchone() is None:
        raise AccountRefusedError(f"somebody is called {account} already; `doorfiets console account list`")
    audit.write(session, by, "add_account", account, after={"role": role})


def change_password(session: Session, account: str, password: str, *, by: str) -> None:
    """Give an account another password, and log it out everywhere; one that was disabled can log in again."""
    _changed(session, "change_password", account, digest=passwords.digest(password))
    audit.write(session, by, "change_password", account)


def disable(session: Session, account: str, *, by: str) -> None:
    """Let nobody in by this name any more, and log it out everywhere; raise AccountUnknownError."""
    _changed(session, "disable_account", account)
    audit.write(session, by, "disable_account", account)


def _changed(session: Session, statement: str, account: str, **values: object) -> None:
    if session.execute(_SQL[statement].encode(), {"account": account, **values}).fetchone() is None:
        raise AccountUnknownError(f"nobody is called {account!r}; `doorfiets console account list` lists all")
    session.execute(_SQL["end_sessions"].encode(), {"account": account})
