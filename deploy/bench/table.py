"""The one table that a person gets to see."""

from collections.abc import Iterable

from rich.table import Table

from deploy.bench.figures import Figure, shown


def table(figures: Iterable[Figure]) -> Table:
    """Lay out all figures, one section for each bench."""
    laid = Table(box=None, pad_edge=False)
    for title in ("bench", "measured", "", "", "beside it", "", "ratio"):
        laid.add_column(title, justify="left" if title in {"bench", "measured", "beside it"} else "right")
    last = None
    for one in figures:
        if last not in {None, one.bench}:
            laid.add_section()
        laid.add_row("" if one.bench == last else one.bench, *_cells(one))
        last = one.bench
    return laid


def _cells(one: Figure) -> tuple[str, ...]:
    return one.what, shown(one.value), one.unit, one.beside_what, shown(one.beside), f"{shown(one.ratio)} x"
