"""The only writer of aggregates: takes what is to be recomputed, a round or a piece at a time, one transaction each."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from streams.domain.calendar import LocalDay, local_day
from streams.domain.live_edge import LiveEdge
from streams.domain.turns import OwnerTurn, Turn, free, turns
from streams.sinks.aggregation.locked_session import LockedSession
from streams.sinks.aggregation.recomputation import (
    SQL,
    ExistingRows,
    gather_days,
    gather_marked,
    gather_marked_days,
    write,
)
from streams.sinks.connection import Connection
from streams.sinks.indicators import compute_due

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_STRETCH: Final = timedelta(days=28)  # of the past that one round is about
_END: Final = datetime(9999, 1, 1, tzinfo=UTC)


class DatastreamHour(NamedTuple):
    """An hour of a datastream."""

    datastream: int
    hour: datetime


class _Late(NamedTuple):
    newest: datetime
    crowded: bool
    turn: Turn


class _Round(NamedTuple):
    claimed: int = 0
    unmarked: int = 0
    whole: bool = True
    stored_until: datetime | None = None


class _Piece(NamedTuple):
    rebuild: int
    part: int
    owner: str
    first: date
    last: date
    zone: str


class AggregateStore:
    """PostgreSQL as `aggregate` uses it; recomputing is safe to repeat, so a broken round is simply begun again."""

    def __init__(self, conninfo: str, settle: timedelta = timedelta(0)) -> None:
        """Let indicators wait for `settle` after the first change of what they rest on."""
        self._settle = settle
        self._main, self._second = LockedSession(conninfo, "lock"), LockedSession(conninfo, "lock_second")
        self._retried = False
        self._zone: str | None = None  # whose turn was the last, and below
        self._late_zone: str | None = None
        self._below: dict[str, datetime] = {}
        self._suspect: DatastreamHour | None = None
        self.edge = LiveEdge()

    async def drop(self) -> None:
        """Close the connections, and with them give up the locks."""
        for session in (self._main, self._second):
            await session.drop()

    async def alone(self) -> bool:
        """Take the lock if nobody has it: only its holder may do rounds."""
        if not await self._main.hold():
            return False
        if not self._retried:
            await self._retry()
        return True

    async def round(self, buckets: int) -> int:
        """Recompute up to so many of the newest dirty buckets and all that follows; answer how many there were.

        All are of one time zone, the first in turn that has any.
        """
        done: dict[str, _Round] = {}
        async with self._main.transaction() as connection:
            owners = await _owners(connection)
            for turn in turns(owners, self._zone):
                done[turn.zone] = last = await self._newest(connection, turn, buckets)
                if last.claimed:
                    self._zone = turn.zone
                    break
        self.edge.recomputed(
            {zone: one.stored_until for zone, one in done.items() if one.whole}, {one.zone for one in owners}
        )
        return sum(one.unmarked for one in done.values())

    async def _newest(self, connection: Connection, turn: Turn, buckets: int) -> _Round:
        newest, stored_until, live_from = await _one(connection, "newest", held=turn.held)
        if newest is None:
            return _Round(whole=turn.whole, stored_until=stored_until)
        claimed, unmarked = await self._marked(connection, newest, turn, buckets)
        whole = turn.whole and await _whole(connection, newest, live_from, whole=claimed < buckets)
        return _Round(claimed, unmarked, whole, stored_until)

    async def late_round(self, buckets: int) -> int:
        """Recompute up to so many of an older stretch, each time the one before: nothing waits for ever for newer."""
        async with self._main.transaction() as connection:
            late = await self._late(connection)
            if late is None:
                return 0
            self._turned(late, late.newest - _STRETCH)
            _, unmarked = await self._marked(connection, late.newest, late.turn, buckets)
            return unmarked

    async def late_days(self, days: int) -> int:
        """Recompute the dirty buckets of so many older days if they lie close there; answer how many days."""
        async with self._main.transaction() as connection:
            late = await self._late(connection)
            if late is None or not late.crowded:
                return 0
            zone = late.turn.zone
            span = _days_up_to(late.newest.astimezone(ZoneInfo(zone)).date(), days, zone)
            self._turned(late, span[0].started_at - _HOUR)
            await gather_marked_days(connection, span, late.turn.held)
            await write(connection, self._settle)
        return days

    async def _late(self, connection: Connection) -> _Late | None:
        for turn in turns(await _owners(connection), self._late_zone):
            where = {"below": self._below.get(turn.zone, _END), "held": turn.held}
            row = await (await connection.execute(SQL["late"], where)).fetchone()
            if row:
                return _Late(row[0], row[1], turn)
        return None

    def _turned(self, late: _Late, below: datetime) -> None:
        """Let the next time zone have the next turn, and this one go on below."""
        self._late_zone = late.turn.zone
        self._below[late.turn.zone] = below

    async def _marked(self, connection: Connection, newest: datetime, turn: Turn, buckets: int) -> tuple[int, int]:
        """Recompute what is marked: a mark that `store` holds stays, and stands for what we did not see.

        Answers how many were claimed, and how many of them are not marked any more.
        """
        where = {"until": newest, "buckets": buckets, "held": turn.held}
        claimed = (await connection.execute(SQL["claim"], where)).rowcount
        self._suspect = DatastreamHour(*await _one(connection, "claimed")) if claimed == 1 else None
        await gather_marked(connection, turn.zone)
        return claimed, (await write(connection, self._settle)).unmarked

    async def pieces(self, days: int, *, wide: bool = False) -> int:
        """Recompute up to so many days of what is to be rebuilt, `wide` twice as many; answer how many there were.

        Nothing else is computed at that time. Pieces that touch each other wait for each other.
        """
        sessions = [self._main, self._second] if wide and await self._second.hold() else [self._main]
        done = await asyncio.gather(*(self._piece(session, days) for session in sessions), return_exceptions=True)
        for one in done:
            if isinstance(one, BaseException):
                raise one
        return sum(one for one in done if isinstance(one, int))

    async def _piece(self, session: LockedSession, days: int) -> int:
        async with session.transaction() as connection:
            piece = await _next_piece(connection, days, second=session is self._second)
            if piece is None:
                return 0
            written = await write(connection, self._settle, await _gather(connection, piece))
            await _done(connection, piece, written.changed + (await _one(connection, "air_changed"))[0])
        return (piece.last - piece.first).days + 1

    async def scatter(self) -> None:
        """Mark the newest day of what is to be rebuilt hour by hour: something in it cannot be computed."""
        async with self._main.transaction() as connection:
            piece = await _next_piece(connection, 1)
            if piece is not None:
                await _gather(connection, piece)
                await connection.execute(SQL["scatter_days"])
                await _done(connection, piece, 0)

    async def set_aside(self, problem: str) -> DatastreamHour | None:
        """Set the bucket aside that was the only one of the last round; answer which, None where there were more."""
        if self._suspect is not None:
            async with self._main.transaction() as connection:
                await connection.execute(SQL["set_aside"], {**self._suspect._asdict(), "problem": problem})
        return self._suspect

    async def compute(self) -> int:
        """Compute the indicators of some places that are due; answer how many places there were."""
        async with self._main.transaction() as connection:
            return await compute_due(connection, free(await _owners(connection)))

    async def _retry(self) -> None:
        """Once after a start, try again what was set aside: whoever starts it may have mended it."""
        async with self._main.transaction() as connection:
            await connection.execute(SQL["retry"])
        self._retried = True


async def _whole(connection: Connection, newest: datetime, live_from: datetime | None, *, whole: bool) -> bool:
    """Tell whether a round claimed all live hours that waited; `whole` when it claimed all of its stretch."""
    if live_from is None or newest - _STRETCH >= live_from:
        return False
    return whole or bool((await _one(connection, "oldest_claimed"))[0] < live_from)


async def _owners(connection: Connection) -> list[OwnerTurn]:
    """Take, until the transaction ends, all owners that can be had at once; those that cannot are named as well."""
    return [OwnerTurn(*row) for row in await (await connection.execute(SQL["share_aggregates"])).fetchall()]


async def _next_piece(connection: Connection, days: int, *, second: bool = False) -> _Piece | None:
    where = {"days": days, "free": free(await _owners(connection)), "second": second}
    row = await (await connection.execute(SQL["next_piece"], where)).fetchone()
    if row is None:
        return None
    piece = _Piece(*row)
    await connection.execute(SQL["hold_days"], piece._asdict())
    return piece


async def _gather(connection: Connection, piece: _Piece) -> ExistingRows:
    days = _days_up_to(piece.last, (piece.last - piece.first).days + 1, piece.zone)
    return await gather_days(connection, days, piece.owner)


def _days_up_to(last: date, count: int, zone: str) -> list[LocalDay]:
    return [local_day(last - number * _DAY, ZoneInfo(zone)) for number in reversed(range(count))]


async def _done(connection: Connection, piece: _Piece, changed: int) -> None:
    await connection.execute(SQL["piece_done"], {**piece._asdict(), "changed": changed})


async def _one(connection: Connection, name: str, **parameters: object) -> tuple[Any, ...]:
    return await (await connection.execute(SQL[name], parameters)).fetchone() or (None,)
