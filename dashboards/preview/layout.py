"""Where panels stand: Grafana's grid of 24 columns in pixels of a sheet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

COLUMNS: Final = 24
CELL: Final = 30.0
GAP: Final = 8.0
"""Pixels of a row of the grid, and between two panels, as Grafana has them."""
WIDTH: Final = 1440.0
MARGIN: Final = 24.0


class PanelBox(NamedTuple):
    """A rectangle of the sheet, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def inner(self, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> "PanelBox":
        """Leave room at its edges."""
        return PanelBox(
            self.x + left,
            self.y + top,
            max(0.0, self.width - left - right),
            max(0.0, self.height - top - bottom),
        )


def placed(position: Mapping[str, Any], top: float, width: float = WIDTH) -> PanelBox:
    """Place a panel by its `gridPos`, in a grid that begins at `top`."""
    x, y, w, h = (float(position.get(key, otherwise)) for key, otherwise in (("x", 0), ("y", 0), ("w", 12), ("h", 8)))
    column = (width - 2 * MARGIN + GAP) / COLUMNS
    row = CELL + GAP
    return PanelBox(MARGIN + x * column, top + y * row, w * column - GAP, h * row - GAP)


def split(box: PanelBox, parts: int, *, across: bool, gap: float = GAP) -> Sequence[PanelBox]:
    """Divide a box into equal parts, beside each other or below."""
    if across:
        width = (box.width - gap * (parts - 1)) / parts
        return [box._replace(x=box.x + (width + gap) * part, width=width) for part in range(parts)]
    height = (box.height - gap * (parts - 1)) / parts
    return [box._replace(y=box.y + (height + gap) * part, height=height) for part in range(parts)]
