"""The metrics of process `watch` for Prometheus; docs/reference/metrics.md lists them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class WatchMetrics:
    """How long the steps take, how often they failed, and when the last round succeeded."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram("watch_step_seconds", "One step of one round", ["step"], registry=registry)
        self.failures = Counter("watch_failures_total", "Steps that failed", ["step"], registry=registry)
        self.rounds = Gauge(
            "watch_round_timestamp_seconds", "The last round of which no step failed", registry=registry
        )
