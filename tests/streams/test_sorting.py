"""One batch, sorted out: every observation is kept under a datastream or refused with its message."""

from datetime import timedelta

import msgspec
import pytest

from schemas.observation import Observation
from streams.domain.datastreams import registry
from streams.domain.sorting import sort_out
from tests.streams.observations import NOON, QUARTER, seen, stream

pytestmark = pytest.mark.pure

OLD = stream(datastream=1, valid_until=NOON + QUARTER)
NEW = stream(datastream=2, valid_from=NOON + QUARTER)
KNOWN = registry([OLD, NEW])


def test_a_replaced_counter_gets_what_it_saw_itself() -> None:
    """The start of the interval decides which equipment spoke."""
    assert sort_out([seen(quarter=0), seen(quarter=1)], KNOWN).kept.datastream == [1, 2]


def test_an_instant_gets_the_interval_of_the_registry() -> None:
    """It ends when it was sent."""
    instant = seen(started_at=NOON + QUARTER, ended_at=NOON + QUARTER)
    kept = sort_out([instant], KNOWN).kept
    assert kept.datastream == [1]
    assert (kept.seen[0].started_at, kept.seen[0].ended_at) == (NOON, NOON + QUARTER)


def test_strangers_are_refused_a_message_at_a_time() -> None:
    """One rejection holds what one message said, so that it can be heard again when the sensor is registered."""
    strangers = [seen(sensor="vreemd-1", quarter=number, heard_at=NOON) for number in (0, 1)]
    later = seen(sensor="vreemd-1", heard_at=NOON + timedelta(hours=1))
    what = sort_out([strangers[0], seen(), strangers[1], later], KNOWN)
    assert len(what.kept.seen) == 1
    assert [refused.reason for refused in what.refused] == ["unknown_sensor"] * 2
    assert msgspec.json.decode(what.refused[0].payload or b"", type=list[Observation]) == strangers


def test_an_interval_of_another_length_has_no_datastream() -> None:
    """Quarters and hours of one sensor are two datastreams, never one."""
    (refused,) = sort_out([seen(ended_at=NOON + timedelta(hours=1))], KNOWN).refused
    assert refused.reason == "unknown_sensor"
    assert "3600 s" in refused.detail
    assert "900 s" in refused.detail


def test_before_and_after_its_validity_a_sensor_is_a_stranger() -> None:
    """The detail says when."""
    (refused,) = sort_out([seen(quarter=-96 * 365)], KNOWN).refused
    assert refused.detail == "no datastream for bicycles/in is valid on 2025-05-12"


def test_the_impossible_is_refused_for_its_range() -> None:
    """Its neighbours of the same message are kept."""
    what = sort_out([seen(float("nan")), seen(quarter=1)], KNOWN)
    assert [refused.reason for refused in what.refused] == ["range"]
    assert what.kept.datastream == [2]
