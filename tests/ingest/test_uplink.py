"""One uplink by the profile of its device: when it was measured, from which bytes, and how far it is trusted."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from ingest.dialects.refusal import RefusedError
from ingest.dialects.uplink import Uplink, observations_of
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME, STATUS_BAD, STATUS_SUSPECT, STATUS_UNKNOWN
from tests.ingest.registered import of

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NETWORK: Final = NOON - timedelta(minutes=1)
OWN: Final = NOON - timedelta(hours=9)
FRAME: Final = Uplink("noord-1", NETWORK, 2, {"n": 1})
COUNT: Final = 'field = [{ field = "n" }]'


def seen(uplink: Uplink, device: RegisteredDevice | None = None) -> list[Observation]:
    """Read an uplink that was received at noon."""
    return observations_of(uplink, device, NOON)


def at(decoded: dict[str, Any], profile: str = "", **changes: Any) -> tuple[datetime, int]:  # noqa: ANN401 - any field
    """Give the time of an uplink, and its quality flags."""
    (one, *_) = seen(FRAME._replace(decoded={"n": 1, **decoded}, **changes), of(profile, "n"))
    assert one.started_at == one.ended_at
    return one.started_at, one.quality_flags


def reason(uplink: Uplink, profile: str = "") -> str:
    """Say why an uplink is refused."""
    with pytest.raises(RefusedError) as refused:
        seen(uplink, of(profile, "n"))
    return refused.value.reason


def test_an_uplink_is_an_instant_of_the_network_with_its_place() -> None:
    """Of several values each is an observation, in the order of their names."""
    frame = FRAME._replace(decoded={"n": 1, "b": 3.6}, run=7, number=118)
    assert seen(frame) == [
        Observation("noord-1", source, NETWORK, NETWORK, value, 1.0, NOON, 0, 7, 118)
        for source, value in (("b", 3.6), ("n", 1.0))
    ]


def test_the_frames_of_a_counter_that_restarts_are_not_numbered() -> None:
    """Activated by personalisation it begins again at 0 in the same session: what it is at another instant is new."""
    frames = [FRAME._replace(at=NETWORK + timedelta(minutes=minute), run=7, number=0) for minute in (0, -10, 0)]
    device = of(f"counter_restarts = true\n{COUNT}", "n")
    found = [one for frame in frames for one in seen(frame, device)]
    assert [(one.run, one.number) for one in found] == 3 * [(None, None)]
    assert found[0] == found[2] != found[1]
    assert [(one.run, one.number) for one in seen(frames[0], of(COUNT, "n"))] == [(7, 0)]


def test_without_any_time_it_is_the_reception_with_a_quality_flag() -> None:
    """A network that gives none is no reason to lose a count."""
    assert at({}, at=None) == (NOON, RECEIVED_TIME)


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        ("rfc3339", "2026-05-12T03:00:00Z"), ("rfc3339", "2026-05-12T05:00:00.000+02:00"),
        ("epoch", OWN.timestamp()), ("epoch", int(OWN.timestamp())), ("epoch", str(int(OWN.timestamp()))),
        ("epoch_ms", int(OWN.timestamp()) * 1000),
    ],
)  # fmt: skip
def test_the_time_of_the_device_is_the_time_of_the_measurement(form: str, sent: object) -> None:
    """Where its profile names the field and the form; without the field it is the network's."""
    profile = f'time = {{ field = "t.at", form = "{form}" }}\n{COUNT}'
    assert at({"t": {"at": sent}}, profile) == (OWN, 0)
    assert at({}, profile) == (NETWORK, 0)


@pytest.mark.parametrize(
    ("form", "sent", "expected"),
    [
        ("rfc3339", "2026-05-12T03:00:00", "no_offset"), ("rfc3339", "yesterday", "format"), ("rfc3339", 7, "type"),
        ("epoch", "yesterday", "type"), ("epoch", [1], "type"), ("epoch", 1e30, "range"),
        ("epoch", 0, "too_late"), ("epoch_ms", NOON.timestamp() * 1000 + 301_000, "from_the_future"),
    ],
)  # fmt: skip
def test_a_time_that_the_profile_names_is_read_or_refused(form: str, sent: object, expected: str) -> None:
    """The network's time in its place would move what was measured; a clock that runs wrong is found by its window."""
    frame = FRAME._replace(decoded={"n": 1, "t": sent})
    assert reason(frame, f'time = {{ field = "t", form = "{form}" }}\n{COUNT}') == expected


def test_without_a_profile_a_time_in_rfc_3339_is_the_devices_own() -> None:
    """Another text or number of that name is not: nobody said that it is a time."""
    assert at({"time": "2026-05-12T03:00:00Z"}) == (OWN, 0)
    assert at({"time": "12:30"}) == (NETWORK, 0)
    assert at({"time": 1_795_863_600}) == (NETWORK, 0)
    assert reason(FRAME._replace(decoded={"n": 1, "time": "2026-03-12T03:00:00Z"})) == "too_late"


def test_a_stored_frame_is_measured_at_its_own_time() -> None:
    """The network's time would put it over what was measured meanwhile: without its own it is refused."""
    assert at({"datalog": True, "time": "2026-05-12T03:00:00Z"}) == (OWN, 0)
    for unusable in ({}, {"time": "12:30"}, {"time": 7}):
        assert reason(FRAME._replace(decoded={"n": 1, "datalog": True, **unusable})) == "missing_field"
    assert at({"datalog": False}) == (NETWORK, 0)


