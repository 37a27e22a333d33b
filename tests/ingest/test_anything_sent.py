"""Whatever is sent on whatever topic ends as observations or as exactly one rejection, and its neighbours arrive."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, note

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.bridge.packets import publish
from ingest.dialects import DIALECTS, decoder, ours, things_stack
from ingest.dialects.decoder import MOST_STORED, decode_permitted, public_topic
from ingest.dialects.document import Document
from ingest.dialects.refusal import RefusedError
from ingest.packer import Addressed, Packer
from ingest.seal import KeyRing
from schemas.frames import unpack_observations, unpack_raw, unpack_rejections
from schemas.observation import Observation, RawMessage
from schemas.rejection import REASONS, Rejection
from schemas.topics import OBSERVATIONS, PARTITIONS, RAW, REJECTIONS
from streams.domain.assignment import assign
from streams.domain.datastreams import registry
from streams.sinks.observation_store import digest
from tests.ingest.anything import CHOICES, Choices, message, text

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
LARGEST: Final = 1_048_588
"""Bytes of a record that Kafka takes unless it is told otherwise."""

OURS, UPLINK = ours.DIALECT.examples[0].payload, things_stack.DIALECT.examples[0].payload
DATA, UP = ours.DIALECT.examples[0].topic, things_stack.DIALECT.examples[0].topic
EXAMPLES: Final = [example for dialect in DIALECTS for example in dialect.examples]
MESSAGES: Final = {example.topic: message(example.payload) for example in EXAMPLES}
TOPICS: Final = (*MESSAGES, "", "$SYS/broker", "sensors//data", f"v3/{'x' * 60_000}/devices/a/up")


def topic_of(choices: Choices) -> str:
    """Name a topic: one that is spoken on, or one with any text at any level."""
    levels = choices.one(EXAMPLES).topic.split("/")
    levels[choices.below(len(levels))] = "{}"
    forms = ("{}", "/".join(levels))
    return choices.one(forms).format(text(choices)) if choices.below(4) else choices.one(TOPICS)


class Held(NamedTuple):
    """What Kafka would hold of a batch."""

    received: list[RawMessage]
    observations: list[Observation]
    rejections: list[Rejection]


def held(frames: Iterable[Addressed]) -> Held:
    """Unpack frames as those who read the log do."""
    found = Held([], [], [])
    for one in frames:
        assert len(one.frame.value) < LARGEST
        assert 0 <= one.partition < PARTITIONS
        match one.topic:
            case RAW.name:
                found.received.extend(unpack_raw(*one.frame))
            case OBSERVATIONS.name:
                found.observations.extend(unpack_observations(*one.frame))
            case REJECTIONS.name:
                found.rejections.extend(unpack_rejections(*one.frame))
    return found


def ends_once(arrival: Arrival, found: Held) -> None:
    """See that a message ended whole, in one of two ways, and that what stays of it is the same in both topics."""
    seen = [one for one in found.observations if one.received_at == arrival.received_at]
    refused = [one for one in found.rejections if one.received_at == arrival.received_at]
    raw = [one for one in found.received if one.received_at == arrival.received_at]
    assert len(refused) == (not seen)
    assert [(one.topic, one.payload) for one in raw] == [stays(arrival)]
    assert all((one.topic, one.payload) == stays(arrival) for one in refused)


def stays(arrival: Arrival) -> tuple[str, bytes | None]:
    """Give what stays of a message: its document with what is named, or its bytes under a seal that is none."""
    topic = arrival.topic.encode(errors="backslashreplace").decode()
    return decode_permitted(topic, arrival.payload, arrival.received_at, seal=openly)[1:]


def openly(payload: bytes, _received_at: datetime) -> bytes:
    """Seal nothing: the bytes as they came."""
    return b"sealed " + payload


def batch(topic: str, payload: bytes) -> list[Arrival]:
    """Put a message between two right ones of the same sensor, which no message is by chance: else it came again."""
    before, after = (OURS.replace(b'"k3"', boot) for boot in (b'"a-neighbour"', b'"another-neighbour"'))
    reported = [(DATA, before), (topic, payload), (DATA, after)]
    return [Arrival(1, mid, NOON + timedelta(microseconds=mid), *one) for mid, one in enumerate(reported, start=1)]


def noted(arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Show the message where a property fails."""
    note(f"{arrivals[1]}")
    return arrivals


def ends(arrivals: Sequence[Arrival]) -> Held:
    """Take a batch to Kafka and as far as the database, and see that each message ends once."""
    found = held(frames_of(arrivals, Packer("bridge", "r"), PARTITIONS, seal=openly))
    for arrival in arrivals:
        ends_once(arrival, found)
    assert (
        sum(one.sensor == "noord-1" and one.received_at != arrivals[1].received_at for one in found.observations) == 4
    )
    assert not assign(found.observations, registry(())).accepted.seen  # nobody is registered, everything is a rejection
    assert all(digest(one) for one in found.rejections)
    return found


