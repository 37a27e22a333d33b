"""Who is logged in: a random token in a cookie, its digest in the database; and the token of its forms."""

import hmac
from hashlib import sha256
from importlib.resources import files
from secrets import token_urlsafe
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg

from schemas import named_sql

Session: TypeAlias = psycopg.Connection[Any]
_SQL: Final = named_sql.parse((files("operations.console") / "accounts.sql").read_text("utf-8"))


class LoginIdentity(NamedTuple):
    """Who is logged in, with which role, and the token of that session."""

    account: str
    role: str
    token: str


def new_token() -> str:
    """Return 256 random bits as text."""
    return token_urlsafe(32)


def form_token(token: str) -> str:
    """Return what a form has to carry of whoever has a token: no other site knows it."""
    return hmac.new(token.encode(), b"doorfiets console form", sha256).hexdigest()


def is_form_token(given: str, token: str) -> bool:
    """Tell whether a form carries what it has to, in constant time."""
    return hmac.compare_digest(given.encode(), form_token(token).encode())


def start(session: Session, account: str) -> str:
    """Start a session of an account, and return its token; those that have ended are deleted."""
    token = new_token()
    session.execute(_SQL["forget_sessions"].encode())
    session.execute(_SQL["start_session"].encode(), {"digest": _digest(token), "account": account})
    return token


def find(session: Session, token: str) -> LoginIdentity | None:
    """Find who has a token; None where its session has ended, or there is none."""
    wanted = {"digest": _digest(token)}
    found = session.execute(_SQL["session"].encode(), wanted).fetchone()
    if found is None:
        return None
    session.execute(_SQL["use_session"].encode(), wanted)
    account, role = found
    return LoginIdentity(account, role, token)


def end(session: Session, token: str) -> None:
    """End a session: its token is of nobody."""
    session.execute(_SQL["end_session"].encode(), {"digest": _digest(token)})


def hash_of(session: Session, account: str) -> str | None:
    """Return the hash of the password of an account; None where there is none that may log in."""
    found = session.execute(_SQL["account"].encode(), {"account": account}).fetchone()
    return str(found[2]) if found else None


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
