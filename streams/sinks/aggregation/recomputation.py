"""The steps of recomputing: what they need is put into the workplace of a session, and what follows is written."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from enum import Enum
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from psycopg.types.json import Jsonb

from streams.domain.calendar import LocalDay, days_of
from streams.domain.rules import RULES
from streams.domain.usage import LinkDay, usage
from streams.sinks.aggregation.air import write_air
from streams.sinks.aggregation.due_places import mark_due
from streams.sinks.connection import Connection, statements

_FILES: Final = ("claim.sql", "gather.sql", "write.sql", "rebuild.sql", "published.sql")
SQL: Final = {name: text for file in _FILES for name, text in statements(f"aggregation/{file}").items()}
_PAIRING: Final = ("put_alone", "by_hash", "put_flagged", "put_paired", "by_any_means")
_MEMBERS: Final = (
    "put_stream_windows",
    "without_loops",
    "put_aggregate_keys",
    "put_expectations",
    "put_aggregate_key_hours",
    "by_any_means",
)


class ExistingRows(Enum):
    """What stands already of that which is to be written; the value names the statement that is for it."""

    UNKNOWN = "write"
    """In part, and mostly otherwise."""
    MUCH = "compare"
    """Much, and mostly the same."""
    NOTHING = "insert"


async def prepare(connection: Connection) -> None:
    """Make the workplace of a session."""
    for step in ("planning", "workplace"):
        await connection.execute(SQL[step], prepare=False)


async def gather_marked(connection: Connection, zone: str) -> None:
    """Put together what the claimed hours are computed from, wherever they lie; all are of one time zone."""
    (hours,) = await (await connection.execute(SQL["claimed_hours"])).fetchone() or (None,)
    await _put_days(connection, days_of(hours or [], ZoneInfo(zone)))
    await _steps(connection, *_MEMBERS, "put_need")
    needed = await (await connection.execute(SQL["needed"])).fetchone()
    await connection.execute(SQL["put_seen"], dict(zip(("from", "until"), needed or (), strict=True)))
    await _steps(connection, "put_sums")


async def gather_days(connection: Connection, days: Sequence[LocalDay], owner: str) -> ExistingRows:
    """Claim all hours of an owner in days that follow each other, put together what they are computed from.

    Answers what stands.
    """
    stretch = {**_stretch(days), "owner": owner}
    await _put_days(connection, days)
    await _steps(connection, "more_memory")
    for step in ("marks_of_days", "put_seen_of_days"):
        await connection.execute(SQL[step], stretch)
    await _steps(connection, "put_sums")
    await connection.execute(SQL["claim_days"], stretch)
    await _steps(connection, *_MEMBERS)
    (existing,) = await (await connection.execute(SQL["existing"], stretch)).fetchone() or (True,)
    return ExistingRows.MUCH if existing else ExistingRows.NOTHING


async def gather_marked_days(connection: Connection, days: Sequence[LocalDay], held: Sequence[str]) -> None:
    """Claim the marked hours of days that follow each other, and read what these are computed from in one stretch.

    Those of owners that are not `held` stay marked.
    """
    stretch = {**_stretch(days), "held": [*held]}
    await _put_days(connection, days)
    await _steps(connection, "more_memory")
    await connection.execute(SQL["claim_marks_of_days"], stretch)
    await _steps(connection, *_MEMBERS, "put_need")
    await connection.execute(SQL["put_seen_of_marked_days"], stretch)
    await _steps(connection, "put_sums")


def _stretch(days: Sequence[LocalDay]) -> dict[str, object]:
    return {"from": days[0].started_at, "until": days[-1].ended_at}


class Written(NamedTuple):
    """How many rows differed, and how many marks are gone."""

    changed: int
    unmarked: int


async def write(connection: Connection, settle: timedelta, existing: ExistingRows = ExistingRows.UNKNOWN) -> Written:
    """Write all that follows, as far as it differs from what stands, and take the marks away."""
    changed = await _write(connection, existing, "datastream_hour")
    await _steps(connection, *_PAIRING)
    changed += await _write(connection, existing, "site_hour", "share_hour", "datastream_day")
    await write_air(connection)
    await _steps(connection, "put_aggregate_key_days")
    changed += await _write(connection, existing, "site_day", "share_day")
    changed += await _write(connection, ExistingRows.UNKNOWN, "link_day")
    changed += await _write_routes(connection)
    await _steps(connection, "in_turn")
    await mark_due(connection, settle)
    await _steps(connection, "clear_failed")
    return Written(changed, (await connection.execute(SQL["unmark"])).rowcount)


async def _put_days(connection: Connection, days: Sequence[LocalDay]) -> None:
    columns = {"days": "day", "starts": "started_at", "ends": "ended_at"}
    rows = {name: [getattr(day, column) for day in days] for name, column in columns.items()}
    await connection.execute(SQL["put_days"], rows)
    await _steps(connection, "put_day_hours")


async def _steps(connection: Connection, *names: str) -> None:
    for name in names:
        await connection.execute(SQL[name])


async def _write(connection: Connection, existing: ExistingRows, *tables: str) -> int:
    changed = 0
    for table in tables:
        statement = SQL[f"{existing.value}_{table}"]
        changed += (await connection.execute(statement, {"rule": RULES[table]})).rowcount
    return changed


async def _write_routes(connection: Connection) -> int:
    cursor = await connection.execute(SQL["route_links"])
    rows = list(_route_days(await cursor.fetchall()))
    if not rows:
        return 0
    async with connection.cursor() as many:
        await many.executemany(SQL["write_route_day"], rows)
        return many.rowcount


def _route_days(links: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, object]]:
    for named, group in groupby(links, key=lambda link: link[:4]):
        rows = list(group)
        indicators = usage([LinkDay(*row[4:9]) for row in rows])
        coverage = {"paired": sum(row[9] for row in rows), "expected": sum(row[10] for row in rows)}
        withheld = None if indicators.withheld is None else Jsonb(msgspec.to_builtins(indicators.withheld))
        flags = reduce(or_, (row[11] for row in rows))
        reported = {**indicators._asdict(), "withheld": withheld, **coverage, "quality_flags": flags}
        key = dict(zip(("route", "day", "started_at", "ended_at"), named, strict=True))
        yield {**key, **reported, "rule": RULES["route_day"]}
