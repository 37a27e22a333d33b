"""The metrics of `quality` for Prometheus; docs/reference/metrics.md lists them."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from schemas.quality_flags import QUALITY_FLAGS
from streams.sinks.findings import FindingChanges

_SECONDS: Final = (0.1, 0.3, 1, 3, 10, 30)


class QualityMetrics:
    """The metrics of `quality`."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register what is counted; once in a process."""
        self._changes = Counter("finding_changes", "Findings that changed", ["change"], registry=registry)
        self._flagged = Counter("observations_flagged", "Observations whose flags changed", registry=registry)
        self._standing = Gauge("findings_standing", "Findings that stand", ["flag"], registry=registry)
        self._due = Gauge("flags_due", "Datastreams with observations that are yet to be flagged", registry=registry)
        self._waiting = Gauge("places_to_check", "Sites and stations whose hours changed", registry=registry)
        self._checked = Histogram("check_seconds", "Checking one place", registry=registry, buckets=_SECONDS)
        for change in FindingChanges._fields:
            self._changes.labels(change)

    def changed(self, what: FindingChanges) -> None:
        """Count findings that changed."""
        for change, many in what._asdict().items():
            self._changes.labels(change).inc(many)

    def flagged(self, observations: int) -> None:
        """Count observations whose flags changed."""
        self._flagged.inc(observations)

    def checked(self, seconds: float) -> None:
        """Count a place that was checked."""
        self._checked.observe(seconds)

    def measured(self, standing: Mapping[str, int], due: int, waiting: int) -> None:
        """Set how much stands, and how much is left to do."""
        self._due.set(due)
        self._waiting.set(waiting)
        for flag in (one.name for one in QUALITY_FLAGS if one.attached == "finding"):
            self._standing.labels(flag).set(standing.get(flag, 0))
