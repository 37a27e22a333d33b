"""The services' logs, read together, and on request as they grow."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.local.layout import Layout
from deploy.local.services import UnknownServiceError

_LOOK_EVERY: Final[float] = 0.3


def show(layout: Layout, names: Sequence[str], *, lines: int, follow: bool) -> None:
    """Print the last lines of the logs named (of all when none is named), and what is added when followed."""
    there = {path.stem: path for path in sorted(layout.logs.glob("*.log"))}
    unknown = [name for name in names if name not in there]
    if unknown:
        raise UnknownServiceError(f"no log of {unknown[0]!r}; there are {', '.join(there) or 'none yet'}")
    chosen = {name: there[name] for name in names or there}
    for name, path in chosen.items():
        _print(name, path.read_text("utf-8", "replace").splitlines()[-lines:] if lines else [])
    if follow:
        _follow(chosen)


def _follow(chosen: dict[str, Path]) -> None:
    places = {name: path.stat().st_size for name, path in chosen.items()}
    while True:
        for name, path in chosen.items():
            places[name] = _print_new(name, path, places[name])
        time.sleep(_LOOK_EVERY)


def _print_new(name: str, path: Path, place: int) -> int:
    size = path.stat().st_size if path.exists() else 0
    with path.open("rb") as file:
        file.seek(place if size >= place else 0)  # a smaller file was rotated
        whole, newline, _ = file.read().rpartition(b"\n")
        if newline:
            _print(name, whole.decode("utf-8", "replace").splitlines())
        return file.tell() if not newline else (place if size >= place else 0) + len(whole) + 1


def _print(name: str, lines: Sequence[str]) -> None:
    for line in lines:
        print(f"{name:<10} {line}", flush=True)
