"""What people did, each act a row in its own transaction."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from schemas import named_sql

Session: TypeAlias = psycopg.Connection[Any]
Act: TypeAlias = Literal[
    "login",
    "logout",
    "add_account",
    "change_password",
    "disable_account",
    "acknowledge",
    "enter",
    "close",
    "undo",
    "replay",
]
"""What can be done, by its name in the table; its words are in the locales."""

_SQL: Final = named_sql.parse((files("operations.console") / "accounts.sql").read_text("utf-8"))
_PAGE: Final = 100


def write(
    session: Session,
    account: str,
    act: Act,
    subject: str = "",
    *,
    before: object = None,
    after: object = None,
    result: Literal["done", "refused"] = "done",
    detail: str = "",
) -> None:
    """Write what an account did about a subject, in the transaction of the session; `detail` is one sentence."""
    said = {"account": account, "act": act, "subject": subject, "result": result, "detail": detail}
    session.execute(_SQL["put_audit"].encode(), {**said, "before": _json(before), "after": _json(after)})


def read(
    session: Session, *, account: str | None = None, subject: str | None = None, before: int | None = None
) -> list[Mapping[str, Any]]:
    """Read what was done, the newest first, a page of it: what comes `before` the row of that number."""
    with session.cursor(row_factory=dict_row) as cursor:
        wanted = {"account": account, "subject": subject, "before": before, "most": _PAGE}
        found: list[Mapping[str, Any]] = [*cursor.execute(_SQL["audits"].encode(), wanted).fetchall()]
    return found


def _json(value: object) -> Jsonb | None:
    return None if value is None else Jsonb(msgspec.to_builtins(value))
