"""The steps of recomputing: what they need is put into the workplace of a session, and what follows is written."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from streams.domain.calendar import LocalDay, days_of
from streams.domain.rules import RULES
from streams.domain.usage import LinkDay, usage
from streams.sinks.air import write_air
from streams.sinks.connection import Connection, statements
from streams.sinks.figures import mark_stale

SQL: Final = {**statements("tally.sql"), **statements("rebuild.sql")}
_DEFAULT_ZONE: Final = "Europe/Amsterdam"
_WHO_SPEAKS: Final = ("put_voices", "put_spans", "put_phases", "put_voice_hours")


async def prepare(connection: Connection) -> None:
    """Make the workplace of a session."""
    for step in ("planning", "workplace"):
        await connection.execute(SQL[step], prepare=False)


async def gather_marked(connection: Connection) -> None:
    """Put together what the claimed hours are computed from, wherever they lie."""
    zone, hours = await (await connection.execute(SQL["claimed_hours"])).fetchone() or (None, [])
    await _put_days(connection, days_of(hours, ZoneInfo(zone or _DEFAULT_ZONE)))
    await _steps(connection, *_WHO_SPEAKS, "put_need")
    needed = await (await connection.execute(SQL["needed"])).fetchone()
    await connection.execute(SQL["put_seen"], dict(zip(("from", "until"), needed or (), strict=True)))
    await _steps(connection, "put_sums")


async def gather_days(connection: Connection, days: Sequence[LocalDay]) -> bool:
    """Claim all hours of days that follow each other, and put together what they are computed from.

    Answer whether any of them was tallied before.
    """
    stretch = {"from": days[0].started_at, "until": days[-1].ended_at}
    await _put_days(connection, days)
    await connection.execute(SQL["put_seen_of_days"], stretch)
    await _steps(connection, "put_sums")
    await connection.execute(SQL["claim_days"], stretch)
    await _steps(connection, *_WHO_SPEAKS)
    (known,) = await (await connection.execute(SQL["known"], stretch)).fetchone() or (True,)
    return bool(known)


async def write(connection: Connection, settle: timedelta, *, known: bool = False) -> int:
    """Write all that follows, as far as it differs; answer how many rows did. `known`: most of it does not differ."""
    changed = await _write(connection, "tally_hour", known=known)
    await _steps(connection, "put_paired")
    changed += await _write(connection, "site_hour", "share_hour", "tally_day", known=known)
    await write_air(connection)
    await _steps(connection, "put_voice_days")
    changed += await _write(connection, "site_day", "share_day", "link_day", known=known)
    changed += await _write_routes(connection)
    await _steps(connection, "unstick", "in_turn")
    await mark_stale(connection, settle)
    return changed


async def _put_days(connection: Connection, days: Sequence[LocalDay]) -> None:
    columns = {"days": "day", "starts": "started_at", "ends": "ended_at"}
    rows = {name: [getattr(day, column) for day in days] for name, column in columns.items()}
    await connection.execute(SQL["put_days"], rows)


async def _steps(connection: Connection, *names: str) -> None:
    for name in names:
        await connection.execute(SQL[name])


async def _write(connection: Connection, *tables: str, known: bool) -> int:
    asked = [(SQL[table], {"rule": RULES[table], "known": known}) for table in tables]
    return sum([(await connection.execute(*one)).rowcount for one in asked])


async def _write_routes(connection: Connection) -> int:
    cursor = await connection.execute(SQL["route_links"])
    rows = list(_route_days(await cursor.fetchall()))
    if not rows:
        return 0
    async with connection.cursor() as many:
        await many.executemany(SQL["route_day"], rows)
        return many.rowcount


def _route_days(links: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, object]]:
    for (route, day), group in groupby(links, key=lambda link: link[:2]):
        rows = list(group)
        figures = usage([LinkDay(*row[2:7]) for row in rows])
        coverage = {"paired": sum(row[7] for row in rows), "expected": sum(row[8] for row in rows)}
        yield {"route": route, "day": day, **figures._asdict(), **coverage, "rule": RULES["route_day"]}
