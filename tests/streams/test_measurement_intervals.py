"""What frames are counts of: increments since the frame before, differences of running totals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.quality_flags import GAP_WHOLE, OUT_OF_RANGE, RESTARTED, STATUS_BAD
from streams.domain.measurement.identity import SensorMeasurement
from streams.domain.measurement.intervals import SECOND, intervals
from tests.streams.measurements import START, frame, rows, sampled, stated, total
from tests.streams.observations import NOON

pytestmark = pytest.mark.pure

Found = tuple[float, float, float | None, int]


def found(ones: list[SensorMeasurement], **rule: object) -> list[Found]:
    """Give the intervals in order: from, until (seconds after NOON), value and flags."""
    each = intervals(ones, sampled(**rule))  # type: ignore[arg-type] # as the caller says
    return sorted(
        ((one.started_at - START) / SECOND, (one.ended_at - START) / SECOND, one.value, one.quality_flags)
        for one in each
    )


@pytest.mark.parametrize(("gap", "start"), [(600, 0), (900, 0), (901, 301), (30_000, 29_400)])
def test_an_increment_covers_the_time_since_the_frame_before(gap: int, start: int) -> None:
    """Up to one and a half times the rhythm of the sensor; else as long as it speaks."""
    assert found([frame(4, 0), frame(6, gap)], every=600)[1] == (start, gap, 6, 0)


def test_the_first_increment_covers_as_long_as_the_sensor_speaks() -> None:
    """But nothing before the equipment was there."""
    assert found([frame(4, 600)], every=600) == [(0, 600, 4, 0)]
    assert found([frame(4, 600)], every=600, valid_from=NOON.replace(minute=5)) == [(300, 600, 4, 0)]


def test_what_does_not_count_still_ends_the_time_before_it() -> None:
    """The count after it began when the device spoke, whatever it said."""
    ones = [frame(4, 0), frame(None, 600), frame(-65_530, 1200), frame(7, 1800)]
    assert found(ones, every=600)[1:] == [(0, 600, None, 0), (600, 1200, -65_530, OUT_OF_RANGE), (1200, 1800, 7, 0)]


def test_frames_of_one_instant_add_up() -> None:
    """They cover the same time, and are two counts."""
    ones = [frame(4, 0), frame(6, 600, 1), frame(1, 600, 2)]
    assert found(ones, every=600)[1:] == [(0, 600, 1, 0), (0, 600, 6, 0)]


@pytest.mark.parametrize(("value", "flags"), [(2000, 0), (2001, OUT_OF_RANGE), (-1, OUT_OF_RANGE)])
def test_a_delayed_frame_is_judged_by_the_rhythm_of_its_sensor(value: float, flags: int) -> None:
    """It comes ten seconds before the next, with a quarter of an hour in it."""
    assert found([frame(0, 890), frame(value, 900)])[1] == (890, 900, value, flags)


@pytest.mark.parametrize(("length", "value", "flags"), [(450, 1000, 0), (450, 1001, OUT_OF_RANGE), (1350, 3000, 0)])
def test_a_stated_interval_is_judged_by_its_length(length: int, value: float, flags: int) -> None:
    """2,000 a quarter at most."""
    assert found([stated(value, 3, 3 + length)]) == [(3, 3 + length, value, flags)]


def test_what_states_its_interval_stands_over_frames_in_it() -> None:
    """A file of the same time is imported beside what the radio brought: nobody is counted twice."""
    frames = [frame(4, 905), frame(6, 1805), frame(7, 2705)]
    assert found([*frames, stated(10, 0, 900), stated(20, 900, 1800)]) == [
        (0, 900, 10, 0), (900, 1800, 20, 0), (1805, 2705, 7, 0),
    ]  # fmt: skip


def test_a_difference_of_totals_covers_the_time_between() -> None:
    """Nothing follows from the first; a new session keeps the register."""
    ones = [frame(1313, 0, 400), frame(1330, 900, 401), frame(1335, 1800, 0, run=2)]
    assert found(ones, sampling="cumulative") == [(0, 900, 17, 0), (900, 1800, 5, 0)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [({}, []), ({"restart": "counts"}, [(0, 900, 4, RESTARTED)]), ({"bits": 16}, []),
     ({"bits": 16, "restart": "counts"}, [(0, 900, 4, RESTARTED)])],
)  # fmt: skip
def test_a_total_below_the_one_before_is_a_restart(rule: dict[str, object], expected: list[Found]) -> None:
    """Where the register cannot have rolled over: 64,210 in a quarter are not plausible."""
    assert found([frame(1330, 0), frame(4, 900)], sampling="cumulative", **rule) == expected


@pytest.mark.parametrize(("bits", "before"), [(8, 250), (16, 65_530), (24, 16_777_210)])
def test_a_register_rolls_over_where_that_is_plausible(bits: int, before: int) -> None:
    """Six to the end, and four."""
    assert found([frame(before, 0), frame(4, 900)], sampling="cumulative", bits=bits) == [(0, 900, 10, 0)]


@pytest.mark.parametrize("gap", ["missing", "whole"])
@pytest.mark.parametrize(
    ("restart", "expected"), [("unknown", []), ("counts", [(226, 1125, 4, GAP_WHOLE | RESTARTED)])]
)
def test_a_register_does_not_roll_over_across_a_gap(gap: str, restart: str, expected: list[Found]) -> None:
    """Of a longer time almost any difference is plausible: who knows that the device did not begin again."""
    ones = [frame(65_530, 0), frame(4, 1351)]
    each = found(ones, sampling="cumulative", bits=16, gap=gap, restart=restart)
    assert [(round(low), round(high), *rest) for low, high, *rest in each] == (expected if gap == "whole" else [])
    assert found([frame(65_530, 0), frame(4, 1350)], sampling="cumulative", bits=16) == [(0, 1350, 10, 0)]


@pytest.mark.parametrize(("gap", "expected"), [("missing", []), ("whole", [(4050, 4950, 90, GAP_WHOLE)])])
def test_the_difference_over_lost_frames_is_missing_or_whole(gap: str, expected: list[Found]) -> None:
    """Whole it lies on the middle of the gap, and covers as long as the sensor speaks there: the rest is no zero."""
    ones = [frame(10, 0), frame(100, 9000)]
    assert [
        (round(low), round(high), *rest) for low, high, *rest in found(ones, sampling="cumulative", gap=gap)
    ] == expected
    assert rows(ones, sampled("cumulative", gap=gap)) == ({} if gap == "missing" else {4500: (90, 0.5, GAP_WHOLE)})


def test_an_implausible_difference_is_kept_and_excluded() -> None:
    """2,000 a quarter at most."""
    assert found([frame(0, 0), frame(2001, 900)], sampling="cumulative") == [(0, 900, 2001, OUT_OF_RANGE)]


def test_what_is_no_total_is_passed_over() -> None:
    """Nothing, a broken device, less than nothing, more than fits: the difference is to the total before."""
    nothing = [frame(None, 300), frame(9, 400, quality_flags=STATUS_BAD), frame(-1, 500), frame(70_000, 600)]
    each = found([frame(10, 0), *nothing, frame(17, 900)], sampling="cumulative", bits=16)
    assert [one for one in each if one[2] is not None] == [(0, 900, 7, 0)]
    assert len(each) == 5


def test_of_totals_of_one_instant_the_last_stands() -> None:
    """The highest number, else what was received last."""
    ones = [frame(10, 0), frame(15, 900, 8), frame(14, 900, 7), frame(20, 1800)]
    assert found(ones, sampling="cumulative") == [(0, 900, 5, 0), (900, 1800, 5, 0)]


@given(
    counts=st.lists(st.integers(0, 2000), min_size=2, max_size=40),
    lost=st.sets(st.integers(0, 39), max_size=12),
    restarts=st.sets(st.integers(1, 39), max_size=3),
    start=st.integers(0, 20_000),
    whole=st.booleans(),
    after=st.booleans(),
)
def test_totals_say_what_a_plain_account_says(
    counts: list[int], lost: set[int], restarts: set[int], start: int, *, whole: bool, after: bool
) -> None:
    """A counter is played quarter by quarter; frames are lost, the device restarts, or its register rolls over.

    With restarts the register is one of 24 bits, which cannot roll over by mistake; else of 16, begun near its end:
    where it rolls over unseen, that is a restart too.
    """
    bits = 24 if restarts else 16
    register = start if restarts else 2**16 - 1 - start
    expected, since, last, before = 0.0, 0, None, 0  # `since` the last frame that came; less than 0: with a restart
    for number, count in enumerate(counts):
        if number in restarts:
            register, since = 0, -1_000_000_000
        register = (register + count) % 2**bits
        since += count
        if number in lost:
            continue
        if last is not None and (number - last == 1 or whole):
            restarted = register < before and (since < 0 or number - last > 1)
            known = (register if after else 0) if restarted else since if since >= 0 else register - before
            length = (number - last) * 2000
            expected += known if known <= length else 0
        before, since, last = register, 0, number
    played, register = [], start if restarts else 2**16 - 1 - start
    for number, count in enumerate(counts):
        register = ((0 if number in restarts else register) + count) % 2**bits
        if number not in lost:
            played.append(frame(register, 900 * number + 17, number))
    rule = sampled(
        "cumulative", bits=bits, gap="whole" if whole else "missing", restart="counts" if after else "unknown"
    )
    assert total(played, rule) == expected
