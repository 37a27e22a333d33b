"""Which fields are measurements: what is registered is read or refused by name, the rest decides nothing."""

from typing import Any

import pytest

from ingest.dialects.measured_fields import flat, measured
from ingest.dialects.refusal import RefusedError
from schemas.device import RegisteredDevice
from tests.ingest.registered import of

pytestmark = pytest.mark.pure

ANYBODY = None
TEMPERATURE = (
    'field = [{ field = "t", source = "temperature", quantity = "temperature", missing = [-99], factor = 0.1 }]'
)


def values(decoded: dict[str, Any], device: RegisteredDevice | None = ANYBODY) -> dict[str, float | None]:
    """Read what was decoded for a device."""
    return measured(flat(decoded), device)


def refused(decoded: dict[str, Any], device: RegisteredDevice) -> tuple[str, str]:
    """Give reason and detail of what must be refused."""
    with pytest.raises(RefusedError) as problem:
        values(decoded, device)
    return problem.value.reason, problem.value.detail


def test_without_a_profile_every_number_is_an_observation_by_its_path() -> None:
    """Objects are paths; texts that are wholly a number are numbers; lists, texts, true and null are nothing."""
    decoded = {"a": {"b": 2, "c": {"d": "-1.6"}}, "n": 17, "x": [1, 2], "s": "ok", "u": "4 V", "t": True, "z": None}
    assert values(decoded) == {"a.b": 2.0, "a.c.d": -1.6, "n": 17.0}
    assert values(decoded, of("", "n")) == {"a.b": 2.0, "a.c.d": -1.6, "n": 17.0}


@pytest.mark.parametrize(
    "other",
    [
        {"timestamp": 1_795_863_600}, {"huge": 10**39}, {"Battery (V)": 3.61}, {"person": "12:30"}, {"a b": [1]},
        {"list": [1, "n/a"]}, {"t": "n/a"}, {"status": {"code": "E4"}}, {"x" * 61: 1}, {"1st": 1}, {"deep": {}},
    ],
)  # fmt: skip
def test_what_nobody_registered_refuses_nothing(other: dict[str, Any]) -> None:
    """No bound, no name and no type of it decides about the field that is registered."""
    assert values({"bikes": 23, **other}, of("", "bikes"))["bikes"] == 23.0


def test_a_registered_name_need_not_be_plain() -> None:
    """Whoever registers `Battery (V)` gets it; nobody else's odd name is a source."""
    decoded = {"Battery (V)": 3.61, "Signal (dB)": -80}
    assert values(decoded, of("", "Battery (V)")) == {"Battery (V)": 3.61}


@pytest.mark.parametrize(
    ("sent", "reason", "says"),
    [
        ("n/a", "type", "bikes is 'n/a', not a number"),
        ("", "type", "bikes is '', not a number"),
        ([23], "type", "bikes is [23], not a number"),
        (True, "type", "bikes is true or false"),
        ({"value": 23}, "type", "register bikes.value"),
        ({"text": "many"}, "type", "bikes is an object without a number"),
        ({}, "type", "bikes is {}, not a number"),
        ("23 cm", "unit", "bikes is sent in 'cm', and no profile says which unit it has"),
        (2**32 + 1, "range", "bikes is 4294967297"),
        ("9" * 15, "range", "bikes is 9999"),
    ],
)
def test_a_registered_source_that_cannot_be_read_refuses_the_message(sent: object, reason: str, says: str) -> None:
    """By its name: what was measured beside it would be half of what the device said."""
    found = refused({"bikes": sent, "battery": 3.6}, of("", "bikes"))
    assert found[0] == reason
    assert says in found[1]


def test_a_registered_source_that_is_not_there_is_no_problem() -> None:
    """A device says different things in different frames; null is what it did not measure."""
    assert values({"battery": 3.6}, of("", "bikes")) == {"battery": 3.6}
    assert values({"bikes": None}, of("", "bikes")) == {"bikes": None}


