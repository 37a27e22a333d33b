"""The parts of the bridge that need no service: packets, clock, inbox, frames, lock, ready file, log lines."""

import json
import logging
import os
import resource
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ingest.intake
from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival, Inbox
from ingest.bridge.packets import MalformedPacketError, body_of, pubacks, publish
from ingest.bridge.ready import ReadyFile
from ingest.clock import ReceptionClock
from ingest.dialects import DIALECTS
from ingest.dialects.decoder import NOBODY
from ingest.intake import Intake, Message
from ingest.json_log import JsonLines
from ingest.only_one import SecondProcessError, only_one
from ingest.packer import Addressed, Packer
from schemas.frames import unpack_observations, unpack_raw, unpack_rejections
from schemas.topics import partition_of

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


def spelled(topic: str, mid: int, payload: bytes, properties: bytes = b"", *, again: bool = False) -> bytes:
    """Spell a PUBLISH packet of QoS 1 the way MQTT 5 does."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + mid.to_bytes(2, "big") + length(len(properties)) + properties + payload
    return (b"\x3a" if again else b"\x32") + length(len(body)) + body


def length(number: int) -> bytes:
    """Spell a variable byte integer."""
    spelled = b""
    while number > 127:
        spelled += bytes([number & 127 | 128])
        number >>= 7
    return spelled + bytes([number])


@given(
    st.text("abc/ö", min_size=1, max_size=300),
    st.integers(1, 65_535),
    st.binary(max_size=20_000),
    st.sampled_from([b"", b"\x01\x01", b"&" + b"\x00\x01a\x00\xc8" + b"x" * 200]),
    st.sampled_from([True, False]),
)
def test_a_publish_packet_is_read_back(
    topic: str,
    mid: int,
    payload: bytes,
    properties: bytes,
    again: bool,  # noqa: FBT001 - as hypothesis gives it
) -> None:
    """Whatever its length and its properties, with its sign of a redelivery, and only once it is whole."""
    packet = spelled(topic, mid, payload, properties, again=again)
    data = b"\xd0\x00" + packet
    assert body_of(data[:-1], 2) is None
    found = body_of(data, 2)
    assert found is not None
    assert found[1] == len(data)
    assert publish(data, *found, flags=data[2]) == (mid, topic, payload, again)


def test_a_length_of_five_bytes_is_no_mqtt() -> None:
    """The broker would never say that."""
    with pytest.raises(MalformedPacketError):
        body_of(b"\x30\xff\xff\xff\xff\x01", 0)


def test_acknowledgements_are_one_piece_in_order() -> None:
    """Two bytes of header, two of message id, each."""
    assert pubacks([1, 258]) == b"\x40\x02\x00\x01\x40\x02\x01\x02"


@given(st.lists(st.integers(-5, 5), min_size=1), st.none() | st.integers(-10, 10))
def test_reception_goes_on_only(steps: list[int], newest: int | None) -> None:
    """Whatever the machine's clock does, and after whatever the log holds."""
    times = iter([NOON + timedelta(microseconds=step) for step in steps])
    before = None if newest is None else NOON + timedelta(microseconds=newest)
    clock = ReceptionClock(before, lambda: next(times))
    received = [clock.tick() for _ in steps]
    assert all(one < other for one, other in pairwise(received))
    assert before is None or received[0] > before
    assert received[0] >= NOON + timedelta(microseconds=steps[0])


class LogInMemory:
    """A log that holds frames."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.frames: list[Addressed] = []

    async def deliver(self, frames: Sequence[Addressed]) -> None:
        """Hold frames."""
        self.frames += frames


async def test_what_is_fetched_is_received_after_all_that_is_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the clock was set back: a revision is not older than what it revises. Each message has its own answer."""
    log = LogInMemory()
    monkeypatch.setattr(ingest.intake, "KafkaLog", lambda *_, **__: log)
    newest = NOON + timedelta(hours=1)
    intake = Intake("kafka:1", "poll", devices=lambda: NOBODY, now=lambda: NOON, newest=newest)
    good = Message("v1.1/Datastreams(7)/Observations", b'{"result":1}')
    answers = await intake.take([good, Message("v1.1/x", b"{}"), good, good._replace(payload=b"{")])
    assert [one and one.reason for one in answers] == [None, "unknown_dialect", None, "malformed"]
    received = [one.received_at for frame in log.frames if frame.topic == "raw" for one in unpack_raw(*frame.frame)]
    assert min(received) > newest


def arrival(mid: int, payload: bytes = b"{}", sensor: str = "noord-1") -> Arrival:
    """Make a message that arrived at noon."""
    return Arrival(1, mid, NOON + timedelta(microseconds=mid), f"sensors/{sensor}/data", payload)


async def test_the_inbox_gives_a_full_batch_at_once_and_a_part_in_time() -> None:
    """In order of arrival, none twice."""
    inbox = Inbox(limit=10)
    for mid in range(1, 6):
        inbox.put(arrival(mid))
    batches = [await inbox.take(3, 60.0), await inbox.take(3, 0.01)]
    assert [[one.mid for one in batch] for batch in batches] == [[1, 2, 3], [4, 5]]


async def test_what_the_broker_sends_again_is_dropped_with_its_connection() -> None:
    """Only messages without an answer stay; of those, too many are shed and counted."""
    inbox = Inbox(limit=2)
    for mid in (1, 0, 0, 2):
        inbox.put(arrival(mid))
    assert inbox.shed == 1
    inbox.drop_unacknowledged()
    assert [one.mid for one in inbox.take_now(10)] == [0]


