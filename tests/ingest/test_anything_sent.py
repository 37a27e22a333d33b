"""Whatever is sent on whatever topic ends as observations or as exactly one rejection, and its neighbours arrive."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, note

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.bridge.packets import publish
from ingest.dialects import DIALECTS, decoder, ours, things_stack
from ingest.dialects.decoder import MOST_STORED
from ingest.dialects.document import Document
from ingest.dialects.refusal import RefusedError
from ingest.packer import Addressed, Packer
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
    """See that a message ended whole, in one of two ways, with its exact bytes unless they may be about a passer-by."""
    seen = [one for one in found.observations if one.received_at == arrival.received_at]
    refused = [one for one in found.rejections if one.received_at == arrival.received_at]
    raw = [one.payload for one in found.received if one.received_at == arrival.received_at]
    assert len(refused) == (not seen)
    personal = [one.reason for one in refused] == ["personal_data"]
    assert raw == [] if personal else [arrival.payload]
    assert all(one.payload == (None if personal else arrival.payload) for one in refused)


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
    found = held(frames_of(arrivals, Packer("bridge", "r"), PARTITIONS))
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
    (DATA, b'{"\\ud800":null}', "UnicodeEncodeError"),
    (DATA, OURS.replace(b'"k3"', b'"k3","\\udfff":1'), "UnicodeEncodeError"),
    (UP, b'{"\\ud800":[]}', "UnicodeEncodeError"),
    (UP, UPLINK.replace(b'"f_port"', b'"\\ud83d"'), "UnicodeEncodeError"),
]
"""Messages that once ended the bridge, and what their dialect raised."""


@pytest.mark.parametrize(("topic", "payload", "raised"), FOUND)
def test_what_once_ended_the_bridge_is_unreadable(topic: str, payload: bytes, raised: str) -> None:
    """One rejection with the class of what was raised, between two neighbours that arrive."""
    (refused,) = ends(batch(topic, payload)).rejections
    assert (refused.reason, refused.payload, refused.sensor) == ("unreadable", payload, "noord-1")
    assert refused.detail.startswith(raised)


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
        decoder._dialect_of.cache_clear()

    yield spoken
    monkeypatch.undo()
    decoder._dialect_of.cache_clear()


@pytest.mark.parametrize("raised", RAISED)
def test_whatever_a_dialect_raises_is_one_unreadable_message(
    raised: type[Exception], spoken_by: Callable[[Any], None]
) -> None:
    """With its exact bytes and the name of the class: what the exception says may be content."""

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


def test_what_is_about_a_passer_by_is_kept_nowhere_though_its_dialect_fails(spoken_by: Callable[[Any], None]) -> None:
    """As a document, behind escapes, and cut short."""

    def decode(*_said: object) -> list[Observation]:
        raise VendorError("00:11:22:33:44:55")

    spoken_by(decode)
    for payload in (b'{"mac":"x"}', b'{"m\\u0061c":"x"}', b'{"m\\u0061c":"x"', b'{"seen":"jan@example.org"}'):
        found = held(frames_of([Arrival(1, 1, NOON, DATA, payload)], Packer("bridge", "r"), PARTITIONS))
        assert [(one.reason, one.payload) for one in found.rejections] == [("personal_data", None)]
        assert not found.received


def test_the_identity_of_a_device_is_no_passer_by_when_its_dialect_fails() -> None:
    """The bytes of a LoRaWAN uplink are kept though it names the hardware of its device."""
    (refused,) = ends(batch(UP, UPLINK.replace(b'"f_cnt"', b'"\\ud800"'))).rejections
    assert (refused.reason, b"70B3D57ED0000003" in (refused.payload or b"")) == ("unreadable", True)


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
    assert [(one.reason, one.topic) for one in found.rejections] == [("unknown_dialect", topic)] * 40


@pytest.mark.parametrize("name", [b"sensors/\xed\xa0\x80/data", b"\xff\xfe", b"v3/\xc0\xaf/devices/noord-1/up"])
def test_a_topic_that_is_no_text_is_one_refused_message(name: bytes) -> None:
    """Whoever drops the connection for it gets the message again, and again."""
    body = len(name).to_bytes(2, "big") + name + b"\x00\x07" + b"\x00" + b"{}"
    packet = b"\x32" + bytes([len(body)]) + body
    mid, topic, payload, _ = publish(packet, 2, len(packet), flags=packet[0])
    (refused,) = held(frames_of([Arrival(1, mid, NOON, topic, payload)], Packer("bridge", "r"), PARTITIONS)).rejections
    assert (mid, refused.topic.isascii(), refused.payload) == (7, True, b"{}")


@pytest.mark.parametrize("topic", [DATA, UP, "street/talk", "\x01" * 65_000])
def test_a_message_larger_than_the_log_takes_is_one_rejection_without_its_bytes(topic: str) -> None:
    """A broker that nobody configured takes messages of 256 MB; Kafka would refuse the record for ever."""
    arrivals = batch(topic, b'"' + b"x" * LARGEST)
    found = held(frames_of(arrivals, Packer("bridge", "r"), PARTITIONS))
    (refused,) = found.rejections
    assert (refused.topic, refused.reason, refused.payload) == (topic, "too_large", None)
    assert str(LARGEST + 1) in refused.detail
    assert [one.payload for one in found.received] == [arrivals[0].payload, arrivals[2].payload]


def test_the_largest_message_that_is_kept_fits_in_a_record() -> None:
    """Whatever its topic is, which is spelled with escapes where it is no text."""
    topic = "\\xff" * 65_535
    found = held(frames_of([Arrival(1, 1, NOON, topic, b"x" * MOST_STORED)], Packer("bridge", "r"), PARTITIONS))
    assert [len(one.payload) for one in found.received] == [MOST_STORED]
    assert [len(one.payload or b"") for one in found.rejections] == [MOST_STORED]
