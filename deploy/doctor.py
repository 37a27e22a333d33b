"""What `doorfiets doctor` examines: each check measures something on the services there are, and knows a remedy."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import psycopg
from aiokafka.admin import AIOKafkaAdminClient

from deploy import absence
from deploy.settings import Settings
from schemas.topics import TOPICS

_PATIENCE_MS: Final = 10_000
_READER: Final = "backup"  # may read everything, and write nothing


class Finding(NamedTuple):
    """What one check found: whether it holds, what was measured, and what to do when it does not hold."""

    check: str
    holds: bool
    measured: str
    remedy: str


class Check(NamedTuple):
    """One line of the table: `measure` says what it saw, or raises what it ran into."""

    name: str
    measure: Callable[[Settings], str]
    remedy: str


class NotAsExpectedError(Exception):
    """Something answers, but not as the platform needs it; the message says what was seen."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Carry out every check on the services that the settings name, one after the other."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it says of a Kafka that is away is in the finding
    for check in CHECKS:
        yield _examined(check, settings)


def _examined(check: Check, settings: Settings) -> Finding:
    try:
        holds, measured = True, check.measure(settings)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is what this check found
        holds, measured = False, " ".join(str(problem).split()) or type(problem).__name__
    return Finding(check.name, holds, measured, check.remedy)


def _broker(settings: Settings) -> str:
    broker, began = absence.broker_of(settings), time.monotonic()
    absence.greet(broker)
    return f"{broker.host}:{broker.port} let {broker.user} in after {_since(began)}"


def _sessions(settings: Settings) -> str:
    began = time.monotonic()
    waited = absence.prove_kept(absence.broker_of(settings))
    return f"{waited} messages waited for a session that was away, {_since(began)}"


def _kafka(settings: Settings) -> str:
    began = time.monotonic()
    there = asyncio.run(_topics(str(settings.kafka)))
    if missing := sorted({topic.name for topic in TOPICS} - there):
        raise NotAsExpectedError(f"{settings.kafka} answers, without the topics {', '.join(missing)}")
    return f"{settings.kafka} has all {len(TOPICS)} topics, {_since(began)}"


async def _topics(address: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=_PATIENCE_MS)
    try:
        await admin.start()
        return set(await admin.list_topics())
    finally:
        await admin.close()


def _database(settings: Settings) -> str:
    began = time.monotonic()
    with psycopg.connect(str(settings.postgres), user=_READER, connect_timeout=_PATIENCE_MS // 1000) as connection:
        (version,) = connection.execute("SELECT current_setting('server_version')").fetchone() or ("?",)
        row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    if row is None:
        raise NotAsExpectedError(f"PostgreSQL {version} answers, without TimescaleDB in this database")
    return f"PostgreSQL {version} with TimescaleDB {row[0]}, {_since(began)}"


def _since(began: float) -> str:
    return f"{(time.monotonic() - began) * 1000:.0f} ms"


CHECKS: Final[tuple[Check, ...]] = (
    Check("broker answers", _broker, "start it, or correct DOORFIETS_MQTT, DOORFIETS_MQTT_USER and the password file"),
    Check(
        "broker keeps sessions",
        _sessions,
        "give the broker the settings and the rights of deploy/mosquitto/ (local.conf, access.acl)",
    ),
    Check("kafka answers", _kafka, "start it, or correct DOORFIETS_KAFKA; `doorfiets prepare` makes the topics"),
    Check(
        "database answers", _database, "start it, or correct DOORFIETS_POSTGRES; `doorfiets prepare` makes the schema"
    ),
)
"""Everything that is examined, in this order; a new check is a new line."""
