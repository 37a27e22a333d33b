"""SensorThings: Observations of instants and intervals, of versions 1.0 to 2.0, linked by topic or by body."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import decode, decode_permitted, dialect_of, sensor_things
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
ONE = "v1.1/Datastreams(7)/Observations"
ALL = "v1.1/Observations"
QUARTER = '"phenomenonTime":"2026-05-12T06:00:00Z/2026-05-12T06:15:00Z"'
moments = st.datetimes(datetime(2026, 4, 13), datetime(2026, 5, 12, 11, 30), timezones=st.just(UTC))


@given(
    moments,
    st.timedeltas(timedelta(0), timedelta(minutes=30)),
    st.none() | st.floats(-1e6, 1e6),
    st.integers(0, 99_999_999),
    st.sampled_from([ONE, ALL]),
)
def test_an_observation_is_read_as_it_is_sent(
    at: datetime, length: timedelta, value: float | None, number: int, topic: str
) -> None:
    """Of an instant or an interval, by its own topic or by its link."""
    sent = Observation(f"sta-{number}", "result", at, at + length, value, 1.0, NOON)
    linked, topic = topic == ALL, topic.replace("(7)", f"({number})")
    assert decode(topic, sensor_things.encode(sent, link=linked), NOON) == [sent]
    received = msgspec.structs.replace(sent, started_at=NOON, ended_at=NOON, quality_flags=RECEIVED_TIME)
    assert decode(topic, sensor_things.encode(received, link=linked), NOON) == [received]


@pytest.mark.parametrize(
    "body",
    [
        f'{{{QUARTER},"result":42}}',
        f'{{{QUARTER},"result":" 42 "}}',
        f'{{{QUARTER},"result":42,"resultQuality":{{"completeness":0.5}},"parameters":{{"n":3}}}}',
        '{"phenomenonTime":{"start":"2026-05-12T08:00:00+02:00","end":"2026-05-12T06:15:00Z"},"result":42,"id":1}',
        f'{{{QUARTER},"result":42,"Datastream":{{"@iot.id":7}}}}',
        f'{{{QUARTER},"result":42,"Datastream":{{"id":"7"}}}}',
    ],
)
def test_an_interval_is_read_in_every_spelling(body: str) -> None:
    """42 in one quarter of an hour of Datastream 7, whatever stands beside it."""
    start = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)
    expected = Observation("sta-7", "result", start, start + timedelta(minutes=15), 42.0, 1.0, NOON)
    assert decode(ONE, body.encode(), NOON) == [expected]


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        (ONE, f"{{{QUARTER}}}", "missing_field"),
        (ONE, f'{{{QUARTER},"result":{{"a":1}}}}', "type"),
        (ONE, f'{{{QUARTER},"result":[1,2]}}', "type"),
        (ONE, f'{{{QUARTER},"result":true}}', "type"),
        (ONE, f'{{{QUARTER},"result":"much"}}', "type"),
        (ONE, f'{{{QUARTER},"result":1e12}}', "type"),
        (ONE, f'{{{QUARTER},"result":42,"Datastream":{{"@iot.id":8}}}}', "other_sensor"),
        (ONE, '{"phenomenonTime":"2026-05-12T06:15:00Z/2026-05-12T06:00:00Z","result":1}', "range"),
        (ONE, '{"phenomenonTime":"2026-05-10T06:15:00Z/2026-05-12T06:00:00Z","result":1}', "range"),
        (ONE, '{"phenomenonTime":"2026-05-12T06:15:00","result":1}', "no_offset"),
        (ONE, '{"phenomenonTime":"2026-05-12T06:15:00Z/2026-05-12T06:30:00Z/x","result":1}', "format"),
        (ONE, '{"phenomenonTime":"2026-05-12T18:15:00Z","result":1}', "from_the_future"),
        (ONE, '{"phenomenonTime":"2024-05-12T18:15:00Z","result":1}', "too_late"),
        (ALL, f'{{{QUARTER},"result":42}}', "missing_field"),
        (ALL, f'{{{QUARTER},"result":42,"Datastream":{{}}}}', "missing_field"),
        (ALL, f'{{{QUARTER},"result":42,"Datastream":{{"@iot.id":"a7"}}}}', "format"),
    ],
)
def test_what_is_no_observation_is_refused_by_name(topic: str, body: str, reason: str) -> None:
    """Objects, lists and intervals that end before they start among them."""
    seen = decode(topic, body.encode(), NOON)
    assert isinstance(seen, Rejection)
    assert seen.reason == reason
    assert seen.sensor == ("sta-7" if topic == ONE else None)


def test_a_topic_names_the_sensor_of_its_datastream() -> None:
    """So it is what a registry calls it; the topic of all Observations names none."""
    assert [dialect_of(topic) for topic in (ONE, ALL)] == [
        (sensor_things.DIALECT, "sta-7"),
        (sensor_things.DIALECT, ""),
    ]
    for topic in ("v1.1/Datastreams(x)/Observations", "v1.1/Datastreams(7)", "v1.1/Things(7)/Observations"):
        assert dialect_of(topic) is None


def test_what_stays_is_decoded_again_into_the_same() -> None:
    """A long number of a Datastream is its name; a text beside the result is not kept."""
    body = f'{{{QUARTER},"result":"4.5","Datastream":{{"@iot.id":211806488}},"parameters":{{"by":"Jan"}}}}'
    known = {"sta-211806488": RegisteredDevice("sta-211806488")}
    done = decode_permitted(ALL, body.encode(), NOON, known)
    assert done.payload is not None
    assert b"Jan" not in done.payload
    assert isinstance(done.outcome, list)
    assert [one.sensor for one in done.outcome] == ["sta-211806488"]
    assert decode(ALL, done.payload, NOON, known) == done.outcome
    assert isinstance(decode(ALL, body.encode(), NOON), Rejection)  # of nobody that is registered