@pytest.mark.parametrize("topic", MESSAGES)
@given(choices=CHOICES)
def test_whatever_is_said_in_a_dialect_ends_once(topic: str, choices: Choices) -> None:
    """On each of its topics: a right message, anything at all, and a right one with something wrong in it."""
    ends(noted(batch(topic, MESSAGES[topic].instead(choices))))


@given(CHOICES)
def test_whatever_the_topic_a_message_ends_once(choices: Choices) -> None:
    """Names of topics hold every code point too, and are up to 64 KB long."""
    ends(noted(batch(topic_of(choices), choices.one([*MESSAGES.values()]).instead(choices))))


FOUND: Final = [
    (DATA, b'{"\\ud800":null}', "unknown_field"),
    (DATA, OURS.replace(b'"k3"', b'"k3","\\udfff":1'), "unknown_field"),
    (UP, b'{"\\ud800":[]}', "missing_field"),
    (UP, UPLINK.replace(b'"f_port"', b'"\\ud83d"'), None),
]
"""Messages that once ended the bridge, with half a surrogate pair, and why they are refused, if they are."""


@pytest.mark.parametrize(("topic", "payload", "reason"), FOUND)
def test_what_once_ended_the_bridge_ends_once(topic: str, payload: bytes, reason: str | None) -> None:
    """What no UTF-8 can hold is replaced before anybody decodes it, and the neighbours arrive."""
    found = ends(batch(topic, payload))
    assert [one.reason for one in found.rejections] == ([reason] if reason else [])
    assert [b"<key 1>" in one.payload for one in found.received] == [False, True, False]


class VendorError(Exception):
    """Something that a library of a vendor raises."""


RAISED: Final = [
    ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError, OverflowError, RecursionError, MemoryError,
    AssertionError, StopIteration, NotImplementedError, TimeoutError, OSError, EOFError, VendorError,
]  # fmt: skip


