"""The measurements as a table."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final, Literal

from rich.console import Console
from rich.table import Table

from bench.measurements import Measurement, shown

_WIDE: Final = 140
_COLUMNS: Final[tuple[Literal["left", "right"], ...]] = ("left", "right", "left", "left", "right", "right")


def show(measurements: Iterable[Measurement]) -> None:
    """Print the table, without a limit of width into a file or a pipe."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(table(measurements))


def table(measurements: Iterable[Measurement]) -> Table:
    """Make the table, with a title above the measurements of each benchmark."""
    laid = Table(box=None, pad_edge=False, show_header=False)
    for justify in _COLUMNS:
        laid.add_column(justify=justify, no_wrap=justify == "right")  # texts may wrap, numbers may not
    for bench, those in groupby(measurements, key=lambda one: one.bench):
        laid.add_row()
        laid.add_row(f"[bold]{bench}[/]", "", "", "beside it", "", "ratio")
        for one in those:
            laid.add_row(*_cells(one))
    return laid


def _cells(one: Measurement) -> tuple[str, ...]:
    return f"  {one.what}", shown(one.value), one.unit, one.beside_what, shown(one.beside), f"{shown(one.ratio)} x"
