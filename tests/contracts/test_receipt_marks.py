"""What senders are told: never more than the database has, whatever comes twice, out of order or is refused."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.dialects import ours
from ingest.packer import Packer
from schemas.frames import Frame
from schemas.observation import run_of
from schemas.receipt import Receipt
from schemas.topics import OBSERVATIONS, REJECTIONS
from streams.domain.fence import Record
from streams.sinks.observation_store import Outcome, TopicEpoch
from streams.writers import ObservationWriter, RejectionWriter
from tests.contracts.processing import LOG, NOON, QUARTER, StoreAndAggregate, seen

pytestmark = pytest.mark.contracts

RUN: Final = run_of("a-1", "boot", "k3")
MARKS: Final = "SELECT ranges, refused, reasons FROM doorfiets.receipt_mark WHERE run = %s"
REFUSED: Final = TopicEpoch("rejections", "cluster/other")
FAILING: Final = """
CREATE SEQUENCE doorfiets.failed; GRANT USAGE ON SEQUENCE doorfiets.failed TO store;
CREATE FUNCTION doorfiets.fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN PERFORM nextval('doorfiets.failed'); RAISE 'no' USING ERRCODE = '57014'; END $$;
CREATE TRIGGER fails BEFORE UPDATE ON doorfiets.fence EXECUTE FUNCTION doorfiets.fail()
"""
DAY: Final = timedelta(days=1)


class DoorAndStore:
    """Messages as they come in at the door, and through `store`; `receipts` is what senders are told."""

    def __init__(self, processing: StoreAndAggregate) -> None:
        self.processing = processing
        self.receipts: list[Receipt] = []
        self._writer = ObservationWriter(processing.observation_store, LOG, self.receipts.extend)
        self._rejections = RejectionWriter(processing.observation_store, REFUSED, self.receipts.extend)
        self._packer = Packer("bridge", "r")
        self._offsets = {OBSERVATIONS.name: 0, REJECTIONS.name: 0}
        self._received = 0

    async def take(self, *payloads: bytes, at: datetime = NOON + DAY) -> list[Receipt]:
        """Put messages through both as one batch; answer what is told of it."""
        arrivals = []
        for payload in payloads:
            self._received += 1
            received_at = at + self._received * timedelta(seconds=1)
            arrivals.append(Arrival(1, self._received, received_at, "sensors/a-1/data", payload))
        self.receipts.clear()
        frames = [(one.topic, one.frame) for one in frames_of(arrivals, self._packer, 1)]
        await self.store([frame for topic, frame in frames if topic == OBSERVATIONS.name])
        await self.refuse([frame for topic, frame in frames if topic == REJECTIONS.name])
        return [*self.receipts]

    async def store(self, frames: Sequence[Frame]) -> Outcome:
        """Store frames of observations."""
        await self.processing.observation_store.fences(LOG, {0: 0})
        return (
            await self._writer.write([self._record(OBSERVATIONS.name, one) for one in frames]) if frames else Outcome()
        )

    async def refuse(self, frames: Sequence[Frame]) -> None:
        """Store frames of rejections."""
        await self.processing.observation_store.fences(REFUSED, {0: 0})
        if frames:
            await self._rejections.write([self._record(REJECTIONS.name, one) for one in frames])

    def _record(self, topic: str, frame: Frame) -> Record:
        self._offsets[topic] += 1
        return Record(0, self._offsets[topic] - 1, frame.value, frame.headers)


@pytest.fixture
def door(processing: StoreAndAggregate) -> DoorAndStore:
    """A door before the store of the small registry."""
    return DoorAndStore(processing)


def message(seq: int, value: float = 5, *, boot: str | None = "k3", source: str = "bicycles/in", of: int = 1) -> bytes:
    """A message of sensor a-1: `of` quarters from the one with this number on."""
    ones = [seen(value, source=source, at=NOON + (seq + number) * QUARTER) for number in range(of)]
    return ours.encode(ones, boot=boot, seq=seq)


async def test_a_message_earns_a_receipt_when_it_is_stored(door: DoorAndStore) -> None:
    """One for the run, with all of its numbers that are there."""
    assert await door.take(message(0), message(1), message(2)) == [Receipt("a-1", RUN, ((0, 2),))]
    assert door.processing.row(MARKS, RUN) == ([0, 2], [], [])


async def test_what_is_missing_is_not_told(door: DoorAndStore) -> None:
    """A gap stays until it is filled; what lies beyond it is told apart."""
    assert await door.take(message(0), message(2), message(3)) == [Receipt("a-1", RUN, ((0, 0), (2, 3)))]
    assert await door.take(message(1)) == [Receipt("a-1", RUN, ((0, 3),))]


async def test_what_is_sent_again_earns_a_receipt_again(door: DoorAndStore) -> None:
    """Else a lost one would be waited for for ever; nothing is stored twice."""
    await door.take(message(0))
    assert await door.take(message(0)) == [Receipt("a-1", RUN, ((0, 0),))]
    assert door.processing.row("SELECT count(*) FROM doorfiets.observation") == (1,)


async def test_another_message_of_the_same_number_is_refused(door: DoorAndStore) -> None:
    """In one batch and in a later one, about the same interval and about another; what was first stands."""
    changed = ours.encode([seen(9, at=NOON + 40 * QUARTER)], boot="k3", seq=0)
    assert await door.take(message(0), message(0, 7)) == [Receipt("a-1", RUN, ((0, 0),), ((0, "number_reused"),))]
    assert await door.take(changed) == [Receipt("a-1", RUN, ((0, 0),), ((0, "number_reused"),))]
    assert door.processing.rows("SELECT value FROM doorfiets.observation") == [(5,)]
    assert door.processing.row("SELECT count(*), min(reason) FROM doorfiets.rejection") == (2, "number_reused")


async def test_what_store_refuses_is_done_with_and_told_why(door: DoorAndStore) -> None:
    """A source that nobody registered leaves nothing behind, and is no secret."""
    unknown = ours.encode([seen(5, source="pm25", at=NOON)], boot="k3", seq=1)
    receipts = await door.take(message(0), unknown, message(2))
    assert receipts == [Receipt("a-1", RUN, ((0, 2),), ((1, "unknown_sensor"),))]
    assert door.processing.row(MARKS, RUN) == ([0, 2], [1], ["unknown_sensor"])


async def test_what_the_door_refuses_is_done_with_and_told_why(door: DoorAndStore) -> None:
    """It can be read by whoever knows its number; what cannot be parsed has none."""
    late = ours.encode([seen(5, at=NOON - 90 * DAY)], boot="k3", seq=1)
    receipts = await door.take(message(0), late, b'{"sensor":')
    assert receipts == [Receipt("a-1", RUN, ((0, 0),)), Receipt("a-1", RUN, ((0, 1),), ((1, "too_late"),))]


async def test_a_sender_without_numbers_is_told_nothing(door: DoorAndStore) -> None:
    """It costs nothing either: there is no mark."""
    assert await door.take(message(0, boot=None)) == []
    assert door.processing.rows("SELECT run FROM doorfiets.receipt_mark") == []


async def test_no_message_lies_in_two_frames(door: DoorAndStore) -> None:
    """So that the half of one that is stored is never told as the whole."""
    arrivals = [Arrival(1, n, NOON + 20 * DAY, "sensors/a-1/data", message(40 * n, of=40)) for n in range(30)]
    frames = [one.frame for one in frames_of(arrivals, Packer("b", "r"), 1) if one.topic == OBSERVATIONS.name]
    assert [dict(frame.headers)["n"] for frame in frames] == [b"480", b"480", b"240"]
    assert (await door.store(frames[:1])).stored == 480
    assert [one.ranges for one in door.receipts] == [tuple((40 * n, 40 * n) for n in range(12))]


async def test_nothing_is_told_of_what_is_rolled_back(door: DoorAndStore) -> None:
    """The transaction fails at its end, after the rows, again and again: the marks go with it."""
    door.processing.database.execute(FAILING)
    taking = asyncio.create_task(door.take(message(0)))
    try:
        while door.processing.row("SELECT last_value FROM doorfiets.failed") < (3,):  # noqa: ASYNC110 - it counts
            await asyncio.sleep(0.01)
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        door.processing.database.execute("DROP FUNCTION doorfiets.fail() CASCADE; DROP SEQUENCE doorfiets.failed")
    assert door.receipts == []
    assert door.processing.rows("SELECT run FROM doorfiets.receipt_mark") == []
