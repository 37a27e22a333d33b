"""Bad input to our own dialect: each row of the list ends as one rejection with its reason and what stays of it."""

import json
import time
from datetime import UTC, datetime
from itertools import product

import pytest

from ingest.dialects import decode, ours
from ingest.dialects.decoder import decode_permitted
from ingest.dialects.document import MAX_BYTES
from ingest.dialects.ours import encode
from schemas.device import Devices, RegisteredDevice
from schemas.observation import Observation, run_of
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
TOPIC = "sensors/noord-1/data"
GOOD = (
    b'{"sensor":"noord-1","boot":"k3","seq":118,"readings":[{"quantity":"bicycles","channel":"in",'
    b'"start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z","value":42,"unit":"1","uptime":1.0}]}'
)
VALUE, START, UNIT = b'"value":42', b'"2026-05-12T06:00:00Z"', b'"unit":"1"'


def changed(old: bytes, new: bytes) -> bytes:
    """Spell the good message with one thing changed."""
    assert old in GOOD
    return GOOD.replace(old, new)


def value(text: bytes) -> bytes:
    """Spell the good message with another value."""
    return changed(VALUE, b'"value":' + text)


def start(text: bytes) -> bytes:
    """Spell the good message with another start."""
    return changed(START, b'"' + text + b'"')