@pytest.fixture
def spoken_by(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """Put another decoder in the place of our own dialect's."""

    def spoken(decode: Any) -> None:  # noqa: ANN401 - a dialect that keeps no promise
        (dialect, *others) = decoder.DIALECTS
        monkeypatch.setattr(decoder, "DIALECTS", (dialect._replace(decode=decode, quickly=None), *others))
        decoder._known_topic.cache_clear()

    yield spoken
    monkeypatch.undo()
    decoder._known_topic.cache_clear()


@pytest.mark.parametrize("raised", RAISED)
def test_whatever_a_dialect_raises_is_one_unreadable_message(
    raised: type[Exception], spoken_by: Callable[[Any], None]
) -> None:
    """With what stays of it and the name of the class: what the exception says may be content."""

    def decode(_topic: str, document: Document, _received_at: datetime, _device: object) -> list[Observation]:
        if "secret" in document:
            raise raised("secret")
        return ours.decode(DATA, document, NOON, None)

    spoken_by(decode)
    found = held(frames_of(batch(DATA, b'{"secret":1}'), Packer("bridge", "r"), PARTITIONS))
    (refused,) = found.rejections
    assert (refused.reason, refused.payload, refused.dialect) == ("unreadable", b'{"secret":1}', "ours")
    assert refused.detail == f"{raised.__name__} while it was decoded"
    assert (len(found.received), len(found.observations)) == (3, 4)


def test_what_a_dialect_fails_on_is_kept_as_far_as_it_may_be(spoken_by: Callable[[Any], None]) -> None:
    """As a document, behind escapes; cut short it cannot be parsed, and without a key nothing of it is kept."""

    def decode(*_said: object) -> list[Observation]:
        raise VendorError("00:11:22:33:44:55")

    spoken_by(decode)
    for payload, stays in (
        (b'{"mac":"00:11:22:33:44:55"}', b'{"mac":"<text 17>"}'),
        (b'{"m\\u0061c":"x"}', b'{"mac":"<text 1>"}'),
        (b'{"00:11:22:33:44:55":5}', b'{"<key 17>":5}'),
        (b'{"m\\u0061c":"x"', None),
    ):
        found = held(frames_of([Arrival(1, 1, NOON, DATA, payload)], Packer("bridge", "r"), PARTITIONS))
        assert [(one.reason, one.payload) for one in found.rejections] == [
            ("unreadable" if stays else "malformed", stays)
        ]
        assert [one.payload for one in found.received] == ([stays] if stays else [])
        assert "00:11" not in found.rejections[0].detail


@pytest.mark.parametrize(
    "given_back",
    [
        [Observation("noord-1", "\ud800", NOON, NOON, 1.0, 1.0, NOON)],
        [Observation("noord-1", "n", NOON, NOON, 10**30, 1.0, NOON)],
        [Observation("noord-1", "n", NOON, NOON, object(), 1.0, NOON)],  # type: ignore[arg-type]
        [object()],
        7,
    ],
)
def test_what_cannot_be_packed_is_one_unreadable_message(given_back: object, spoken_by: Callable[[Any], None]) -> None:
    """A dialect may read a message and yet give what no frame holds: its neighbours do not go with it."""
    spoken_by(lambda _topic, said, _at, _device: given_back if "odd" in said else ours.decode(DATA, said, NOON, None))
    found = held(frames_of(batch(DATA, b'{"odd":1}'), Packer("bridge", "r"), PARTITIONS))
    assert [(one.reason, one.payload) for one in found.rejections] == [("unreadable", b'{"odd":1}')]
    assert (len(found.received), len(found.observations)) == (3, 4)


@pytest.mark.parametrize("given_back", [[], None, ()])
def test_a_message_of_which_nothing_remains_is_refused(given_back: object, spoken_by: Callable[[Any], None]) -> None:
    """It ends as observations or as a rejection, never as nothing."""
    spoken_by(lambda *_said: given_back)
    found = held(frames_of([Arrival(1, 1, NOON, DATA, b"{}")], Packer("bridge", "r"), PARTITIONS))
    assert [(one.reason, one.payload) for one in found.rejections] == [("not_a_measurement", b"{}")]


@pytest.mark.parametrize(
    ("reason", "detail"), [("because", "of that"), ("because", ""), ("range", "\ud800"), ("range", "x" * 2_000_000)]
)
def test_a_refusal_that_nobody_can_hold_is_one_too(reason: str, detail: str, spoken_by: Callable[[Any], None]) -> None:
    """An unknown reason, or a sentence that is no text."""

    def decode(*_said: object) -> list[Observation]:
        raise RefusedError(reason, detail)

    spoken_by(decode)
    (refused,) = held(frames_of([Arrival(1, 1, NOON, DATA, b"{}")], Packer("bridge", "r"), PARTITIONS)).rejections
    assert refused.payload == b"{}"
    assert refused.reason in REASONS


def test_a_broken_world_still_ends_the_bridge(spoken_by: Callable[[Any], None]) -> None:
    """What is no Exception is not about a message."""

    def decode(*_said: object) -> list[Observation]:
        raise KeyboardInterrupt

    spoken_by(decode)
    with pytest.raises(KeyboardInterrupt):
        frames_of(batch(DATA, b"{}"), Packer("bridge", "r"), PARTITIONS)


@pytest.mark.parametrize("character", ["x", "\U0001f6b2"])
def test_frames_stay_small_however_long_the_topics(character: str) -> None:
    """Kafka refuses a record of more than a megabyte, and everything behind it would wait for ever."""
    topic = f"v3/{character * (65_000 // len(character.encode()))}/devices/noord-1/up"
    arrivals = [Arrival(1, mid, NOON + timedelta(microseconds=mid), topic, b"{}") for mid in range(1, 41)]
    found = held(frames_of(arrivals, Packer("bridge", "r"), PARTITIONS))
    stays = f"v3/<{len(topic) - 22}>/<7>/<7>/<2>"
    assert [(one.reason, one.topic) for one in found.rejections] == [("unknown_dialect", stays)] * 40


@pytest.mark.parametrize("name", [b"sensors/\xed\xa0\x80/data", b"\xff\xfe", b"v3/\xc0\xaf/devices/noord-1/down"])
def test_a_topic_that_is_no_text_is_one_refused_message(name: bytes) -> None:
    """Whoever drops the connection for it gets the message again, and again; what cannot be parsed is sealed."""
    body = len(name).to_bytes(2, "big") + name + b"\x00\x07" + b"\x00" + b"{}"
    packet = b"\x32" + bytes([len(body)]) + body
    mid, topic, payload, _ = publish(packet, 2, len(packet), flags=packet[0])
    arrivals = [Arrival(1, mid, NOON, topic, payload)]
    (refused,) = held(frames_of(arrivals, Packer("bridge", "r"), PARTITIONS, seal=openly)).rejections
    assert (mid, refused.topic.isascii(), refused.payload) == (7, True, b"sealed {}")


@pytest.mark.parametrize("topic", [DATA, UP, "street/talk", "\x01" * 65_000])
def test_a_message_larger_than_the_log_takes_is_one_rejection_without_its_bytes(topic: str) -> None:
    """A broker that nobody configured takes messages of 256 MB; Kafka would refuse the record for ever."""
    arrivals = batch(topic, b'"' + b"x" * LARGEST)
    found = held(frames_of(arrivals, Packer("bridge", "r"), PARTITIONS))
    (refused,) = found.rejections
    assert (refused.topic, refused.reason, refused.payload) == (public_topic(topic), "too_large", None)
    assert str(LARGEST + 1) in refused.detail
    assert [one.payload for one in found.received] == [stays(arrivals[0])[1], stays(arrivals[2])[1]]


def test_the_largest_message_that_is_kept_fits_in_a_record(tmp_path: Path) -> None:
    """Sealed, and whatever its topic is, which is spelled with escapes where it is no text."""
    topic = "\\xff" * 65_535
    arrivals = [Arrival(1, 1, NOON, topic, b"x" * MOST_STORED)]
    found = held(frames_of(arrivals, Packer("bridge", "r"), PARTITIONS, seal=KeyRing(tmp_path, lambda: NOON).seal))
    sizes = [len(one.payload) for one in found.received] + [len(one.payload or b"") for one in found.rejections]
    assert len(sizes) == 2
    assert all(MOST_STORED < size < MOST_STORED + 60 for size in sizes)
