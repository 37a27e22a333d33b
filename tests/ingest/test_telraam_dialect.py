"""Telraam as its interface reports: what it says is decoded, and neither of its two kinds of zero is a measurement."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import decode, telraam
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
TOPIC: Final = "telraam/9000001234"
HOURLY: Final = json.loads(telraam.DIALECT.examples[0].payload)
hours = st.datetimes(datetime(2026, 4, 13), datetime(2026, 5, 12, 10), timezones=st.just(UTC)).map(
    lambda at: at.replace(minute=0, second=0, microsecond=0)
)


def changed(**fields: object) -> bytes:
    """Spell an hour with other fields."""
    return json.dumps(HOURLY | fields).encode()


@given(hours, st.lists(st.floats(0, 1e5), min_size=4, max_size=4), st.floats(0.01, 1), st.sampled_from([15, 60]))
def test_telraam_reads_what_it_says(at: datetime, counts: list[float], uptime: float, minutes: int) -> None:
    """All modes of one interval; those of quarters are datastreams of their own."""
    suffix, length = ("/15min", timedelta(minutes=15)) if minutes == 15 else ("", HOUR)
    said = [
        Observation("9000001234", mode + suffix, at, at + length, count, uptime, NOON)
        for mode, count in zip(("bike", "car", "heavy", "pedestrian"), counts, strict=True)
    ]
    assert decode(TOPIC, telraam.encode(said), NOON) == said


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"segment_id": 9000001235}, "other_sensor"),
        ({"instance_id": 5077}, "not_a_measurement"),
        ({"interval": "daily"}, "type"),
        ({"uptime": 1.5}, "type"),
        ({"bike": -1}, "type"),
    ],
)
def test_what_cannot_be_an_interval_of_the_segment_is_refused(fields: dict[str, object], why: str) -> None:
    """By name."""
    outcome = decode(TOPIC, changed(**fields), NOON)
    assert isinstance(outcome, Rejection)
    assert outcome.reason == why


@pytest.mark.parametrize(
    ("fields", "bikes"),
    [
        ({"uptime": 0, "bike": 0}, None),
        ({"night": 42, "bike": 0, "car": 0}, None),
        ({"night": 42, "bike": 3, "car": 0}, 3),
        ({"bike": 0}, 0),
        ({"bike": None}, None),
    ],
)
def test_two_kinds_of_zero_of_telraam_are_no_measurement(fields: dict[str, object], bikes: float | None) -> None:
    """Not watched, and watched in the dark; a zero with full uptime is one."""
    outcome = decode(TOPIC, changed(**fields), NOON)
    assert isinstance(outcome, list)
    assert outcome[0].value == bikes
