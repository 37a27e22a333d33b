"""The metrics of process `replay` for Prometheus; docs/reference/metrics.md lists them."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from schemas.replay import MessageResult


class ReplayMetrics:
    """What became of messages that were decoded again, and when refused ones were looked at last."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._messages = Counter(
            "replay_messages_total", "Messages decoded again, by what became of them", ["outcome"], registry=registry
        )
        self._readings = Counter("replay_readings_total", "Readings published again", registry=registry)
        self.rounds = Gauge(
            "replay_round_timestamp_seconds", "When refused messages were looked at last", registry=registry
        )

    def count(self, result: MessageResult) -> None:
        """Count one message that was published again, or looked at in vain."""
        self._messages.labels(result.outcome).inc()
        self._readings.inc(result.readings)

    def count_readings(self, number: int) -> None:
        """Count readings that were published beside refused messages."""
        self._readings.inc(number)
