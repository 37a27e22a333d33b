"""What is malformed, unknown or out of range ends once, with a name; its neighbours arrive, and nothing stops."""

from typing import Any

import msgspec
import psycopg
import pytest

from deploy.local.stack import Stack
from ingest.seal import KeyRing
from schemas.quality_flags import OUT_OF_RANGE
from tests.journeys.sent_messages import Message, SentMessages, messages, recent
from tests.journeys.simulator import SimulatorClient, one, settle, strangers
from tests.services import wait_until

pytestmark = pytest.mark.journeys

NEIGHBOURS = 400


def test_bad_messages_end_once_and_their_neighbours_arrive(stack: Stack, database: psycopg.Connection[Any]) -> None:
    """Four bad messages in the middle of four hundred good ones, one of which has half a letter as a key."""
    sent_messages, since = SentMessages(), recent(2)
    good = list(messages("x-once", NEIGHBOURS, since))
    pids = {name: stack.pid(name) for name in ("bridge", "store", "aggregate", "web")}
    malformed = Message("sensors/x-once-00/data", b'{"sensor": "x-once-00", "readings": [', {})
    unknown = Message("sensors/nobody-knows-me/data", good[0].payload.replace(b"x-once-00", b"nobody-knows-me"), {})
    half = Message("sensors/x-once-00/data", b'{"\\ud800": null}', {})  # half a surrogate pair, which no UTF-8 can hold
    wild = _wild(good[NEIGHBOURS - 1])
    simulator = SimulatorClient(stack, "once")
    simulator.publish([*good[:200], malformed, half, unknown, *good[200:-1], wild], sent_messages)
    simulator.leave()
    settle(database, sent_messages)
    wait_until(lambda: _rejections(database) >= 3, "all refused messages are rejections")
    assert strangers(database, sent_messages) == []
    receptions, sealed = _rejection(database, "malformed")
    assert (receptions, KeyRing(stack.layout.seal_keys).opened(sealed)) == (1, malformed.payload)
    assert _rejection(database, "unknown_field") == (1, b'{"<key 1>":null}')
    assert _rejection(database, "unknown_sensor")[0] == 1
    assert one(database, "SELECT quality_flags FROM doorfiets.observation WHERE value = 50000") == OUT_OF_RANGE
    excluded = (
        "SELECT t.rows FROM doorfiets.observation o JOIN doorfiets.datastream_hour t ON t.datastream = o.datastream"
        " AND t.hour = date_trunc('hour', o.started_at, 'UTC') WHERE o.value = 50000"
    )
    assert one(database, excluded) < 4
    assert {name: stack.pid(name) for name in pids} == pids


def _wild(message: Message) -> Message:
    """Make forty thousand and more cyclists pass in a quarter of an hour."""
    ((key, _),) = message.readings.items()
    document = msgspec.json.decode(message.payload)
    document["readings"][0]["value"] = 50_000
    return Message(message.topic, msgspec.json.encode(document), {key: 50_000.0})


def _rejections(database: psycopg.Connection[Any]) -> int:
    mine = "topic = 'sensors/x-once-00/data' OR sensor = 'nobody-knows-me'"
    return int(one(database, f"SELECT count(*)::int FROM doorfiets.rejection WHERE {mine}"))  # noqa: S608 - ours


def _rejection(database: psycopg.Connection[Any], reason: str) -> tuple[int, bytes]:
    rows = database.execute(
        b"SELECT receptions, payload FROM doorfiets.rejection WHERE reason = %s"
        b" AND (topic = 'sensors/x-once-00/data' OR sensor = 'nobody-knows-me')",
        [reason],
    ).fetchall()
    assert len(rows) == 1
    return rows[0][0], bytes(rows[0][1])
