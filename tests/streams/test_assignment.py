"""One batch, sorted out: every observation is accepted under a datastream, refused with its message, or noted."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.observation import Observation
from schemas.quality_flags import DST_MERGED
from streams.domain.assignment import UnregisteredSource, assign
from streams.domain.datastreams import NOTED, SamplingRule, registry
from tests.streams.observations import NOON, QUARTER, seen, stream

pytestmark = pytest.mark.pure

OLD = stream(datastream=1, valid_until=NOON + QUARTER)
NEW = stream(datastream=2, valid_from=NOON + QUARTER)
KNOWN = registry([OLD, NEW])


def test_a_replaced_counter_gets_what_it_saw_itself() -> None:
    """The start of the interval decides which equipment spoke."""
    assert assign([seen(quarter=0), seen(quarter=1)], KNOWN).accepted.datastream == [1, 2]


@pytest.mark.parametrize(("after", "sampling", "stream_of"), [
    (-1, "increment", 1), (0, "increment", 1), (1, "increment", 2), (0, "cumulative", 1), (0, "sample", 2),
])  # fmt: skip
def test_a_frame_is_of_the_equipment_of_its_instant(after: int, sampling: str, stream_of: int) -> None:
    """A count ends at its instant, so one at the very change is of the old equipment; a sample begins there."""
    instant = NOON + QUARTER + timedelta(seconds=after)
    known = registry([one._replace(rule=SamplingRule(sampling)) for one in (OLD, NEW)])
    accepted = assign([seen(started_at=instant, ended_at=instant)], known).accepted
    assert accepted.datastream == [stream_of]
    assert accepted.off_grid == {stream_of}
    assert accepted.seen[0].ended_at == instant


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


@pytest.mark.parametrize(("late", "stream_of"), [(-450, 1), (450, 2), (420, 1), (0.000001, 1)])
def test_an_interval_beside_the_grid_is_of_the_equipment_of_its_middle(late: float, stream_of: int) -> None:
    """There lies the row of the grid that it is added to."""
    start = NOON + timedelta(seconds=late)
    accepted = assign([seen(started_at=start, ended_at=start + QUARTER)], KNOWN).accepted
    assert accepted.datastream == [stream_of]
    assert accepted.off_grid == {stream_of}


@given(
    minute=st.integers(-10_000, 10_000),
    beside=st.sampled_from([0, 0, 1]),
    length=st.sampled_from([0, 240, 900, 1350, 1351]),
)
def test_only_what_lies_on_the_grid_is_taken_for_it(minute: int, beside: int, length: int) -> None:
    """So two rows of one datastream never overlap; and nothing is lost."""
    start = NOON + timedelta(minutes=minute, microseconds=beside)
    what = assign([seen(started_at=start, ended_at=start + timedelta(seconds=length))], KNOWN)
    if what.accepted.seen:
        assert bool(what.accepted.off_grid) == bool(beside or start.minute % 15 or length != 900)
    assert len(what.accepted.seen) + len(what.refused) == 1


def test_what_nobody_registered_of_a_registered_sensor_is_noted() -> None:
    """Once, with what it said first; never a rejection, whatever it says."""
    others = [seen(value, source="akku", quarter=number) for number, value in enumerate((1e300, float("inf"), 3.0))]
    what = assign([*others, seen()], KNOWN)
    assert what.refused == []
    assert what.accepted.datastream == [1]
    assert what.unregistered == {("noord-1", "akku"): UnregisteredSource(others[0].received_at, 1e300)}


def test_what_is_noted_is_not_noted_again() -> None:
    """The next message of the sensor writes nothing."""
    known = registry([OLD, NEW], [("noord-1", "akku")])
    assert assign([seen(source="akku")], known).unregistered == {}


def test_what_is_over_the_cap_of_a_sensor_is_not_noted() -> None:
    """A sensor that invents names has its hundred, and asks for nothing more; another one is noted."""
    noted = [("noord-1", f"x{number}") for number in range(NOTED)]
    assert assign([seen(source="y")], registry([OLD, NEW], noted)).unregistered == {}
    assert assign([seen(source="y")], registry([OLD, NEW], noted[1:])).unregistered.keys() == {("noord-1", "y")}


def test_before_and_after_its_validity_a_sensor_is_a_stranger() -> None:
    """The detail says when."""
    (refused,) = assign([seen(quarter=-96 * 365)], KNOWN).refused
    assert refused.detail == "no datastream for bicycles/in is valid on 2025-05-12"


def test_the_impossible_is_refused_for_its_range() -> None:
    """Its neighbours of the same message are kept."""
    what = assign([seen(float("nan")), seen(quarter=1)], KNOWN)
    assert [refused.reason for refused in what.refused] == ["range"]
    assert what.accepted.datastream == [2]
