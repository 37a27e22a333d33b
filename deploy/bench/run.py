"""All benches, in an order in which a quiet one comes before a noisy one."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from deploy.bench import delay, history, queue
from deploy.bench.city import Counter
from deploy.bench.figures import Figure
from deploy.bench.ground import Ground, ground

BENCHES: Final = ("single", "delay", "queue", "history")


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of everything."""

    messages: int
    counters: int
    months: int
    probes: int
    load_seconds: int
    singles: int


WHOLE: Final = Size(messages=200_000, counters=4, months=12, probes=200, load_seconds=30, singles=200)
QUICK: Final = Size(messages=20_000, counters=1, months=3, probes=40, load_seconds=10, singles=20)


def run(size: Size, only: Collection[str], tell: Callable[[str], None]) -> list[Figure]:
    """Measure, all or only some, on a stack of our own."""
    counters = [Counter(number) for number in range(size.counters)]
    with ground([*queue.CROWDS, *delay.CROWDS], counters, tell) as here:
        return list(_figures(here, counters, size, [name for name in BENCHES if not only or name in only]))


def _figures(here: Ground, counters: list[Counter], size: Size, names: list[str]) -> Iterator[Figure]:
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
