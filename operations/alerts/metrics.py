"""The metrics of alerts for Prometheus; docs/reference/metrics.md lists them."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from operations.alerts.rules import SEVERITIES


class AlertMetrics:
    """How many alerts fire, and what became of messages."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.firing = Gauge("alerts_firing", "Alerts that fire", ["severity"], registry=registry)
        self.messages = Counter(
            "alert_messages_total", "Attempts to send a message", ["receiver", "outcome"], registry=registry
        )
        for severity in SEVERITIES:
            self.firing.labels(severity)
