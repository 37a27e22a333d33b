"""What changed among the aggregates since it was last published; every row at least once, none missed."""

from collections.abc import AsyncGenerator
from typing import Final, NamedTuple

from streams.sinks.connection import ReconnectingConnection, statements

_SQL: Final = {**statements("publish.sql"), **statements("aggregation/published.sql")}
_PAGE: Final = 2000


class Change(NamedTuple):
    """One row as it is now: its content as JSON, and the transaction that wrote it.

    Its row id, such as `share_day/kolk/motor/2026-05-12`, is the table and its key.
    """

    row_id: str
    content: str
    changed_in: str


class Changes:
    """The rows of all aggregate tables, in the order in which transactions changed them."""

    def __init__(self, conninfo: str) -> None:
        self._database = ReconnectingConnection(conninfo, "aggregate")

    async def drop(self) -> None:
        """Close the connection."""
        await self._database.drop()

    async def horizon(self) -> str:
        """Give the oldest transaction that still runs: below it, nothing can appear any more."""
        cursor = await (await self._database.open()).execute(_SQL["horizon"])
        (horizon,) = await cursor.fetchone() or ("0",)
        return str(horizon)

    async def below(self, horizon: str, aggregate: str) -> AsyncGenerator[list[Change], None]:
        """Give what changed in one table from its mark up to the horizon, page by page."""
        connection = await self._database.open()
        mark = await (await connection.execute(_SQL["mark"], {"aggregate": aggregate})).fetchone()
        between = {"from": mark[0] if mark else "0", "until": horizon}
        async with connection.transaction(), connection.cursor(name="changed") as cursor:
            await cursor.execute(_SQL[f"changed_{aggregate}"], between)
            while page := await cursor.fetchmany(_PAGE):
                yield [Change(*row) for row in page]

    async def published(self, horizon: str, aggregate: str) -> None:
        """Remember that everything below the horizon is published."""
        await (await self._database.open()).execute(_SQL["move_mark"], {"aggregate": aggregate, "until": horizon})
