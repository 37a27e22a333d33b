"""How fast a year of a city's files is imported, stored and aggregated."""

import time
from typing import Final

from bench.command import doorfiets
from bench.csv_counters import PREFIX, CsvCounter, readings, write
from bench.environment import BenchEnvironment
from bench.measurements import Measurement
from bench.processes import Meter
from bench.reading_store import ReadingStore

_PATIENCE: Final = 60.0
_MICRO: Final = 1e6


def measure(environment: BenchEnvironment, counters: list[CsvCounter], months: int) -> list[Measurement]:
    """Import the files of some counters with `doorfiets import --wait`, and check every reading."""
    folder = environment.folder / "city"
    folder.mkdir()
    spans = [(counter, month) for counter in counters for month in range(1, months + 1)]
    files = [write(counter, month, folder) for counter, month in spans]
    sent = [seen for counter, month in spans for seen in readings(counter, month)]
    environment.tell(f"  {len(files)} files with {len(sent):,} observations")
    store, meter, began = ReadingStore(environment.stack, PREFIX), Meter(environment.stack), time.monotonic()
    with doorfiets(environment.settings, "import", *files):
        arrived = store.wait(len(sent), environment.tell, _PATIENCE)
    used = meter.used()
    environment.tell("  comparing with the files, then COPY beside it")
    store.check(sent)
    took = {
        "command given until stored": arrived.stored_at - began,
        "command given until aggregated": arrived.aggregated_at - began,
    }
    return _measurements(
        f"History: {len(sent):,} observations in {len(files)} files", len(sent), took, used, store.copy()
    )


def _measurements(
    bench: str, count: int, took: dict[str, float], used: dict[str, float], copying: float
) -> list[Measurement]:
    every = sum(used.values())
    rates = [
        Measurement(bench=bench, what=what, value=count / seconds, unit="observations/s", beside=count / copying,
               beside_what="plain COPY of the same rows")
        for what, seconds in took.items()
    ]  # fmt: skip
    costs = [
        Measurement(bench=bench, what=f"processor, {name}", value=seconds / count * _MICRO, unit="µs/observation",
               beside=every / count * _MICRO, beside_what="all processes")
        for name, seconds in used.items()
    ]  # fmt: skip
    return [*rates, *costs]
