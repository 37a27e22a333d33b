"""Every hour and day recomputed in plain SQL from the observations, and compared with what is stored."""

from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from bench.chaos.judge import queries

_SQL: Final = queries.read("recompute.sql")
_SOURCES: Final = ("seen", "stream", "crossing", "counted_site_hour", "counted_share_hour", "sent_air_hour")
_STORED: Final = {"air_hour": sql.Identifier("sent_air_hour")}
_SHOWN: Final = 5
KEYS: Final = {
    "datastream_hour": ("datastream", "hour"),
    "datastream_day": ("datastream", "day"),
    "site_hour": ("site", "mode", "hour"),
    "site_day": ("site", "mode", "day"),
    "share_hour": ("screenline", "variant", "hour"),
    "share_day": ("screenline", "variant", "day"),
    "link_day": ("link", "day"),
    "air_hour": ("station", "quantity", "layer", "hour"),
}
"""The tables that are recomputed, with their keys; route_day is arithmetic over link_day and has its own vectors."""


class Disagreement(NamedTuple):
    """Rows of one table that differ from the recomputed ones: how many, and some of them."""

    rows: int
    examples: list[tuple[Any, ...]]


def disagreements(database: psycopg.Connection[Any]) -> dict[str, Disagreement]:
    """Compare all tables, in one transaction that is rolled back; empty when all agree."""
    with database.transaction(force_rollback=True):
        for name in _SOURCES:  # as tables, so that they are computed once and not for every bin
            database.execute(b"CREATE TEMP TABLE " + name.encode() + b" AS " + _SQL[name])
            database.execute(b"ANALYZE " + name.encode())
        found = {table: _differing(database, table, keys) for table, keys in KEYS.items()}
    return {table: rows for table, rows in found.items() if rows.rows}


def _differing(database: psycopg.Connection[Any], table: str, keys: tuple[str, ...]) -> Disagreement:
    mine = sql.Identifier(f"recomputed_{table}")
    database.execute(sql.SQL("CREATE TEMP TABLE {} AS {}").format(mine, sql.SQL(_SQL[table].decode())))
    database.execute(sql.SQL("ANALYZE {}").format(mine))
    columns = database.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(mine)).description or ()
    values = [column.name for column in columns if column.name not in keys]
    query = sql.SQL(_SQL["differing"].decode()).format(
        keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
        mine=sql.SQL(", ").join(sql.Identifier("r", value) for value in values),
        theirs=sql.SQL(", ").join(sql.Identifier("t", value) for value in values),
        recomputed=mine,
        stored=_STORED.get(table, sql.Identifier("doorfiets", table)),
        filled=sql.Identifier("paired" if "paired" in values else "valid"),
    )
    rows = database.execute(query).fetchall()
    return Disagreement(len(rows), rows[:_SHOWN])
