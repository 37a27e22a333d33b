"""The judge of the chaos finds in Kafka's raw log what the bridge received, and only that."""

import pytest

from bench.chaos.judge.raw_log import digest, held
from deploy.local.stack import Stack
from ingest.seal import KeyRing
from tests.journeys.sent_messages import Message, SentMessages
from tests.journeys.simulator import SimulatorClient
from tests.services import wait_until

pytestmark = pytest.mark.contracts


def test_what_the_bridge_received_is_held(stack: Stack) -> None:
    """By topic and bytes, whatever they mean: what cannot be parsed is opened with the keys of the bridge."""
    simulator, topic, address = SimulatorClient(stack, "raw-log"), "sensors/raw-log-1/data", str(stack.settings().kafka)
    simulator.publish([Message(topic, b"no json at all", {}), Message(topic, b"\xff\x00", {})], SentMessages())
    simulator.leave()
    opened = KeyRing(stack.layout.seal_keys).opened
    wait_until(
        lambda: {digest(topic, b"no json at all"), digest(topic, b"\xff\x00")} <= held(address, opened), "both are held"
    )
    assert digest(topic, b"something else") not in held(address, opened)
    assert digest(topic, b"no json at all") not in held(address)
