"""Rows as a table as wide as the terminal: columns as far as they fit, long texts below their row, the rest by name.

Nothing is folded within a column. Elsewhere than on a terminal the width is 250, or what `COLUMNS` says.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any, Final, NamedTuple

from rich.cells import cell_len, chop_cells

from operations.payloads import safe

_ELSEWHERE: Final = (250, 0)
_GAP: Final = "  "
_SECONDS: Final = "%Y-%m-%d %H:%M:%SZ"
_MINUTES: Final = "%Y-%m-%d %H:%MZ"  # where there is no room for more
_BELOW: Final = "    "


class ListingForm(NamedTuple):
    """What of a listing matters most: the columns that come `first`, and those that go `below` where there is no room.

    Other columns are shown where all of `first` are. Of a text below its row `lines` are shown.
    """

    first: Sequence[str] = ()
    below: Sequence[str] = ()
    lines: int = 2


def show(rows: Sequence[Mapping[str, Any]], form: ListingForm) -> None:
    """Print rows, all with the same columns."""
    print("\n".join(listed(rows, form, get_terminal_size(_ELSEWHERE).columns)))


def listed(rows: Sequence[Mapping[str, Any]], form: ListingForm, width: int) -> list[str]:
    """Return the lines of rows on a terminal of this width; of one row without first columns, a line for each cell."""
    cells, widths = _measured(rows, _SECONDS)
    if not _fits(widths, width):
        cells, widths = _measured(rows, _MINUTES)
    shown = _fitting(widths, form, width)
    if len(cells) == 1 and not form.first and len(shown) < len(widths):
        return list(_record(cells[0], width))
    head = _line({name: name for name in shown}, widths)
    body = [line for row in cells for line in _with_texts(row, shown, widths, form, width)]
    left = [name for name in widths if name not in {*shown, *form.below}]
    return [head, *body, *_left_out(left, width)]


def _fitting(widths: Mapping[str, int], form: ListingForm, width: int) -> list[str]:
    """Choose the columns: all where they fit, else by rank as many as there is room for, and the first at any rate."""
    if _fits(widths, width):
        return list(widths)
    chosen: list[str] = []
    first = [name for name in form.first if name in widths]
    for ranked in (first, [name for name in widths if name not in {*first, *form.below}]):
        for name in ranked:
            if not chosen or _fits({one: widths[one] for one in (*chosen, name)}, width):
                chosen.append(name)
        if len(chosen) < len(ranked):
            break
    return [name for name in widths if name in chosen]


def _measured(rows: Sequence[Mapping[str, Any]], times: str) -> tuple[list[dict[str, str]], dict[str, int]]:
    """Return the cells as texts, with times of this form, and the width of each column."""
    cells = [{name: safe(_cell(value, times)) for name, value in row.items()} for row in rows]
    return cells, {name: max(cell_len(text) for text in (name, *(row[name] for row in cells))) for name in cells[0]}


def _fits(widths: Mapping[str, int], width: int) -> bool:
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1) <= width


def _with_texts(
    row: Mapping[str, str], shown: Sequence[str], widths: Mapping[str, int], form: ListingForm, width: int
) -> Iterator[str]:
    yield _line({name: row[name] for name in shown}, widths)
    for name in form.below:
        if name not in shown and row.get(name):
            yield from _below(row[name], form.lines, width)


def _line(cells: Mapping[str, str], widths: Mapping[str, int]) -> str:
    return _GAP.join(text + " " * (widths[name] - cell_len(text)) for name, text in cells.items()).rstrip()


def _below(text: str, lines: int, width: int) -> list[str]:
    """Fold a text into its first lines, with ... where there are more."""
    room = max(width - len(_BELOW), len(_BELOW) * 4)
    folded = wrap(text, room) if cell_len(text) == len(text) else chop_cells(text, room)
    if len(folded) > lines:
        folded = [*folded[: lines - 1], f"{chop_cells(folded[lines - 1], room - 3)[0]}..."]
    return [f"{_BELOW}{line}".rstrip() for line in folded]


def _record(row: Mapping[str, str], width: int) -> Iterator[str]:
    """Yield one row as a line for each cell that holds something."""
    names = max(map(len, row)) + len(_GAP)
    for name, text in row.items():
        first, *more = wrap(text, max(width - names, names)) or [""]
        if first:
            yield f"{name:<{names}}{first}"
        yield from (f"{'':<{names}}{line}" for line in more)


def _left_out(names: Sequence[str], width: int) -> list[str]:
    return wrap(f"Not shown here: {', '.join(names)}. A wider terminal shows them, and --json.", width) if names else []


def _cell(value: object, times: str) -> str:
    if value is None:
        return ""
    return value.strftime(times) if isinstance(value, datetime) else str(value)
