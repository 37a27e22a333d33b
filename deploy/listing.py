"""Lists as text of aligned columns, as wide as the terminal, and as long lines into a file or a pipe."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from operations.payloads import safe

_MOST: Final = 26
"""The letters of a column that is not the last; what is longer is cut on a terminal."""
_GAP: Final = "  "


def listed(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield a line of headings and a line for each row; the columns are the keys of the first row."""
    if not rows:
        return
    cells = [[safe(str(value)) for value in row.values()] for row in rows]
    headings = [name.upper() for name in rows[0]]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    shown = widths if width is None else [min(one, _MOST) for one in widths[:-1]] + widths[-1:]
    for line in (headings, *cells):
        yield _line(line, shown, width)


def _line(cells: Sequence[str], widths: Sequence[int], width: int | None) -> str:
    whole = _GAP.join(_cut(cell, wide).ljust(wide) for cell, wide in zip(cells, widths, strict=True)).rstrip()
    return whole if width is None else _cut(whole, width)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, in its largest unit: "40 s", "12 min", "3 h", "9 d"; "-" for none."""
    return "-" if moment is None else lasting(now - moment)


def lasting(span: timedelta) -> str:
    """Return a span in its largest unit, rounded down; what is negative has its sign."""
    seconds = int(span.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{sign}{seconds // size} {unit}"
    return f"{sign}{seconds} s"


def percent(share: float | None) -> str:
    """Return a share in whole per cent, rounded down; "-" for none."""
    return "-" if share is None else f"{int(share * 100 + 1e-9)} %"


def stamp(moment: Any) -> str:  # noqa: ANN401 - a cell of any row
    """Return a moment in UTC to the second, anything else as it is; "-" for none."""
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%SZ}" if isinstance(moment, datetime) else str(moment)
