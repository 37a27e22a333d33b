"""The door answers for every topic, and keeps nothing that nobody named, whichever way a message is wrong."""

from datetime import UTC, datetime

import pytest

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.dialects import DIALECTS, decode
from ingest.dialects.decoder import decode_permitted, dialect_of, public_topic
from ingest.packer import Packer
from schemas.rejection import Rejection
from schemas.topics import PARTITIONS, REJECTIONS

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NOBODYS = "sensors/Noord 1/data"
UNPARSED = [
    b"",
    b"\x1f\x8b\x08",
    b"kenteken;jan@example.org",
    b"00-11-22-33-44-55,3",
    b'{"image":',
    b"\xff\xd8\xff\xe0 a photograph",
    b'{"mac":"x","mac":"y"}',
    '{"mac":"x"}'.encode("utf-16"),
]


@pytest.mark.parametrize("payload", UNPARSED)
@pytest.mark.parametrize("topic", [NOBODYS, *(example.topic for dialect in DIALECTS for example in dialect.examples)])
def test_what_cannot_be_parsed_is_sealed_or_not_kept(topic: str, payload: bytes) -> None:
    """A dialect or none: without a key nothing of it stands in the rejection, nor in `raw`."""
    refused = decode(topic, payload, NOON)
    assert isinstance(refused, Rejection)
    assert refused.payload is None
    assert not any(quoted in refused.detail for quoted in ("44-55", "jan", "photograph"))
    frames = frames_of([Arrival(1, 1, NOON, topic, payload)], Packer("b", "r"), PARTITIONS)
    assert [frame.topic for frame in frames] == [REJECTIONS.name]
    sealed = decode_permitted(topic, payload, NOON, seal=lambda content, at: b"%d %s" % (at.year, content))
    assert sealed.payload == b"2026 " + payload


def test_a_document_that_nobody_decodes_is_not_parsed() -> None:
    """What may stay of it is for its dialect to say."""
    assert decode_permitted(NOBODYS, b'{"value":4}', NOON).payload is None


@pytest.mark.parametrize(
    ("topic", "stays"),
    [
        ("sensors/noord-1/data", "sensors/noord-1/data"),
        ("v3/jan@jansen/devices/noord-1/up", "v3/-/devices/noord-1/up"),
        ("v3/-/devices/noord-1/up", "v3/-/devices/noord-1/up"),
        ("v3/jan@jansen/devices/noord-1/down", "v3/<10>/<7>/<7>/<4>"),
        ("sensors/Jan Jansen/data", "sensors/<10>/data"),
        ("v3/app@ttn/devices/LUS-0001/up", "v3/<7>/devices/<8>/up"),
        ("application/7/device/70B3D57ED0001234/event/up", "application/<1>/device/<16>/event/up"),
        ("sensors/<10>/<4>", "sensors/<10>/<4>"),
        ("jan@example.org", "<15>"),
        ("jan/v3", "<3>/<2>"),
        ("a/b/c/d/e/f/g/h/i", "<1>/<1>/<1>/<1>/<1>/<1>/<1>/<3>"),
        ("", "<0>"),
        ("sensors" + "/x" * 32_000, "sensors/<1>/<1>/<1>/<1>/<1>/<1>/<63987>"),
        ("sensors/" + "x" * 65_000 + "/data", "sensors/<65000>/<4>"),
    ],
)
def test_of_a_topic_stay_named_ids_and_fixed_words(topic: str, stays: str) -> None:
    """An unknown one keeps its first level where somebody subscribes to it; what stays stays so."""
    assert public_topic(topic) == stays
    assert public_topic(stays) == stays
    refused = decode(topic, b"{}", NOON)
    assert isinstance(refused, Rejection)
    assert refused.topic == stays


@pytest.mark.parametrize("topic", [example.topic for dialect in DIALECTS for example in dialect.examples])
def test_what_stays_of_a_topic_names_the_same_sensor(topic: str) -> None:
    """What is in `raw` can be decoded with the topic that is there."""
    assert dialect_of(public_topic(topic)) == dialect_of(topic)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("v3/app@ttn/devices/LUS-0001/up", "nearly v3/+/devices/+/up, in which an id is 3 to 40 of a-z, 0-9 and -"),
        ("sensors/ab/data", "nearly sensors/+/data, in which an id is 3 to 40 of a-z, 0-9 and -"),
        ("application/7/device/70B3D57ED0001234/event/up", "in which an id is 16 of 0-9 and a-f"),
        ("telraam/segment-1", "in which an id is 3 to 19 digits"),
    ],
)
def test_a_topic_that_is_nearly_right_is_told_how_an_id_is_written(topic: str, expected: str) -> None:
    """Capitals are the usual mistake; the id itself is not said."""
    refused = decode_permitted(topic, b"{}", NOON).outcome
    assert isinstance(refused, Rejection)
    assert refused.reason == "unknown_dialect"
    assert expected in refused.detail
    assert "LUS" not in refused.detail + refused.topic


def test_a_topic_of_no_shape_is_only_refused() -> None:
    """Nothing is guessed about what nobody would send."""
    refused = decode_permitted("v3/app@ttn/devices/lus-1/down", b"{}", NOON).outcome
    assert isinstance(refused, Rejection)
    assert refused.detail == "no dialect reads this topic"
