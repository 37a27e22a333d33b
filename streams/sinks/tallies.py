"""The only writer of tallies: takes dirty buckets, recomputes them whole, and writes the rows whose content differs."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from streams.domain.calendar import LocalDay, days_of
from streams.domain.rules import RULES
from streams.domain.usage import LinkDay, usage
from streams.sinks.air import write_air
from streams.sinks.connection import Connection, Line, statements
from streams.sinks.figures import mark_stale, reckon

_SQL: Final = statements("tally.sql")
_DEFAULT_ZONE: Final = "Europe/Amsterdam"


class Ledger:
    """PostgreSQL as `tally` uses it; recomputing is safe to repeat, so a broken round is simply begun again."""

    def __init__(self, conninfo: str, settle: timedelta = timedelta(0)) -> None:
        """Let figures wait for `settle` after the first change of what they rest on."""
        self._settle = settle
        self._line = Line(conninfo, "tally")
        self._prepared: Connection | None = None

    async def drop(self) -> None:
        """Close the connection, and with it give up the lock."""
        await self._line.drop()

    async def alone(self) -> bool:
        """Take the lock if nobody has it: only its holder may do rounds."""
        connection = await self._line.open()
        if connection is self._prepared:
            return True
        cursor = await connection.execute(_SQL["lock"])
        if not (await cursor.fetchone() or (False,))[0]:
            return False
        await self._prepare(connection)
        return True

    async def round(self, buckets: int) -> int:
        """Recompute up to so many dirty buckets and all that follows from them; answer how many there were."""
        connection = await self._line.open()
        async with connection.transaction():
            taken = await self._claim(connection, buckets)
            if taken:
                await self._recompute(connection)
        return taken

    async def reckon(self) -> int:
        """Reckon the figures of some places that are due; answer how many places there were."""
        connection = await self._line.open()
        async with connection.transaction():
            return await reckon(connection)

    async def _claim(self, connection: Connection, buckets: int) -> int:
        return (await connection.execute(_SQL["claim"], {"buckets": buckets})).rowcount

    async def _prepare(self, connection: Connection) -> None:
        for step in ("planning", "workplace"):
            await connection.execute(_SQL[step], prepare=False)
        self._prepared = connection

    async def _recompute(self, connection: Connection) -> None:
        zone, hours = await (await connection.execute(_SQL["claimed_hours"])).fetchone() or (None, [])
        days = days_of(hours, ZoneInfo(zone or _DEFAULT_ZONE))
        await connection.execute(_SQL["put_days"], _columns(days))
        for step in ("put_voices", "put_spans", "put_voice_hours", "put_need"):
            await connection.execute(_SQL[step])
        needed = await (await connection.execute(_SQL["needed"])).fetchone()
        await connection.execute(
            _SQL["put_seen"], dict(zip(("datastreams", "from", "until"), needed or (), strict=True))
        )
        await _write(connection, "tally_hour")
        await connection.execute(_SQL["put_bins"])
        for table in ("site_hour", "share_hour", "tally_day"):
            await _write(connection, table)
        await write_air(connection)
        await connection.execute(_SQL["put_voice_days"])
        for table in ("site_day", "share_day", "link_day"):
            await _write(connection, table)
        await _write_routes(connection)
        await mark_stale(connection, self._settle)


async def _write(connection: Connection, table: str) -> None:
    await connection.execute(_SQL[table], {"rule": RULES[table]})


async def _write_routes(connection: Connection) -> None:
    cursor = await connection.execute(_SQL["route_links"])
    rows = list(_route_days(await cursor.fetchall()))
    if rows:
        async with connection.cursor() as many:
            await many.executemany(_SQL["route_day"], rows)


def _route_days(links: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, object]]:
    for (route, day), group in groupby(links, key=lambda link: link[:2]):
        rows = list(group)
        figures = usage([LinkDay(*row[2:7]) for row in rows])
        coverage = {"paired": sum(row[7] for row in rows), "expected": sum(row[8] for row in rows)}
        yield {"route": route, "day": day, **figures._asdict(), **coverage, "rule": RULES["route_day"]}


def _columns(days: list[LocalDay]) -> dict[str, list[Any]]:
    return {
        "days": [day.day for day in days],
        "starts": [day.started_at for day in days],
        "ends": [day.ended_at for day in days],
    }
