"""The metrics of process `receipts` for Prometheus; docs/reference/metrics.md lists them."""

from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.receipts.publisher import ReceiptPublisher


class ReceiptCollector(Collector):
    """Reads the counts of the publisher whenever Prometheus asks."""

    def __init__(self, publisher: ReceiptPublisher) -> None:
        self._publisher = publisher

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        now = self._publisher
        yield CounterMetricFamily("receipts_published", "Receipts to sensors, of one boot each", now.receipts)
        yield CounterMetricFamily("receipts_refusals", "Refusals that sensors were told of", now.refusals)
        yield CounterMetricFamily("receipts_left_out", "Messages to sensors for which there was no room", now.left_out)
        yield GaugeMetricFamily("receipts_connected", "1 while the MQTT broker takes them", float(now.is_connected))