def test_a_profile_says_which_frames_are_stored() -> None:
    """By a field, or by a port, which need not be among those of live frames."""
    time = 'time = { field = "time" }'
    own = {"time": "2026-05-12T03:00:00Z"}
    by_field = f'{time}\nstored = {{ field = "old" }}\n{COUNT}'
    assert at({"old": True, **own}, by_field) == (OWN, 0)
    assert reason(FRAME._replace(decoded={"n": 1, "old": True}), by_field) == "missing_field"
    assert at({"datalog": True}, by_field) == (NETWORK, 0)
    by_port = f"ports = [2]\n{time}\nstored = {{ port = 3 }}\n{COUNT}"
    assert at(own, by_port, port=3) == (OWN, 0)
    assert reason(FRAME._replace(port=3), by_port) == "missing_field"


@pytest.mark.parametrize(
    ("bits", "sent", "expected"),
    [
        ("false", 0, 0), ("false", 1, STATUS_SUSPECT), ("false", 2, STATUS_BAD), ("false", "2", STATUS_BAD),
        ("false", 2.0, STATUS_BAD), ("false", 99, STATUS_UNKNOWN), ("false", "broken", STATUS_BAD),
        ("false", "<text 9>", STATUS_UNKNOWN), ("false", [2], STATUS_UNKNOWN), ("false", None, 0),
        ("true", 0, 0), ("true", 4, 0), ("true", 5, STATUS_SUSPECT), ("true", 7, STATUS_BAD),
        ("true", 9, STATUS_SUSPECT), ("true", 8, STATUS_UNKNOWN), ("true", 12, STATUS_UNKNOWN),
        ("true", "x", STATUS_UNKNOWN),
        ("true", -1, STATUS_UNKNOWN),
    ],
)  # fmt: skip
def test_the_status_of_the_device_is_that_of_all_it_measured(bits: str, sent: object, expected: int) -> None:
    """A code that nobody named is unknown; of bits the worst that is set decides, each by its value."""
    codes = '{ 0 = "ok", 1 = "suspect", 2 = "excluded", 4 = "ok", broken = "excluded" }'
    profile = f'status = [{{ field = "state", bits = {bits}, codes = {codes} }}]\n{COUNT}'
    assert at({"state": sent}, profile) == (NETWORK, expected)


def test_other_ports_carry_no_measurement() -> None:
    """A count on the port of the state would be read as one; networks without ports have none to be wrong."""
    profile = f"ports = [1, 27]\n{COUNT}"
    assert at({}, profile, port=27) == (NETWORK, 0)
    assert at({}, profile, port=None) == (NETWORK, 0)
    assert reason(FRAME, profile) == "not_a_measurement"


def test_a_frame_of_the_network_is_no_measurement_and_a_payload_without_decoder_is_missing_one() -> None:
    """Only the second is for somebody to repair: it says what with."""
    empty = FRAME._replace(decoded={})
    assert reason(empty) == "not_a_measurement"
    assert reason(empty._replace(port=0, radio=b"\x01", has_radio=True)) == "not_a_measurement"
    with pytest.raises(RefusedError, match="a payload formatter in its network, or a profile with a layout for port 2"):
        seen(empty._replace(has_radio=True))


LAYOUT: Final = """
layout = [
    { port = 0, fields = [{ field = "n", at = 0, type = "i16le" }] },
    { port = 2, length = 3, fields = [
        { field = "n", at = 1, type = "u16be" }, { field = "b", at = 0, type = "u8", factor = 0.1 }
    ] },
]
field = [{ field = "n", factor = 2 }]
"""


def test_bytes_are_read_by_the_layout_of_their_port() -> None:
    """What the network decoded goes before; the numbers of the layout are fields as others are."""
    frame = FRAME._replace(decoded={}, radio=b"\x24\x01\x02", has_radio=True)
    assert [(one.source, one.value) for one in seen(frame, of(LAYOUT, "n"))] == [("b", 3.6), ("n", 516.0)]
    assert [one.value for one in seen(frame._replace(decoded={"n": 1}), of(LAYOUT, "n"))] == [2.0]
    assert reason(frame._replace(radio=b"\x24\x01"), LAYOUT) == "format"
    assert reason(frame._replace(radio=None), LAYOUT) == "format"
    assert reason(frame._replace(port=3), LAYOUT) == "missing_field"


def test_networks_without_ports_have_the_layout_of_port_0() -> None:
    """Its length may vary where the layout gives none."""
    frame = FRAME._replace(decoded={}, port=None, radio=b"\xfe\xff\x00", has_radio=True)
    assert [one.value for one in seen(frame, of(LAYOUT, "n"))] == [-4.0]
    assert reason(frame._replace(radio=b"\xfe"), LAYOUT) == "format"


def test_an_uplink_of_which_nothing_is_a_number_is_refused() -> None:
    """Texts are for the payload formatter to turn into numbers; of true and false there is nothing to tell."""
    assert reason(FRAME._replace(decoded={"t": "29.92 °C", "ok": True})) == "type"
    assert reason(FRAME._replace(decoded={"ok": True})) == "not_a_measurement"
