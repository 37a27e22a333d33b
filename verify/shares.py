"""The cycling share of a screenline: the quarters of its sites, paired and pooled (domain handbook, cycling share)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import lcm, sqrt
from typing import Final, NamedTuple, TypeAlias

from verify.calendar import LocalRange, NamedRange, buckets
from verify.comparison import Compared, Finding
from verify.counts import Count

BICYCLE: Final = "fiets"
Z: Final = 1.959964
BOUNDS: Final = ("ondergrens", "bovengrens", "gekalibreerdOndergrens", "gekalibreerdBovengrens")
"""The bounds of a share by their public names: Wilson's interval, and the range for counters that are off."""
HOUR: Final = timedelta(hours=1)
_WHY: Final = {
    "rij": "every mode was counted, but no share is published",
    "teller": "the cyclists are not those of the paired quarters",
    "noemer": "the traffic is not that of the paired quarters",
    "waargenomen": "not the quarters in which every mode was counted",
    "verwacht": "the calendar gives this bucket another number of intervals",
    "aandeel": "the share is not numerator by denominator, or is shown or withheld against the rule of 75 %",
    "ondergrens": "the interval is not Wilson's",
    "bovengrens": "the interval is not Wilson's",
    "gekalibreerdOndergrens": "not the range for counters that are off by the factors of the owner",
    "gekalibreerdBovengrens": "not the range for counters that are off by the factors of the owner",
}

Crossing: TypeAlias = tuple[str, str]
"""The site and the mode of a count that a share needs."""


Factors: TypeAlias = tuple[float, float]
"""The factors by which counters of bicycles may be off."""


class Pairing(NamedTuple):
    """The paired sums of one hour or more: cyclists, all traffic, and the intervals that are paired and expected."""

    cyclists: Decimal = Decimal()
    traffic: Decimal = Decimal()
    paired: int = 0
    expected: int = 0

    def __or__(self, other: "Pairing") -> "Pairing":
        """Add two of them."""
        return Pairing(
            self.cyclists + other.cyclists,
            self.traffic + other.traffic,
            self.paired + other.paired,
            self.expected + other.expected,
        )


class PublishedShare(NamedTuple):
    """One published row of shares; the bounds by their public names."""

    start: datetime
    end: datetime
    cyclists: Decimal
    traffic: Decimal
    paired: int
    expected: int
    share: Decimal | None
    bounds: Mapping[str, Decimal | None]


def bins_of(crossings: Mapping[Crossing, Sequence[Count]], modes: Iterable[str]) -> dict[datetime, Pairing]:
    """Pair the rows of all crossings, hour by hour; nothing is expected of an hour in which a mode is not counted."""
    hours: dict[datetime, dict[Crossing, list[Count]]] = defaultdict(dict)
    for crossing, rows in crossings.items():
        for row in rows:
            hours[row.start.replace(minute=0)].setdefault(crossing, []).append(row)
    needed = set(modes)
    found: dict[datetime, Pairing] = {}
    for hour, there in hours.items():
        found |= pair(hour, there) if {mode for _, mode in there} == needed else {}
    return found


def hours_of(bins: Mapping[datetime, Pairing]) -> dict[datetime, Pairing]:
    """Add up what was paired by the hour."""
    hours: dict[datetime, Pairing] = defaultdict(Pairing)
    for start, pairing in bins.items():
        hours[start.replace(minute=0)] |= pairing
    return dict(hours)


