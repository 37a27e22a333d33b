"""Uplinks that say something else than the registry and the profile of their device: refused by name, or read."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest

from ingest.dialects.decoder import DecodedMessage, decode_permitted
from schemas.device import RegisteredDevice
from schemas.rejection import Rejection
from tests.ingest.registered import of

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
LEFT_OUT: Final = object()


def up(device: RegisteredDevice, decoded: dict[str, Any], *, port: object = 2, **envelope: object) -> DecodedMessage:
    """Decode an uplink of The Things Stack, received at noon; and what stays of it again, which is the same."""
    message = {"f_port": port, "decoded_payload": decoded}
    if port is LEFT_OUT:
        del message["f_port"]
    ids = {"device_id": device.device}
    payload = json.dumps({"end_device_ids": ids, "uplink_message": message, **envelope}).encode()
    done = decode_permitted(f"v3/a@ttn/devices/{device.device}/up", payload, NOON, {device.device: device})
    if done.payload is not None:
        again = decode_permitted(done.topic, done.payload, NOON, {device.device: device})
        assert (again.outcome, again.payload) == (done.outcome, done.payload)
    return done


def values(device: RegisteredDevice, decoded: dict[str, Any], **more: Any) -> dict[str, float | None]:  # noqa: ANN401 - any
    """Give the values of an uplink that is read."""
    seen = up(device, decoded, **more).outcome
    assert not isinstance(seen, Rejection), seen
    return {one.source: one.value for one in seen}


def refused(device: RegisteredDevice, decoded: dict[str, Any], **more: Any) -> tuple[str, str]:  # noqa: ANN401 - any
    """Give reason and detail of an uplink that is refused."""
    refusal = up(device, decoded, **more).outcome
    assert isinstance(refusal, Rejection), refusal
    return refusal.reason, refusal.detail


def in_units(**units: str) -> RegisteredDevice:
    """Give a device without a profile, with the unit of each registered source; `_` stands for a dot."""
    by_source = {source.replace("_", "."): unit for source, unit in units.items()}
    return msgspec.structs.replace(of("", *by_source), units=by_source)


@pytest.mark.parametrize(
    ("registered", "said", "expected"),
    [
        ("Cel", {"t": {"value": 4.2, "unit": "°C"}}, 4.2), ("Cel", {"t": {"value": 4.2, "unit": "C"}}, 4.2),
        ("Cel", {"t": {"value": "4.2 °C"}}, 4.2), ("Cel", {"t": {"value": "4.2"}}, 4.2),
        ("Cel", {"t": {"value": 4.2, "unit": ""}}, 4.2), ("Cel", {"t": {"value": 4.2, "unit": None}}, 4.2),
        ("1", {"t": {"value": 7, "unit": "1"}}, 7.0), ("1", {"t": {"value": 7, "unit": "count"}}, 7.0),
        ("ppb", {"t": {"value": 9, "unit": "ppb"}}, 9.0), ("ug/m3", {"t": {"value": 9, "unit": "µg/m³"}}, 9.0),
    ],
)  # fmt: skip
def test_without_a_profile_a_unit_is_that_of_the_registry(
    registered: str, said: dict[str, Any], expected: float
) -> None:
    """In any spelling, in the text or beside the value; saying none is right too."""
    assert values(in_units(t_value=registered), said) == {"t.value": expected}


@pytest.mark.parametrize(
    ("registered", "said", "quoted"),
    [
        ("Cel", {"t": {"value": 40, "unit": "°F"}}, "'°F'"), ("Cel", {"t": {"value": "40 °F"}}, "'°F'"),
        ("1", {"t": {"value": 7, "unit": "km"}}, "'km'"), ("ug/m3", {"t": {"value": 9, "unit": "ppb"}}, "'ppb'"),
        ("Cel", {"t": {"value": 40, "unit": "Fahrenheit"}}, "'<text 10>'"),
        ("Cel", {"t": {"value": 40, "unit": 7}}, "7"),
        ("Cel", {"t": {"value": 40, "unit": {"name": "°F"}}}, "an object"),
    ],
)  # fmt: skip
def test_another_unit_is_refused_and_names_the_source(registered: str, said: dict[str, Any], quoted: str) -> None:
    """Forty degrees Fahrenheit, or of whatever nobody can read, are no forty degrees."""
    reason, detail = refused(in_units(t_value=registered), said)
    assert reason == "unit"
    assert detail.startswith(f"t.value is sent in {quoted}, ")
    assert repr(registered) in detail


def test_a_unit_of_which_nobody_says_what_it_should_be_is_refused() -> None:
    """As where two periods of one source are in different units."""
    for said in ({"t": {"value": 4.2, "unit": "°C"}}, {"t": {"value": "4.2 °C"}}):
        assert refused(of("", "t.value"), said)[0] == "unit"


def test_a_unit_that_the_profile_names_stays_and_is_read() -> None:
    """Though it is on no list; of the registry and the profile the one by which `store` converts stands."""
    soil = of('field = [{ field = "s", unit = "uS/cm" }, { field = "c.value", unit = "fietsen" }]', "s", "c.value")
    assert values(soil, {"s": "161 uS/cm", "c": {"value": 3, "unit": "fietsen"}}) == {"c.value": 3.0, "s": 161.0}
    gas = 'field = [{ field = "g", quantity = "no2" }]'
    assert values(of(gas, "g"), {"g": "9 ug/m3"}) == {"g": 9.0}
    in_ppb = msgspec.structs.replace(of(gas, "g"), units={"g": "ppb"})
    assert values(in_ppb, {"g": "9 ppb"}) == {"g": 9.0}
    assert refused(in_ppb, {"g": "9 ug/m3"})[0] == "unit"
    counted = msgspec.structs.replace(of('field = [{ field = "n", unit = "fietsen" }]', "n"), units={"n": "1"})
    assert values(counted, {"n": "9 fietsen"}) == {"n": 9.0}


def test_the_name_of_a_field_of_the_profile_is_that_field_only() -> None:
    """A raw path of that name is another thing: unscaled, it is not what was registered."""
    device = of('field = [{ field = "raw", source = "temp", factor = 0.1 }, { field = "n" }]', "temp", "n")
    assert values(device, {"raw": 215, "temp": 50, "n": 1}) == {"n": 1.0, "temp": 21.5}
    assert refused(device, {"temp": 50, "n": 1}) == (
        "missing_field", "temp is sent under that name, its profile reads it from raw"
    )  # fmt: skip
    assert values(device, {"temp": None, "n": 1}) == {"n": 1.0}
    for other in ('ignore = ["temp"]\nfield = [', 'field = [{ field = "temp", source = "old" },'):
        device = of(f'{other}{{ field = "raw", source = "temp", factor = 0.1 }}, {{ field = "n" }}]', "temp", "n")
        assert values(device, {"temp": 50, "n": 1})["n"] == 1.0
    nobody = of('field = [{ field = "raw", source = "temp", factor = 0.1 }, { field = "n" }]', "n")
    assert values(nobody, {"temp": 50, "n": 1}) == {"n": 1.0}


@pytest.mark.parametrize("text", ["4Plantsma", "12ABC3", "12 Jansen", "0031612345678", "1 A1B2C3"])
def test_a_registered_field_keeps_no_free_text(text: str) -> None:
    """Neither what stays nor the refusal has it."""
    done = up(of("", "bikes"), {"bikes": text})
    assert isinstance(done.outcome, Rejection)
    assert (done.outcome.reason, f"<text {len(text)}>" in done.outcome.detail) == ("type", True)
    assert done.payload is not None
    assert text.encode() not in done.payload


@pytest.mark.parametrize("sent", [[{"value": 9}], 8, "8", "many", True, [9]])
def test_a_registered_path_below_something_else_is_refused_by_name(sent: object) -> None:
    """What the device counted is in there somewhere."""
    reason, detail = refused(of("", "count.value", "n"), {"count": sent, "n": 1})
    assert reason == "type"
    assert detail.startswith("count.value cannot be read: count is ")
    by_profile = of('field = [{ field = "count.value", source = "in" }, { field = "n" }]', "in", "n")
    assert refused(by_profile, {"count": sent, "n": 1})[1].startswith("in cannot be read: count is ")


def test_a_registered_path_that_is_not_there_is_no_problem() -> None:
    """Nor is null or an object in its place, nor what is registered itself, which says one thing or the other."""
    others: list[dict[str, Any]] = [{}, {"count": None}, {"count": {}}, {"count": {"other": "x"}}]
    for sent in others:
        assert values(of("", "count.value", "n"), {"n": 1, **sent}) == {"n": 1.0}
    assert values(of("", "count", "count.value"), {"count": 8}) == {"count": 8.0}
    either = 'field = [{ field = "t" }, { field = "t.value", source = "t" }, { field = "t.max", source = "high" }]'
    assert values(of(either, "t", "high"), {"t": 4}) == {"t": 4.0}


@pytest.mark.parametrize(("registered", "sent"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD"), ("NFC", "NFC")])
def test_letters_with_marks_are_the_same_however_they_are_composed(registered: str, sent: str) -> None:
    """The source is called as it is registered."""
    name = unicodedata.normalize(registered, "Anzahl Räder")  # type: ignore[arg-type]
    decoded = {unicodedata.normalize(sent, "Anzahl Räder"): 9, "n": 1}  # type: ignore[arg-type]
    assert values(of("", name, "n"), decoded) == {name: 9.0, "n": 1.0}
    below = {unicodedata.normalize(sent, "Räder"): {"in": 3}}  # type: ignore[arg-type]
    path = f"{unicodedata.normalize(registered, 'Räder')}.in"  # type: ignore[arg-type]
    assert values(of("", path), below) == {path: 3.0}


@pytest.mark.parametrize("true", [True, 1, 1.0, "true", "True", "1"])
def test_a_mark_that_is_true_is_true_however_it_is_written(true: object) -> None:
    """A stored frame needs its own time; what the console simulated is nobody's cyclists."""
    assert refused(of("", "n"), {"n": 1, "datalog": true})[0] == "missing_field"
    by_profile = of('stored = { field = "old" }\nfield = [{ field = "n" }]', "n")
    assert refused(by_profile, {"n": 1, "old": true})[0] == "missing_field"
    assert refused(of("", "n"), {"n": 1}, simulated=true)[0] == "not_a_measurement"


