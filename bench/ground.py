"""What every bench stands on: one stack of its own, and somebody to tell how it goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import municipality
from bench.city import Counter
from bench.crowd import Crowd
from bench.year import Year
from deploy.local.screen import watching
from deploy.local.stack import Stack
from deploy.settings import Settings, read

_PORT_BASE: Final = "19700"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A running stack, a folder that goes afterwards, and where lines of progress go."""

    stack: Stack
    settings: Settings  # as a person would have set them: the addresses of local services are found, not given
    folder: Path
    tell: Callable[[str], None]


@contextmanager
def ground(
    tell: Callable[[str], None], crowds: list[Crowd], counters: list[Counter], year: Year | None = None
) -> Iterator[Ground]:
    """Start a stack that knows these sensors, and stop it afterwards; nothing of it stays."""
    with TemporaryDirectory(prefix="doorfiets-bench-") as name:
        folder = Path(name)
        registry = municipality.write(folder / "registry", crowds, counters, year)
        settings = read({"DOORFIETS_PORT_BASE": _PORT_BASE, "DOORFIETS_REGISTRY": str(registry)})
        stack = Stack(settings, ephemeral=True)
        try:
            with watching() as watch:
                stack.start(watch=watch)
            found = replace(settings, home=stack.layout.home)
            yield Ground(stack=stack, settings=found, folder=folder, tell=tell)
        finally:
            stack.stop()
