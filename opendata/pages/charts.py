"""Charts drawn on the server: SVG that stretches, gaps that stay gaps, and a real table with every value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, isclose, log10
from typing import Final

from markupsafe import Markup, escape

from opendata import number_format

_WIDTH: Final = 1000.0
_HEIGHT: Final = 100.0
_NARROW: Final = 6.0  # columns closer than this touch each other
_ROOM: Final = 9.0  # percent of an axis that a label takes
_SEAM: Final = 0.6  # gaps side by side overlap, so that no light shines between them


@dataclass(frozen=True)
class Point:
    """One value on a chart: what it is called, its value or none, a band round it, and what to say about it.

    A value that `waits` is not there because it is not processed yet: that is said once for all of them.
    """

    label: str
    value: float | None
    reported: str
    whole: bool = True
    low: float | None = None
    high: float | None = None
    waits: bool = False

    @property
    def meant(self) -> str:
        """What its row of the table says of it."""
        return number_format.ABSENT if self.waits else self.reported


@dataclass(frozen=True)
class Chart:
    """A drawn chart with its axis in words; `missing`, `partial` and `waiting` count what is not whole.

    The axis goes from `bottom`, which is zero unless there is less, to `top`. `marks` are ticks at their own place, in
    percent, instead of ticks spread evenly.
    """

    title: str
    unit: str
    drawing: Markup
    top: float
    ticks: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    csv: str
    missing: int
    partial: int
    waiting: int = 0
    marks: Sequence[tuple[float, str]] = ()
    bottom: float = 0.0

    @property
    def bottom_digits(self) -> int:
        """How many decimals its bottom is written with."""
        return axis_digits(self.bottom)

    @property
    def zero(self) -> float | None:
        """Where zero lies on the axis, in percent from its top; None at an end of it, or too near to write beside."""
        at = 100 * axis_share(0, self.bottom, self.top)
        return 100 - at if _ROOM < at < 100 - _ROOM else None


def nice(highest: float) -> float:
    """Round the top of an axis up to 1, 2, 2.5 or 5 times a power of ten."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return float(next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= highest))


def axis(values: Iterable[float | None]) -> tuple[float, float]:
    """Give the bottom and the top of an axis that holds all values: zero is always on it."""
    known = [value for value in values if value is not None]
    lowest, highest = min(known, default=0.0), max(known, default=0.0)
    bottom = -nice(-lowest) if lowest < 0 else 0.0
    return bottom, 0.0 if bottom and highest <= 0 else nice(highest)


def axis_share(value: float, bottom: float, top: float) -> float:
    """Give how high a value lies between the bottom and the top of an axis, from 0 to 1."""
    return min(1.0, max(0.0, (value - bottom) / (top - bottom)))


def axis_digits(value: float) -> int:
    """Give how many decimals a value of an axis has: 0.25 is not 0.2."""
    return next((digits for digits in (0, 1, 2) if isclose(value, round(value, digits), abs_tol=1e-9)), 3)


def columns(points: Sequence[Point], top: float) -> Markup:
    """Draw columns; not measured is a pale block from top to bottom, a true zero a line on the ground."""
    slot = _WIDTH / max(1, len(points))
    return _drawing(_column(point, index * slot, slot, top) for index, point in enumerate(points))


def _column(point: Point, x: float, slot: float, top: float) -> Markup:
    if point.value is None:
        return _gap(x, slot, point)
    height = max(0.8, point.value / top * _HEIGHT)
    kind = "column" if point.whole else "column partial"
    air = slot * 0.1 if slot > _NARROW else 0.0
    return _rect(x + air, _HEIGHT - height, slot - 2 * air, height, kind=kind, point=point)


def line(points: Sequence[Point], top: float, bottom: float = 0.0) -> Markup:
    """Draw a line with its band; it breaks where nothing was measured. Zero has a line of its own above the bottom."""
    slot = _WIDTH / max(1, len(points))
    gaps = (_gap(index * slot, slot, point) for index, point in enumerate(points) if point.value is None)
    runs = list(_runs(points, slot, bottom, top))
    return _drawing([*gaps, *map(_band, runs), *map(_stroke, runs)], _height(0, bottom, top) if bottom else None)


@dataclass(frozen=True)
class _Spot:
    x: float
    y: float
    low: float | None
    high: float | None


def _runs(points: Sequence[Point], slot: float, bottom: float, top: float) -> Iterable[list[_Spot]]:
    run: list[_Spot] = []
    for index, point in enumerate(points):
        if point.value is None:
            if run:
                yield run
            run = []
            continue
        run.append(_spot(point, (index + 0.5) * slot, point.value, bottom, top))
    if run:
        yield run


def _spot(point: Point, x: float, value: float, bottom: float, top: float) -> _Spot:
    def height(one: float | None) -> float | None:
        return None if one is None else _height(one, bottom, top)

    return _Spot(x, _height(value, bottom, top), height(point.low), height(point.high))


def _height(value: float, bottom: float, top: float) -> float:
    return _HEIGHT * (1 - axis_share(value, bottom, top))


def _band(run: Sequence[_Spot]) -> Markup:
    if any(spot.low is None or spot.high is None for spot in run):
        return Markup("")
    edge = [f"{spot.x:.1f},{spot.high:.2f}" for spot in run] + [
        f"{spot.x:.1f},{spot.low:.2f}" for spot in reversed(run)
    ]
    return Markup('<polygon class="band" points="{}"/>').format(" ".join(edge))


def _stroke(run: Sequence[_Spot]) -> Markup:
    if len(run) == 1:
        spot = run[0]
        return Markup('<path class="line dot" d="M{:.1f} {:.2f}h.01"/>').format(spot.x, spot.y)
    path = "M" + "L".join(f"{spot.x:.1f} {spot.y:.2f}" for spot in run)
    return Markup('<path class="line" d="{}"/>').format(path)


def _gap(x: float, slot: float, point: Point) -> Markup:
    return _rect(x, 0, slot + _SEAM, _HEIGHT, kind="wait" if point.waits else "gap", point=point)


def _rect(x: float, y: float, width: float, height: float, *, kind: str, point: Point) -> Markup:
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.2f}" width="{:.1f}" height="{:.2f}"><title>{}</title></rect>'
    ).format(kind, x, y, width, height, f"{point.label}: {point.reported}")


def _drawing(parts: Iterable[Markup], zero: float | None = None) -> Markup:
    grid = Markup('<path class="grid" d="M0 .5H1000M0 50H1000M0 99.5H1000"/>')
    if zero is not None:
        grid = Markup(
            '<path class="grid" d="M0 .5H1000M0 99.5H1000"/><path class="grid zero" d="M0 {:.1f}H1000"/>'
        ).format(zero)
    shapes = Markup("").join(map(escape, parts))
    return Markup(
        '<svg viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}{}</svg>'
    ).format(_WIDTH, _HEIGHT, grid, shapes)


def ticks(labels: Sequence[str], most: int = 5) -> list[str]:
    """Choose a few labels for under a chart, from the first to the last and evenly between."""
    if len(labels) <= most:
        return list(labels)
    return [labels[round(index * (len(labels) - 1) / (most - 1))] for index in range(most)]
