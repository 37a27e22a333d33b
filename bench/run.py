"""All benches, in an order in which a quiet one comes before a noisy one."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from bench import delay, history, late, queue, rebuilding
from bench.city import Counter
from bench.figures import Figure
from bench.ground import Ground, ground
from bench.year import Year
from deploy.local.street import clock

OF_TODAY: Final = ("single", "delay", "queue", "history")
OF_A_YEAR: Final = ("rebuild", "late")
BENCHES: Final = (*OF_TODAY, *OF_A_YEAR)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of everything."""

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
)


def run(size: Size, only: Collection[str], tell: Callable[[str], None]) -> list[Figure]:
    """Measure, all or only some, on a stack of our own."""
    wanted = [name for name in BENCHES if not only or name in only]
    counters = [Counter(number) for number in range(size.counters)]
    figures: list[Figure] = []
    if names := [name for name in wanted if name in OF_TODAY]:
        with ground(tell, [*queue.CROWDS, *delay.CROWDS], counters) as here:
            figures += _of_today(here, counters, size, names)
    if names := [name for name in wanted if name in OF_A_YEAR]:
        year = Year(size.sites, size.days, clock.now().date())
        with ground(tell, [], [], year) as here:
            figures += _of_a_year(here, year, size, names)
    return figures


def _of_today(here: Ground, counters: list[Counter], size: Size, names: list[str]) -> Iterator[Figure]:
    for name in names:
        here.tell(f"{name}:")
        match name:
            case "single":
                yield from delay.measure_single(here, size.singles)
            case "delay":
                yield from delay.measure(here, size.probes, size.load_seconds)
            case "queue":
                for crowd in queue.CROWDS:
                    yield from queue.measure(here, crowd, size.messages)
            case "history":
                yield from history.measure(here, counters, size.months)


def _of_a_year(here: Ground, year: Year, size: Size, names: list[str]) -> Iterator[Figure]:
    for name in names:
        here.tell(f"{name}:")
        match name:
            case "rebuild":
                yield from rebuilding.measure(here, year)
            case "late":
                yield from late.measure(here, year, size.late, size.late_seconds)
