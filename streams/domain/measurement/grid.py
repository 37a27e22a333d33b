"""From measured intervals to rows of the grid: a value goes where its middle lies, time counts where it was covered."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from math import fsum
from operator import or_
from typing import Final, NamedTuple

from schemas.quality_flags import FEW_SAMPLES
from streams.domain.datastreams import ValidDatastream
from streams.domain.measurement.intervals import MeasuredInterval, rhythm

NEEDED: Final = 0.75
"""The part of the expected samples under which a mean is excluded."""


class GridRow(NamedTuple):
    """One interval of the grid, by its start in microseconds: what an observation of it holds."""

    started_at: int
    value: float | None
    uptime: float
    quality_flags: int
    received_at: int


class _Span(NamedTuple):
    """One interval of the grid, and what lies in it at least in part."""

    low: int
    high: int
    ones: Sequence[MeasuredInterval]

    def middles(self) -> list[MeasuredInterval]:
        return [one for one in self.ones if self.low <= one.middle < self.high]

    def only(self, ones: Iterable[MeasuredInterval]) -> "_Span":
        return self._replace(ones=list(ones))

    def covered(self) -> float:
        """Return the covered part, each moment once: where intervals overlap, by the one with the most uptime."""
        part, before = 0.0, 0
        for uptime in sorted({one.uptime for one in self.ones}, reverse=True):
            length = self._union(one for one in self.ones if one.uptime >= uptime)
            part += uptime * ((length - before) / (self.high - self.low))
            before = length
        return min(part, 1.0)

    def overlap(self, one: MeasuredInterval) -> int:
        return min(one.ended_at, self.high) - max(one.started_at, self.low)

    def _union(self, ones: Iterable[MeasuredInterval]) -> int:
        length, until = 0, self.low
        for one in sorted(ones, key=lambda one: one.started_at):
            start, end = max(one.started_at, until), min(one.ended_at, self.high)
            length += max(end - start, 0)
            until = max(until, end)
        return length


def touched(one: MeasuredInterval, step: int) -> Iterator[int]:
    """Return the starts of the intervals of the grid in which an interval lies at least in part."""
    first = one.started_at - one.started_at % step
    yield from range(first, max(one.ended_at, first + 1), step)


def grid(found: Iterable[MeasuredInterval], stream: ValidDatastream) -> dict[int, GridRow]:
    """Return all rows of the grid that follow from intervals, by their starts; what is not measured has none."""
    step = rhythm(stream).interval
    lying: dict[int, list[MeasuredInterval]] = {}
    for one in found:
        for start in touched(one, step):
            lying.setdefault(start, []).append(one)
    rows = (_row(_Span(start, start + step, ones), stream) for start, ones in lying.items())
    return {row.started_at: row for row in rows if row is not None}


def _row(span: _Span, stream: ValidDatastream) -> GridRow | None:
    counting = span.only(one for one in span.ones if one.counts)
    excluded = _excluded(span.only(one for one in span.ones if not one.counts))
    if stream.rule.sampling == "sample":
        return _mean(counting, stream) or excluded
    return _sum(counting) or excluded or _zero(counting)


def _sum(span: _Span) -> GridRow | None:
    """Add up what has its middle here."""
    middles = span.middles()
    if not middles:
        return None
    return _of(span, fsum(one.value or 0.0 for one in middles), span.covered(), middles)


def _zero(span: _Span) -> GridRow | None:
    """Nothing has its middle here: it was counted, and is zero, where at least half of the time is covered."""
    covered = span.covered()
    return None if covered < 1 / 2 else _of(span, 0.0, covered, span.ones)


def _mean(span: _Span, stream: ValidDatastream) -> GridRow | None:
    """Average intervals that were stated, each by the time that it covers here; else samples."""
    stated = span.only(one for one in span.ones if one.started_at != one.ended_at)
    covered = stated.covered()
    if stated.middles() or covered >= 1 / 2:
        return _of(span, _weighted(stated), covered, stated.ones)
    samples = [one for one in span.ones if one.started_at == one.ended_at]
    return _sampled(span.only(samples), stream) if samples else None


def _weighted(span: _Span) -> float:
    if len({one.value for one in span.ones}) == 1:
        return span.ones[0].value or 0.0  # exactly: a product and a quotient may round
    weights = [(span.overlap(one), one.value or 0.0) for one in span.ones]
    return fsum(weight * value for weight, value in weights) / sum(weight for weight, _ in weights)


def _sampled(span: _Span, stream: ValidDatastream) -> GridRow:
    """Average samples: as many are expected as the sensor takes in one interval."""
    lengths = rhythm(stream)
    part = len(span.ones) / max(1, lengths.interval // lengths.every)
    mean = fsum(one.value or 0.0 for one in span.ones) / len(span.ones)
    row = _of(span, mean, min(1.0, part), span.ones)
    return row if part >= NEEDED else row._replace(quality_flags=row.quality_flags | FEW_SAMPLES)


def _excluded(span: _Span) -> GridRow | None:
    """Keep the last excluded value, if any, of a row in which nothing counts."""
    ones = span.middles()
    if not ones:
        return None
    last = max(ones, key=lambda one: (one.value is not None, one.ended_at, one.received_at, one.value or 0.0))
    return _of(span, last.value, span.only(ones).covered(), ones)


def _of(span: _Span, value: float | None, uptime: float, ones: Sequence[MeasuredInterval]) -> GridRow:
    flags = reduce(or_, (one.quality_flags for one in ones))
    return GridRow(span.low, value, uptime, flags, max(one.received_at for one in ones))
