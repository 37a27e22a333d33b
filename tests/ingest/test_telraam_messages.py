"""Telraam as messages: hours and quarters, both sides, nights without modes, and reports of nobody's instance."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import decode, decode_permitted, telraam
from ingest.dialects.telraam_interval import MODES
from ingest.history import telraam_api
from ingest.history.profile import TELRAAM_API
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
TOPIC = "telraam/9000001234"
counts = st.integers(1, 10**8).map(lambda hundredths: hundredths / 100)


def interval(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Make one hour of a report."""
    shown = {
        "instance_id": -1, "segment_id": 9000001234, "date": "2026-05-12T06:00:00.000Z", "interval": "hourly",
        "uptime": 0.81, "heavy": 3.7, "car": 118.52, "bike": 97.53, "pedestrian": 12.35, "night": 0, "v85": 38.5,
        "timezone": "Europe/Amsterdam",
    }  # fmt: skip
    return shown | fields


def read(document: object) -> list[Observation]:
    """Decode what has to be decodable."""
    seen = decode(TOPIC, json.dumps(document).encode(), NOON)
    assert isinstance(seen, list), seen
    return seen


@st.composite
def reports(draw: st.DrawFn) -> list[Observation]:
    """Draw hours or quarters, each with all modes and perhaps both sides."""
    length, suffix = draw(st.sampled_from([(timedelta(hours=1), ""), (timedelta(minutes=15), "/15min")]))
    names = [*MODES, *draw(st.sampled_from([(), telraam.SIDES]))]
    said: list[Observation] = []
    for hours in sorted(draw(st.sets(st.integers(2, 5000), min_size=1, max_size=4)), reverse=True):
        at, uptime = NOON - timedelta(hours=hours), draw(st.floats(0, 1))
        dark = uptime == 0 or draw(st.booleans())
        for name in names:
            value = None if dark else draw(counts)
            said.append(Observation("9000001234", name + suffix, at, at + length, value, uptime, NOON))
    return said


@given(reports())
def test_a_report_is_read_as_it_is_sent(said: list[Observation]) -> None:
    """Encoder and decoder agree; what was not watched, and what the dark hid, has no value."""
    assert decode(TOPIC, telraam.encode(said), NOON) == said


@pytest.mark.parametrize(
    "document", [{"status_code": 200, "report": [interval()]}, [interval()], interval()], ids=["answer", "list", "one"]
)
def test_an_answer_its_list_and_one_interval_say_the_same(document: object) -> None:
    """Whoever passes on what the interface gives need not wrap it."""
    assert {one.source: one.value for one in read(document)} == {
        "bike": 97.53, "car": 118.52, "heavy": 3.7, "pedestrian": 12.35,
    }  # fmt: skip


@pytest.mark.parametrize("fields", [{}, {"uptime": 0}, {"night": 7, "bike": 0, "car": 0}, {"night": 7, "bike": 1}])
def test_a_message_says_what_a_file_of_history_says(fields: dict[str, Any]) -> None:
    """The same datastreams with the same values, by day and by night: hours may come both ways."""
    by_file = telraam_api.read([json.dumps({"report": [interval(**fields)]})], TELRAAM_API, NOON)
    assert read([interval(**fields)]) == list(by_file)


def test_a_night_without_modes_is_no_zero() -> None:
    """All was counted as night: the sensor watched, and knows of no mode."""
    dark = read([interval(uptime=0.999, bike=0, car=0, heavy=0, pedestrian=0, bike_lft=0, bike_rgt=None, night=23)])
    assert {(one.value, one.uptime) for one in dark} == {(None, 0.999)}
    assert {one.source for one in dark} == {*MODES, "bike_lft", "bike_rgt"}


def test_a_quarter_is_another_datastream_than_its_hour() -> None:
    """Both may come on one topic, and nobody adds them."""
    seen = read([interval(), interval(interval="quarterly")])
    assert {one.source: one.ended_at - one.started_at for one in seen if one.source.startswith("bike")} == {
        "bike": timedelta(hours=1),
        "bike/15min": timedelta(minutes=15),
    }


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([interval(segment_id=9000009999)], "other_sensor"),
        ([interval(instance_id=44)], "other_sensor"),
        ([interval(), interval()], "duplicate_key"),
        ([interval(interval="daily")], "type"),
        ([interval(uptime=1.2)], "type"),
        ([interval(bike=-1)], "type"),
        ([interval(bike="much")], "type"),
        ([{"segment_id": 9000001234}], "missing_field"),
        ({"status_code": 429, "message": "Limit Exceeded"}, "missing_field"),
        ([interval(date="2026-05-12 06:00:00")], "no_offset"),
        ([interval(date="2027-05-12T06:00:00Z")], "from_the_future"),
        ([interval(date="2024-05-12T06:00:00Z")], "too_late"),
        ([interval(date="9999-12-31T23:59:59.999999Z")], "range"),
        ([], "not_a_measurement"),
        ("x", "not_an_object"),
    ],
)
def test_what_is_no_report_of_the_segment_is_refused_by_name(document: object, reason: str) -> None:
    """An answer that is an error among them."""
    seen = decode(TOPIC, json.dumps(document).encode(), NOON)
    assert isinstance(seen, Rejection), seen
    assert seen.reason == reason


def test_what_stays_is_decoded_again_into_the_same() -> None:
    """The number of the segment is a name; who owns an instance is not kept."""
    payload = json.dumps([interval(user_id="jan", mac=123456789012)]).encode()
    done = decode_permitted(TOPIC, payload, NOON)
    assert done.payload is not None
    assert b"jan" not in done.payload
    assert b"123456789012" not in done.payload
    assert decode(TOPIC, done.payload, NOON) == done.outcome
    assert isinstance(done.outcome, list)
