"""The chaos without anything that runs: the plan of faults, what a killed broker explains, how recovery is measured."""

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.chaos.faults import FAULTS, UnknownFaultError, chosen
from bench.chaos.injector import Done
from bench.chaos.judge.excuses import AUTOSAVE, MARGIN, Acknowledgement, LossWindow, excused, windows
from bench.chaos.judge.excuses import RecordedFault as Recorded
from bench.chaos.judge.verdict import ChaosVerdict
from bench.chaos.malformed import malformed, unknown
from bench.chaos.messages import LoadMessage, NumberedCounter, Radio, probe
from bench.chaos.recovery import Recovery, recoveries
from bench.chaos.registry import counters, radios
from bench.chaos.report import ChaosReport, rows
from bench.chaos.schedule import LONGEST, plan
from bench.chaos.stays import stays
from ingest.dialects import decode
from ingest.dialects.decoder import decode_permitted
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

FIRST = datetime(2026, 11, 2, tzinfo=UTC)
RECEIVED = FIRST + timedelta(days=2)
EVERY = list(FAULTS.values())
_COUNTS = {name for name in ChaosVerdict.__dataclass_fields__ if name not in {"wrong", "examples"}}
_NOTHING: dict[str, object] = {**dict.fromkeys(_COUNTS, 0), "wrong": {}}


@given(seed=st.integers(), minutes=st.integers(1, 60))
@settings(deadline=None, max_examples=50)
def test_a_plan_is_repeated_from_its_seed_and_strikes_nobody_twice_at_a_time(seed: int, minutes: int) -> None:
    """The same seed, the same faults; all over when the time is."""
    planned = plan(EVERY, minutes * 60, seed)
    assert planned == plan(EVERY, minutes * 60, seed)
    assert [one.at for one in planned] == sorted(one.at for one in planned)
    assert all(one.at + one.seconds <= minutes * 60 and one.seconds <= LONGEST for one in planned)
    lasting = [one for one in planned if one.fault.lasts]
    assert all(one.at + one.seconds <= other.at for one, other in pairwise(lasting))
    for one in planned:
        inside = [held for held in lasting if held is not one and held.at <= one.at <= held.at + held.seconds]
        assert not any({*one.fault.victims} & {*held.fault.victims} for held in inside)


@pytest.mark.parametrize("seed", range(20))
def test_half_an_hour_has_a_hundred_kills(seed: int) -> None:
    """That many are asked for."""
    assert sum(not one.fault.lasts for one in plan(EVERY, 1800, seed)) >= 100


def test_classes_are_chosen_by_how_they_begin() -> None:
    """`stop` is all of that kind, and a disk is filled only where there is one."""
    assert {one.how for one in chosen(["stop"], disk=True)} == {"stop"}
    assert [one.name for one in chosen(["kill-kafka", "disk"], disk=True)] == ["kill-kafka", "disk-full"]
    assert "disk-full" not in {one.name for one in chosen([], disk=False)}
    with pytest.raises(UnknownFaultError, match="no fault 'kil-kafka'"):
        chosen(["kil-kafka"], disk=True)


def test_a_killed_broker_explains_what_it_acknowledged_since_it_last_saved() -> None:
    """From the autosave before the kill, with a margin, on connections that it killed, however late that is read."""
    (window,) = windows([Recorded("kill-mosquitto", 100.0, 100.0), Recorded("kill-kafka", 50.0, 50.0)])
    assert window == LossWindow(100.0 - AUTOSAVE - MARGIN, 100.0)
    assert excused([Acknowledgement(95.0, 20.0), Acknowledgement(104.0, 99.9)], [window])
    assert not excused([Acknowledgement(95.0, 20.0), Acknowledgement(90.0, 20.0)], [window])
    assert not excused([Acknowledgement(101.0, 100.5)], [window])
    assert not excused([Acknowledgement(95.0, 20.0)], [])


def test_a_broker_that_was_stopped_saved_nothing_meanwhile() -> None:
    """Only the seconds count in which it ran."""
    (window,) = windows([Recorded("stop-mosquitto", 40.0, 98.0), Recorded("kill-all", 100.0, 100.0)])
    assert window.saved_at == 40.0 - (AUTOSAVE + MARGIN - 2.0)
    (window,) = windows([Recorded("disk-full", 40.0, 60.0), Recorded("kill-all", 100.0, 100.0)])
    assert window.saved_at == 100.0 - AUTOSAVE - MARGIN


def test_recovery_is_the_first_probe_that_was_published_after_the_fault() -> None:
    """A probe from before the end says nothing; a later one stands for it."""
    fault = Done(FAULTS["stop-store"], 10.0, 20.0)
    published = [9.0, 15.0, 20.5, 21.0]
    assert recoveries([fault], published, [(9.1, 0), (20.2, 1), (23.0, 3)]) == [Recovery("stop-store", 3.0, alone=True)]
    assert recoveries([fault], published, [(9.1, 0), (20.2, 1)]) == [Recovery("stop-store", None, alone=True)]
    assert recoveries([fault], [9.0], [(9.1, 0)]) == [Recovery("stop-store", None, alone=True)]


def test_a_recovery_that_another_fault_disturbs_is_told_apart() -> None:
    """Both, for nobody knows what was waited for."""
    done = [
        Done(FAULTS["kill-store"], 10.0, 10.0),
        Done(FAULTS["kill-web"], 11.0, 11.0),
        Done(FAULTS["kill-web"], 60.0, 60.0),
    ]
    found = recoveries(done, [10.5, 11.5, 60.5], [(12.0, 0), (13.0, 1), (61.0, 2)])
    assert [one.alone for one in found] == [False, False, True]


