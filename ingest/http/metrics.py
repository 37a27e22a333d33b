"""The metrics of the intake for Prometheus; docs/reference/metrics.md lists them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)


class IntakeMetrics:
    """What is counted, in a registry of Prometheus; once in a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register what is counted."""
        self._requests = Counter("intake_requests", "Answers", ["route", "status"], registry=registry)
        self._messages = Counter("intake_messages", "Messages in the log", ["outcome"], registry=registry)
        self._rejections = Counter("intake_rejections", "Messages refused", ["reason"], registry=registry)
        self._seconds = Histogram("intake_seconds", "Until Kafka held a message", registry=registry, buckets=_SECONDS)
        self._answers = Gauge("intake_kafka_answers", "1 while Kafka takes messages", registry=registry)
        self._answers.set(1)

    def answered(self, route: str, status: int) -> None:
        """Count an answer."""
        self._requests.labels(route, status).inc()

    def held(self, reason: str | None, seconds: float) -> None:
        """Count a message that Kafka holds: as decoded, or as refused with its reason."""
        self._messages.labels("refused" if reason else "decoded").inc()
        if reason:
            self._rejections.labels(reason).inc()
        self._seconds.observe(seconds)
        self._answers.set(1)

    def unavailable(self) -> None:
        """Note that Kafka did not take a message."""
        self._answers.set(0)
