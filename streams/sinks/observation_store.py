"""The one transaction of `store`: behind the fence, everything of a batch or nothing."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from schemas.frames import frame_of
from schemas.observation import Observation
from schemas.rejection import Rejection
from streams.domain.assignment import DIALECT, Assigned, BatteryReading, UnregisteredSource
from streams.domain.datastreams import NOTED, KnownDatastreams, SamplingRule, Source, ValidDatastream, registry
from streams.domain.fence import Beyond, Record, beyond
from streams.domain.marks import passed, without_marks
from streams.sinks.connection import Connection, ReconnectingConnection, statements
from streams.sinks.observation_rows import store_rows
from streams.sinks.receipt_marks import ReceiptMarks

_SQL: Final = statements("store.sql")
_RULE: Final = len(SamplingRule._fields)


class TopicEpoch(NamedTuple):
    """One topic in one life of its cluster: offsets mean something within an epoch only."""

    topic: str
    epoch: str


class Fence(NamedTuple):
    """Where the reading of one partition stands, and the frame that was read last."""

    next_offset: int
    frame: str | None


class Outcome(NamedTuple):
    """What became of a batch, in observations; the rest were duplicates, or overtaken by newer messages.

    `failed` counts what was set aside because it can never be stored: an item, or a whole record. `reused` counts the
    observations among the rejections whose message has the number of another one.
    """

    stored: int = 0
    corrections: int = 0
    rejections: int = 0
    failed: int = 0
    reused: int = 0


def total(outcomes: Iterable[Outcome]) -> Outcome:
    """Add up what became of the parts of a batch."""
    return Outcome(*map(sum, zip(Outcome(), *outcomes, strict=True)))


class Failure(NamedTuple):
    """What can never be stored: which item of its record (from 1; 0 is the record itself), why, and its bytes."""

    item: int
    reason: str
    detail: str
    sensor: str | None
    payload: bytes | None


class ObservationStore:
    """PostgreSQL as `store` uses it: the store of observations, of rejections, and of the offsets of the log."""

    def __init__(self, conninfo: str) -> None:
        self._database = ReconnectingConnection(conninfo, "store")

    async def drop(self) -> None:
        """Close the connection; the next use opens it again."""
        await self._database.drop()

    async def datastreams(self) -> KnownDatastreams:
        """Read the registry as it is now."""
        connection = await self._database.open()
        rows = await (await connection.execute(_SQL["datastreams"])).fetchall()
        noted = await (await connection.execute(_SQL["noted_sources"])).fetchall()
        batteries = await (await connection.execute(_SQL["battery_sources"])).fetchall()
        return registry(
            (_valid(*row) for row in rows),
            ((sensor, source) for sensor, source in noted),
            {(sensor, source): factor for sensor, source, factor in batteries},
        )

    async def fences(self, log: TopicEpoch, oldest: Mapping[int, int]) -> dict[int, Fence]:
        """Give the fence of every partition; one that has none gets it at its oldest offset."""
        connection = await self._database.open()
        where = {**log._asdict(), "partitions": list(oldest), "offsets": list(oldest.values())}
        await connection.execute(_SQL["open_fences"], where)
        cursor = await connection.execute(_SQL["read_fences"], where)
        return {partition: Fence(*fence) for partition, *fence in await cursor.fetchall()}

    @asynccontextmanager
    async def behind_fence(
        self, log: TopicEpoch, records: Sequence[Record]
    ) -> AsyncIterator[tuple[Connection, list[Record]]]:
        """Give what is new to store, in a transaction that ends with moving the fence past it and past all marks."""
        connection = await self._database.open()
        where = {**log._asdict(), "partitions": sorted({record.partition for record in records})}
        async with connection.transaction():
            cursor = await connection.execute(_SQL["lock_fences"], where)
            new = beyond(dict(await cursor.fetchall()), records)
            yield connection, without_marks(new.records)
            if new.records:
                await connection.execute(_SQL["move_fences"], {**where, **_moves(new), **_passed(new.records)})


async def set_aside(connection: Connection, log: TopicEpoch, record: Record, failures: Iterable[Failure]) -> None:
    """Keep what can never be stored whole, with its place in the log, its reason and the headers of its record."""
    place = {
        **log._asdict(),
        "partition": record.partition,
        "offset": record.offset,
        "header_names": [_without_nul(name) for name, _ in record.headers],
        "header_values": [value for _, value in record.headers],
    }
    rows = [
        {**place, **one._asdict(), "detail": _without_nul(one.detail), "sensor": _without_nul(one.sensor)}
        for one in failures
    ]
    if rows:
        async with connection.cursor() as cursor:
            await cursor.executemany(_SQL["set_record_aside"], rows)


def _valid(*row: Any) -> ValidDatastream:  # noqa: ANN401 - the columns of `datastreams`
    *base, placed_window = row
    rule = SamplingRule(*base[-_RULE:])
    stream = ValidDatastream(*base[:-_RULE])._replace(rule=rule, placed_window=placed_window)
    valid_from, valid_until = stream.valid_from.astimezone(UTC), stream.valid_until.astimezone(UTC)
    return stream._replace(
        valid_from=valid_from, valid_until=valid_until
    )  # times of one zone compare five times faster


def _moves(new: Beyond) -> dict[str, list[int] | list[str | None]]:
    frames = {record.partition: frame_of(record.headers) for record in new.records}
    return {
        "partitions": list(frames),
        "offsets": [new.fence[partition] for partition in frames],
        "frames": list(frames.values()),
    }


def _passed(records: Sequence[Record]) -> dict[str, list[str] | list[int] | list[datetime] | list[int | None]]:
    marks = passed(records)
    return {
        "bridges": [bridge for bridge, _ in marks],
        "marked": [partition for _, partition in marks],
        "published_until": [mark.published_until for mark in marks.values()],
        "waiting": [mark.waiting for mark in marks.values()],
    }


async def store_assigned(connection: Connection, what: Assigned, marks: ReceiptMarks | None = None) -> Outcome:
    """Store a batch that was sorted out, and say in `marks` what became of it."""
    marks = marks or ReceiptMarks()
    await store_rejections(connection, what.refused)
    marks.refuse(what.refused)
    await _note(connection, what.unregistered)
    await _put_batteries(connection, what.batteries)
    if not what.accepted.seen:
        return Outcome(rejections=len(what.refused))
    stored = await store_rows(connection, what.accepted)
    marks.stored(what.accepted.seen)
    await store_rejections(connection, stored.refused)
    marks.refuse(stored.refused)
    return Outcome(stored.stored, stored.corrections, len(what.refused) + len(stored.refused))


async def _note(connection: Connection, unregistered: Mapping[Source, UnregisteredSource]) -> None:
    """Note what registered sensors send that nobody registered."""
    if unregistered:
        ones = {
            "sensor": [_without_nul(sensor) for sensor, _ in unregistered],
            "source": [_without_nul(source) for _, source in unregistered],
            "received_at": [one.received_at for one in unregistered.values()],
            "value": [one.value for one in unregistered.values()],
            "most": NOTED,
        }
        await connection.execute(_SQL["note_sources"], ones)


async def _put_batteries(connection: Connection, batteries: Mapping[str, BatteryReading]) -> None:
    """Keep the newest voltage of each battery."""
    if batteries:
        ones = {
            "device": list(batteries),
            "measured_at": [one.measured_at for one in batteries.values()],
            "voltage": [one.voltage for one in batteries.values()],
        }
        await connection.execute(_SQL["put_batteries"], ones)


async def store_rejections(connection: Connection, refused: Iterable[Rejection]) -> None:
    """Store refused messages, each message once."""
    rows = [_row(rejection) for rejection in refused]
    if rows:
        async with connection.cursor() as cursor:
            await cursor.executemany(_SQL["store_rejections"], rows)


def _row(rejection: Rejection) -> dict[str, object]:
    row: dict[str, object] = {
        name: _without_nul(getattr(rejection, name)) for name in ("reason", "detail", "topic", "dialect", "sensor")
    }
    return {**row, "received_at": rejection.received_at, "payload": rejection.payload, "digest": digest(rejection)}


def digest(rejection: Rejection) -> bytes:
    """Identify a refused message: topic, reason, detail and what it said, not when it was received."""
    texts = (rejection.topic.encode(), rejection.reason.encode(), rejection.detail.encode())
    return sha256(b"\0".join((*texts, _said(rejection)))).digest()


def _said(rejection: Rejection) -> bytes:
    """Give the payload; of observations all but the time of reception, which is another one at each delivery."""
    if rejection.dialect != DIALECT or rejection.payload is None:
        return rejection.payload or b""
    seen = msgspec.json.decode(rejection.payload, type=list[Observation])
    return msgspec.json.encode([msgspec.structs.replace(one, received_at=one.started_at) for one in seen])


def _without_nul(text: str | None) -> str | None:
    """Replace what a text column cannot hold."""
    return text.replace("\0", "\ufffd") if text is not None else None
