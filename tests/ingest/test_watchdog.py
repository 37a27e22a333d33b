"""When a bridge is quiet, and when it hangs."""

from collections.abc import Iterable
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bridge.ready import ReadyFile
from ingest.bridge.watchdog import Judge, Signs, Watchdog, WatchdogVerdict, kafka_answers
from ingest.settings import BridgeSettings
from tests.services import wait_until

pytestmark = pytest.mark.pure


def checked(looks: Iterable[tuple[Signs, float, bool]]) -> list[WatchdogVerdict]:
    """Look at one bridge again and again: signs, seconds since the look before, whether Kafka answers."""
    judge = Judge(30)
    return [judge.look(signs, seconds, partial(bool, answers)) for signs, seconds, answers in looks]


def test_messages_that_wait_while_kafka_answers_end_the_bridge() -> None:
    """After 30 seconds, not before."""
    verdicts = checked((Signs(turn, 7, waiting=True), 1, True) for turn in range(1, 40))
    assert [verdict.problem is not None for verdict in verdicts] == 30 * [False] + 9 * [True]


def test_a_bridge_without_kafka_is_quiet_and_never_ended() -> None:
    """However long; and when Kafka comes back it has its 30 seconds from then."""
    away = [(Signs(turn, 7, waiting=True), 1.0, False) for turn in range(1, 500)]
    back = [(Signs(turn, 7, waiting=True), 1.0, True) for turn in range(500, 529)]
    verdicts = checked(away + back)
    assert {verdict.problem for verdict in verdicts} == {None}
    assert verdicts[-1].quiet > 500


def test_a_loop_that_stands_still_ends_the_bridge() -> None:
    """Whatever Kafka does, and whether or not messages wait."""
    verdicts = checked((Signs(3, 7, waiting=False), 1, False) for _ in range(33))
    assert verdicts[29].problem is None
    assert verdicts[31].problem is not None


def test_a_process_that_was_stopped_is_not_ended_for_the_past() -> None:
    """An hour between two looks counts as little."""
    verdicts = checked([(Signs(1, 7, waiting=True), 1, True), (Signs(1, 7, waiting=True), 3600, True)])
    assert verdicts[-1].problem is None
    assert verdicts[-1].quiet < 10


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 100), st.booleans()), min_size=1))
def test_progress_always_saves(steps: list[tuple[bool, bool, float, bool]]) -> None:
    """After whatever was before, a turn with an acknowledgement, or with nothing that waits, is as good as new."""
    turns = acknowledged = 0
    looks = []
    for turned, done, seconds, answers in steps:
        turns, acknowledged = turns + turned, acknowledged + done
        looks.append((Signs(turns, acknowledged, waiting=True), seconds, answers))
    saved = (Signs(turns + 1, acknowledged + 1, waiting=True), 4.0, True)
    idle = (Signs(turns + 1, acknowledged, waiting=False), 4.0, True)
    assert checked([*looks, saved])[-1] == checked([*looks, idle])[-1] == WatchdogVerdict(0, None)


def test_a_look_that_fails_is_not_the_last_one(tmp_path: Path) -> None:
    """A disk that takes nothing, an address that nobody understands: the next look comes all the same."""
    ready, looks = ReadyFile(tmp_path / "ready"), count()

    def signs() -> Signs:
        if not (turn := next(looks)):
            raise OSError("read-only file system")
        return Signs(turn, 7, waiting=True)

    ready.announce()
    settings = BridgeSettings("127.0.0.1:1", "127.0.0.1:1", tmp_path / "lock", quiet_seconds=1)
    watchdog = Watchdog(settings, ready, signs)
    try:
        wait_until(lambda: not (tmp_path / "ready").exists(), "the quiet bridge loses its ready file")
    finally:
        watchdog.leave()


def test_an_address_without_a_port_is_asked_at_the_port_of_kafka() -> None:
    """As the client of Kafka does."""
    assert not kafka_answers("127.0.0.2")
