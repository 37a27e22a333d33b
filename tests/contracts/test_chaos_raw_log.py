"""The judge of the chaos finds in Kafka's raw log what the bridge received, and only that."""

import pytest

from bench.chaos.judge.raw_log import digest, held
from deploy.local.stack import Stack
from tests.journeys.ledger import Ledger, Message
from tests.journeys.street import Street
from tests.services import wait_until

pytestmark = pytest.mark.contracts


def test_what_the_bridge_received_is_held(stack: Stack) -> None:
    """By topic and bytes, whatever they mean."""
    street, topic, address = Street(stack, "raw-log"), "sensors/raw-log-1/data", str(stack.settings().kafka)
    street.publish([Message(topic, b"no json at all", {}), Message(topic, b"\xff\x00", {})], Ledger())
    street.leave()
    wait_until(lambda: {digest(topic, b"no json at all"), digest(topic, b"\xff\x00")} <= held(address), "both are held")
    assert digest(topic, b"something else") not in held(address)