def test_rows_hold_the_middle_and_the_longest_of_what_struck_alone() -> None:
    """Who is not over it yet is so for ever."""
    found = [Recovery("kill-store", 3.0, alone=True), Recovery("kill-store", 50.0, alone=False)]
    (row,) = rows([*found, Recovery("kill-store", 5.0, alone=True)])
    assert (row.times, row.alone, row.middle, row.longest, row.missed) == (3, 2, 4.0, 5.0, False)
    (row,) = rows([Recovery("kill-store", None, alone=True)])
    assert row.missed


@pytest.mark.parametrize("broken", ["lost", "doubled", "phantom", "older", "unrejected", "waiting"])
def test_every_broken_promise_spoils_a_report(broken: str) -> None:
    """What went down with the broker is no broken promise."""
    assert _report(lost_with_broker=3, older_with_broker=2).is_clean
    assert not _report(**{broken: 1}).is_clean


def test_a_wrong_sum_no_verdict_or_an_early_end_spoil_a_report() -> None:
    """So does a target that was missed, where recovery is what is measured."""
    late = [Recovery("kill-store", 11.0, alone=True)]
    assert not _report(wrong={"datastream_day": 1}).is_clean
    assert not _whole(verdict=None).is_clean
    assert not _whole(why="a supervisor is gone").is_clean
    assert _whole(recoveries=late).is_clean
    assert not _whole(recoveries=late, strict=True).is_clean


@given(seed=st.integers())
@settings(deadline=None, max_examples=50)
def test_what_the_load_says_is_what_the_dialects_read(seed: int) -> None:
    """Fresh, late, corrected and over the radio: the record says of each what the platform should have."""
    draw = Random(seed)  # noqa: S311 - a game, no secret
    counter, radio, numbers = NumberedCounter(counters(1)[0], FIRST, draw), Radio(radios(1)[0], FIRST, draw), count(1)
    said = [counter.fresh(next(numbers), 3), counter.late(next(numbers), 2), radio.fresh(next(numbers))]
    counter.restart()
    said += [counter.correction(next(numbers), 3, lambda _: True), radio.correction(next(numbers), lambda _: True)]
    for message in [one for one in said if one is not None] + [probe(next(numbers), 7_000, FIRST)]:
        assert _read(message) == {(one.sensor, one.source, one.started_at): one.value for one in message.readings}


def test_only_what_was_acknowledged_is_corrected_and_never_with_a_value_it_had() -> None:
    """Else nobody could tell which of two should stand."""
    draw = Random(1)  # noqa: S311 - a game, no secret
    counter = NumberedCounter(counters(1)[0], FIRST, draw)
    values = {(one.source, one.started_at): {one.value} for one in counter.fresh(1, 2).readings}
    assert counter.correction(2, 5, lambda _: False) is None
    for number in range(3, 40):
        message = counter.correction(number, 2, lambda _: True)
        assert message is not None
        for one in message.readings:
            assert one.value not in values[one.source, one.started_at]
            values[one.source, one.started_at].add(one.value)


@given(seed=st.integers())
@settings(deadline=None, max_examples=50)
def test_what_is_malformed_is_refused(seed: int) -> None:
    """In every way there is, and each message differs from all others, also in what stays of it: the judge finds it."""
    draw = Random(seed)  # noqa: S311 - a game, no secret
    messages = [malformed(number, "chaos-001", draw) for number in range(30)]
    for message in messages:
        refused = decode_permitted(message.topic, message.payload, RECEIVED, seal=lambda content, _: content).outcome
        assert isinstance(refused, Rejection), message.payload
        assert (refused.topic, refused.payload) == stays(message.topic, message.payload)
    assert len({stays(message.topic, message.payload) for message in messages}) == len(messages)


def test_strangers_are_read_and_have_no_readings() -> None:
    """The registry does not know them, so that they end as rejections."""
    assert unknown(12, FIRST).readings == ()
    assert _read(unknown(12, FIRST)) == {("nobody-12", "bicycles", FIRST): 12.0}


def _read(message: LoadMessage) -> dict[tuple[str, str, datetime], float | None]:
    found = decode(message.topic, message.payload, RECEIVED)
    assert not isinstance(found, tuple) and isinstance(found, list), found  # noqa: PT018 - mypy narrows both
    return {(one.sensor, one.source, _start(one)): one.value for one in found}


def _start(one: Observation) -> datetime:
    """An instant closes the minute before it."""
    return one.started_at if one.ended_at > one.started_at else one.ended_at.replace(second=0) - timedelta(minutes=1)


def _report(**changes: object) -> ChaosReport:
    return _whole(verdict=ChaosVerdict(**{**_NOTHING, **changes}))  # type: ignore[arg-type]


def _whole(**changes: object) -> ChaosReport:
    report: dict[str, object] = {
        "seed": 1, "seconds": 60.0, "acknowledged": 10, "cuts": 0, "takeovers": 0, "recoveries": [],
        "verdict": ChaosVerdict(**_NOTHING),  # type: ignore[arg-type]
    }  # fmt: skip
    return ChaosReport(**{**report, **changes})  # type: ignore[arg-type]
