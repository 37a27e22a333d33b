"""No correction is undone: whatever is sent again, what the sender said last stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise, product
from random import Random
from typing import NamedTuple

import msgspec
import pytest

from ingest.dialects import decode, things_stack
from schemas.observation import Observation, run_of
from streams.domain.sequence import Said, newer
from streams.sinks.arrays import moment
from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, load, seen, small

pytestmark = pytest.mark.contracts

VALUES = "SELECT value FROM doorfiets.observation ORDER BY datastream, started_at"
COUNTS = "SELECT stored, corrections, duplicates, overtaken FROM doorfiets.feed"
TOPIC = "sensors/a-1/data"
UPLINKS = "v3/assen@ttn/devices/a-1/up"
FOREVER = 10**6


class Message(NamedTuple):
    """One message of a case: the run and number its sender gave it, if any, and what it says."""

    run: int | None
    number: int | None
    value: int


def message(value: int, seq: int | None, *, boot: str | None = "k1", after: float = 0) -> Sequence[Observation]:
    """Let the bridge read a message in our dialect, received some seconds after its interval."""
    reading = {
        "quantity": "bicycles", "channel": "in", "start": NOON.isoformat(), "end": (NOON + QUARTER).isoformat(),
        "value": value, "unit": "1",
    }  # fmt: skip
    place = {name: said for name, said in (("boot", boot), ("seq", seq)) if said is not None}
    return _read(TOPIC, msgspec.json.encode({"sensor": "a-1", **place, "readings": [reading]}), after)


def uplink(
    value: int, f_cnt: int, *, session: str = "AXA50tHUGUucuzS/bCGMNw==", after: float = 0
) -> Sequence[Observation]:
    """Let the bridge read a frame of a LoRaWAN device."""
    at = NOON + QUARTER + timedelta(seconds=5)
    one = seen(value, source="bikes", at=at, lasts=timedelta(0))
    return _read(UPLINKS, things_stack.encode([one], session=session, f_cnt=f_cnt), after)


def _read(topic: str, payload: bytes, after: float) -> Sequence[Observation]:
    outcome = decode(topic, payload, NOON + QUARTER + timedelta(seconds=after))
    assert isinstance(outcome, list)
    return outcome


async def test_a_message_that_comes_again_does_not_undo_its_correction(processing: StoreAndAggregate) -> None:
    """A is acknowledged, B corrects it, and the broker, which lost our acknowledgement, sends A as if it were new."""
    for value, seq, after in ((5, 1, 20), (6, 2, 40), (5, 1, 60)):
        await processing.store(*message(value, seq, after=after))
    assert processing.rows(VALUES) == [(6,)]
    assert processing.row(COUNTS) == (1, 1, 0, 1)


async def test_a_correction_within_one_batch_is_counted_as_one(processing: StoreAndAggregate) -> None:
    """Nothing was said twice; and no reader saw what was corrected, so the revision is the first."""
    await processing.store(*message(5, 1, after=20), *message(6, 2, after=40))
    assert processing.row(COUNTS) == (1, 1, 0, 0)
    assert processing.row("SELECT value, revision FROM doorfiets.observation") == (6, 1)


async def test_the_old_boot_is_not_received_once_the_new_one_has_spoken(processing: StoreAndAggregate) -> None:
    """Its frame has a higher number, and comes again after the restart."""
    for value, boot, seq, after in ((5, "k1", 98, 20), (6, "k1", 99, 30), (7, "k2", 0, 40), (6, "k1", 99, 50)):
        await processing.store(*message(value, seq, boot=boot, after=after))
    assert processing.rows(VALUES) == [(7,)]
    runs = "SELECT sensor, started_at FROM doorfiets.sender_run ORDER BY started_at"
    assert processing.rows(runs) == [("a-1", NOON + QUARTER + timedelta(seconds=after)) for after in (20, 40)]


async def test_frames_of_a_network_come_in_the_order_of_their_counter(processing: StoreAndAggregate) -> None:
    """Two counters are two counts, a counter of 0 that the network leaves out too; a new session begins it again."""
    what = small()
    channel = what.sites[0].channels[0]
    what.sites[0].channels[0] = msgspec.structs.replace(
        channel, datastreams=[msgspec.structs.replace(channel.datastreams[0], source="bikes")]
    )
    load(processing.conninfo, what)
    for value, f_cnt, after in ((5, 0, 20), (6, 1, 40), (5, 0, 60)):
        await processing.store(*uplink(value, f_cnt, after=after))
    assert processing.rows(VALUES) == [(11,)]
    await processing.store(*uplink(7, 0, session="BXA50tHUGUucuzS/bCGMNw==", after=80))
    await processing.store(*uplink(6, 1, after=90))
    assert processing.rows(VALUES) == [(18,)]
    assert processing.row(COUNTS) == (3, 0, 2, 0)


async def test_what_an_import_restated_is_not_undone_by_a_message_that_comes_again(
    processing: StoreAndAggregate,
) -> None:
    """The import has no number and was received later; only what the sensor says after it can be newer."""
    await processing.store(*message(5, 1, after=20), *message(6, 2, after=30))
    await processing.store(*message(9, None, after=40))
    for seq in (2, 1):
        await processing.store(*message(4 + seq, seq, after=50 + seq))
    assert processing.rows(VALUES) == [(9,)]
    assert processing.row(COUNTS) == (1, 2, 1, 1)
    await processing.store(*message(8, 3, after=35))
    await processing.store(*message(8, 4, after=36), *message(8, 5, after=37))
    assert processing.rows(VALUES) == [(9,)]
    await processing.store(*message(7, 6, after=70))
    assert processing.rows(VALUES) == [(7,)]
    await processing.store(*message(9, None, after=60))
    assert processing.rows(VALUES) == [(7,)]


async def test_a_number_without_a_boot_is_no_sequence(processing: StoreAndAggregate) -> None:
    """It begins again when the sensor does, so it says nothing about what came before."""
    for value, seq, after in ((5, 7, 20), (6, 0, 40)):
        await processing.store(*message(value, seq, boot=None, after=after))
    assert processing.row("SELECT value, run, number FROM doorfiets.observation") == (6, None, None)
    assert processing.rows("SELECT * FROM doorfiets.sender_run") == []


async def test_a_run_that_turns_out_to_be_older_keeps_its_order(processing: StoreAndAggregate) -> None:
    """Batches changed places in the log while Kafka was away: its first message is read after its second."""
    await processing.store(*message(5, 5, after=20))
    earlier = [
        msgspec.structs.replace(one, started_at=NOON - QUARTER, ended_at=NOON) for one in message(1, 4, after=10)
    ]
    await processing.store(*earlier, *message(6, 6, after=30))
    assert processing.rows(VALUES) == [(1,), (6,)]


async def test_a_run_that_is_known_is_not_written_again(processing: StoreAndAggregate) -> None:
    """It has one row, and that row one version."""
    version = "SELECT xmin::text FROM doorfiets.sender_run"
    await processing.store(*message(5, 1, after=20))
    before = processing.row(version)
    await processing.store(*message(6, 2, after=40), *message(7, 3, after=50))
    assert processing.row(version) == before


async def test_a_sender_that_repeats_itself_without_end_stops_nobody(processing: StoreAndAggregate) -> None:
    """Ten thousand messages about one interval in one batch; each is counted, and its neighbours are stored."""
    said = [one for seq in range(10_000) for one in message(seq % 7, seq, after=seq / 1000)]
    await processing.store_records(
        [processing.record(*said[start : start + 500]) for start in range(0, len(said), 500)]
    )
    assert processing.rows(VALUES) == [(9_999 % 7,)]
    assert processing.row(COUNTS) == (1, 9_999, 0, 0)


@pytest.mark.parametrize("seed", range(4))
async def test_any_batching_of_any_delivery_ends_the_same(processing: StoreAndAggregate, seed: int) -> None:
    """Hundreds of intervals at once, each with its own story: numbered, restarted, restated, sent again."""
    draw = Random(seed)  # noqa: S311 - a game, no secret
    cases = [_case(draw) for _ in range(300)]
    for batch in _batches(draw, cases):
        await processing.store_records([processing.record(*batch)])
    expected = [_stories(case) for case in cases]
    assert [value for (value,) in processing.rows(VALUES)] == [existing for existing, _ in expected]
    total: Counter[str] = sum((counts for _, counts in expected), Counter())
    assert processing.row(COUNTS) == tuple(total[kind] for kind in ("stored", "corrections", "duplicates", "overtaken"))


@pytest.mark.parametrize("seed", range(2))
async def test_numbers_decide_in_whatever_order_the_log_is_read(processing: StoreAndAggregate, seed: int) -> None:
    """Receptions are shuffled, too; one run a case, as its first message is what makes a run old."""
    draw = Random(seed)  # noqa: S311 - likewise
    cases = [[Message(0, number := draw.randrange(5), number) for _ in range(draw.randint(1, 6))] for _ in range(200)]
    for batch in _batches(draw, cases, shuffled=True):
        await processing.store_records([processing.record(*batch)])
    assert [value for (value,) in processing.rows(VALUES)] == [max(one.value for one in case) for case in cases]


def test_the_rule_is_the_same_in_sql(processing: StoreAndAggregate) -> None:
    """Every combination of two runs, numbers, receptions and decodings."""
    places = [(None, None), *product((1, 2), (0, 1))]
    moments = list(product((1, 2), (0, 7, 8)))
    ones = [
        Said((0.0, 1.0, 0), at, run, run, number, decoded_at=again)
        for (at, again), (run, number) in product(moments, places)
    ]
    existing = [*ones, *(one._replace(restated=True) for one in ones if one.number is not None)]
    starts = {None: (None, None), 1: (5, 5), 2: (6, 5)}
    for said, before_it in product(ones, existing):
        for which in (0, 1):
            new, old = (one._replace(run_at=starts[one.run][which]) for one in (said, before_it))
            requested = (*_place(new), *_place(old), old.restated or None)
            query = "SELECT doorfiets.newer(" + ", ".join(["%s"] * len(requested)) + ")"
            assert processing.row(query, *requested) == (newer(new, old),), (new, old)


def _place(said: Said) -> tuple[object, ...]:
    run_at, decoded_at = (moment(at) if at else None for at in (said.run_at, said.decoded_at))
    return (said.run, run_at, said.number, moment(said.received_at), decoded_at)


def _case(draw: Random) -> list[Message]:
    """Tell the story of one interval, in the order of reception; a message that comes again says the same."""
    restarts, restates = draw.choice((1, 1, 2)), draw.random() < 0.5
    story: list[Message] = []
    for _ in range(draw.randint(1, 7)):
        if story and draw.random() < 0.3:
            story.append(draw.choice(story))
        elif restates and draw.random() < 0.4:
            story.append(Message(None, None, draw.randrange(4)))
        else:
            run, number = draw.randrange(restarts), draw.randrange(5)
            story.append(Message(run, number, (3 * run + number) % 4))
    return story


def _batches(
    draw: Random, cases: Sequence[Sequence[Message]], *, shuffled: bool = False
) -> Iterator[list[Observation]]:
    """Cut every story at places of its own, and offer the first pieces of all, then the second ones."""
    pieces: list[list[Observation]] = [[] for _ in range(4)]
    for interval, case in enumerate(cases):
        received = [*range(len(case))]
        if shuffled:
            draw.shuffle(received)
        reported = [_observation(interval, one, at) for one, at in zip(case, received, strict=True)]
        cuts = [0, *sorted(draw.randrange(len(case) + 1) for _ in range(3)), FOREVER]
        for number, (start, end) in enumerate(pairwise(cuts)):
            pieces[number] += reported[start:end]
    yield from (piece for piece in pieces if piece)


def _observation(number: int, said: Message, at: int) -> Observation:
    made = seen(said.value, at=NOON + number * QUARTER, received=at)
    if said.run is None:
        return made
    return msgspec.structs.replace(made, run=run_of("a-1", "boot", f"{number}-{said.run}"), number=said.number)


def _stories(case: Sequence[Message]) -> tuple[int, Counter[str]]:
    """Say what stands at the end of a story, and what became of its messages: from sets, not step by step."""
    counts: Counter[str] = Counter()
    for end in range(len(case)):
        counts[_became(case[:end], case[end], end)] += 1
    return case[_last(case)].value, counts


def _became(before: Sequence[Message], said: Message, at: int) -> str:
    if not before:
        return "stored"
    before_it = before[_last(before)]
    if _last([*before, said]) == at:
        return "duplicates" if before_it.value == said.value else "corrections"
    again = said.run is not None and said == before[_newest(before)]
    return "duplicates" if again or before_it.value == said.value else "overtaken"


def _last(case: Sequence[Message]) -> int:
    """Find what stands: the newest number where it came first, or what came later without one."""
    unnumbered = max((at for at, one in enumerate(case) if one.run is None), default=-1)
    return max(_newest(case), unnumbered)


def _newest(case: Sequence[Message]) -> int:
    numbered = [one for one in case if one.run is not None]
    if not numbered:
        return -1
    starts = {run: next(at for at, one in enumerate(case) if one.run == run) for run in {one.run for one in numbered}}
    return case.index(max(numbered, key=lambda one: (starts[one.run], one.number)))
