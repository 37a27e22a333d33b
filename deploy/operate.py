"""What an operator asks of a running platform: which feeds are silent or late, and what was refused."""

from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from schemas import named_sql

_SQL: Final = named_sql.parse((files("deploy") / "operate.sql").read_text("utf-8"))
_READER: Final = "backup"  # may read everything, and write nothing


def feeds(conninfo: str, *, closed: bool = False) -> list[dict[str, Any]]:
    """Give every feed with its status, worst first; `closed` ones too when asked."""
    return _ask(conninfo, "feeds", all=closed)


def rejections(conninfo: str) -> list[dict[str, Any]]:
    """Give the refused messages by reason, each with its newest message."""
    return _ask(conninfo, "rejections")


def _ask(conninfo: str, query: str, **values: object) -> list[dict[str, Any]]:
    with psycopg.connect(conninfo, user=_READER, row_factory=dict_row) as connection:
        return connection.execute(_SQL[query].encode(), values).fetchall()
