"""Refused messages, and requests to decode messages again, as role `replay` reads and marks them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row

from schemas import named_sql
from schemas.long_session import LONG_SESSION
from schemas.replay import STORED, MessageResult, RejectionSelection, ReplaySummary

PAGE: Final = 500
"""Refused messages that are decoded and published together."""

_SQL: Final = named_sql.parse((files("ingest.replay") / "replay.sql").read_text("utf-8"))
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


class RefusedMessage(NamedTuple):
    """One row of table `rejection`: why and when it was refused, and what stays of it."""

    id: str
    reason: str
    topic: str
    dialect: str
    sensor: str | None
    payload: bytes | None
    first_received_at: datetime
    last_received_at: datetime
    receptions: int


class RegisteredSources(NamedTuple):
    """Sources of a sensor that nobody had registered, and somebody has now; what they say was dropped since."""

    sensor: str
    sources: list[str]
    since: datetime


class StandingReading(NamedTuple):
    """A value that stands, and the reception that it is from; a frame has two ends that are the same instant."""

    sensor: str
    source: str
    started_at: datetime
    ended_at: datetime
    value: float | None
    received_at: datetime
    run: int | None
    number: int | None


class WaitingRequest(NamedTuple):
    """A row of table `replay_request` that is to be carried out; `selection` is JSON."""

    request: int
    kind: str
    selection: str
    dry_run: bool
    anyway: bool
    attempts: int
    requested_at: datetime


class ReplayDatabase:
    """PostgreSQL as `replay` uses it; a connection that broke is opened again at the next use."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = make_conninfo(conninfo, user="replay", application_name="doorfiets-replay", **LONG_SESSION)
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    async def close(self) -> None:
        """Close the connection; the next use opens it again."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def clock(self) -> datetime:
        """Return the database's time."""
        connection = await self.connection()
        row: tuple[datetime] | None = await (await connection.execute(_SQL["clock"])).fetchone()
        return (row or (_BEGINNING,))[0].astimezone(UTC)

    async def selected(
        self, selection: RejectionSelection, after: RefusedMessage | None, page: int = PAGE
    ) -> list[RefusedMessage]:
        """Return the next refused messages of a selection, after the last one of the page before."""
        given = msgspec.structs.asdict(selection)
        lists = {name: list(given[name]) for name in ("ids", "reasons", "sensors", "topics")}
        times = {name: given[name] for name in ("since", "until", "closed")}
        return await self._page("selected", {**lists, **times, **_after(after), "page": page})

    async def registered_now(
        self, after: RefusedMessage | None, *, untried: bool, most: int, page: int = PAGE
    ) -> list[RefusedMessage]:
        """Return refused messages of sensors that are registered now, if published again fewer than `most` times.

        Only those that were not decoded again since they were refused last, where `untried` is true.
        """
        return await self._page("registered_now", {"untried": untried, "most": most, **_after(after), "page": page})

    async def mark(self, at: datetime, results: Sequence[MessageResult]) -> None:
        """Note what became of refused messages; `at` is the database's time before they were decoded."""
        await self._execute(
            "mark",
            {
                "at": at,
                "ids": [one.id for one in results],
                "outcomes": [one.outcome for one in results],
                "published": [one.outcome == STORED or one.readings > 0 for one in results],
            },
        )

    async def registered_sources(self) -> list[RegisteredSources]:
        """Return sensors with sources that are registered now, and of which nothing was replayed yet."""
        connection = await self.connection()
        cursor = await connection.execute(_SQL["registered_sources"], {"page": PAGE})
        return [RegisteredSources(*row) for row in await cursor.fetchall()]

    async def mark_sources(self, at: datetime, ones: RegisteredSources) -> None:
        """Note that what these sources said was published."""
        await self._execute("mark_sources", {"at": at, "sensor": ones.sensor, "sources": ones.sources})

    async def forget_sources(self) -> None:
        """Let sources that are nobody's again be replayed when they are somebody's the next time."""
        await self._execute("forget_sources", {})

    async def standing(
        self, sensors: Sequence[str], received: Sequence[datetime], low: datetime, high: datetime
    ) -> list[StandingReading]:
        """Return what stands of these receptions, from `low` to `high`."""
        connection = await self.connection()
        where = {"sensors": list(sensors), "received": list(received), "low": low, "high": high}
        cursor = await connection.execute(_SQL["standing"], where)
        return [StandingReading(*row) for row in await cursor.fetchall()]

    async def next_request(self) -> WaitingRequest | None:
        """Return the oldest request that is to be carried out."""
        connection = await self.connection()
        row = await (await connection.execute(_SQL["next_request"])).fetchone()
        return WaitingRequest(*row) if row else None

    async def begin(self, request: int) -> None:
        """Note that a request is being carried out."""
        await self._execute("begin_request", {"request": request})

    async def put_back(self, request: int) -> None:
        """Let a request wait again that could not be carried out for something that is away."""
        await self._execute("put_back", {"request": request})

    async def progress(self, request: int, done: int) -> None:
        """Note how many messages of a request were looked at."""
        await self._execute("progress", {"request": request, "done": done})

    async def end(
        self,
        request: int,
        state: str,
        summary: ReplaySummary,
        results: Sequence[MessageResult],
        problem: str | None = None,
    ) -> None:
        """Note what became of a request, `state` being done, stopped or failed."""
        await self._execute(
            "end_request",
            {
                "request": request,
                "state": state,
                "done": summary.messages,
                "results": msgspec.json.encode(results).decode(),
                "summary": msgspec.json.encode(summary).decode(),
                "problem": problem,
            },
        )

    async def connection(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        """Return the connection, a new one where there is none or the old one broke."""
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._conninfo, autocommit=True, prepare_threshold=0
            )
        return self._connection

    async def _page(self, name: str, values: Mapping[str, object]) -> list[RefusedMessage]:
        connection = await self.connection()
        async with connection.cursor(row_factory=class_row(RefusedMessage)) as cursor:
            return await (await cursor.execute(_SQL[name], values)).fetchall()

    async def _execute(self, name: str, values: Mapping[str, object]) -> None:
        await (await self.connection()).execute(_SQL[name], values)


def _after(last: RefusedMessage | None) -> dict[str, object]:
    if last is None:
        return {"after_at": "-infinity", "after_id": ""}
    return {"after_at": last.first_received_at, "after_id": last.id}
