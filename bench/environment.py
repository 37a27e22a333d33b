"""The environment of the benchmarks: a stack of their own, a folder, and a place for lines of progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import registry
from bench.csv_counters import CsvCounter
from bench.load_sensors import LoadSensors
from bench.processes import wait_until_at_rest
from bench.year import BenchYear
from deploy.local.screen import watching
from deploy.local.stack import Stack
from deploy.settings import Settings, read

_PORT_BASE: Final = "19700"
_REST_WITHIN: Final = 60.0  # seconds


@dataclass(frozen=True, kw_only=True)
class BenchEnvironment:
    """A running stack, a folder that is deleted afterwards, and the function that takes lines of progress."""

    stack: Stack
    settings: Settings  # without addresses, so that commands find those of the stack
    folder: Path
    tell: Callable[[str], None]


@contextmanager
def bench_environment(
    tell: Callable[[str], None], loads: list[LoadSensors], counters: list[CsvCounter], year: BenchYear | None = None
) -> Iterator[BenchEnvironment]:
    """Start a stack in whose registry these sensors are, and stop and delete it afterwards."""
    with TemporaryDirectory(prefix="doorfiets-bench-") as name:
        folder = Path(name)
        root = registry.write(folder / "owners", loads, counters, year)
        settings = read({"DOORFIETS_PORT_BASE": _PORT_BASE, "DOORFIETS_REGISTRY": str(root)})
        stack = Stack(settings, ephemeral=True)
        try:
            with watching() as watch:
                stack.start(watch=watch)
            if not wait_until_at_rest(stack, _REST_WITHIN):
                tell(f"the stack is still busy {_REST_WITHIN:.0f} s after its start: what is measured is that as well")
            found = replace(settings, home=stack.layout.home)
            yield BenchEnvironment(stack=stack, settings=found, folder=folder, tell=tell)
        finally:
            stack.stop()
