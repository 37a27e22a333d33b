"""Requests for replays, as the console makes and shows them; process `replay` carries them out."""

from typing import Any, Final

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from operations.database import statements
from schemas.replay import RawSelection, RejectionSelection

_SQL: Final = statements("replay_requests.sql")
_MOST: Final = 200


def ask(
    connection: psycopg.Connection[Any],
    selection: RejectionSelection | RawSelection,
    *,
    by: str,
    dry_run: bool,
    anyway: bool = False,
) -> int:
    """Ask for a replay in the name of a person, and return the number of the request.

    `connection` is one of role `console`, whose transaction the caller ends. Raises ValueError where nothing is
    selected, as nobody means everything by that.
    """
    if isinstance(selection, RejectionSelection) and not selection.names_any:
        raise ValueError("the selection names nothing")
    values = {
        "kind": "raw" if isinstance(selection, RawSelection) else "rejections",
        "selection": Jsonb(msgspec.to_builtins(selection)),
        "by": by,
        "dry_run": dry_run,
        "anyway": anyway,
    }
    row = connection.execute(_SQL["ask"].encode(), values).fetchone()
    assert row is not None  # noqa: S101 - INSERT ... RETURNING gives one
    return int(row[0])


def requests(connection: psycopg.Connection[Any], most: int = _MOST) -> list[dict[str, Any]]:
    """Return the newest requests without their results: state, how far each is, and its summary."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL["requests"].encode(), {"most": most}).fetchall()


def request(connection: psycopg.Connection[Any], number: int) -> dict[str, Any] | None:
    """Return one request with the results of its first messages; None where there is none of that number."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL["request"].encode(), {"request": number}).fetchone()