def pair(hour: datetime, crossings: Mapping[Crossing, Sequence[Count]]) -> dict[datetime, Pairing]:
    """Pair an hour on the grid of its crossings: bins that are not whole in all crossings are left out.

    Nothing is expected of a bin in which an interval of a crossing is not expected, because of its measuring window.
    """
    width = grid(row.end - row.start for rows in crossings.values() for row in rows)
    whole = {crossing: dict(_whole(rows, width)) for crossing, rows in crossings.items()}
    starts = [hour + number * width for number in range(HOUR // width)]
    closed = {_bin(row, width) for rows in crossings.values() for row in rows if not row.expected}
    return {
        start: Pairing() if start in closed else _paired({one: bins.get(start) for one, bins in whole.items()})
        for start in starts
    }


def grid(lengths: Iterable[timedelta]) -> timedelta:
    """Return the length of the bins in which intervals of these lengths can be paired: their least common multiple."""
    return timedelta(seconds=lcm(*(int(length.total_seconds()) for length in lengths)))


def _paired(crossings: Mapping[Crossing, Count | None]) -> Pairing:
    known = {crossing: row for crossing, row in crossings.items() if row is not None}
    spans = {row.valid for row in known.values()}
    if len(known) < len(crossings) or len(spans) != 1:
        return Pairing(expected=1)
    cyclists = total(row for (_, mode), row in known.items() if mode == BICYCLE)
    return Pairing(cyclists, total(known.values()), spans.pop(), 1)


def total(rows: Iterable[Count]) -> Decimal:
    """Add up the counts, leaving gaps out."""
    return sum((row.value for row in rows if row.value is not None), Decimal())


def _bin(row: Count, width: timedelta) -> datetime:
    """Return the start of the bin in which a row lies."""
    return row.start - (row.start - row.start.replace(minute=0)) % width


def _whole(rows: Sequence[Count], width: timedelta) -> Iterator[tuple[datetime, Count]]:
    bins: dict[datetime, list[Count]] = defaultdict(list)
    for row in rows:
        if row.value is not None:
            bins[_bin(row, width)].append(row)
    for start, inside in bins.items():
        if sum((row.end - row.start for row in inside), timedelta()) >= width:
            yield start, Count(start, start + width, total(inside), max(row.valid for row in inside), 1)


def share(pairing: Pairing) -> float | None:
    """Return the share; None under three quarters of coverage, or where nobody passed."""
    enough = pairing.expected > 0 and pairing.paired * 4 >= pairing.expected * 3
    return float(pairing.cyclists) / float(pairing.traffic) if enough and pairing.traffic else None


def wilson(part: float, whole: float) -> tuple[float, float]:
    """Return the Wilson interval of a proportion, z = 1.959964."""
    ratio, scale = part / whole, 1 + Z**2 / whole
    centre = (ratio + Z**2 / (2 * whole)) / scale
    half = Z * sqrt(ratio * (1 - ratio) / whole + Z**2 / (4 * whole**2)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def calibrated(part: float, whole: float, factor: float) -> float:
    """Return the share if the counters of bicycles see only 1/factor of the cyclists: aB / (aB + C)."""
    return factor * part / (factor * part + whole - part)


def compare_bins(
    what: str, published: Iterable[PublishedShare], bins: Mapping[datetime, Pairing], *, factors: Factors
) -> Iterator[Finding]:
    """Compare the published quarters, or coarser bins where a counter is coarser, with the paired ones."""
    rows = {row.start: row for row in published}
    for start in sorted({*rows, *bins}):
        name = f"{start:%Y-%m-%dT%H:%MZ}"
        row, ours = rows.get(start), bins.get(start, Pairing())
        if row is not None:
            yield from _compare(f"{what} per kwartier", NamedRange(name, start, row.end), row, ours, factors)
        else:
            yield Compared(f"{what} per kwartier", name, "rij", None, Decimal(ours.expected), _WHY["rij"])


def compare(
    what: str,
    interval: str,
    span: LocalRange,
    published: Iterable[PublishedShare],
    hours: Mapping[datetime, Pairing],
    *,
    factors: Factors,
) -> Iterator[Finding]:
    """Compare the published rows of one interval with the sums of the hours."""
    rows = {row.start: row for row in published}
    for bucket in buckets(interval, span):
        ours = pool(hours, bucket)
        row = rows.get(bucket.start)
        if row is not None:
            yield from _compare(f"{what} per {interval}", bucket, row, ours, factors)
        elif ours.expected:
            yield Compared(f"{what} per {interval}", bucket.name, "rij", None, Decimal(ours.expected), _WHY["rij"])


def pool(hours: Mapping[datetime, Pairing], bucket: NamedRange) -> Pairing:
    """Add up the hours of a bucket: first add, then divide, never the mean of shares."""
    pooled, at = Pairing(), bucket.start
    while at < bucket.end:
        pooled |= hours.get(at, Pairing())
        at += HOUR
    return pooled


def _compare(what: str, bucket: NamedRange, row: PublishedShare, ours: Pairing, factors: Factors) -> Iterator[Finding]:
    numbers = {
        "teller": (row.cyclists, ours.cyclists),
        "noemer": (row.traffic, ours.traffic),
        "waargenomen": (Decimal(row.paired), Decimal(ours.paired)),
        "verwacht": (Decimal(row.expected), Decimal(ours.expected)),
    }
    for name, (theirs, recomputed) in numbers.items():
        yield Compared(what, bucket.name, name, theirs, recomputed, _WHY[name])
    ratios = {"aandeel": share(ours), **bounds(ours, factors)}
    for name, ratio in {"aandeel": row.share, **row.bounds}.items():
        yield Compared(what, bucket.name, name, ratio, ratios[name], _WHY[name], exact=False)


def bounds(pairing: Pairing, factors: Factors) -> dict[str, float | None]:
    """Return both ranges of a share by their public names; empty where there is no share."""
    if share(pairing) is None:
        return dict.fromkeys(BOUNDS)
    part, whole = float(pairing.cyclists), float(pairing.traffic)
    return dict(zip(BOUNDS, (*wilson(part, whole), *(calibrated(part, whole, one) for one in factors)), strict=True))
