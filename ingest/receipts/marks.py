"""The marks of senders in the database, as receipts: what is told again after a start or a new connection."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from schemas import named_sql
from schemas.receipt import Receipt

_QUERIES: Final = named_sql.parse((files("ingest.receipts") / "marks.sql").read_text("utf-8"))
_LIMITS: Final = {"connect_timeout": "5", "tcp_user_timeout": "10000", "application_name": "doorfiets-receipts"}


async def recent_receipts(conninfo: str, hours: int) -> list[Receipt]:
    """Read the marks that changed in the last hours; raise psycopg.Error where the database does not answer."""
    connection = await psycopg.AsyncConnection.connect(make_conninfo(conninfo, user="ingest", **_LIMITS))
    async with connection:
        cursor = await connection.execute(_QUERIES["recent_marks"], {"hours": hours})
        return [_receipt(*row) for row in await cursor.fetchall()]


def _receipt(run: int, sensor: str, ranges: Sequence[int], refused: Sequence[int], reasons: Sequence[str]) -> Receipt:
    pairs = tuple(zip(ranges[::2], ranges[1::2], strict=True))
    return Receipt(sensor, run, pairs, tuple(zip(refused, reasons, strict=True)))
