"""A message that is sent again is never newer than what was received since it was first sent."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.bridge.receptions import Receptions
from ingest.packer import Addressed, Packer
from schemas.frames import unpack_observations, unpack_raw
from schemas.observation import Observation, RawMessage
from schemas.topics import OBSERVATIONS, RAW

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
TOPIC = "sensors/noord-1/data"
STEPS = st.sampled_from(["send", "hold", "hold", "answer", "answer", "cut", "kill", "save", "restore"])


def stated(value: int, *, seq: int | None = None) -> bytes:
    """Spell what a sensor says about one interval."""
    reading = {
        "quantity": "bicycles", "start": "2026-05-12T06:00:00Z", "end": "2026-05-12T06:15:00Z",
        "value": value, "unit": "1",
    }  # fmt: skip
    place = {} if seq is None else {"boot": "b-1", "seq": seq}
    return json.dumps({"sensor": "noord-1", **place, "readings": [reading]}).encode()


class Intake:
    """A broker with one session, a bridge and a log, each as simple as it can be; only the bridge's rule is real."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.log: list[tuple[list[RawMessage], list[Observation]]] = []
        self._sent = count(1)
        self._clock = count(1)
        self._queue: list[tuple[int, bytes]] = []  # what the broker holds, oldest first
        self._passed: set[int] = set()  # what it has sent at least once
        self._on_this: set[int] = set()  # what it has sent on this connection
        self._batches: list[tuple[list[int], list[Addressed]]] = []  # on their way to the log
        self._held: list[int] = []  # held, and to be acknowledged
        self._saved: list[tuple[int, bytes]] = []
        self._receptions = Receptions()

    def publish(self, payload: bytes) -> None:
        """Give the broker a message."""
        self._queue.append((next(self._sent), payload))

    def send(self) -> None:
        """Let the broker send what it holds; the bridge makes a batch of it."""
        new = [(number, payload) for number, payload in self._queue if number not in self._on_this]
        arrivals = [
            Arrival(1, number, NOON + timedelta(seconds=next(self._clock)), TOPIC, payload, number in self._passed)
            for number, payload in new
        ]
        numbers = [number for number, _ in new]
        self._passed.update(numbers)
        self._on_this.update(numbers)
        self._batches.append((numbers, frames_of(arrivals, Packer("b", "r"), 1, self._receptions)))

    def hold(self) -> None:
        """Let Kafka hold the oldest batch."""
        if self._batches:
            numbers, frames = self._batches.pop(0)
            received = [one for frame in frames if frame.topic == RAW.name for one in unpack_raw(*frame.frame)]
            seen = [
                one for frame in frames if frame.topic == OBSERVATIONS.name for one in unpack_observations(*frame.frame)
            ]
            self.log.append((received, seen))
            self._held += [number for number in numbers if number in self._on_this]

    def answer(self) -> None:
        """Let the oldest acknowledgement reach the broker."""
        if self._held:
            number = self._held.pop(0)
            self._queue = [(one, payload) for one, payload in self._queue if one != number]

    def cut(self) -> None:
        """Cut the connection.

        What is acknowledged from now on is not received, what is unacknowledged is sent again.
        """
        self._on_this.clear()
        self._held.clear()

    def save(self) -> None:
        """Let the broker write down what it holds."""
        self._saved = [(number, payload) for number, payload in self._queue if number in self._passed]

    def restore(self) -> None:
        """Kill the broker and start it again: what it wrote down comes again, marked, with all that came since."""
        self.cut()
        self._queue = sorted({*self._saved, *self._queue})

    def kill(self) -> None:
        """Kill the bridge and start it again: it knows what the log holds."""
        self.cut()
        self._batches.clear()
        self._receptions = Receptions()
        for received, _ in self.log:
            for one in received:
                self._receptions.remember(one.topic, one.payload, one.packet_id, one.received_at)

    def settle(self) -> None:
        """Let everything come to rest."""
        while self._queue:
            self.send()
            while self._batches:
                self.hold()
            while self._held:
                self.answer()

    def stands(self) -> float | None:
        """Give the value that was received last."""
        return max((one for _, seen in self.log for one in seen), key=lambda one: one.received_at).value


