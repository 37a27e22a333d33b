"""The cycling share: every case of the handbook, and what must hold for any counts."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reasons import reason
from streams.domain.share import CrossingInterval, Paired, calibrated, pair, pool, share, wilson

pytestmark = pytest.mark.pure


def counted(bicycles: float, traffic: float) -> Paired:
    """Make one whole interval with these counts."""
    return Paired(bicycles, traffic, bicycles, traffic, paired=1, expected=1)


@pytest.mark.parametrize(
    ("bicycles", "traffic", "value", "low", "high"),
    [(312, 1040, 0.3, 0.2729, 0.3285), (3, 10, 0.3, 0.1078, 0.6032), (0, 20, 0.0, 0.0, 0.1611)],
)
def test_handbook_section_2_wilson(bicycles: float, traffic: float, value: float, low: float, high: float) -> None:
    """The interval of a share, at a handful as at a thousand."""
    found = share(counted(bicycles, traffic))
    assert found.value == pytest.approx(value)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_handbook_section_2_nobody_is_no_share() -> None:
    """0 of 0 is null, with its reason."""
    assert share(counted(0, 0)) == (None, None, None, None, None, 1.0, reason("nobody_counted"))


def test_handbook_section_2_pooled_and_not_the_mean_of_shares() -> None:
    """A 840 of 2100, B 410 of 4100, C 150 of 400; the mean of the three shares would be 0.2917."""
    found = share(pool([counted(840, 2100), counted(410, 4100), counted(150, 400)]))
    assert found.value == pytest.approx(0.212121, abs=1e-6)
    assert [found.low, found.high] == pytest.approx([0.2024, 0.2221], abs=5e-5)


def test_handbook_section_2_calibrated() -> None:
    """A bicycle counter that misses a tenth, and the range between the factors 0.8 and 1.4."""
    assert calibrated(312, 728, 1.1) == pytest.approx(0.3204, abs=5e-5)
    found = share(counted(312, 1040))
    assert found.calibrated_low == pytest.approx(0.2553, abs=5e-5)
    assert found.calibrated_high == pytest.approx(0.3750, abs=5e-5)


def quarters(bicycles: Sequence[float | None], cars: Sequence[float | None]) -> list[CrossingInterval]:
    """Put quarters of one crossing beside each other."""
    return [CrossingInterval((bike,), (car,)) for bike, car in zip(bicycles, cars, strict=True)]


def test_handbook_section_2_an_unpaired_quarter_gives_nothing() -> None:
    """Its bicycles included: 30 of 96, where 39 of 105 is wrong."""
    found = share(pair(quarters((10, 12, 9, 8), (20, 24, None, 22))))
    assert found.value == pytest.approx(0.3125)
    assert [found.low, found.high] == pytest.approx([0.2285, 0.4109], abs=5e-5)
    assert (found.coverage, found.withheld) == (0.75, None)


def test_under_three_quarters_it_is_withheld() -> None:
    """Two of four quarters: no share, no interval, but the coverage."""
    found = share(pair(quarters((10, 12, 9, None), (20, 24, None, 22))))
    assert found == (None, None, None, None, None, 0.5, reason("coverage_below", valid=50, needed=75))


TELRAAM = {"bike": 97.53, "car": 118.52, "heavy": 3.7, "pedestrian": 12.35}


@pytest.mark.parametrize(
    ("others", "value"), [(("car", "heavy"), 0.4438), (("car", "heavy", "pedestrian"), 0.4202)], ids=["motor", "all"]
)
def test_handbook_section_2_telraam_hour(others: Sequence[str], value: float) -> None:
    """Scaled counts give the share of two named denominators."""
    found = share(pair([CrossingInterval((TELRAAM["bike"],), [TELRAAM[mode] for mode in others], uptime=0.81)]))
    assert found.value == pytest.approx(value, abs=5e-5)


def test_handbook_section_2_chance_is_of_what_was_seen() -> None:
    """79 of 178 in 81 % of the hour, not 97.53 of 219.75."""
    found = share(pair([CrossingInterval((TELRAAM["bike"],), (TELRAAM["car"], TELRAAM["heavy"]), uptime=0.81)]))
    assert [found.low, found.high] == pytest.approx([0.3728, 0.5172], abs=5e-5)


def test_every_mode_of_every_crossing_must_be_valid() -> None:
    """Two directions and two sites: one gap among them unpairs the interval, and so does an uptime of 0."""
    whole = CrossingInterval((5.0, 7.0), (10.0, 3.0, 20.0, 5.0))
    assert pair([whole]) == Paired(12, 50, 12, 50, paired=1, expected=1)
    for torn in (
        whole._replace(bicycles=(5.0, None)),
        whole._replace(others=(10.0, 3.0, None, 5.0)),
        whole._replace(others=()),
        whole._replace(uptime=0.0),
    ):
        assert pair([torn]) == Paired(expected=1)


def test_where_nothing_is_expected_a_mode_was_not_counted() -> None:
    """A mode that nobody counts makes no zero."""
    assert share(pair([])).withheld == reason("modes_missing")


COUNT = st.integers(0, 100_000)
PARTS = st.builds(lambda bikes, rest: counted(bikes, bikes + rest), COUNT, COUNT)
QUARTERS = st.lists(st.tuples(st.none() | COUNT, st.none() | COUNT), max_size=40)


@given(PARTS)
def test_a_share_lies_in_its_interval_and_both_between_0_and_1(part: Paired) -> None:
    """Whatever was counted."""
    found = share(part)
    if found.value is None or found.low is None or found.high is None:
        assert part.traffic == 0
        return
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert found.calibrated_low is not None
    assert found.calibrated_high is not None
    assert 0 <= found.calibrated_low <= found.value <= found.calibrated_high <= 1


@given(COUNT, COUNT, st.integers(1, 1000))
def test_more_bicycles_are_not_less_share(bicycles: int, others: int, more: int) -> None:
    """Nor is the interval lower."""
    if bicycles + others == 0:
        return
    fewer, rather = (share(counted(bikes, bikes + others)) for bikes in (bicycles, bicycles + more))
    assert rather.value is not None
    assert fewer.value is not None
    assert rather.value >= fewer.value
    assert wilson(bicycles + more, bicycles + more + others)[0] >= wilson(bicycles, bicycles + others)[0] - 1e-12


@given(QUARTERS, st.randoms(use_true_random=False))
def test_the_order_of_intervals_does_not_matter(counts: list[tuple[int | None, int | None]], shuffler: object) -> None:
    """Late data end in the same sums."""
    intervals = [CrossingInterval((bike,), (car,)) for bike, car in counts]
    other = list(intervals)
    shuffler.shuffle(other)  # type: ignore[attr-defined] # hypothesis hands out a Random
    assert share(pair(other)) == share(pair(intervals))


@given(st.lists(PARTS, max_size=6), st.lists(PARTS, max_size=6), st.lists(PARTS, max_size=6))
def test_any_period_is_a_sum_of_its_parts(one: list[Paired], two: list[Paired], three: list[Paired]) -> None:
    """Days into months or hours into weeks: pooled in any grouping it is the same."""
    grouped = pool([pool([pool(one), pool(two)]), pool(three)])
    assert grouped == pool([pool(one), pool([pool(two), pool(three)])]) == pool([*one, *two, *three])
