"""What is sealed can be opened while the key of its day is there, and by nobody afterwards."""

import stat
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.bridge.receptions import Receptions
from ingest.packer import Addressed, Packer
from ingest.seal import KeyRing
from schemas.frames import unpack_raw, unpack_rejections
from schemas.rejection import Rejection
from schemas.sealed import sealed_on
from schemas.topics import RAW, REJECTIONS
from streams.sinks.observation_store import digest

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TOPIC: Final = "sensors/noord-1/data"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Start at noon."""
        self.now = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


def days_of(folder: Path) -> list[str]:
    """Name the keys that are there."""
    return sorted(file.name for file in folder.iterdir())


@given(st.binary(max_size=300))
def test_what_is_sealed_is_opened_again(tmp_path_factory: pytest.TempPathFactory, payload: bytes) -> None:
    """By this ring, and by another that reads the same folder."""
    folder = tmp_path_factory.getbasetemp() / "ring"
    ring = KeyRing(folder, Clock())
    sealed = ring.seal(payload, NOON)
    assert sealed is not None
    assert sealed_on(sealed) == date(2026, 11, 29)
    assert len(payload) < 6 or payload not in sealed.removeprefix(b"sealed 2026-11-29 ")
    assert ring.opened(sealed) == KeyRing(folder, Clock()).opened(sealed) == payload


def test_the_same_bytes_on_a_day_are_the_same_sealed_bytes_and_no_other_s(tmp_path: Path) -> None:
    """So a message that comes again is recognised; on another day, or elsewhere, it is another."""
    ring = KeyRing(tmp_path / "a", Clock())
    sealed = ring.seal(b"{broken", NOON)
    assert ring.seal(b"{broken", NOON + timedelta(hours=11)) == sealed
    assert KeyRing(tmp_path / "a", Clock()).seal(b"{broken", NOON) == sealed
    others = {
        ring.seal(b"{Broken", NOON),
        ring.seal(b"{broken", NOON - timedelta(days=1)),
        KeyRing(tmp_path / "b", Clock()).seal(b"{broken", NOON),
    }
    assert len(others | {sealed}) == 4


@pytest.mark.parametrize("damage", [
    lambda sealed: sealed[:-1], lambda sealed: sealed + b"x", lambda sealed: sealed[:20],
    lambda sealed: sealed.replace(b"11-29", b"11-28"), lambda sealed: b"sealed 2026-13-99 " + sealed[18:],
    lambda sealed: sealed[:30] + bytes([sealed[30] ^ 1]) + sealed[31:], lambda _: b"{}", lambda _: b"",
])  # fmt: skip
def test_what_is_not_what_was_sealed_is_not_opened(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """Cut, lengthened, changed, or never sealed at all."""
    ring = KeyRing(tmp_path, Clock())
    ring.seal(b"yesterday", NOON - timedelta(days=1))
    assert ring.opened(damage(ring.seal(b"{broken", NOON) or b"")) is None


def test_a_key_is_deleted_seven_days_after_its_day_and_with_it_all_that_it_sealed(tmp_path: Path) -> None:
    """At the latest an hour after that midnight, while the process runs; nothing makes it again."""
    clock = Clock()
    ring = KeyRing(tmp_path, clock)
    sealed = ring.seal(b"{broken", NOON) or b""
    clock.now = datetime(2026, 12, 6, 23, 59, tzinfo=UTC)
    ring.forget()
    assert ring.opened(sealed) == b"{broken"
    assert days_of(tmp_path) == ["2026-11-29.key"]
    clock.now = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
    assert ring.opened(sealed) is None
    assert ring.seal(b"{broken", NOON) is None
    assert days_of(tmp_path) == []
    assert KeyRing(tmp_path, Clock()).opened(sealed) is None


def test_what_a_killed_process_left_is_deleted_too_and_what_is_no_key_is_not(tmp_path: Path) -> None:
    """A half made key has the day of its key in its name."""
    for name in ("2026-11-01.key", "2026-11-01.0a0b0c0d", "2026-11-22.key", "README"):
        (tmp_path / name).write_bytes(b"x")
    KeyRing(tmp_path, Clock()).forget()
    assert days_of(tmp_path) == ["2026-11-22.key", "README"]


def test_only_its_owner_reads_the_ring(tmp_path: Path) -> None:
    """Whatever the folder was before."""
    folder = tmp_path / "deep" / "ring"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    KeyRing(folder, Clock()).seal(b"x", NOON)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600]


def test_two_processes_that_make_the_key_of_a_day_have_one(tmp_path: Path) -> None:
    """The one that comes later takes what is there."""
    rings = [KeyRing(tmp_path, Clock()) for _ in range(2)]
    assert rings[0]._made(date(2026, 11, 29)) == rings[1]._made(date(2026, 11, 29))
    assert days_of(tmp_path) == ["2026-11-29.key"]


@pytest.mark.parametrize("content", [None, b"short"])
def test_without_a_key_nothing_is_sealed_and_nothing_fails(tmp_path: Path, content: bytes | None) -> None:
    """The folder cannot be made, or what is in it is no key: the message is a rejection without its bytes."""
    folder = tmp_path / "ring"
    if content is None:
        folder.write_text("a file")
    else:
        folder.mkdir()
        (folder / "2026-11-29.key").write_bytes(content)
    ring = KeyRing(folder, Clock())
    assert ring.seal(b"{broken", NOON) is None
    arrivals = [Arrival(1, 1, NOON, TOPIC, b"{broken")]
    (frame,) = frames_of(arrivals, Packer("b", "r"), 1, seal=ring.seal)
    assert [(one.reason, one.payload) for one in unpack_rejections(*frame.frame)] == [("malformed", None)]


def test_a_key_of_a_day_far_ahead_is_never_made(tmp_path: Path) -> None:
    """A clock that is wrong for a moment leaves no key that outlives its seven days."""
    assert KeyRing(tmp_path, Clock()).seal(b"x", NOON + timedelta(days=3)) is None
    assert days_of(tmp_path) == []


def test_a_sealed_message_that_comes_again_is_the_same_after_a_restart(tmp_path: Path) -> None:
    """By what topic `raw` holds; it is received once, and refused once."""
    ring, receptions = KeyRing(tmp_path, Clock()), Receptions()
    arrival = Arrival(1, 7, NOON, TOPIC, b"{broken")
    first = frames_of([arrival], Packer("b", "r"), 1, receptions, seal=ring.seal)
    again = structs.replace(arrival, received_at=NOON + timedelta(minutes=1), again=True)
    restarted = Receptions()
    for frame in first:
        for one in unpack_raw(*frame.frame) if frame.topic == RAW.name else ():
            restarted.remember(one.topic, one.payload, one.packet_id, one.received_at)
    for known, keys in zip((receptions, restarted), (ring, KeyRing(tmp_path, Clock())), strict=True):
        second = frames_of([again], Packer("b", "r"), 1, known, seal=keys.seal)
        assert [(one.received_at, digest(one)) for one in refusals(second)] == [
            (NOON, digest(one)) for one in refusals(first)
        ]


def refusals(frames: list[Addressed]) -> list[Rejection]:
    """Unpack the rejections of a batch."""
    return [one for frame in frames if frame.topic == REJECTIONS.name for one in unpack_rejections(*frame.frame)]


@pytest.mark.parametrize("numbered", [True, False])
def test_a_message_of_which_not_all_stays_is_recognised_after_a_restart(*, numbered: bool) -> None:
    """What is remembered from the log is what stays: a boot is a digest there, a note its length."""
    topic = "v3/jan@jansen/devices/noord-1/up"
    place = b'"session_key_id":"AY8v","f_cnt":7,' if numbered else b""
    payload = (
        b'{"end_device_ids":{"device_id":"noord-1"},"uplink_message":{%s"decoded_payload":{"n":1,"note":"jan"}}}'
        % place
    )
    arrival = Arrival(1, 7, NOON, topic, payload)
    restarted = Receptions()
    for frame in frames_of([arrival], Packer("b", "r"), 1):
        for one in unpack_raw(*frame.frame) if frame.topic == RAW.name else ():
            restarted.remember(one.topic, one.payload, one.packet_id, one.received_at)
    again = structs.replace(arrival, received_at=NOON + timedelta(minutes=1), again=not numbered)
    (raw,) = (one for one in frames_of([again], Packer("b", "r"), 1, restarted) if one.topic == RAW.name)
    assert [one.received_at for one in unpack_raw(*raw.frame)] == [NOON]
    assert restarted.again == 1
