"""Every tally computed again in plain SQL from the observations, and where the stored rows say something else."""

from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from schemas import named_sql

_SQL: Final = named_sql.parse(Path(__file__).with_suffix(".sql").read_text("utf-8"))
_SOURCES: Final = ("seen", "stream", "crossing", "sent_air_hour")
_STORED: Final = {"air_hour": sql.Identifier("sent_air_hour")}
KEYS: Final = {
    "tally_hour": ("datastream", "hour"),
    "tally_day": ("datastream", "day"),
    "site_hour": ("site", "mode", "hour"),
    "site_day": ("site", "mode", "day"),
    "share_hour": ("screenline", "variant", "hour"),
    "share_day": ("screenline", "variant", "day"),
    "link_day": ("link", "day"),
    "air_hour": ("station", "quantity", "layer", "hour"),
}
"""The tallies that are recomputed, with their keys; route_day is arithmetic over link_day and has its own vectors."""


def disagreements(database: psycopg.Connection[Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Give, per table, up to five keys whose stored row differs from the recomputed one; empty when all agree."""
    with database.transaction(force_rollback=True):
        for name in _SOURCES:
            database.execute(f"CREATE TEMP VIEW {name} AS {_SQL[name]}".encode())
        found = {table: _differing(database, table, keys) for table, keys in KEYS.items()}
    return {table: rows for table, rows in found.items() if rows}


def _differing(database: psycopg.Connection[Any], table: str, keys: tuple[str, ...]) -> list[tuple[Any, ...]]:
    mine = sql.Identifier(f"recomputed_{table}")
    database.execute(sql.SQL("CREATE TEMP TABLE {} AS {}").format(mine, sql.SQL(_SQL[table])))
    columns = database.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(mine)).description or ()
    values = [column.name for column in columns if column.name not in keys]
    query = sql.SQL(_SQL["differing"]).format(
        keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
        mine=sql.SQL(", ").join(sql.Identifier("r", value) for value in values),
        theirs=sql.SQL(", ").join(sql.Identifier("t", value) for value in values),
        recomputed=mine,
        stored=_STORED.get(table, sql.Identifier("doorfiets", table)),
        filled=sql.Identifier("paired" if "paired" in values else "valid"),
    )
    return database.execute(query).fetchall()
