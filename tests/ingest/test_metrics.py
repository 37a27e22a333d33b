"""What Prometheus reads of the bridge."""

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from ingest.metrics import BridgeCollector, BridgeCounts, reasons_of
from ingest.packer import Packer
from schemas.observation import RawMessage
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


def test_what_is_known_is_told() -> None:
    """Under the names of the table in the docs, asked anew each time."""
    counts = [
        BridgeCounts(
            backlog=12,
            pending=3,
            oldest_seconds=1.5,
            acknowledged_at=NOON,
            messages={"decoded": 7},
            rejections={"range": 2},
        ),
        BridgeCounts(pending=0),
    ]
    registry = CollectorRegistry(auto_describe=False)
    registry.register(BridgeCollector(lambda: counts.pop(0)))
    reported = {
        (sample.name, *sample.labels.values()): sample.value for one in registry.collect() for sample in one.samples
    }
    assert reported == {
        ("bridge_backlog_messages",): 12,
        ("bridge_pending_acks",): 3,
        ("bridge_oldest_unacked_seconds",): 1.5,
        ("bridge_last_acknowledged_timestamp_seconds",): NOON.timestamp(),
        ("bridge_kafka_answers",): 0,
        ("bridge_connections_total",): 0,
        ("bridge_shed_total",): 0,
        ("bridge_redelivered_total",): 0,
        ("bridge_messages_total", "decoded"): 7,
        ("bridge_rejections_total", "range"): 2,
    }
    assert registry.get_sample_value("bridge_pending_acks") == 0


def test_rejections_are_counted_by_reason() -> None:
    """Of a batch with other frames too."""
    refused = [Rejection(NOON, "t", "ours", reason, "", b"") for reason in ("range", "type", "range")]
    packer = Packer("b", "r")
    frames = [
        *packer.pack("raw", {1: [RawMessage(NOON, "t", b"")]}),
        *packer.pack("rejections", {1: refused[:1], 2: refused[1:]}),
    ]
    assert reasons_of(frames) == {"range": 2, "type": 1}
