"""The metrics of the bridge for Prometheus; docs/reference/metrics.md lists them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.packer import Addressed
from schemas.frames import unpack_rejections
from schemas.topics import REJECTIONS


@dataclass(frozen=True, kw_only=True)
class BridgeCounts:
    """What a bridge has done since it started, and what waits now; messages are counted when they are acknowledged."""

    backlog: int = 0
    pending: int = 0
    oldest_seconds: float = 0.0
    acknowledged_at: datetime | None = None
    marked_until: datetime | None = None
    kafka_answers: bool = False
    connections: int = 0
    held: int | None = None
    dropped: int | None = None
    shed: int = 0
    again: int = 0
    devices: int | None = None
    directory_age: float | None = None
    messages: Mapping[str, int] = field(default_factory=dict)
    rejections: Mapping[str, int] = field(default_factory=dict)


class BridgeCollector(Collector):
    """Reads the counts of the bridge whenever Prometheus asks; unknown values are left out."""

    def __init__(self, counts: Callable[[], BridgeCounts]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        now = self._counts()
        yield GaugeMetricFamily(
            "bridge_backlog_messages", "Messages not acknowledged, here or at the broker", now.backlog
        )
        yield GaugeMetricFamily("bridge_pending_acks", "Messages that wait to be acknowledged", now.pending)
        yield GaugeMetricFamily(
            "bridge_oldest_unacked_seconds", "How long the oldest of them has waited for Kafka", now.oldest_seconds
        )
        yield _moment("bridge_last_acknowledged_timestamp_seconds", "The last acknowledgement", now.acknowledged_at)
        yield _moment("bridge_marked_timestamp_seconds", "Until when all that was published is here", now.marked_until)
        yield GaugeMetricFamily("bridge_kafka_answers", "1 while Kafka takes frames", float(now.kafka_answers))
        yield CounterMetricFamily("bridge_connections", "Connections to the MQTT broker", now.connections)
        yield _known(GaugeMetricFamily("mqtt_queued_messages", "Messages that the MQTT broker holds"), now.held)
        yield _known(CounterMetricFamily("mqtt_dropped", "Messages that it dropped since its start"), now.dropped)
        yield CounterMetricFamily("bridge_shed", "Messages of QoS 0 for which there was no room", now.shed)
        yield CounterMetricFamily("bridge_redelivered", "Messages received before", now.again)
        yield _known(
            GaugeMetricFamily("devices_known", "Registered devices by which messages are decoded"), now.devices
        )
        yield _known(
            GaugeMetricFamily("directory_age_seconds", "Since the database last confirmed the registered devices"),
            now.directory_age,
        )
        yield _counter("bridge_messages", "Messages acknowledged", "outcome", now.messages)
        yield _counter("bridge_rejections", "Messages refused", "reason", now.rejections)


def reasons_of(frames: Iterable[Addressed]) -> Counter[str]:
    """Count the rejections in frames by reason."""
    return Counter(
        one.reason
        for frame in frames
        if frame.topic == REJECTIONS.name
        for one in unpack_rejections(frame.frame.value, frame.frame.headers)
    )


def _known(family: CounterMetricFamily | GaugeMetricFamily, value: float | None) -> Metric:
    if value is not None:
        family.add_metric([], value)
    return family


def _moment(name: str, documentation: str, moment: datetime | None) -> Metric:
    return GaugeMetricFamily(name, documentation, None if moment is None else moment.timestamp())


def _counter(name: str, documentation: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, documentation, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
