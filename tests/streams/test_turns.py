"""Whose turn it is: every time zone has its own, nobody is left out for long, and who is busy is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.turns import OwnerTurn, Turn, free, turns

pytestmark = pytest.mark.pure

OWNERS = st.lists(
    st.builds(
        OwnerTurn, st.sampled_from("abcdef"), st.sampled_from(("Azores", "Amsterdam", "Helsinki")), st.booleans()
    ),
    max_size=6,
    unique_by=lambda one: one.owner,
)


def test_one_time_zone_in_which_nobody_is_busy_is_one_turn_for_all() -> None:
    """The usual case."""
    assert turns([OwnerTurn("a", "Amsterdam", free=True), OwnerTurn("b", "Amsterdam", free=True)], "Amsterdam") == [
        Turn("Amsterdam", ["a", "b"], whole=True)
    ]


def test_who_is_busy_or_elsewhere_is_not_held() -> None:
    """A zone is whole when all of its own are."""
    owners = [
        OwnerTurn("a", "Amsterdam", free=True),
        OwnerTurn("b", "Amsterdam", free=False),
        OwnerTurn("c", "Azores", free=True),
    ]
    assert turns(owners) == [Turn("Amsterdam", ["a"], whole=False), Turn("Azores", ["c"], whole=True)]
    assert free(owners) == ["a", "c"]


def test_without_anybody_free_there_is_no_turn() -> None:
    """Nor where there is nobody."""
    assert turns([]) == turns([OwnerTurn("a", "Amsterdam", free=False)]) == []


@given(OWNERS, st.sampled_from((None, "Azores", "Amsterdam", "Helsinki", "elsewhere")))
def test_each_zone_has_one_turn_and_the_last_comes_last(owners: list[OwnerTurn], after: str | None) -> None:
    """Whoever works on the first turn that has work, and says so, comes to all of them."""
    found = turns(owners, after)
    zones = [turn.zone for turn in found]
    assert sorted(zones) == sorted({one.zone for one in owners if one.free})
    assert after not in zones[:-1]
    for turn in found:
        assert {*turn.held} == {one.owner for one in owners if one.free and one.zone == turn.zone}