BESIDE = (
    b'{"quantity":"bicycles","channel":"out","start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z","value":1,'
    b'"unit":"1"}'
)
ROWS = [
    ("P1 empty", b"", "not_an_object"),
    ("P2 whitespace", b" \r\n\t ", "not_an_object"),
    ("P3 null", b"null", "not_an_object"),
    ("P3 list", b"[1]", "not_an_object"),
    ("P4 truncated", GOOD[:-7], "malformed"),
    ("P5 two documents", GOOD + GOOD, "malformed"),
    ("P6 trailing bytes", GOOD + b"x", "malformed"),
    ("P7 byte order mark", b"\xef\xbb\xbf" + GOOD, "encoding"),
    ("P8 UTF-16", GOOD.decode().encode("utf-16"), "encoding"),
    ("P8 UTF-16 without mark", GOOD.decode().encode("utf-16-le"), "encoding"),
    ("P9 FF FE", b"\xff\xfe", "encoding"),
    ("P9 overlong", changed(b"k3", b"\xc0\xaf"), "encoding"),
    ("P10 NUL in a text", changed(b"k3", b"k\\u0000"), "format"),
    ("P10 lone surrogate", changed(b"k3", b"k\\ud800"), "format"),
    ("P11 NaN", value(b"NaN"), "not_finite"),
    ("P11 Infinity", value(b"Infinity"), "not_finite"),
    ("P11 -Infinity", value(b"-Infinity"), "not_finite"),
    ("P12 1e999", value(b"1e999"), "not_finite"),
    ("P13 deep", b"[" * 100_000, "too_deep"),
    ("P13 deep objects", b'{"a":' * 9 + b"1" + b"}" * 9, "too_deep"),
    ("P14 5,000 digits", value(b"9" * 5_000), "range"),
    ("P14 2^63", value(b"9223372036854775808"), "type"),
    ("P14 2^64", value(b"18446744073709551616"), "type"),
    ("P14 100,001", value(b"100001"), "range"),
    ("P14 -1", value(b"-1"), "range"),
    ("P14 1e3", value(b"1e3"), "type"),
    ("P14 1.0", value(b"1.0"), "type"),
    ("P14 true", value(b"true"), "type"),
    ("P14 text", value(b'"5"'), "type"),
    ("P14 -0", value(b"-0"), "type"),
    ("P14 -0 with a space", value(b" -0"), "type"),
    ("P14 -0 beside another", changed(b'"readings":[', b'"readings":[' + BESIDE.replace(b"1,", b"-0,") + b","), "type"),
    ("P15 duplicate key", value(b'1,"value":999'), "duplicate_key"),
    ("P15 spelled with spaces", changed(b'"seq":118', b'"seq" :118,"seq"\n: 118'), "duplicate_key"),
    ("P15 spelled with escapes", changed(b'"seq":118', b'"seq":118,"\\u0073eq":118'), "duplicate_key"),
    (
        "P15 hidden behind an escaped colon",
        changed(b'"seq":118', b'"seq":118,"seq":118').replace(b"T06:00", b"T06\\u003a00"),
        "duplicate_key",
    ),
    ("P16 __proto__", changed(b'"boot"', b'"__proto__"'), "unknown_field"),
    ("P16 constructor", changed(b'"channel"', b'"constructor"'), "unknown_field"),
    ("P16 10,000 unknown keys", b'{"a":1,' + b",".join(b'"k%d":1' % i for i in range(5_000)) + b"}", "unknown_field"),
    ("P16 a text of 200 KB", changed(b"k3", b"k" * 200_000), "too_large"),
    ("P16 a text of 5 KB", changed(b"k3", b"\\u006b" * 1_000), "too_large"),
    ("P17 gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "encoding"),
    ("P17 zip", b"PK\x03\x04\x14\x00", "malformed"),
    ("P18 CBOR", b"\xa1\x66sensor\x67noord-1", "encoding"),
    ("P19 naive", start(b"2026-05-12T06:00:00"), "no_offset"),
    ("P19 the ambiguous hour", start(b"2026-10-25T02:30:00"), "no_offset"),
    ("P20 1970", start(b"1970-01-01T00:00:00Z"), "range"),
    ("P20 the year 0001", start(b"0001-01-01T00:00:00+01:00"), "range"),
    ("P20 9999", changed(b"2026-05-12T06:15:00Z", b"9999-12-31T23:59:59-01:00"), "range"),
    ("P20 second 60", start(b"2026-05-12T05:59:60Z"), "format"),
    ("P20 24:00", start(b"2026-05-12T24:00:00Z"), "format"),
    ("P20 month 13", start(b"2026-13-12T06:00:00Z"), "format"),
    ("P21 epoch in seconds", start(b"1778566500"), "format"),
    ("P21 epoch in nanoseconds", start(b"1778566500000000000"), "format"),
    ("P21 epoch as a number", changed(START, b"1778566500"), "type"),
    ("P23 week date", start(b"2026-W20-2T06:00:00Z"), "format"),
    ("P23 Arabic digits", start("٢٠٢٦-05-12T06:00:00Z".encode()), "format"),
    ("P23 a space for T", start(b"2026-05-12 06:00:00Z"), "format"),
    ("P25 another unit", changed(UNIT, b'"unit":"km/h"'), "unit"),
    ("P25 the unit misspelled", changed(b'"bicycles"', b'"temperature"').replace(UNIT, '"unit":"°C"'.encode()), "unit"),
    ("P26 no unit", changed(b"," + UNIT, b""), "unit"),
    ("another sensor", changed(b'"noord-1"', b'"noord-2"'), "other_sensor"),
    ("unknown quantity", changed(b'"bicycles"', b'"unicorns"'), "unknown_quantity"),
    ("no value", changed(VALUE + b",", b""), "missing_field"),
    ("no readings", b'{"sensor":"noord-1","readings":[]}', "range"),
    ("backwards", start(b"2026-05-12T06:15:00Z"), "range"),
    ("longer than a day", start(b"2026-05-11T06:14:59Z"), "range"),
    ("uptime above one", changed(b"1.0", b"1.01"), "range"),
    ("a channel with a slash", changed(b'"in"', b'"in/out"'), "format"),
    ("seq below zero", changed(b"118", b"-1"), "range"),
    ("null where a text is optional", changed(b'"k3"', b"null"), "type"),
]  # fmt: skip


UNPARSED = {"not_an_object", "malformed", "encoding", "not_finite", "too_deep", "too_large", "duplicate_key"}
"""Why a document cannot be parsed."""


@pytest.mark.parametrize(("payload", "reason"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_bad_message_is_one_rejection_with_what_stays_of_it(payload: bytes, reason: str) -> None:
    """The reason is a code, the detail one line that can be printed; what cannot be parsed is sealed whole."""
    refused, _, stays = decode_permitted(TOPIC, payload, NOON, seal=lambda content, _: b"sealed " + content)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.payload, refused.sensor) == (reason, stays, "noord-1")
    assert stays is not None
    assert stays.startswith(b"sealed ") == (reason in UNPARSED or b"9" * 5_000 in payload)
    if stays.startswith(b"sealed "):
        assert stays == b"sealed " + payload
    elif len(stays) <= MAX_BYTES:  # what stays of many short texts is longer than they were
        again = decode(TOPIC, stays, NOON)
        assert isinstance(again, Rejection)
        assert (again.reason, again.detail) == (reason, refused.detail)
    assert refused.detail.isprintable()


@pytest.mark.parametrize(
    "payload",
    [
        b'{"a":"' + b'\\"' * 30_000,
        b'{"a":"' + b"x@" * 2_000 + b'"}',
        b'{"a":"' + b"x" * 4_000 + b'"}',
        b'{"a":[' + b'"x",' * 12_000 + b'"x"]}',
        b'"' * 60_000,
        b'" ' * 30_000,
        b"[" * 60_000,
        b"-" * 60_000,
    ],
)
def test_no_message_takes_long(payload: bytes) -> None:
    """Whatever repeats in it: refusing takes time in proportion to its length."""
    began = time.process_time()
    assert isinstance(decode(TOPIC, payload, NOON), Rejection)
    assert time.process_time() - began < 0.5


def test_the_good_message_is_read() -> None:
    """What the rows change is good."""
    at = datetime(2026, 5, 12, 6, tzinfo=UTC)
    assert decode(TOPIC, GOOD, NOON) == [
        Observation(
            "noord-1",
            "bicycles/in",
            at,
            at.replace(minute=15),
            42.0,
            1.0,
            NOON,
            0,
            run_of("noord-1", "boot", "k3"),
            118,
        )
    ]


@pytest.mark.parametrize(
    ("start", "end", "topic", "reason"),
    [
        ("2026-04-12T11:59:00Z", "2026-04-12T12:14:00Z", "data", "too_late"),
        ("2026-04-12T12:00:00Z", "2026-04-12T12:15:00Z", "data", None),
        ("2025-04-07T11:59:00Z", "2025-04-07T12:14:00Z", "backfill", "too_late"),
        ("2025-04-07T12:00:00Z", "2025-04-07T12:15:00Z", "backfill", None),
        ("2026-05-12T11:50:00Z", "2026-05-12T12:05:00Z", "data", None),
        ("2026-05-12T11:50:01Z", "2026-05-12T12:05:01Z", "data", "from_the_future"),
        ("2099-05-12T11:50:00Z", "2099-05-12T12:05:00Z", "backfill", "from_the_future"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:15:00Z", "backfill", "too_late"),
    ],
)
def test_windows_reach_from_the_reception(start: str, end: str, topic: str, reason: str | None) -> None:
    """Live messages 30 days back, backfill 400, both five minutes ahead."""
    payload = GOOD.replace(b"2026-05-12T06:00:00Z", start.encode()).replace(b"2026-05-12T06:15:00Z", end.encode())
    outcome = decode(f"sensors/noord-1/{topic}", payload, NOON)
    assert (outcome.reason if isinstance(outcome, Rejection) else None) == reason


@pytest.mark.parametrize("seq", [0, 1_000_118, 2**53 - 1])
def test_any_sequence_number_is_taken(seq: int) -> None:
    """P24: a gap is for whoever asks for backfill, not for the door."""
    assert isinstance(decode(TOPIC, changed(b"118", str(seq).encode()), NOON), list)


def test_nanoseconds_are_cut_off() -> None:
    """P22: never rounded into the next window."""
    outcome = decode(TOPIC, start(b"2026-05-12T05:59:59.999999999Z"), NOON)
    assert isinstance(outcome, list)
    assert outcome[0].started_at == datetime(2026, 5, 12, 5, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize("stamp", [b"2026-05-12t06:00:00z", b"2026-05-12T08:00:00+02:00", b"2026-05-12T06:00:00-00:00"])
def test_other_spellings_of_an_instant(stamp: bytes) -> None:
    """P23: lower case is RFC 3339; any offset names the same instant."""
    assert decode(TOPIC, start(stamp), NOON) == decode(TOPIC, GOOD, NOON)


def test_zero_and_null_differ() -> None:
    """A gap is not a zero; a text with escapes is as good as one without."""
    zero, null = decode(TOPIC, value(b"0"), NOON), decode(TOPIC, value(b"null"), NOON)
    assert isinstance(zero, list)
    assert isinstance(null, list)
    assert (zero[0].value, null[0].value) == (0.0, None)
    assert decode(TOPIC, changed(b'"k3"', b'"\\u006b3"'), NOON) == decode(TOPIC, GOOD, NOON)


def test_a_slot_comes_once_in_a_message() -> None:
    """Two values of one slot: the sender has to say which."""
    one = Observation("noord-1", "bicycles", NOON.replace(hour=6), NOON.replace(hour=7), 1.0, 1.0, NOON)
    refused = decode(TOPIC, encode([one, one]), NOON)
    assert isinstance(refused, Rejection)
    assert refused.reason == "duplicate_key"


def test_at_most_500_readings() -> None:
    """A message of 501 readings is refused, one of 500 is not."""
    seen = [
        Observation("noord-1", f"bicycles/c{i}", NOON.replace(hour=6), NOON.replace(hour=7), 1.0, 1.0, NOON)
        for i in range(501)
    ]
    refused, taken = decode(TOPIC, encode(seen), NOON), decode(TOPIC, encode(seen[:500]), NOON)
    assert isinstance(refused, Rejection)
    assert isinstance(taken, list)
    assert (refused.reason, len(taken)) == ("too_large", 500)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (changed(b'"boot":"k3"', b'"mac":"00:11:22:33:44:55"'), "unknown_field"),
        (changed(b'"boot":"k3"', b'"00:11:22:33:44:55":1'), "unknown_field"),
        (changed(b'"boot":"k3"', b'"IMEI":490154203237518'), "unknown_field"),
        (changed(b'"k3"', b'"jan@example.org"'), "format"),
        (changed(b'"in"', b'"00:11:22:33:44:55"'), "format"),
        (changed(b'"bicycles"', b'"AB-12-CD"'), "unknown_quantity"),
        (changed(b'"unit":"1"', b'"unit":"jan"'), "unit"),
        (changed(b'"noord-1"', b'"jan-jansen"'), "other_sensor"),
        (start(b"00:11:22:33:44:55"), "format"),
        (value(b"490154203237518"), "type"),
    ],
)
def test_what_nobody_named_is_neither_in_what_stays_nor_in_the_detail(payload: bytes, reason: str) -> None:
    """The message is refused for what its format says, and holds the length of what was sent."""
    refused = decode(TOPIC, payload, NOON)
    assert isinstance(refused, Rejection)
    assert refused.reason == reason
    for identifier in (b"44:55", b"example", b"AB-12", b"jan", b"490154203237518"):
        assert identifier not in (refused.payload or b"") + refused.detail.encode()


NAMED = {"noord-1": RegisteredDevice("noord-1", None, frozenset({"bicycles/7f3a-north"}))}


@pytest.mark.parametrize(
    ("channel", "devices", "source"),
    [
        (b"in", {}, "bicycles/in"),
        (b"lane12", {}, "bicycles/lane12"),
        (b"lane123", {}, "bicycles/<word 7>"),
        (b"a1b2c3d4e5f6", {}, "bicycles/<word 12>"),
        (b"jan-jansen", {}, "bicycles/<word 10>"),
        (b"7f3a-north", {}, "bicycles/<word 10>"),
        (b"7f3a-north", NAMED, "bicycles/7f3a-north"),
        (b"7f3a-south", NAMED, "bicycles/<word 10>"),
    ],
)
def test_a_channel_that_nobody_registered_stays_where_it_is_harmless(
    channel: bytes, devices: Devices, source: str
) -> None:
    """Letters with up to two digits; another is replaced, quickly or not, and what stands beside it is taken."""
    message = changed(b'"in"', b'"%s"' % channel).replace(b'"readings":[', b'"readings":[%s,' % BESIDE)
    for payload in (message, message.replace(b"bicycles", b"bicy\\u0063les")):
        seen, _, stays = decode_permitted(TOPIC, payload, NOON, devices)
        assert isinstance(seen, list)
        assert [one.source for one in seen] == ["bicycles/out", source]
        assert (channel in (stays or b"")) == source.endswith(channel.decode())
        assert decode(TOPIC, stays or b"", NOON, devices) == seen


def test_channels_that_were_replaced_by_the_same_are_two() -> None:
    """Nobody knows any more which is which, and nobody has to: neither is registered."""
    reading = b'{"quantity":"bicycles","channel":"%s","start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z"'
    both = b",".join(reading % name + b',"value":3,"unit":"1"}' for name in (b"a1b2c3", b"d4e5f6"))
    seen = decode(TOPIC, b'{"sensor":"noord-1","readings":[%s]}' % both, NOON)
    assert isinstance(seen, list)
    assert [one.source for one in seen] == ["bicycles/<word 6>"] * 2


@pytest.mark.parametrize(
    "message", [GOOD, GOOD.replace(b'"boot":', b'"boot" : '), GOOD.replace(b'"k3"', b'"\\u006b3"')]
)
def test_of_a_boot_stays_the_digest_quickly_or_not(message: bytes) -> None:
    """With the run that it was before, and on no other sensor the same."""
    seen, _, stays = decode_permitted(TOPIC, message, NOON)
    assert isinstance(seen, list)
    assert {one.run for one in seen} == {run_of("noord-1", "boot", "k3")}
    assert b"k3" not in (stays or b"")
    assert decode_permitted(TOPIC, stays or b"", NOON) == (seen, TOPIC, stays)
    other = decode_permitted("sensors/zuid-1/data", message.replace(b"noord-1", b"zuid-1"), NOON).payload
    assert other != (stays or b"").replace(b"noord-1", b"zuid-1")


def test_of_a_time_stay_six_digits_of_a_second_quickly_or_not() -> None:
    """More of them say nothing, and may be a number of somebody."""
    seen, _, stays = decode_permitted(TOPIC, start(b"2026-05-12T05:59:59.123456789Z"), NOON)
    assert b"05:59:59.123456Z" in (stays or b"")
    assert decode(TOPIC, stays or b"", NOON) == seen


def test_the_detail_of_a_truncated_message_is_a_sentence() -> None:
    """Where the parser ends its words with "at", the place follows once."""
    refused = decode(TOPIC, b'{"sensor": "noord-1", "readings": [ {"quant', NOON)
    assert isinstance(refused, Rejection)
    assert refused.detail == "Unterminated string starting at line 1, column 38"


@pytest.mark.parametrize("sensor", ["noord-1", "noord-001", "n-0", "0-0"])
def test_a_right_message_is_decoded_in_one_go(sensor: str) -> None:
    """Whatever its sensor is called: what only looks like a number that has to be refused does not cost it thrice."""
    payload = GOOD.replace(b"noord-1", sensor.encode())
    assert ours.quickly(f"sensors/{sensor}/data", payload, NOON, None) is not None


NUMBERS = ("0", " 0", "-0", "\n-0", "-0.0", "-0e9", "0.0", "5", "-0.5", "-1e-400", "1e-400", "0.25", "null")
BESIDES = (
    *["", ',"channel":"in"', ',"channel":"jan-jansen"', ',"value":1', ',"end":"2026-05-12T06:15:00Z"'],
    *(f',"uptime":{number}' for number in NUMBERS),
)


@pytest.mark.parametrize("seq", ["", '"seq":7,', '"seq":0,', '"seq":-0,', '"seq":7,"seq":7,'])
@pytest.mark.parametrize("boot", ["", '"boot":"k3",', '"boot" : "k3",', '"boot":"k3","boot":"k4",'])
@pytest.mark.parametrize("measure", ['"bicycles","unit":"1"', '"temperature","unit":"Cel"'])
def test_what_is_decoded_quickly_is_decoded_the_same(seq: str, boot: str, measure: str) -> None:
    """To the sign of a zero: where it is not sure, a key that comes twice among them, it leaves a message alone."""
    interval = '"start":"2026-05-12T06:00:00Z","end":"2026-05-12T06:15:00Z"'
    for number, beside in product(NUMBERS, BESIDES):
        reading = f'{{"quantity":{measure},{interval},"value":{number}{beside}}}'
        message = f'{{"sensor":"noord-1",{seq}{boot}"readings":[{BESIDE.decode()},{reading}]}}'.encode()
        slow = decode_permitted(TOPIC, message.replace(b'"sensor"', b'"s\\u0065nsor"'), NOON)
        if quick := ours.quickly(TOPIC, message, NOON, None):
            assert repr(quick[0]) == repr(slow.outcome)
            assert json.loads(quick[1]) == json.loads(slow.payload or b"")
