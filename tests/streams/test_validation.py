"""Quality flags are attached, nothing is dropped; what no table could hold is refused."""

from datetime import timedelta

import pytest

from schemas.quality_flags import DST_MERGED, FROM_THE_FUTURE, OUT_OF_RANGE, RECEIVED_TIME
from streams.domain.validation import unstorable, validate
from tests.streams.observations import NOON, QUARTER, seen, stream

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("value", "quality_flags"), [(0, 0), (2000, 0), (2001, OUT_OF_RANGE), (-1, OUT_OF_RANGE), (None, 0)]
)
def test_a_count_is_plausible_or_flagged(value: float | None, quality_flags: int) -> None:
    """The bounds themselves are plausible, and no value at all is not implausible."""
    assert validate(seen(value), stream()) == quality_flags


def test_a_row_of_two_autumn_hours_may_hold_twice_as_much() -> None:
    """The quality flag it came with stays, and gives it room."""
    assert validate(seen(3000, quality_flags=DST_MERGED), stream()) == DST_MERGED
    assert validate(seen(4001, quality_flags=DST_MERGED), stream()) == DST_MERGED | OUT_OF_RANGE


def test_a_clock_may_run_a_minute_fast() -> None:
    """More than a minute ahead is a quality flag."""
    end = NOON + QUARTER
    assert validate(seen(received_at=end - timedelta(minutes=1)), stream()) == 0
    assert validate(seen(received_at=end - timedelta(seconds=61)), stream()) == FROM_THE_FUTURE


def test_quality_flags_add_up() -> None:
    """What the dialect flagged is kept beside what we quality flag."""
    flagged = seen(9999, quality_flags=RECEIVED_TIME, received_at=NOON)
    assert validate(flagged, stream()) == RECEIVED_TIME | OUT_OF_RANGE | FROM_THE_FUTURE


@pytest.mark.parametrize(
    "impossible",
    [
        seen(float("nan")),
        seen(float("inf")),
        seen(-1e12),
        seen(uptime=1.5),
        seen(uptime=float("nan")),
        seen(ended_at=NOON - QUARTER),
        seen(run=1, number=-1),
        seen(run=1, number=2**63),
        seen(run=2**63, number=1),
    ],
)
def test_what_no_table_could_hold_is_refused_with_a_reason(impossible: object) -> None:
    """One such row would take its whole batch along."""
    assert unstorable(impossible)  # type: ignore[arg-type] # the parameters are observations


def test_an_ordinary_observation_is_keepable() -> None:
    """A null is an answer too."""
    assert unstorable(seen()) is None
    assert unstorable(seen(None)) is None
    assert unstorable(seen(run=-(2**63) + 1, number=2**63 - 1)) is None
