"""One batch, sorted out: every observation is kept under a datastream or refused with its message."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.observation import Observation
from schemas.quality_flags import DST_MERGED
from streams.domain.assignment import assign
from streams.domain.datastreams import registry
from tests.streams.observations import NOON, QUARTER, seen, stream

pytestmark = pytest.mark.pure

OLD = stream(datastream=1, valid_until=NOON + QUARTER)
NEW = stream(datastream=2, valid_from=NOON + QUARTER)
KNOWN = registry([OLD, NEW])


def test_a_replaced_counter_gets_what_it_saw_itself() -> None:
    """The start of the interval decides which equipment spoke."""
    assert assign([seen(quarter=0), seen(quarter=1)], KNOWN).accepted.datastream == [1, 2]


@pytest.mark.parametrize("after", [0, 3, 899])
def test_an_instant_closes_the_last_whole_interval_before_it(after: int) -> None:
    """A report comes some seconds late; what it counted lies on the grid."""
    instant = NOON + QUARTER + timedelta(seconds=after)
    accepted = assign([seen(started_at=instant, ended_at=instant)], KNOWN).accepted
    assert accepted.datastream == [1]
    assert (accepted.seen[0].started_at, accepted.seen[0].ended_at) == (NOON, NOON + QUARTER)


def test_strangers_are_refused_a_message_at_a_time() -> None:
    """One rejection holds what one message said, so that it can be received again when the sensor is registered."""
    strangers = [seen(sensor="vreemd-1", quarter=number, received_at=NOON) for number in (0, 1)]
    later = seen(sensor="vreemd-1", received_at=NOON + timedelta(hours=1))
    what = assign([strangers[0], seen(), strangers[1], later], KNOWN)
    assert len(what.accepted.seen) == 1
    assert [refused.reason for refused in what.refused] == ["unknown_sensor"] * 2
    assert msgspec.json.decode(what.refused[0].payload or b"", type=list[Observation]) == strangers


@pytest.mark.parametrize("value", [5.0, float("nan")])
def test_a_refused_message_that_the_log_holds_twice_is_said_once(value: float) -> None:
    """A frame that was offered again holds the same reception: alone or in one batch, it is the same rejection."""
    message = [seen(value, sensor="vreemd-1", quarter=number, received_at=NOON) for number in (0, 1)]
    again = [msgspec.structs.replace(one, value=float(str(value))) for one in message]
    assert assign([*message, *again], KNOWN).refused == assign(message, KNOWN).refused


@pytest.mark.parametrize("quality_flags", [0, DST_MERGED])
def test_an_interval_of_another_length_is_refused(quality_flags: int) -> None:
    """Quarters and hours of one sensor are two datastreams, never one; a row of two autumn hours is as long as any."""
    (refused,) = assign([seen(ended_at=NOON + timedelta(hours=1), quality_flags=quality_flags)], KNOWN).refused
    assert refused.reason == "interval"
    assert "3600 s" in refused.detail
    assert "900 s" in refused.detail


@pytest.mark.parametrize("late", [timedelta(minutes=3), timedelta(microseconds=1)])
def test_an_interval_beside_the_grid_is_refused(late: timedelta) -> None:
    """It would overlap two that lie on it, and both would count what it counted."""
    (refused,) = assign([seen(started_at=NOON + late, ended_at=NOON + late + QUARTER)], KNOWN).refused
    assert refused.reason == "interval"
    assert "900 s" in refused.detail


@given(minute=st.integers(-10_000, 10_000), beside=st.sampled_from([0, 0, 1]), instant=st.booleans())
def test_what_is_kept_lies_on_the_grid(minute: int, beside: int, *, instant: bool) -> None:
    """So two rows of one datastream never overlap."""
    start = NOON + timedelta(minutes=minute, microseconds=beside)
    what = assign([seen(started_at=start, ended_at=start if instant else start + QUARTER)], KNOWN)
    for one in what.accepted.seen:
        assert one.started_at.minute % 15 == one.started_at.second == one.started_at.microsecond == 0
        assert one.ended_at - one.started_at == QUARTER
    assert len(what.accepted.seen) + len(what.refused) == 1


def test_before_and_after_its_validity_a_sensor_is_a_stranger() -> None:
    """The detail says when."""
    (refused,) = assign([seen(quarter=-96 * 365)], KNOWN).refused
    assert refused.detail == "no datastream for bicycles/in is valid on 2025-05-12"


def test_the_impossible_is_refused_for_its_range() -> None:
    """Its neighbours of the same message are kept."""
    what = assign([seen(float("nan")), seen(quarter=1)], KNOWN)
    assert [refused.reason for refused in what.refused] == ["range"]
    assert what.accepted.datastream == [2]
