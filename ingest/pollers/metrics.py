"""The metrics of the pollers for Prometheus; docs/reference/metrics.md lists them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime  # noqa: TC003 - as everywhere else

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.pollers.host import PollHost


class PollCollector(Collector):
    """Reads what the hosts have done whenever Prometheus asks; unknown values are left out."""

    def __init__(self, hosts: Sequence[PollHost]) -> None:
        self._hosts = hosts

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        requests = CounterMetricFamily("poll_requests", "Requests to publishers", labels=["source", "status"])
        messages = CounterMetricFamily("poll_messages", "Messages fetched and held", labels=["source", "outcome"])
        for family, counts in ((requests, _sum("statuses", self._hosts)), (messages, _sum("messages", self._hosts))):
            for (source, value), number in counts.items():
                family.add_metric([source, value], number)
            yield family
        yield from self._moments()
        failing = GaugeMetricFamily("poll_failing_sensors", "Sensors whose last turn failed", labels=["source"])
        for source, number in sum((host.failing for host in self._hosts), Counter[str]()).items():
            failing.add_metric([source], number)
        yield failing
        waiting = GaugeMetricFamily("poll_unregistered_sensors", "Sensors that nobody registered", labels=["source"])
        for source, number in Counter(source for host in self._hosts for source, _ in host.unregistered).items():
            waiting.add_metric([source], number)
        yield waiting

    def _moments(self) -> Iterator[Metric]:
        """Yield the end of the newest interval held: of the newest sensor, and of the oldest."""
        held: dict[str, list[datetime]] = {}
        for host in self._hosts:
            for (source, _), ended_at in list(host.held.items()):
                held.setdefault(source, []).append(ended_at)
        newest = GaugeMetricFamily("poll_newest_timestamp_seconds", "The newest value held", labels=["source"])
        position = GaugeMetricFamily("poll_position_timestamp_seconds", "The sensor farthest behind", labels=["source"])
        for source, ends in held.items():
            newest.add_metric([source], max(ends).timestamp())
            position.add_metric([source], min(ends).timestamp())
        yield newest
        yield position


def _sum(name: str, hosts: Sequence[PollHost]) -> Counter[tuple[str, str]]:
    return sum((Counter(getattr(host, name)) for host in hosts), Counter[tuple[str, str]]())
