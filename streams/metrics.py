"""The metrics of the workers for Prometheus; docs/reference/metrics.md lists them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from streams.domain.fence import Record
from streams.sinks.observation_store import Outcome
from streams.sinks.stages import Aggregated, Stored

_SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_WATERMARK: Final = ("watermark_timestamp_seconds", "Until when all that was published has passed a stage")


class StoreMetrics:
    """The metrics of `store`."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register what is counted; once in a process."""
        self._items = Counter("store_items", "Items read from the log", ["topic"], registry=registry)
        self._rows = Counter("store_rows", "What became of a batch", ["result"], registry=registry)
        self._batch = Histogram(
            "store_batch_seconds", "Storing one batch", ["topic"], registry=registry, buckets=_SECONDS
        )
        self._rebalances = Counter("rebalance", "Assignments of partitions", registry=registry)
        self._lag = Gauge("kafka_lag_records", "Records of the log still to be stored", registry=registry)
        self._watermark = Gauge(*_WATERMARK, ["stage"], registry=registry)
        for result in ("stored", "corrected", "rejected", "equivocation"):
            self._rows.labels(result)

    def stored(self, topic: str, records: Sequence[Record], outcome: Outcome, seconds: float) -> None:
        """Count a stored batch."""
        self._items.labels(topic).inc(sum(int(dict(record.headers).get("n", b"0")) for record in records))
        self._rows.labels("stored").inc(outcome.stored)
        self._rows.labels("corrected").inc(outcome.corrections)
        self._rows.labels("rejected").inc(outcome.rejections)
        self._rows.labels("equivocation").inc(outcome.reused)
        self._batch.labels(topic).observe(seconds)

    def assigned(self) -> None:
        """Count an assignment."""
        self._rebalances.inc()

    def measured(self, now: Stored) -> None:
        """Set the backlog of the log, and the watermarks of receiving and storing."""
        self._lag.set(now.backlog)
        _tell(self._watermark, "received", now.received_until)
        _tell(self._watermark, "stored", now.stored_until)


class AggregateMetrics:
    """The metrics of `aggregate`."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register what is counted; once in a process."""
        self._dirty = Gauge("bucket_dirty", "Hours of datastreams that wait to be recomputed", registry=registry)
        self._recomputed = Counter(
            "bucket_recomputed",
            "Hours (newest, late) and days (late_days, rebuild) recomputed",
            ["of"],
            registry=registry,
        )
        self._seconds = Histogram(
            "bucket_recompute_seconds", "One round that had work", ["of"], registry=registry, buckets=_SECONDS
        )
        self._watermark = Gauge(*_WATERMARK, ["stage"], registry=registry)

    def took(self, of: str, recomputed: int, seconds: float) -> None:
        """Count a round, unless it had no work."""
        if recomputed:
            self._recomputed.labels(of).inc(recomputed)
            self._seconds.labels(of).observe(seconds)

    def measured(self, now: Aggregated) -> None:
        """Set the number of waiting hours, and the watermark of aggregating."""
        self._dirty.set(now.backlog)
        _tell(self._watermark, "aggregated", now.aggregated_until)


def _tell(gauge: Gauge, stage: str, until: datetime | None) -> None:
    """Set a watermark, or remove it where it is not known: 0 would be 1970."""
    if until is not None:
        gauge.labels(stage).set(until.timestamp())
