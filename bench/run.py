"""All benchmarks, those that need a quiet machine first."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from bench import delay, feeds, history, late, queue, reading, rebuild, registry
from bench.csv_counters import CsvCounter
from bench.environment import BenchEnvironment, bench_environment
from bench.measurements import Measurement
from bench.year import BenchYear
from deploy.local.simulator import clock

OF_TODAY: Final = ("single", "delay", "queue", "history", "feeds")
OF_A_YEAR: Final = ("rebuild", "reading", "late")
BENCHES: Final = (*OF_TODAY, *OF_A_YEAR)


@dataclass(frozen=True, kw_only=True)
class Size:
    """The sizes of all benchmarks."""

    messages: int
    counters: int
    months: int
    probes: int
    load_seconds: int
    singles: int
    sites: int
    days: int
    late: int  # readings per second
    late_seconds: int
    feeds: int
    watched_seconds: int
    visit_seconds: int


WHOLE: Final = Size(
    messages=200_000,
    counters=4,
    months=12,
    probes=200,
    load_seconds=30,
    singles=200,
    sites=250,
    days=365,
    late=5000,
    late_seconds=600,
    feeds=10_000,
    watched_seconds=180,
    visit_seconds=10,
)
QUICK: Final = Size(
    messages=20_000,
    counters=1,
    months=3,
    probes=40,
    load_seconds=10,
    singles=20,
    sites=25,
    days=60,
    late=500,
    late_seconds=20,
    feeds=1000,
    watched_seconds=30,
    visit_seconds=3,
)


def run(size: Size, only: Collection[str], tell: Callable[[str], None]) -> list[Measurement]:
    """Run all benchmarks, or only those named, on stacks of their own."""
    wanted = [name for name in BENCHES if not only or name in only]
    counters = [CsvCounter(number) for number in range(size.counters)]
    measurements: list[Measurement] = []
    if names := [name for name in wanted if name in OF_TODAY]:
        with bench_environment(tell, [*queue.LOADS, *delay.LOADS], counters) as environment:
            measurements += _of_today(environment, counters, size, names)
    if names := [name for name in wanted if name in OF_A_YEAR]:
        year = BenchYear(size.sites, size.days, clock.now().date(), registry.host_zone())
        with bench_environment(tell, [], [], year) as environment:
            measurements += _of_a_year(environment, year, size, names)
    return measurements


def _of_today(
    environment: BenchEnvironment, counters: list[CsvCounter], size: Size, names: list[str]
) -> Iterator[Measurement]:
    for name in names:
        environment.tell(f"{name}:")
        match name:
            case "single":
                yield from delay.measure_single(environment, size.singles)
            case "delay":
                yield from delay.measure(environment, size.probes, size.load_seconds)
            case "queue":
                for load in queue.LOADS:
                    yield from queue.measure(environment, load, size.messages)
            case "history":
                yield from history.measure(environment, counters, size.months)
            case "feeds":
                yield from feeds.measure(environment, size.feeds, size.watched_seconds)


def _of_a_year(environment: BenchEnvironment, year: BenchYear, size: Size, names: list[str]) -> Iterator[Measurement]:
    for name in names:
        environment.tell(f"{name}:")
        match name:
            case "rebuild":
                yield from rebuild.measure(environment, year)
            case "reading":
                yield from reading.measure(environment, year, size.visit_seconds)
            case "late":
                yield from late.measure(environment, year, size.late, size.late_seconds)
