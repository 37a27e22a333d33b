"""Recomputing shares: pairing, pooling and their intervals, by the examples of the handbook."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from verify import shares
from verify.calendar import LocalRange, buckets
from verify.checks import can_be_laid_together
from verify.comparison import Compared
from verify.counts import QUARTER, Count
from verify.shares import BOUNDS, Crossing, Pairing, PublishedShare, bins_of, calibrated, hours_of, share, wilson

pytestmark = pytest.mark.pure

SIX = datetime(2026, 5, 12, 6, tzinfo=UTC)
MOTOR = ["fiets", "personenauto"]


def rows(*values: float | None, start: datetime = SIX, length: timedelta = QUARTER, spans: int = 1) -> list[Count]:
    """Intervals that follow each other; None is a gap."""
    return [
        Count(
            start + place * length,
            start + (place + 1) * length,
            None if value is None else Decimal(str(value)),
            0 if value is None else spans,
            1,
        )
        for place, value in enumerate(values)
    ]


def pair(crossings: dict[Crossing, list[Count]]) -> Pairing:
    """What can be paired of the hour from six on."""
    return hours_of(bins_of(crossings, {mode for _, mode in crossings}))[SIX]


def pooled(part: int, whole: int) -> Pairing:
    """An hour that was counted whole."""
    return Pairing(Decimal(part), Decimal(whole), 4, 4)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(312, 1040, 0.2729, 0.3285), (3, 10, 0.1078, 0.6032), (0, 20, 0.0, 0.1611), (1400, 6600, 0.2024, 0.2221)],
)
def test_handbook_share_wilson(part: int, whole: int, low: float, high: float) -> None:
    """The interval of sampling, at 95 %."""
    assert [round(bound, 4) for bound in wilson(part, whole)] == [low, high]


def test_handbook_share_of_nobody_is_none() -> None:
    """0 of 0 is no share; 312 of 1040 is 0.3."""
    assert share(pooled(0, 0)) is None
    assert share(pooled(312, 1040)) == 0.3


def test_handbook_share_is_pooled_never_averaged() -> None:
    """A 840/2100, B 410/4100, C 150/400 is 0.212121; the mean of shares 0.2917 is wrong."""
    together = pooled(840, 2100) | pooled(410, 4100) | pooled(150, 400)
    assert share(together) == pytest.approx(0.212121, abs=5e-7)


def test_handbook_share_calibrated() -> None:
    """B=312, C=728: a=1.1 gives 0.3204, a=0.8 to 1.4 gives 0.2553 to 0.3750."""
    assert [round(calibrated(312, 1040, a), 4) for a in (1.1, 0.8, 1.4)] == [0.3204, 0.2553, 0.375]


def test_handbook_share_is_paired() -> None:
    """Bike 10, 12, 9, 8; car 20, 24, none, 22: 30/96 with three of four quarters, published."""
    found = pair({("a", "fiets"): rows(10, 12, 9, 8), ("a", "personenauto"): rows(20, 24, None, 22)})
    assert found == Pairing(Decimal(30), Decimal(96), 3, 4)
    assert share(found) == 0.3125
    assert [round(bound, 4) for bound in wilson(30, 96)] == [0.2285, 0.4109]


def test_handbook_share_telraam_hour_fractional() -> None:
    """Bike 97.53, car 118.52, heavy 3.7, pedestrian 12.35: motor 0.4438, all 0.4202."""
    hour = timedelta(hours=1)
    crossings = {
        ("t", "fiets"): rows(97.53, length=hour),
        ("t", "personenauto"): rows(118.52, length=hour),
        ("t", "vrachtverkeer"): rows(3.7, length=hour),
    }
    assert round(share(pair(crossings)) or 0, 4) == 0.4438
    assert round(share(pair(crossings | {("t", "voetganger"): rows(12.35, length=hour)})) or 0, 4) == 0.4202


def test_under_three_quarters_there_is_no_share() -> None:
    """Numerator and denominator stay."""
    found = pair({("a", "fiets"): rows(10, 12, 9, 8), ("a", "personenauto"): rows(20, None, None, 22)})
    assert found == Pairing(Decimal(18), Decimal(60), 2, 4)
    assert share(found) is None


def test_a_coarse_counter_pairs_with_four_whole_quarters() -> None:
    """Cars by the hour: of the bicycles every quarter is needed, or the hour is not paired."""
    cars = {("a", "personenauto"): rows(100, length=timedelta(hours=1))}
    assert pair(cars | {("a", "fiets"): rows(1, 2, 3, 4)}) == Pairing(Decimal(10), Decimal(110), 1, 1)
    assert pair(cars | {("a", "fiets"): rows(1, 2, None, 4)}) == Pairing(Decimal(0), Decimal(0), 0, 1)


def test_intervals_of_which_none_holds_the_other_pair_on_their_common_multiple() -> None:
    """Quarters beside twenty minutes make hours, and twenty minutes beside half hours too; a gap takes all of it."""
    twenty = timedelta(minutes=20)
    cars = {("a", "personenauto"): rows(100, 110, 130, length=twenty)}
    assert pair(cars | {("a", "fiets"): rows(10, 10, 10, 10)}) == Pairing(Decimal(40), Decimal(380), 1, 1)
    assert pair(cars | {("a", "fiets"): rows(10, 10, 10, None)}) == Pairing(expected=1)
    assert pair(cars | {("a", "fiets"): rows(20, 20, length=2 * QUARTER)}) == Pairing(Decimal(40), Decimal(380), 1, 1)


@pytest.mark.parametrize(
    ("grids", "possible"),
    [((900, 900), True), ((900, 3600), True), ((900, 1200), True), ((60, 900), True), ((60, 60), False),
     ((60, 1200), False), ((600, 900), False), ((600, 1200), True), ((1800, 600), False), ((3600, 60), True)],
)  # fmt: skip
def test_what_can_be_paired_from_public_rows(grids: tuple[int, int], possible: bool) -> None:  # noqa: FBT001 - a table
    """Where the rows by the quarter, 15 minutes for minutes and 20 for 600 s, add up to the grid of all streams."""
    assert can_be_laid_together(grids) is possible


def test_a_merged_row_pairs_only_with_a_merged_row() -> None:
    """Both hold two autumn hours, or they do not speak of the same time."""
    merged = rows(4, 4, 4, 4, spans=2)
    assert pair({("a", "fiets"): merged, ("b", "personenauto"): merged}).paired == 8
    assert pair({("a", "fiets"): merged, ("b", "personenauto"): rows(4, 4, 4, 4)}).paired == 0


def test_while_a_mode_is_not_counted_nothing_is_expected() -> None:
    """A mode that nobody counts makes another indicator, not a zero."""
    next_hour = rows(1, 1, 1, 1, start=SIX + timedelta(hours=1))
    crossings = {("a", "fiets"): rows(1, 1, 1, 1) + next_hour, ("a", "personenauto"): next_hour}
    assert hours_of(bins_of(crossings, MOTOR)) == {SIX + timedelta(hours=1): pooled(4, 8)}


def test_a_published_share_that_is_a_mean_of_shares_is_a_difference() -> None:
    """Two hours 1/10 and 9/10 of unequal traffic; every number beside it is right."""
    span = LocalRange(date(2026, 5, 12), date(2026, 5, 12), ZoneInfo("Europe/Amsterdam"))
    (day,) = buckets("dag", span)
    hours = {SIX: pooled(10, 100), SIX + timedelta(hours=1): pooled(9, 10)}
    right = dict(zip(BOUNDS, (*wilson(19, 110), *(calibrated(19, 110, a) for a in (0.8, 1.4))), strict=True))
    row = PublishedShare(day.start, day.end, Decimal(19), Decimal(110), 8, 8, Decimal("0.5"), _decimals(right))
    found = [
        one for one in shares.compare("x", "dag", span, [row], hours, factors=(0.8, 1.4)) if isinstance(one, Compared)
    ]
    assert [(one.name, one.recomputed) for one in found if one.differs] == [("aandeel", 19 / 110)]


def _decimals(bounds: dict[str, float]) -> dict[str, Decimal | None]:
    return {name: Decimal(repr(bound)) for name, bound in bounds.items()}