def test_running_totals_of_32_bits_pass() -> None:
    """A register is larger than any measurement: the profile says which is one, else it might be."""
    profile = 'field = [{ field = "total", sampling = "cumulative" }, { field = "count" }]'
    assert values({"total": 2**32 - 1}, of("", "total")) == {"total": 2.0**32 - 1}
    assert values({"total": 2**32 - 1}, of(profile, "total")) == {"total": 2.0**32 - 1}
    assert refused({"count": 2**32 - 1}, of(profile, "count"))[0] == "range"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (42, 4.2), ("42", 4.2), (" -16 ", -1.6), ("42 °C", 4.2), ("42C", 4.2), ("42 Cel", 4.2),
        (-99, None), ("-99", None), (None, None), (True, 0.1),
    ],
)  # fmt: skip
def test_a_field_of_the_profile_is_read_by_it(sent: object, expected: float | None) -> None:
    """Under its source, times its factor, in its unit; what means not measured is no value."""
    found = values({"t": sent, "other": 7}, of(TEMPERATURE, "temperature"))
    assert found == {"other": 7.0, "temperature": pytest.approx(expected)}


@pytest.mark.parametrize("sent", ["42 °F", "42 K"])
def test_another_unit_is_refused_by_name(sent: str) -> None:
    """Nobody converts what the profile did not say; a device with `unit` in its profile has that one."""
    assert refused({"t": sent}, of(TEMPERATURE, "temperature")) == (
        "unit", f"temperature is sent in '{sent[3:]}', its profile says 'Cel'"
    )  # fmt: skip
    assert values({"t": sent}, of(f'field = [{{ field = "t", unit = "{sent[3:]}" }}]', "t")) == {"t": 42.0}


def test_a_unit_beside_a_value_is_that_of_the_field() -> None:
    """4.2 beside "°F" is no temperature in degrees Celsius, nor beside a unit that did not stay."""
    device = of('field = [{ field = "t.value", source = "t", quantity = "temperature" }]', "t")
    assert values({"t": {"value": 4.2, "unit": "°C"}}, device) == {"t": 4.2}
    assert refused({"t": {"value": 4.2, "unit": "<text 9>"}}, device)[0] == "unit"
    assert refused({"t": {"value": 4.2, "unit": "°F"}}, device)[0] == "unit"
    assert refused({"t": {"value": 4.2, "unit": "°F"}}, of("", "t.value"))[0] == "unit"


def test_what_the_profile_names_and_nobody_registered_decides_nothing() -> None:
    """Its text is left out, its number is passed on, so that it is noted once."""
    device = of('field = [{ field = "a" }, { field = "b" }]', "a")
    assert values({"a": 1, "b": "n/a"}, device) == {"a": 1.0}
    assert values({"a": 1, "b": 2}, device) == {"a": 1.0, "b": 2.0}


def test_the_first_of_two_fields_of_one_source_counts() -> None:
    """A device that sends a number or an object has both in its profile."""
    both = 'field = [{ field = "t" }, { field = "t.value", source = "t" }]'
    assert values({"t": 1}, of(both, "t")) == {"t": 1.0}
    assert values({"t": {"value": 2}}, of(both, "t")) == {"t": 2.0}
    assert values({"t": {"valu": 2}}, of(both)) == {"t.valu": 2.0}
    assert refused({"t": {"valu": 2}}, of(both, "t"))[0] == "type"


def test_what_the_profile_ignores_is_told_to_nobody() -> None:
    """Nor are its time, its status and the mark of a stored frame measurements; what is registered is."""
    profile = """
        field = [{ field = "n" }]
        ignore = ["signal", "position"]
        time = { field = "at", form = "epoch" }
        stored = { field = "old" }
        status = [{ field = "state", codes = {} }]
    """
    decoded = {"n": 1, "signal": -80, "position": {"lat": 53.0}, "at": 1_795_863_600, "old": 1, "state": 3, "more": 4}
    assert values(decoded, of(profile, "n")) == {"more": 4.0, "n": 1.0}
    assert values(decoded, of(profile, "n", "state", "position.lat")) == {
        "more": 4.0, "n": 1.0, "position.lat": 53.0, "state": 3.0
    }  # fmt: skip


def test_a_path_that_two_keys_spell_is_no_number() -> None:
    """Which of both is meant nobody knows."""
    decoded = {"a.b": 1, "a": {"b": 2}, "n": 3}
    assert values(decoded) == {"n": 3.0}
    assert refused(decoded, of("", "a.b"))[0] == "type"
