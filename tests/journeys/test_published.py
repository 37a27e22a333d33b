"""The log of aggregates: what it last says of a row is what stands in the table, of every row."""

import asyncio
import json
from typing import Any

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.local.stack import Stack
from schemas import topics
from tests.journeys.sent_messages import SentMessages, messages, recent
from tests.journeys.simulator import SimulatorClient, settle
from tests.services import wait_until

pytestmark = pytest.mark.journeys

MESSAGES = 3_000  # more than a page of rows, in many transactions
ROWS = """
    SELECT concat_ws('/', 'site_hour', site, mode, replace(to_jsonb(t) ->> 'hour', '+00:00', 'Z')),
           revision, paired, total::text
    FROM doorfiets.site_hour t
    UNION ALL
    SELECT concat_ws('/', 'datastream_hour', datastream, replace(to_jsonb(t) ->> 'hour', '+00:00', 'Z')),
           revision, valid, total::text
    FROM doorfiets.datastream_hour t
"""


def test_the_log_of_aggregates_ends_in_what_the_tables_say(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """Nothing is missed where one transaction ends and the next begins."""
    sent_messages = SentMessages()
    simulator = SimulatorClient(stack, "once")
    simulator.publish(messages("x-once", MESSAGES, recent(5)), sent_messages)
    simulator.leave()
    settle(database, sent_messages)
    wait_until(lambda: _missing(stack, database) == set(), "every row is published as it stands")


def _missing(stack: Stack, database: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    stands = set(database.execute(ROWS.encode()).fetchall())
    assert len(stands) > 0
    return stands - asyncio.run(_said(stack.settings().kafka))


async def _said(kafka: str | None) -> set[tuple[Any, ...]]:
    """Read the whole log; give of each row what was said last."""
    consumer = AIOKafkaConsumer(topics.AGGREGATES.name, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        last: dict[str, tuple[Any, ...]] = {}
        for partition, end in (await consumer.end_offsets(consumer.assignment())).items():
            while await consumer.position(partition) < end:
                for record in (await consumer.getmany(partition, timeout_ms=1000)).get(partition, []):
                    row = json.loads(record.value or "{}")
                    last[(record.key or b"").decode()] = _indicators(row)
        return {(key, *indicators) for key, indicators in last.items()}
    finally:
        await consumer.stop()


def _indicators(row: dict[str, Any]) -> tuple[Any, ...]:
    total = row.get("total")
    return row.get("revision"), row.get("paired", row.get("valid")), None if total is None else str(total)
