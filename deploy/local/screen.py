"""The progress of a start: a live table on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from deploy.local.start_up import State, Watcher

_LOOKS: Final[dict[State, str]] = {"waiting": "dim", "starting": "yellow", "ready": "green", "failed": "bold red"}


@contextmanager
def watching() -> Iterator[Watcher]:
    """Show each part's state on stderr while the start takes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _say
        return
    rows: dict[str, tuple[State, float]] = {}
    with Live(console=console, refresh_per_second=8) as live:

        def show(name: str, state: State, seconds: float) -> None:
            rows[name] = (state, seconds)
            live.update(_table(rows), refresh=True)

        yield show


def _say(name: str, state: State, seconds: float) -> None:
    if state in {"ready", "failed"}:
        print(f"  {name:<12} {state} {seconds:.1f} s", file=sys.stderr)


def _table(rows: dict[str, tuple[State, float]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, (state, seconds) in rows.items():
        took = f"{seconds:.1f} s" if state in {"ready", "failed"} else ""
        table.add_row(name, f"[{_LOOKS[state]}]{state}[/]", took)
    return table
