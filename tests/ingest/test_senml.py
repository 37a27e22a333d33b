"""SenML: the examples of RFC 8428 resolved, JSON and CBOR, times relative to now, and names without their senders."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import decode, decode_permitted, senml
from ingest.dialects.document import parse_any
from ingest.dialects.refusal import RefusedError
from ingest.dialects.senml_pack import parse_pack, what_is_measured
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

SHARED = Path(__file__).parents[3] / "shared" / "data" / "payloads" / "senml"
NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NOON_S = 1778587200
TOPIC = "senml/noord-1"
moments = st.datetimes(datetime(2026, 4, 13), datetime(2026, 5, 12, 11, 30), timezones=st.just(UTC))
without_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not here")
RESOLVED = sorted(path.name.removesuffix(".gen.resolved.json") for path in SHARED.glob("ex*.gen.resolved.json"))


def resolved(records: list[object], now: datetime = NOON) -> list[dict[str, Any]]:
    """Resolve a pack into its records."""
    return [one.record for one in senml.resolve(records, now)]


def same(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Compare records: texts exactly, numbers to the microsecond."""
    assert [one.keys() for one in found] == [one.keys() for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert one == {
            label: pytest.approx(value, abs=1e-6, rel=0) if isinstance(value, float) else value
            for label, value in other.items()
        }


@without_shared
@pytest.mark.parametrize("spelling", ["json", "gen.json"])
@pytest.mark.parametrize("name", RESOLVED)
def test_the_examples_of_the_standard_resolve_as_it_says(name: str, spelling: str) -> None:
    """All of those that have a resolved form, which was made at the moment that their records without a time bear."""
    expected = json.loads((SHARED / f"{name}.gen.resolved.json").read_bytes())
    parsed = parse_any((SHARED / f"{name}.{spelling}").read_bytes())
    assert isinstance(parsed, list)
    now = datetime.fromtimestamp(expected[0]["t"], UTC)
    same([one for one in resolved(parsed, now) if "nfv-reader" not in str(one["n"])], expected)  # it leaves data out


@without_shared
@pytest.mark.parametrize("name", ["ex3", "ex5"])
def test_cbor_says_what_json_says(name: str) -> None:
    """The binary form of an example is the same pack, and the same observations."""
    binary, text = ((SHARED / f"{name}.gen.{kind}").read_bytes() for kind in ("cbor", "json"))
    first, second = (resolved(parse_pack(payload)["records"]) for payload in (binary, text))  # type: ignore[arg-type]
    assert len(first) > 1
    same(first, second)


@given(
    st.dictionaries(
        st.tuples(
            st.from_regex(r"[g-z]{0,4}[iou][g-z]{0,5}[0-9]{0,2}(_[a-z]{1,8})?(/(in|out|sum))?", fullmatch=True), moments
        ),
        st.floats(-1e6, 1e6),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["json", "cbor"]),
    st.sampled_from(["timed", "as received"]),
)
def test_a_pack_is_read_as_it_is_sent(values: dict[tuple[str, datetime], float], form: str, time: str) -> None:
    """As JSON and as CBOR, with a time of its own or of reception, values and sums."""
    timed = time == "timed"
    pairs = values if timed else {(name, NOON): value for (name, _), value in values.items()}
    flags = 0 if timed else RECEIVED_TIME
    sent = [Observation("noord-1", name, at, at, value, 1.0, NOON, flags) for (name, at), value in pairs.items()]
    done = decode_permitted(TOPIC, senml.encode(sent, cbor=form == "cbor"), NOON)
    assert done.outcome == sent
    assert done.payload is not None
    assert decode(TOPIC, done.payload, NOON) == sent


def read(*records: dict[str, Any]) -> list[Observation]:
    """Decode what has to be decodable."""
    seen = decode(TOPIC, json.dumps(records).encode(), NOON)
    assert isinstance(seen, list), seen
    return seen


@pytest.mark.parametrize(
    ("records", "at", "flagged"),
    [
        ([{"n": "x", "v": 1}], 0, RECEIVED_TIME),
        ([{"n": "x", "v": 1, "t": -5}], -5, RECEIVED_TIME),
        ([{"n": "x", "v": 1, "t": 2}], 2, RECEIVED_TIME),
        ([{"bt": -60, "n": "x", "v": 1, "t": -0.5}], -60.5, RECEIVED_TIME),
        ([{"n": "x", "v": 1, "t": NOON_S - 3600.25}], -3600.25, 0),
        ([{"bt": NOON_S - 60, "n": "x", "v": 1, "t": 5}], -55, 0),
    ],
)
def test_a_time_is_relative_to_now_or_of_its_own(records: list[dict[str, Any]], at: float, flagged: int) -> None:
    """Below 2^28 it rests on the moment of reception, which a flag says."""
    (one,) = read(*records)
    assert (one.ended_at - NOON).total_seconds() == at
    assert one.quality_flags == flagged


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("urn:dev:mac:70b3d57ed0000003_bikes_in", "bikes_in"),
        ("urn:dev:ow:10e2073a01080063:voltage", "voltage"),
        ("urn:dev:ow:10e2073a01080063", "value"),
        ("urn:dev:os:32473-12-34_pm25", "pm25"),
        ("2001:db8::2/temperature", "temperature"),
        ("2001:db8::cafe", "value"),
        ("fe80::1%eth0/temperature", "temperature"),
        ("70-B3-D5-7E-D0-00_rain", "rain"),
        ("70b3d57ed0000003/rain", "rain"),
        ("coap://device.example/rain", "rain"),
        ("urn:dev:mac:aa_70b3d57ed0000003_rain", "rain"),
        ("bicycles/in", "bicycles/in"),
        ("cafe_visitors", "cafe_visitors"),
    ],
)
def test_a_name_is_freed_from_who_sends_it(name: str, measured: str) -> None:
    """Addresses and numbers of devices are not written, wherever `bn` ends and `n` begins."""
    assert what_is_measured(name) == measured
    for cut in range(len(name) + 1):
        parsed = parse_pack(json.dumps([{"bn": name[:cut], "n": name[cut:], "v": 1}]).encode())
        assert parsed == {"records": [{"n": measured, "v": 1}]}


