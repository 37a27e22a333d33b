"""What `aggregate` publishes: a row that no record can hold does not hold up the others."""

from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.stack import Stack
from schemas.topics import Topic
from streams import aggregate_publisher
from streams.sinks.changes import Change

pytestmark = pytest.mark.contracts


async def test_a_row_that_is_too_large_is_named_and_the_others_are_published(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Two megabytes are more than Kafka takes."""
    kafka, topic = str(stack.settings().kafka), f"aggregates-{uuid4().hex[:12]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    monkeypatch.setattr(aggregate_publisher, "AGGREGATES", Topic(topic, ()))
    await producer.start()
    await consumer.start()
    page = [Change(f"route_day/{name}/2026-05-12", text, "7") for name, text in (("a", "x" * 2_000_000), ("b", "{}"))]
    await aggregate_publisher._send(producer, page)
    assert (await consumer.getone()).key == b"route_day/b/2026-05-12"
    assert "route_day/a/2026-05-12 is not published" in caplog.text
    for one in (consumer, producer):
        await one.stop()
    await admin.delete_topics([topic])
    await admin.close()