@pytest.mark.parametrize("false", [False, 0, "false", "0", "", None])
def test_a_mark_that_is_false_is_false_however_it_is_written(false: object) -> None:
    """Then the frame is live."""
    seen = values(of("", "n"), {"n": 1, "datalog": false}, simulated=false)
    assert seen["n"] == 1.0
    by_profile = of('stored = { field = "old" }\nfield = [{ field = "n" }]', "n")
    assert values(by_profile, {"n": 1, "old": false}) == {"n": 1.0}


@pytest.mark.parametrize(
    ("port", "by_profile", "by_nobody"),
    [
        (5, True, True), (5.0, True, True), ("5", True, True), (6, False, True), ("6", False, True),
        (0, False, False), ("0", False, False), (LEFT_OUT, False, True), (None, False, True),
        ("five", False, True), (5.5, False, True), (True, False, True), (256, False, True), ([5], False, True),
    ],
)  # fmt: skip
def test_ports_are_those_of_the_profile_and_port_0_carries_nothing(
    port: object,
    by_profile: bool,  # noqa: FBT001 - what is expected
    by_nobody: bool,  # noqa: FBT001 - likewise
) -> None:
    """A port that is written otherwise is that port; one that nobody can read is none of the profile's."""
    for device, measured in ((of('ports = [5]\nfield = [{ field = "n" }]', "n"), by_profile), (of("", "n"), by_nobody)):
        if measured:
            assert values(device, {"n": 1}, port=port) == {"n": 1.0}
        else:
            assert refused(device, {"n": 1}, port=port)[0] == "not_a_measurement"


@pytest.mark.parametrize(
    ("form", "sent", "reason"),
    [
        ("epoch_ms", int((NOON - timedelta(days=500)).timestamp()) * 1000, "too_late"),
        ("epoch_ms", str(int((NOON - timedelta(days=500)).timestamp()) * 1000), "too_late"),
        ("epoch", int((NOON - timedelta(days=500)).timestamp()), "too_late"),
        ("epoch_ms", int((NOON + timedelta(days=9_000)).timestamp()) * 1000, "from_the_future"),
        ("epoch", -1_500_000_000, "too_late"),
        ("epoch", 356_938_035_643_809, "range"),
    ],
)  # fmt: skip
def test_a_time_that_the_profile_names_is_judged_as_a_time(form: str, sent: object, reason: str) -> None:
    """However long ago; a number of which no time can be made is out of range, and does not stay."""
    device = of(f'time = {{ field = "at", form = "{form}" }}\nfield = [{{ field = "n" }}]', "n")
    assert refused(device, {"n": 1, "at": sent})[0] == reason