@pytest.mark.parametrize(
    ("name", "source"),
    [("noord-1:bikes", "bikes"), ("noord-1/bikes", "bikes"), ("noord-1_in", "in"), ("noord-1", "value")],
)
def test_a_sensor_need_not_repeat_its_name(name: str, source: str) -> None:
    """The topic says it already."""
    done = decode_permitted(TOPIC, json.dumps([{"n": name, "v": 1}]).encode(), NOON)
    assert isinstance(done.outcome, list)
    assert [one.source for one in done.outcome] == [source]


@pytest.mark.parametrize(
    ("record", "values"),
    [
        ({"n": "pm25", "u": "ug/m3", "v": 8.1}, {"pm25": 8.1}),
        ({"n": "pm25", "u": "mg/m3", "v": 0.5}, {"pm25": 500.0}),
        ({"n": "pm25", "v": 8.1}, {"pm25": 8.1}),
        ({"n": "humidity", "u": "%RH", "v": 71}, {"humidity": 71.0}),
        ({"n": "bicycles/in", "u": "count", "v": 3}, {"bicycles/in": 3.0}),
        ({"n": "speed", "u": "m/s", "v": 4}, {"speed": 4.0}),
        ({"n": "rain", "v": 1, "s": 7}, {"rain": 1.0, "rain/sum": 7.0}),
        ({"n": "rain", "bs": 10, "s": 7}, {"rain/sum": 17.0}),
        ({"n": "rain", "bv": 10, "v": -0.5}, {"rain": 9.5}),
        ({"n": "rain", "bv": 10}, {"rain": 10.0}),
        ({"n": "rain", "v": 1, "colour": "red", "bver": 10}, {"rain": 1.0}),
    ],
)
def test_numbers_are_read_in_the_unit_of_the_catalogue(record: dict[str, Any], values: dict[str, float]) -> None:
    """Where the name is one of its quantities; sums are sources of their own, unknown labels are let be."""
    assert {one.source: one.value for one in read(record)} == pytest.approx(values)


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([{"n": "x", "v": 1, "must_": 1}], "unknown_field"),
        ([{"n": "x", "v": 1, "bver": 11}], "format"),
        ([{"n": "temperature", "u": "K", "v": 280}], "unit"),
        ([{"n": "pm25", "bu": "%RH", "v": 1}], "unit"),
        ([{"v": 1}], "missing_field"),
        ([{"n": "x"}], "missing_field"),
        ([{"n": "x", "v": "1"}], "type"),
        ([{"n": "x", "v": True}], "type"),
        ([{"n": 7, "v": 1}], "type"),
        ([{"n": "x", "v": 1, "t": "now"}], "type"),
        ([7], "type"),
        ([{"n": "x", "v": 1e12}], "range"),
        ([{"n": "x", "v": 1, "t": 1e300}], "range"),
        ([{"n": "Jan Jansen", "v": 1}], "format"),
        ([{"n": "seen.A0BBCCDDEEFF", "v": 1}], "format"),
        ([{"n": "x", "v": 1}, {"n": "x", "v": 2}], "duplicate_key"),
        ([{"n": "x", "v": 1, "t": NOON_S + 3600}], "from_the_future"),
        ([{"n": "x", "v": 1, "t": 1e9}], "range"),
        ([{"n": "x", "v": 1, "t": NOON_S - 100 * 86_400}], "too_late"),
        ([{"n": "x", "vs": "text"}, {"n": "y", "vb": True}, {"n": "z", "vd": "aGkgCg"}], "not_a_measurement"),
        ([{"bn": "x"}], "not_a_measurement"),
        ([{"n": "x", "v": 1}] * 501, "too_large"),
        ({"records": 7}, "not_an_object"),
        ("x", "not_an_object"),
    ],
)
def test_what_is_no_pack_is_refused_by_name(records: object, reason: str) -> None:
    """The whole pack, with one reason."""
    seen = decode(TOPIC, json.dumps(records).encode(), NOON)
    assert isinstance(seen, Rejection), seen
    assert seen.reason == reason


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\x81", "malformed"),
        (b"\x81" * 60_000, "malformed"),
        (b"\x80\x00", "malformed"),
        (b"\x9b" + b"\xff" * 8, "malformed"),
        (cbor2.dumps([{0: "x", 2: float("nan")}]), "not_finite"),
        (cbor2.dumps([{0: "x", 2: 2**70}]), "range"),
        (cbor2.dumps([{0: "x", 2: 1, "v": 2}]), "duplicate_key"),
        (cbor2.dumps([{0: b"x", 2: 1}]), "format"),
        (cbor2.dumps([[1]]), "type"),
        (cbor2.dumps([{0: "x", 2: [1]}]), "type"),
        (b"\x81\xd8\x1c\x81\xd8\x1d\x00", "type"),
        (b"\x80" + b"\x00" * 70_000, "too_large"),
    ],
)
def test_cbor_that_is_no_pack_is_refused_by_name(payload: bytes, reason: str) -> None:
    """Cut short, too deep, without end, with references to itself, or with what is no number."""
    seen = decode(TOPIC, payload, NOON)
    assert isinstance(seen, Rejection), seen
    assert seen.reason == reason