@given(st.lists(st.one_of(STEPS, st.integers(1, 3)), max_size=40))
def test_what_was_said_last_stands_after_any_cuts_and_kills(steps: list[str | int]) -> None:
    """A sensor without numbers says 1, 2 or 3 about one interval, at any time; what it said last stands."""
    intake, last = Intake(), 0
    for step in [*steps, 3]:
        if isinstance(step, int):
            last = step
            intake.publish(stated(step))
        else:
            getattr(intake, step)()
    intake.settle()
    assert intake.stands() == last


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=30))
def test_a_numbered_message_is_received_once(came: list[tuple[int, bool]]) -> None:
    """With the sign of MQTT and without: a broker that was restored from an older state gives none."""
    receptions, moments = Receptions(), dict[int, set[datetime]]()
    for second, (seq, again) in enumerate(came):
        arrival = Arrival(1, 1, NOON + timedelta(seconds=second), TOPIC, stated(seq, seq=seq), again)
        for one in observations([arrival], receptions):
            moments.setdefault(seq, set()).add(one.received_at)
    firsts = {seq: NOON + timedelta(seconds=[one for one, _ in came].index(seq)) for seq, _ in came}
    assert moments == {seq: {first} for seq, first in firsts.items()}


def test_the_same_words_without_a_number_are_said_again() -> None:
    """5, corrected to 6, and back to 5: that is a correction, and no redelivery."""
    arrivals = [
        Arrival(1, mid, NOON + timedelta(seconds=mid), TOPIC, stated(value)) for mid, value in enumerate((5, 6, 5))
    ]
    seen = observations(arrivals, Receptions())
    assert [(one.value, one.received_at) for one in seen] == [
        (value, NOON + timedelta(seconds=second)) for second, value in enumerate((5, 6, 5))
    ]


def observations(arrivals: list[Arrival], receptions: Receptions) -> list[Observation]:
    """Read a batch."""
    frames = frames_of(arrivals, Packer("b", "r"), 1, receptions)
    return [one for frame in frames if frame.topic == OBSERVATIONS.name for one in unpack_observations(*frame.frame)]


@pytest.mark.parametrize(
    ("mid", "again", "payload", "seconds"),
    [
        (7, True, b"5", 0), (7, False, b"5", 60), (8, True, b"5", 60), (7, True, b"6", 60),
        (7, False, b"n", 1), (8, False, b"n", 1), (8, True, b"n", 1),
    ],
)  # fmt: skip
def test_the_rule(mid: int, again: bool, payload: bytes, seconds: int) -> None:  # noqa: FBT001 - a table
    """Without a number: marked, and all the same; with one (b"n"): the same bytes."""
    receptions = Receptions()
    for second, known in enumerate((b"5", b"n")):
        arrival = Arrival(1, 7, NOON + timedelta(seconds=second), TOPIC, known)
        assert receptions.first(arrival, numbered=known == b"n") == arrival.received_at
    arrival = Arrival(2, mid, NOON + timedelta(seconds=60), TOPIC, payload, again)
    assert receptions.first(arrival, numbered=payload == b"n") == NOON + timedelta(seconds=seconds)


@given(st.integers(1, 50), st.lists(st.integers(0, 200)))
def test_the_newest_are_remembered_and_memory_is_bounded(bound: int, said: Iterable[int]) -> None:
    """Whatever comes, in whatever order."""
    receptions, model = Receptions(bound), dict[int, datetime]()
    for second, value in enumerate(said):
        moment = NOON + timedelta(seconds=second)
        receptions.first(Arrival(1, 1, moment, TOPIC, b"%d" % value), numbered=False)
        model.pop(value, None)
        model[value] = moment
    assert len(receptions) <= 2 * bound
    for value in list(model)[-bound:]:
        arrival = Arrival(1, 1, NOON + timedelta(days=1), TOPIC, b"%d" % value, again=True)
        assert receptions.first(arrival, numbered=False) == model[value]
