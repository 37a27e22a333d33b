"""The door answers for every topic, and keeps nothing of a passer-by, whichever way a message is wrong."""

from datetime import UTC, datetime

import pytest

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.dialects import DIALECTS, decode
from ingest.packer import Packer
from schemas.rejection import Rejection
from schemas.topics import PARTITIONS, REJECTIONS

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NOBODYS = "sensors/Noord 1/data"
PERSONAL = [
    b'{"mac":"x"}',
    b'{"m\\u0061c":"x"}',
    b'{"seen":["00:11:22:33:44:55"]}',
    b"kenteken;jan@example.org",
    b"00-11-22-33-44-55,3",
    b'{"image":',
    b'["/9j/4AAQ"',
    b"\xff\xd8\xff\xe0 a photograph",
    '{"mac":"x"}'.encode("utf-16"),
]


@pytest.mark.parametrize("payload", PERSONAL)
@pytest.mark.parametrize("topic", [NOBODYS, *(example.topic for dialect in DIALECTS for example in dialect.examples)])
def test_nothing_of_a_passer_by_is_kept_on_any_topic(topic: str, payload: bytes) -> None:
    """A document or not, a dialect or none: the bytes stand neither in the rejection nor in `raw`."""
    refused = decode(topic, payload, NOON)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.payload) == ("personal_data", None)
    assert "44:55" not in refused.detail
    frames = frames_of([Arrival(1, 1, NOON, topic, payload)], Packer("b", "r"), PARTITIONS)
    assert [frame.topic for frame in frames] == [REJECTIONS.name]


@pytest.mark.parametrize("payload", [b"", b"\x1f\x8b\x08", b'{"value":4}', b"a@b", b"2026-05-12"])
def test_what_nobody_reads_is_kept_whole(payload: bytes) -> None:
    """It can be read when somebody does."""
    refused = decode(NOBODYS, payload, NOON)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.payload, refused.sensor) == ("unknown_dialect", payload, None)
