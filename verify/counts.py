"""Sums of counts: the count of a bucket from the quarters in it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from verify.calendar import LocalRange, NamedRange, buckets
from verify.comparison import Compared, Finding, Unchecked

QUARTER: Final = timedelta(minutes=15)
_ROWS: Final = (900, 1200, 1800, 3600)
_WHY: Final = {
    "waarde": "the count is not the sum of its quarters",
    "waargenomen": "more or fewer intervals are published as measured than there are",
    "verwacht": "the calendar gives this bucket another number of intervals",
    "vlaggen": "the flags are not those of its quarters: so many are in both, of so many in either",
    "einde": "the bucket ends at another moment on the local calendar",
    "rij": "the bucket has quarters, but is not published",
    "richtingen": "the directions do not add up to what is published of the site",
}
_TOO_FINE: Final = (
    "the counter speaks more often than is published: an incomplete hour cannot be added up from quarters"
)


def row_length(seconds: int) -> int:
    """Return the seconds of a row by the quarter on a grid: a whole number of bins, at least 900, a divisor of 3600."""
    return next(length for length in _ROWS if length % seconds == 0)


class Count(NamedTuple):
    """One published row of counts, or a sum of such rows; its value is None for a gap, which is no zero.

    `flags` are the codes of what is doubted of all that was observed in it, counted or not.
    """

    start: datetime
    end: datetime
    value: Decimal | None
    valid: int
    expected: int
    flags: frozenset[str] = frozenset()

    @property
    def merged(self) -> bool:
        """Return whether one row holds more intervals than it expects: both hours of an autumn night."""
        return self.valid > self.expected

    @property
    def enough(self) -> bool:
        """Return whether three quarters of the expected intervals were measured."""
        return self.expected > 0 and self.valid * 4 >= self.expected * 3


class CountSeries:
    """Rows of counts in order of time."""

    def __init__(self, rows: Iterable[Count]) -> None:
        self.rows = sorted(rows)
        self._starts = [row.start for row in self.rows]

    def within(self, bucket: NamedRange) -> Sequence[Count]:
        """Return the rows that begin in a bucket."""
        return self.rows[bisect_left(self._starts, bucket.start) : bisect_left(self._starts, bucket.end)]

    def total(self, bucket: NamedRange) -> Count:
        """Return the sum of a bucket."""
        return add(self.within(bucket), bucket)


def compare_directions(what: str, together: CountSeries, each: Sequence[CountSeries]) -> Iterator[Finding]:
    """Compare the quarters of a site with those of its directions, added up."""
    apart = [{(row.start, row.end): row.value for row in series.rows} for series in each]
    for row in together.rows:
        values = [direction.get((row.start, row.end)) for direction in apart]
        known = [value for value in values if value is not None]
        if row.value is not None and len(known) == len(values):
            name = f"{row.start:%Y-%m-%dT%H:%MZ}"
            yield Compared(
                f"{what} per kwartier", name, "richtingen", row.value, sum(known, Decimal()), _WHY["richtingen"]
            )


def add(rows: Sequence[Count], bucket: NamedRange) -> Count:
    """Add up rows, leaving gaps out; where all are gaps the sum has no value."""
    values = [row.value for row in rows if row.value is not None]
    valid = sum(row.valid for row in rows if row.value is not None)
    value, expected = sum(values, Decimal()) if values else None, sum(row.expected for row in rows)
    flags = frozenset[str]().union(*(row.flags for row in rows))
    return Count(bucket.start, bucket.end, value, valid, expected, flags)


def compare(
    what: str, interval: str, span: LocalRange, published: Iterable[Count], series: CountSeries, *, fine: bool = False
) -> Iterator[Finding]:
    """Compare the published rows of one interval with sums; `fine` where counters have intervals under a quarter."""
    rows = {row.start: row for row in published}
    for bucket in buckets(interval, span):
        yield from _compare(f"{what} per {interval}", bucket, rows, series.total(bucket), fine=fine)


def _compare(
    what: str, bucket: NamedRange, rows: Mapping[datetime, Count], ours: Count, *, fine: bool
) -> Iterator[Finding]:
    row = rows.get(bucket.start)
    if row is None:
        if ours.expected:
            yield Compared(what, bucket.name, "rij", None, Decimal(ours.expected), _WHY["rij"])
        return
    if row.end != bucket.end:
        theirs, real = (Decimal((end - bucket.start) // QUARTER) for end in (row.end, bucket.end))
        yield Compared(what, bucket.name, "einde", theirs, real, _WHY["einde"])
    either, both = row.flags | ours.flags, row.flags & ours.flags
    yield Compared(what, bucket.name, "vlaggen", Decimal(len(both)), Decimal(len(either)), _WHY["vlaggen"])
    yield from _fine(what, bucket, row, ours) if fine else _same(what, bucket, row, ours)


def _same(what: str, bucket: NamedRange, row: Count, ours: Count) -> Iterator[Finding]:
    yield Compared(what, bucket.name, "waarde", row.value, ours.value, _WHY["waarde"])
    yield Compared(what, bucket.name, "waargenomen", Decimal(row.valid), Decimal(ours.valid), _WHY["waargenomen"])
    yield Compared(what, bucket.name, "verwacht", Decimal(row.expected), Decimal(ours.expected), _WHY["verwacht"])


def _fine(what: str, bucket: NamedRange, row: Count, ours: Count) -> Iterator[Finding]:
    """Compare an hour of a counter with intervals under a quarter: only where all its quarters were measured whole."""
    if ours.valid < ours.expected or ours.expected < (bucket.end - bucket.start) // QUARTER:
        yield Unchecked(what, bucket.name, _TOO_FINE)
        return
    yield Compared(what, bucket.name, "waarde", row.value, ours.value, _WHY["waarde"])
    yield Compared(what, bucket.name, "waargenomen", Decimal(row.valid), Decimal(row.expected), _WHY["waargenomen"])
