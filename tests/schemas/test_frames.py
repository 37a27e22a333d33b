"""Frames give back what was put in, fit one Kafka record, and never hide damage."""

from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.frames import (
    MAX_BYTES,
    MAX_ITEMS,
    FrameDamagedError,
    cut,
    is_watermark,
    pack,
    unpack_observations,
    unpack_raw,
    unpack_watermarks,
)
from schemas.observation import Observation, RawMessage
from schemas.rejection import Rejection
from schemas.watermark import Watermark

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
OBSERVATIONS = st.builds(
    Observation,
    sensor=st.from_regex(r"[a-z0-9-]{3,40}", fullmatch=True),
    source=st.text(min_size=1, max_size=20),
    started_at=TIMES,
    ended_at=TIMES,
    value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    uptime=st.floats(0, 1),
    received_at=TIMES,
    quality_flags=st.integers(0, 31),
    run=st.none() | st.integers(-(2**63), 2**63 - 1),
    number=st.none() | st.integers(0, 2**63 - 1),
)


def received(size: int) -> RawMessage:
    """Make a message of so many bytes."""
    return RawMessage(NOON, "sensors/noord-1/data", b"x" * size)


@given(st.lists(OBSERVATIONS, min_size=1, max_size=20))
def test_what_is_packed_comes_out_again(observations: list[Observation]) -> None:
    """Times stay aware UTC with microseconds, nulls stay nulls."""
    frame = pack(observations, frame_id="f-1", writer="test")
    assert unpack_observations(frame.value, frame.headers) == observations


def test_a_frame_from_before_messages_had_a_place_is_still_read() -> None:
    """The log keeps a week: these are the bytes that were written then."""
    value = bytes.fromhex(
        "9198a76e6f6f72642d31ab62696379636c65732f696ed6ff6a031640d6ff6a0319c4cb4014000000000000cb3ff0000000000000"
        "d6ff6a031a0004"
    )
    headers = [("schema", b"observation/1"), ("n", b"1"), ("frame", b"f-1"), ("crc", b"%08x" % crc32(value))]
    (seen,) = unpack_observations(value, headers)
    ended_at, received_at = NOON + timedelta(minutes=15), NOON + timedelta(minutes=16)
    assert seen == Observation("noord-1", "bicycles/in", NOON, ended_at, 5.0, 1.0, received_at, 4)
    assert (seen.run, seen.number) == (None, None)


def test_a_flipped_bit_is_found() -> None:
    """The checksum is ours, so that a damaged segment cannot become a reading."""
    frame = pack([received(10)], frame_id="f-1", writer="test")
    damaged = bytes([*frame.value[:-1], frame.value[-1] ^ 1])
    with pytest.raises(FrameDamagedError, match="checksum"):
        unpack_raw(damaged, frame.headers)


def test_a_frame_of_another_kind_is_refused() -> None:
    """Rejections on the topic of observations would be a mix-up of ours: it must be loud."""
    frame = pack([Rejection(NOON, "t", "ours", "malformed", "cut short", b"{")], frame_id="f-1", writer="test")
    with pytest.raises(FrameDamagedError, match="schema"):
        unpack_observations(frame.value, frame.headers)


def test_a_wrong_count_is_found() -> None:
    """The header says how many there are."""
    frame = pack([received(1), received(2)], frame_id="f-1", writer="test")
    headers = [(name, b"3" if name == "n" else value) for name, value in frame.headers]
    with pytest.raises(FrameDamagedError, match="holds 2 items"):
        unpack_raw(frame.value, headers)


def test_frames_are_cut_by_count_and_by_bytes() -> None:
    """A record that Kafka refuses would block everything behind it for ever."""
    by_count = list(cut([received(0)] * (MAX_ITEMS + 1)))
    assert [len(part) for part in by_count] == [MAX_ITEMS, 1]
    by_bytes = list(cut([received(65_536)] * 40))
    assert sum(len(part) for part in by_bytes) == 40
    assert all(len(pack(part, frame_id="f", writer="w").value) <= MAX_BYTES for part in by_bytes)
    assert list(cut([])) == []


def test_microseconds_survive() -> None:
    """The bridge tells receptions apart by one microsecond."""
    moment = NOON + timedelta(microseconds=1)
    frame = pack([RawMessage(moment, "t", b"")], frame_id="f", writer="w")
    assert unpack_raw(frame.value, frame.headers)[0].received_at == moment


def test_a_mark_of_the_intake_is_told_from_observations() -> None:
    """Both travel through one topic: a mark stands behind the observations that it speaks of."""
    frame = pack([Watermark("bridge-1", NOON)], frame_id="f", writer="w")
    assert is_watermark(frame.headers)
    assert unpack_watermarks(frame.value, frame.headers) == [Watermark("bridge-1", NOON)]
    assert not is_watermark(pack([received(1)], frame_id="f", writer="w").headers)
    with pytest.raises(FrameDamagedError, match="watermark/1"):
        unpack_observations(frame.value, frame.headers)
