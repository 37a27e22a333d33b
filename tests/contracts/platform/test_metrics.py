"""What each process tells Prometheus: what the reference page says, and to nobody but this machine."""

import re
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.stack import Stack
from deploy.run import PROCESSES, metrics_address
from deploy.settings import ROOT
from streams.metrics import AggregateMetrics, StoreMetrics
from streams.sinks.observation_store import Outcome
from streams.sinks.stages import Aggregated, Stored
from tests.contracts.processing import NOON, StoreAndAggregate, quarters

pytestmark = pytest.mark.contracts

RUNNING = [name for name in PROCESSES if name != "poll"]  # which this stack has no file for
PAGE = ROOT / "docs" / "reference" / "metrics.md"
LISTENS = "0A"
LOOPBACK = "0100007F"


def documented(process: str) -> set[str]:
    """Read from the page what a process tells."""
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    return {name for of, name in rows if of in {process, "every"}}


def served(stack: Stack, process: str) -> set[str]:
    """Ask a running process what it tells, less what every program in Python has."""
    host, port = metrics_address(stack.settings(), process)
    with urlopen(f"http://{host}:{port}/metrics", timeout=30) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    names = {f"{one.name}_total" if one.type == "counter" else one.name for one in families}
    return {name for name in names if not name.startswith(("python_", "process_"))}


@pytest.mark.parametrize("process", RUNNING)
def test_a_process_tells_what_the_page_says(stack: Stack, process: str) -> None:
    """Neither more nor less."""
    assert served(stack, process) == documented(process)


@pytest.mark.parametrize("process", RUNNING)
def test_metrics_are_told_on_loopback_only(stack: Stack, process: str) -> None:
    """Nobody else has to know how the platform is."""
    _, port = metrics_address(stack.settings(), process)
    rows = [line.split() for file in ("tcp", "tcp6") for line in Path(f"/proc/net/{file}").read_text().splitlines()[1:]]
    assert [row[1] for row in rows if row[3] == LISTENS and row[1].endswith(f":{port:04X}")] == [
        f"{LOOPBACK}:{port:04X}"
    ]


def test_the_log_that_waits_is_told_while_the_stack_runs(stack: Stack) -> None:
    """As it is measured every second."""
    host, port = metrics_address(stack.settings(), "store")
    deadline = time.monotonic() + 60
    while True:
        with urlopen(f"http://{host}:{port}/metrics", timeout=30) as answer:
            if "\nkafka_lag_records " in answer.read().decode():
                return
        assert time.monotonic() < deadline
        time.sleep(0.2)


async def test_store_counts_what_became_of_a_batch(processing: StoreAndAggregate) -> None:
    """Items, rows by result, and how far the intake has come; what is not known is not told."""
    registry = CollectorRegistry()
    metrics = StoreMetrics(registry)
    record = processing.record(*quarters([3, None, 0]))
    metrics.stored("observations", [record], Outcome(stored=2, corrections=1), 0.2)
    metrics.measured(Stored(7, None, NOON))
    assert registry.get_sample_value("store_items_total", {"topic": "observations"}) == 3
    assert registry.get_sample_value("store_rows_total", {"result": "stored"}) == 2
    assert registry.get_sample_value("store_rows_total", {"result": "corrected"}) == 1
    assert registry.get_sample_value("store_rows_total", {"result": "rejected"}) == 0
    assert registry.get_sample_value("kafka_lag_records") == 7
    assert registry.get_sample_value("watermark_timestamp_seconds", {"stage": "stored"}) == NOON.timestamp()
    assert registry.get_sample_value("watermark_timestamp_seconds", {"stage": "received"}) is None


def test_aggregate_counts_rounds_that_had_work() -> None:
    """One that found nothing took no time worth telling."""
    registry = CollectorRegistry()
    metrics = AggregateMetrics(registry)
    for hours in (40, 0, 2):
        metrics.took("newest", hours, 0.5)
    metrics.measured(Aggregated(9, NOON))
    assert registry.get_sample_value("bucket_recomputed_total", {"of": "newest"}) == 42
    assert registry.get_sample_value("bucket_recompute_seconds_count", {"of": "newest"}) == 2
    assert registry.get_sample_value("bucket_dirty") == 9
    assert registry.get_sample_value("watermark_timestamp_seconds", {"stage": "aggregated"}) == NOON.timestamp()
