"""Checks of broker, Kafka and database: each measures something, and has a remedy."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

import psycopg
from aiokafka.admin import AIOKafkaAdminClient

from schemas.topics import TOPICS

_PATIENCE_MS: Final = 10_000
_READER: Final = "backup"  # reads everything, writes nothing


class Finding(NamedTuple):
    """The result of one check: whether it holds, what was measured, and the remedy when it does not hold."""

    check: str
    holds: bool
    measured: str
    remedy: str


class Check(NamedTuple):
    """One line of the table: `measure` returns a sentence with what it measured, or raises."""

    name: str
    measure: Callable[[], str]
    remedy: str


class NotAsExpectedError(Exception):
    """A service answers, but not as the platform needs it; the message says what was found."""


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Carry out every check, one after the other."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it logs of a Kafka that is away is in the finding
    for check in checks:
        yield _examined(check)


def _examined(check: Check) -> Finding:
    try:
        holds, measured = True, check.measure()
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is what this check found
        holds, measured = False, " ".join(str(problem).split()) or type(problem).__name__
    return Finding(check.name, holds, measured, check.remedy)


def kafka_answers(address: str) -> str:
    """Measure whether Kafka answers and has our topics; raise NotAsExpectedError naming what is missing."""
    began = time.monotonic()
    there = asyncio.run(_topics(address))
    if missing := sorted({topic.name for topic in TOPICS} - there):
        raise NotAsExpectedError(f"{address} answers, without the topics {', '.join(missing)}")
    return f"{address} has all {len(TOPICS)} topics, {since(began)}"


async def _topics(address: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=_PATIENCE_MS)
    try:
        await admin.start()
        return set(await admin.list_topics())
    finally:
        await admin.close()


def database_answers(conninfo: str) -> str:
    """Measure whether the database answers and has TimescaleDB; raise NotAsExpectedError where it has not."""
    began = time.monotonic()
    with psycopg.connect(conninfo, user=_READER, connect_timeout=_PATIENCE_MS // 1000) as connection:
        (version,) = connection.execute("SELECT current_setting('server_version')").fetchone() or ("?",)
        row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    if row is None:
        raise NotAsExpectedError(f"PostgreSQL {version} answers, without TimescaleDB in this database")
    return f"PostgreSQL {version} with TimescaleDB {row[0]}, {since(began)}"


def since(began: float) -> str:
    """Return the time since a moment of the monotonic clock as text."""
    return f"{(time.monotonic() - began) * 1000:.0f} ms"
