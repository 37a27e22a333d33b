"""A year of a city's files comes in at once; how fast is it stored, and computed?"""

import time
from typing import Final

from bench.city import PREFIX, Counter, readings, write
from bench.command import doorfiets
from bench.figures import Figure
from bench.ground import Ground
from bench.processes import Meter
from bench.store import Store

_PATIENCE: Final = 60.0
_MICRO: Final = 1e6


def measure(ground: Ground, counters: list[Counter], months: int) -> list[Figure]:
    """Import the files of some counters as a user does, wait, and check every reading."""
    folder = ground.folder / "city"
    folder.mkdir()
    spans = [(counter, month) for counter in counters for month in range(1, months + 1)]
    files = [write(counter, month, folder) for counter, month in spans]
    sent = [seen for counter, month in spans for seen in readings(counter, month)]
    ground.tell(f"  {len(files)} files with {len(sent):,} observations")
    store, meter, began = Store(ground.stack, PREFIX), Meter(ground.stack), time.monotonic()
    with doorfiets(ground.settings, "import", *files):
        arrived = store.wait(len(sent), ground.tell, _PATIENCE)
    used = meter.used()
    ground.tell("  comparing with the files, then COPY beside it")
    store.check(sent)
    took = {
        "command given until stored": arrived.stored_at - began,
        "command given until tallied": arrived.tallied_at - began,
    }
    return _figures(f"History: {len(sent):,} observations in {len(files)} files", len(sent), took, used, store.copy())


def _figures(bench: str, count: int, took: dict[str, float], used: dict[str, float], copying: float) -> list[Figure]:
    every = sum(used.values())
    rates = [
        Figure(bench=bench, what=what, value=count / seconds, unit="observations/s", beside=count / copying,
               beside_what="plain COPY of the same rows")
        for what, seconds in took.items()
    ]  # fmt: skip
    costs = [
        Figure(bench=bench, what=f"processor, {name}", value=seconds / count * _MICRO, unit="µs/observation",
               beside=every / count * _MICRO, beside_what="all processes")
        for name, seconds in used.items()
    ]  # fmt: skip
    return [*rates, *costs]
