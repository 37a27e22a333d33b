"""What every bench stands on: one stack of its own, and somebody to tell how it goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import registry
from bench.csv_counters import CsvCounter
from bench.load_sensors import LoadSensors
from bench.year import BenchYear
from deploy.local.screen import watching
from deploy.local.stack import Stack
from deploy.settings import Settings, read

_PORT_BASE: Final = "19700"


@dataclass(frozen=True, kw_only=True)
class BenchEnvironment:
    """A running stack, a folder that goes afterwards, and where lines of progress go."""

    stack: Stack
    settings: Settings  # as a person would have set them: the addresses of local services are found, not given
    folder: Path
    tell: Callable[[str], None]


@contextmanager
def bench_environment(
    tell: Callable[[str], None], loads: list[LoadSensors], counters: list[CsvCounter], year: BenchYear | None = None
) -> Iterator[BenchEnvironment]:
    """Start a stack that knows these sensors, and stop it afterwards; nothing of it stays."""
    with TemporaryDirectory(prefix="doorfiets-bench-") as name:
        folder = Path(name)
        root = registry.write(folder / "owners", loads, counters, year)
        settings = read({"DOORFIETS_PORT_BASE": _PORT_BASE, "DOORFIETS_REGISTRY": str(root)})
        stack = Stack(settings, ephemeral=True)
        try:
            with watching() as watch:
                stack.start(watch=watch)
            found = replace(settings, home=stack.layout.home)
            yield BenchEnvironment(stack=stack, settings=found, folder=folder, tell=tell)
        finally:
            stack.stop()
