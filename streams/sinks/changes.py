"""What changed among the tallies since it was last published; every row at least once, none missed."""

from collections.abc import AsyncGenerator
from types import MappingProxyType
from typing import Final, NamedTuple

from psycopg import sql

from streams.sinks.connection import Line, statements

_SQL: Final = statements("publish.sql")
_PAGE: Final = 2000

KEYS: Final = MappingProxyType(
    {
        "tally_hour": ("datastream", "hour"),
        "tally_day": ("datastream", "day"),
        "site_hour": ("site", "mode", "hour"),
        "site_day": ("site", "mode", "day"),
        "share_hour": ("screenline", "variant", "hour"),
        "share_day": ("screenline", "variant", "day"),
        "link_day": ("link", "day"),
        "route_day": ("route", "day"),
        "air_hour": ("station", "quantity", "layer", "hour"),
        "air_index_hour": ("station", "scheme", "hour"),
        "figure": ("kind", "subject", "facet", "indicator", "period", "first_day", "part"),
    }
)
"""What identifies a row, by table: together the tally id, such as `share_day/kolk/motor/2026-05-12`."""


class Change(NamedTuple):
    """One row as it is now: its tally id, its content as JSON, and the transaction that wrote it."""

    tally_id: str
    content: str
    changed_in: str


class Changes:
    """The rows of all tally tables, in the order in which transactions changed them."""

    def __init__(self, conninfo: str) -> None:
        self._line = Line(conninfo, "tally")

    async def drop(self) -> None:
        """Close the connection."""
        await self._line.drop()

    async def horizon(self) -> str:
        """Give the oldest transaction that still runs: below it, nothing can appear any more."""
        cursor = await (await self._line.open()).execute(_SQL["horizon"])
        (horizon,) = await cursor.fetchone() or ("0",)
        return str(horizon)

    async def below(self, horizon: str, tally: str) -> AsyncGenerator[list[Change], None]:
        """Give what changed in one table from its mark up to the horizon, page by page."""
        connection = await self._line.open()
        mark = await (await connection.execute(_SQL["mark"], {"tally": tally})).fetchone()
        between = {"tally": tally, "from": mark[0] if mark else "0", "until": horizon}
        async with connection.transaction(), connection.cursor(name="changed") as cursor:
            await cursor.execute(_rows(tally), between)
            while page := await cursor.fetchmany(_PAGE):
                yield [Change(*row) for row in page]

    async def published(self, horizon: str, tally: str) -> None:
        """Remember that everything below the horizon is published."""
        await (await self._line.open()).execute(_SQL["move_mark"], {"tally": tally, "until": horizon})


def _rows(tally: str) -> sql.Composed:
    parts = (
        sql.SQL("replace(to_jsonb(t) ->> {}, '+00:00', 'Z')").format(sql.Literal(column)) for column in KEYS[tally]
    )
    return sql.SQL(_SQL["rows"]).format(key=sql.SQL(", ").join(parts), tally=sql.Identifier(tally))