STA = b'{"result":1,"Datastream":{"@iot.id":7}}'


@pytest.mark.parametrize(
    ("topic", "payload", "sensor"),
    [
        ("v1.1/Observations", STA, "sta-7"),
        ("v1.1/Datastreams(7)/Observations", STA, "sta-7"),
        ("v1.1/Datastreams(07)/Observations", b'{"result":1}', "sta-7"),
        ("v1.1/Datastreams(007)/Observations", STA.replace(b"7", b'"0007"'), "sta-7"),
        ("v1.1/Observations", STA.replace(b"7", b'"07"'), "sta-7"),
        ("v1.1/Datastreams(0)/Observations", b'{"result":1}', "sta-0"),
        *((example.topic, example.payload, example.sensor) for one in DIALECTS for example in one.examples),
    ],
)
def test_all_of_one_sensor_is_in_one_partition_whatever_its_topic_names(
    topic: str, payload: bytes, sensor: str
) -> None:
    """Also where the payload names it, or the topic with other digits: that of its name, as files of it have."""
    frames = frames_of([Arrival(1, 1, NOON, topic, payload)], Packer("bridge", "r"), 12)
    assert {(one.topic, one.partition) for one in frames} == {
        ("raw", partition_of(sensor)), ("observations", partition_of(sensor)),
    }  # fmt: skip
    seen = [one for frame in frames if frame.topic == "observations" for one in unpack_observations(*frame.frame)]
    assert {one.sensor for one in seen} == {sensor}


def test_every_message_is_received_and_ends_as_observations_or_a_rejection() -> None:
    """Frames go to the partition of the sensor; both topics hold what stays of a message, and no more."""
    good = (
        b'{"sensor":"noord-1","readings":[{"quantity":"bicycles","start":"2026-05-12T06:00:00Z",'
        b'"end":"2026-05-12T06:15:00Z","value":1,"unit":"1"}]}'
    )
    arrivals = [arrival(1, good), arrival(2, b"broken"), arrival(3, b'{"mac":"x"}'), arrival(4, good, "zuid-1")]
    frames = frames_of(arrivals, Packer("bridge", "r"), 12, seal=lambda content, _: b"sealed " + content)
    found = {(one.topic, one.partition): one.frame for one in frames}
    noord, zuid = partition_of("noord-1"), partition_of("zuid-1")
    assert {(topic, part) for topic, part in found if part == noord} == {
        ("raw", noord), ("observations", noord), ("rejections", noord),
    }  # fmt: skip
    stays = [good, b"sealed broken", b'{"mac":"<text 1>"}']
    assert [one.payload for one in unpack_raw(*found["raw", noord])] == stays
    assert [one.sensor for one in unpack_observations(*found["observations", noord])] == ["noord-1"]
    assert [(one.reason, one.payload) for one in unpack_rejections(*found["rejections", noord])] == [
        ("malformed", stays[1]), ("unknown_field", stays[2]),
    ]  # fmt: skip
    assert [one.reason for one in unpack_rejections(*found["rejections", zuid])] == ["other_sensor"]
    ids = [value for one in frames for key, value in one.frame.headers if key == "frame"]
    assert len(set(ids)) == len(ids)


def test_a_second_bridge_is_told_who_runs(tmp_path: Path) -> None:
    """The lock is free again when the first has gone."""
    file = tmp_path / "run" / "bridge.lock"
    with (
        only_one(file, "it"),
        pytest.raises(SecondProcessError, match=str(os.getpid())),
        only_one(file, "it"),
    ):
        pass
    with only_one(file, "it"):
        pass


def test_the_ready_file_says_who_is_ready(tmp_path: Path) -> None:
    """It is removed at start and at the end."""
    file = tmp_path / "bridge"
    file.write_text("1\n")
    ready = ReadyFile(file)
    assert not file.exists()
    ready.announce()
    assert file.read_text() == f"{os.getpid()}\n"
    ready.withdraw()
    assert not file.exists()


def test_a_ready_file_that_cannot_be_written_is_written_later(tmp_path: Path) -> None:
    """A disk that takes no byte ends no bridge, and does not leave it unready for ever."""
    file = tmp_path / "bridge"
    ready = ReadyFile(file)
    file.symlink_to("/dev/full")
    ready.announce()
    ready.announce()
    file.unlink()
    ready.repeat()
    assert file.read_text() == f"{os.getpid()}\n"
    ready.withdraw()
    ready.repeat()
    assert not file.exists()


def test_a_ready_file_that_cannot_be_taken_away_ends_nothing(tmp_path: Path) -> None:
    """Whoever watches the bridge goes on; a folder in its place cannot be unlinked, as on a disk that takes nothing."""
    file = tmp_path / "bridge"
    ready = ReadyFile(file)
    file.mkdir()
    ready.withdraw()
    ready.repeat()
    assert file.is_dir()


def test_a_lock_on_a_full_disk_is_held_without_a_name(tmp_path: Path) -> None:
    """Who holds it is a courtesy."""
    file = tmp_path / "bridge.lock"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # no file takes a byte
    try:
        with (
            only_one(file, "it"),
            pytest.raises(SecondProcessError, match="pid unknown"),
            only_one(file, "it"),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_log_line_stays_one_line() -> None:
    """Line ends, escape sequences and quotes of strangers are escaped."""
    record = logging.makeLogRecord({"msg": "raw", "name": "x", "levelname": "INFO", "topic": 'a\r\n{"b":\x1b[31m'})
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert json.loads(line)["topic"] == 'a\r\n{"b":\x1b[31m'
