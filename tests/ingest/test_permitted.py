"""What of a message may stay stays, what may not is replaced, and what stays is decoded as the message was."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import FrameType
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given

from ingest.dialects import DIALECTS, sensor_of
from ingest.dialects.decoder import NOBODY, decode_permitted
from ingest.dialects.permitted import (
    NUMBER,
    QUANTITY,
    SENSOR,
    TIME,
    UNIT,
    WORD,
    Sender,
    Texts,
    digest,
    matching,
    permitted,
    sent_by,
)
from ingest.dialects.plain_keys import is_plain
from schemas.device import RegisteredDevice
from schemas.observation import run_of
from schemas.profile import DeviceProfile
from schemas.rejection import Rejection
from schemas.runs import run_in
from tests.ingest.anything import CHOICES, Choices, message

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NOON_SECONDS: Final = 1_778_587_200
EXAMPLES: Final = [example for dialect in DIALECTS for example in dialect.examples]
SENDER: Final = Sender("noord-1", {"zuid-1": None}, frozenset({"plate", "Battery (V)"}))
TEXTS: Final[Texts] = {
    "at": TIME, "list.*.unit": UNIT, "id": SENSOR, "n": NUMBER, "word": WORD, "run": digest("session"),
    "code": matching("[ab]"), "quantity": QUANTITY,
}  # fmt: skip


def stays(document: dict[str, Any]) -> dict[str, Any]:
    """Give what stays of a document, which is the same when it is asked again, and can be said in JSON."""
    found = permitted(document, TEXTS, NOON, SENDER, {"seq": 2**53 - 1})
    assert permitted(found, TEXTS, NOON, SENDER, {"seq": 2**53 - 1}) == found
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


def stays_of(value: object) -> object:
    """Give what stays of a value in a field that nobody names."""
    return stays({"field": value})["field"]


@pytest.mark.parametrize("value", [0, -3, 42.5, -0.0, 99_999_999, 99_999_999.0, True, False, None, "", [1, [2.5]], {}])
def test_numbers_and_booleans_stay(value: object) -> None:
    """Wherever they stand: counts are what this is for."""
    assert stays_of(value) == value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("jan@example.org", "<text 15>"),
        ("x", "<text 1>"),
        (100_000_000, "<number 9>"),
        (-356938035643809, "<number 15>"),
        (356938035643809.0, "<number 15>"),
        (1e300, "<number 301>"),
        (10**39, "<number 40>"),
        (float("inf"), None),
        (b"\xff\xd8", "<bytes 2>"),
        (NOON, "<other>"),
        ("<text 5>", "<text 5>"),
        ("<jan 12>", "<text 8>"),
        ("<text 0612345678>", "<text 17>"),
    ],
)
def test_what_nobody_names_is_replaced_by_length_and_kind(value: object, found: object) -> None:
    """In a list and in an object as in a field."""
    assert stays_of(value) == found
    assert stays_of([{"a": [value]}]) == [{"a": [found]}]


@pytest.mark.parametrize("days", [-399, 0, 399])
@pytest.mark.parametrize("factor", [1, 1_000, 1.0])
def test_a_time_near_the_reception_stays_in_seconds_and_in_milliseconds(days: int, factor: float) -> None:
    """A device that says when it measured has no other way to write it than a large number."""
    moment = (NOON_SECONDS + days * 86_400) * factor
    assert stays_of(moment) == moment


@pytest.mark.parametrize("moment", [NOON_SECONDS + 401 * 86_400, NOON_SECONDS * 1_000_000])
def test_another_large_number_is_no_time(moment: int) -> None:
    """Far away, or in microseconds."""
    assert stays_of(moment) == f"<number {len(str(moment))}>"


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("at", "2026-05-12T06:00:00.123456789Z", "2026-05-12T06:00:00.123456Z"),
        ("at", "2026-05-12 06:00:00+02:00", "2026-05-12 06:00:00+02:00"),
        ("at", "2026-05-12", "2026-05-12"),
        ("at", "2026-05-12T06:00123456Z", "<text 23>"),
        ("at", "3569-38-03T56:43:80", "<text 19>"),
        ("at", "2026-05-12T06:00:00+3569", "<text 24>"),
        ("n", " -1.6", "-1.6"),
        ("n", "22.299999237060547", "22.29999923"),
        ("n", "356938035643809", "<text 15>"),
        ("n", "0612345678", "<text 10>"),
        ("id", "noord-1", "noord-1"),
        ("id", "zuid-1", "zuid-1"),
        ("id", "jan-jansen", "<text 10>"),
        ("word", "bicycles", "bicycles"),
        ("word", "heavy_vehicles", "<word 14>"),
        ("word", "laflijnumjazz", "<word 13>"),
        ("quantity", "heavy_vehicles", "heavy_vehicles"),
        ("quantity", "unicorns", "<text 8>"),
        ("word", "lane12", "lane12"),
        ("word", "a1b2c3d4e5f6", "<word 12>"),
        ("word", "plate", "plate"),
        ("word", "Jan", "<text 3>"),
        ("code", "a", "a"),
        ("code", "c", "<text 1>"),
    ],
)
def test_a_text_that_is_named_stays_in_its_form(field: str, text: str, found: str) -> None:
    """What the form has no room for is cut off or replaced."""
    assert stays({field: text}) == {field: found}


@pytest.mark.parametrize("unit", ["ug/m3", "°C", "%", "1", "dBA"])
def test_units_stay_and_other_texts_of_their_length_do_not(unit: str) -> None:
    """A list of units is closed."""
    assert stays({"list": [{"unit": unit}, {"unit": "GX812K"}]}) == {"list": [{"unit": unit}, {"unit": "<text 6>"}]}


def test_of_a_session_stays_a_digest_that_nobody_else_can_write() -> None:
    """With the run that it is; digits that somebody writes in its form are digested like any text."""
    said = stays({"run": "AY8v"})["run"]
    assert run_in("session", said) == run_of("noord-1", "session", "AY8v")
    forged = "session 0356938035643809-0000"
    assert stays({"run": forged})["run"] != forged
    assert run_in("session", forged) is None


@pytest.mark.parametrize(
    "key",
    [
        "TempC_DS18B20", "SDS_P1", "counter_a", "pm2_5_mass", "BatV", "ADC_CH0V", "CO2ppm", "LAeq_1h", "v85", "f_cnt",
        "numberOfBikesIn", "temp10", "person", "plate", "image", "_id",
    ],
)  # fmt: skip
def test_names_of_fields_as_vendors_write_them_stay(key: str) -> None:
    """Words with few digits."""
    assert is_plain(key)
    assert stays({key: 5}) == {key: 5}


@pytest.mark.parametrize(
    "key",
    [
        "a1b2c3d4e5f6", "gx812k", "GX12KL", "gx_12_kl", "gxk12l", "356938035643809", "jan.jansen", "jan-jansen", "x y",
        "jan@example.org", "NL91ABNA0417164300", "MDA6MTE6MjI6MzM6NDQ6NTU", "", "9lives", "naïef", "x" * 41, "\ud800",
        "temp356938", "t1t2t3t4t5", "PLNT99", "PLNT99_x",
    ],
)  # fmt: skip
def test_other_keys_are_replaced_and_what_they_hold_stays(key: str) -> None:
    """By their length."""
    assert not is_plain(key)
    assert stays({key: 5}) == {f"<key {len(key)}>": 5}


def test_replaced_keys_of_one_length_are_told_apart() -> None:
    """In their order; what a sender wrote in that form is no exception."""
    assert stays({"a.b": 1, "c.d": 2, "<key 3 2>": 3, "e.f": 4, "<key 3>": 5}) == {
        "<key 3>": 1, "<key 3 2>": 2, "<key 3 3>": 3, "<key 3 4>": 4, "<key 3 5>": 5,
    }  # fmt: skip


def test_registered_fields_stay_whatever_they_are_called_and_hold_a_register() -> None:
    """A count is never lost to its name; a number that no register holds is replaced there too."""
    said = {"Battery (V)": 3.6, "plate": 4_294_967_295, "other plate": 4_294_967_295}
    assert stays(said) == {"Battery (V)": 3.6, "plate": 4_294_967_295, "<key 11>": "<number 10>"}
    assert stays({"plate": [356938035643809], "seq": 2**53 - 1}) == {"plate": ["<number 15>"], "seq": 2**53 - 1}
    assert stays({"plate": "GX-812-K"}) == {"plate": "<text 8>"}


def test_what_a_registered_sensor_sends_is_named_by_its_sources_and_its_profile() -> None:
    """Each name, and each part of a name that has a dot or a slash."""
    profile = msgspec.convert(
        {
            "maker": "m", "model": "m", "field": [{"field": "Wind (m/s)"}, {"field": "air.t-1"}], "texts": ["fw.v"],
            "status": [{"field": "st-1", "codes": {}}], "time": {"field": "t-0"}, "ignore": ["x-1"],
            "stored": {"field": "old-1"},
        },
        DeviceProfile,
    )  # fmt: skip
    device = RegisteredDevice("noord-1", profile, frozenset({"bicycles/7f3a"}))
    names = {"Wind (m/s)", "air.t-1", "air", "t-1", "fw.v", "st-1", "t-0", "x-1", "old-1", "7f3a", "bicycles/7f3a"}
    assert sent_by("noord-1", {}, device).fields >= names
    assert sent_by("noord-1", {}, None).fields == frozenset()


@pytest.mark.parametrize("topic", [example.topic for example in EXAMPLES])
@given(choices=CHOICES)
def test_what_stays_is_decoded_as_the_message_was(topic: str, choices: Choices) -> None:
    """Of every dialect: with the topic that stays, to the same observations or the same rejection."""
    (example,) = (one for one in EXAMPLES if one.topic == topic)
    payload = message(example.payload).instead(choices)
    devices = {example.sensor: RegisteredDevice("device", None, frozenset(example.values))}
    for known in (NOBODY, devices):
        first = decode_permitted(topic, payload, NOON, known)
        if first.payload is None or len(first.payload) > 65_536:
            continue
        again = decode_permitted(first.topic, first.payload, NOON, known)
        assert again == first
        if not isinstance(first.outcome, Rejection) and sensor_of(topic):
            assert all(one.sensor == example.sensor for one in again.outcome)  # type: ignore[union-attr]


@pytest.mark.parametrize("document", [
    lambda size: {f"key.{number}": number for number in range(size)},
    lambda size: {str(number): {"x": [number] * 5} for number in range(size)},
    lambda size: {"<key 1>": 1, **{chr(0x4E00 + number): 1 for number in range(size)}},
    lambda size: {"x" * 4_000: {"y" * 4_000: {"z" * 4_000: {str(number): number for number in range(size)}}}},
    lambda size: {"list": ["x" * 4_000] * size},
])  # fmt: skip
def test_no_document_takes_long(document: Callable[[int], dict[str, Any]]) -> None:
    """Whatever repeats in it: the lines that are run are in proportion to its length."""
    small, large = (lines_run(partial(permitted, document(size), TEXTS, NOON, SENDER)) for size in (250, 1000))
    assert small > 250
    assert large < 5 * small


def lines_run(work: Callable[[], object]) -> int:
    """Count the lines of Python that are run."""
    lines = 0

    def count(_frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401 - it returns itself
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return lines