@given(st.binary(max_size=60).map(lambda rest: b"\x81" + rest))
def test_any_cbor_ends_as_observations_or_one_rejection(payload: bytes) -> None:
    """Whatever the bytes spell; a pack that was parsed is parsed into itself."""
    assert decode(TOPIC, payload, NOON)
    try:
        parsed = parse_pack(payload)
    except RefusedError:
        return
    assert parse_pack(json.dumps(parsed).encode()) == parsed


@pytest.mark.parametrize(
    "payload",
    [
        b'"Jan"',
        b'{"records":"Jan"}',
        b'[{"bn":["Jan"],"n":"x","v":1}]',
        cbor2.dumps("Jan"),
        cbor2.dumps([{("Jan",): 1}]),
    ],
)
def test_what_cannot_be_parsed_is_not_quoted(payload: bytes) -> None:
    """A refusal has only what may stay, and here nothing was looked at yet."""
    seen = decode(TOPIC, payload, NOON)
    assert isinstance(seen, Rejection), seen
    assert "Jan" not in seen.detail


def test_decimal_fractions_of_cbor_are_numbers() -> None:
    """27315 times ten to the minus two."""
    payload = bytes.fromhex("81a200617802c48221196ab3")
    seen = decode(TOPIC, payload, NOON)
    assert isinstance(seen, list), seen
    assert [one.value for one in seen] == [273.15]


def test_neither_sender_nor_place_nor_text_is_written() -> None:
    """What stays is what was measured, with its unit."""
    pack = [
        {"bn": "urn:dev:mac:70b3d57ed0000003_", "bu": "%RH", "n": "damp", "v": 20},
        {"n": "damp", "u": "lon", "v": 6.561234},
        {"n": "label", "vs": "kitchen of Jan"},
    ]
    done = decode_permitted(TOPIC, json.dumps(pack).encode(), NOON)
    assert isinstance(done.outcome, list)
    assert [(one.source, one.value) for one in done.outcome] == [("damp", 20.0)]
    assert done.payload is not None
    for unwritten in (b"70b3", b"6.56", b"Jan"):
        assert unwritten not in done.payload
    assert decode(TOPIC, done.payload, NOON) == done.outcome


@pytest.mark.parametrize("plate", ["PLNT99", "pl_nt_99", "pl/nt/99", "GX12KL", "bikes/PLNT99", "PLNT99/sum"])
def test_a_name_that_is_a_number_plate_does_not_stay(plate: str) -> None:
    """As for keys, whatever stands between its letters and beside it; registered it is a name like any other."""
    pack = json.dumps([{"n": plate, "v": 1}]).encode()
    done = decode_permitted(TOPIC, pack, NOON)
    assert isinstance(done.outcome, Rejection)
    assert plate.encode() not in (done.payload or b"")
    known = {"noord-1": RegisteredDevice("noord-1", None, frozenset({plate}))}
    seen = decode(TOPIC, pack, NOON, known)
    assert isinstance(seen, list), seen
    assert [one.source for one in seen] == [plate]


def test_a_name_that_nobody_registered_stays_if_it_is_plain() -> None:
    """Words and few digits; another name costs its own record only, or says why the pack is refused."""
    plain, other = {"n": "soil_moisture/2", "v": 1}, {"n": "x70b3d57ed", "v": 2}
    assert [one.source for one in read(plain, other)] == ["soil_moisture/2"]
    alone = decode(TOPIC, json.dumps([other]).encode(), NOON)
    assert isinstance(alone, Rejection)
    assert alone.reason == "format"
    known = {"noord-1": RegisteredDevice("noord-1", None, frozenset({"x70b3d57ed"}))}
    seen = decode(TOPIC, json.dumps([plain, other]).encode(), NOON, known)
    assert isinstance(seen, list)
    assert [one.source for one in seen] == ["soil_moisture/2", "x70b3d57ed"]
