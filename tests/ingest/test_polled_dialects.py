"""What is fetched, row by row: each dialect decodes what it encodes, names what it refuses, and lets little stay."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import decode, luchtmeetnet, samen_meten, sensor_community
from ingest.dialects.decoder import decode_permitted
from ingest.dialects.luchtmeetnet import SUBSTANCES
from ingest.dialects.permitted import Sender
from ingest.history.layouts import LAYOUTS
from ingest.history.luchtmeetnet_csv import SOURCES
from schemas.observation import Observation
from schemas.rejection import Rejection
from tests.ingest.anything import CHOICES, Choices, message

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
POLLED: Final = (luchtmeetnet.DIALECT, samen_meten.DIALECT, sensor_community.DIALECT)
hours = st.datetimes(datetime(2026, 4, 13), datetime(2026, 5, 12, 10), timezones=st.just(UTC)).map(
    lambda at: at.replace(minute=0, second=0, microsecond=0)
)
values = st.none() | st.floats(-1e6, 1e6)


def seen(sensor: str, source: str, at: datetime, value: float | None, length: timedelta = HOUR) -> Observation:
    """Make an observation that was received at noon."""
    return Observation(sensor, source, at, at + length, value, 1.0, NOON)


@given(hours, values, st.sampled_from(["pm25", "no2", "o3", "bcwb", "c7h8"]))
def test_luchtmeetnet_reads_what_it_says(at: datetime, value: float | None, source: str) -> None:
    """One value of one substance and hour; the name of the hour is its end."""
    said = seen("nl10929", source, at, value)
    assert decode("poll/luchtmeetnet/nl10929", luchtmeetnet.encode(said), NOON) == [said]


@given(st.lists(st.tuples(hours, values), min_size=1, max_size=5), st.sampled_from(["pm25_kal", "temp"]))
def test_samen_meten_reads_what_it_says(rows: list[tuple[datetime, float | None]], source: str) -> None:
    """Any number of hours of one datastream."""
    said = [seen("ltd-90001", source, at, value) for at, value in rows if value not in samen_meten.NO_VALUE]
    if said:
        assert decode("poll/samenmeten/ltd-90001", samen_meten.encode(said), NOON) == said


@given(hours, st.dictionaries(st.sampled_from(["P1", "P2", "temperature", "humidity", "P0"]), values, min_size=1))
def test_sensor_community_reads_what_it_says(at: datetime, of: dict[str, float | None]) -> None:
    """All values of one instant, as the texts with six decimals that they are there."""
    rounded = {source: None if value is None else float(f"{value:f}") for source, value in of.items()}
    said = [seen("sc-90001", source, at, value, timedelta(0)) for source, value in rounded.items()]
    assert decode("poll/sensorcommunity/sc-90001", sensor_community.encode(said), NOON) == said


EXAMPLES: Final = [one for dialect in POLLED for one in dialect.examples]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.topic)
@given(choices=CHOICES)
def test_whatever_is_fetched_ends_as_observations_or_one_rejection(example: Any, choices: Choices) -> None:  # noqa: ANN401 - an example
    """And what stays of it is decoded to the same again."""
    said = message(example.payload).instead(choices)
    found = decode_permitted(example.topic, said, NOON)
    assert isinstance(found.outcome, Rejection) or all(isinstance(one, Observation) for one in found.outcome)
    if found.payload is not None and isinstance(found.outcome, list):
        assert decode(example.topic, found.payload, NOON) == found.outcome


def changed(dialect: int, **fields: object) -> bytes:
    """Spell the example of a dialect with other fields."""
    document = json.loads(POLLED[dialect].examples[0].payload)
    return json.dumps(document | fields).encode()


def reason(dialect: int, payload: bytes) -> str:
    """Decode a message that must be refused, and say why it was."""
    outcome = decode(POLLED[dialect].examples[0].topic, payload, NOON)
    assert isinstance(outcome, Rejection), outcome
    return outcome.reason


def row(at: str, result: object) -> dict[str, object]:
    """Spell an observation of Samen Meten."""
    return {"phenomenonTime": at, "result": result}


@pytest.mark.parametrize(
    ("dialect", "fields", "why"),
    [
        (0, {"station_number": "NL10930"}, "other_sensor"),
        (0, {"timestamp_measured": "2026-05-12T06:00:00"}, "no_offset"),
        (0, {"timestamp_measured": "2026-05-12T06:30:00+00:00"}, "format"),
        (0, {"timestamp_measured": "2026-05-13T06:00:00+00:00"}, "from_the_future"),
        (0, {"timestamp_measured": "2024-05-13T06:00:00+00:00"}, "too_late"),
        (0, {"timestamp_measured": "0001-01-01T00:00:00Z"}, "range"),
        (0, {"value": "11.4"}, "type"),
        (0, {"value": True}, "type"),
        (0, {"formula": "PM 2.5 (fijn)"}, "format"),
        (1, {"name": "LTD_90002-12-pm25"}, "other_sensor"),
        (1, {"Observations": [row("2026-05-12T06:00:00Z", "Error: no data")]}, "type"),
        (1, {"Observations": [row("2026-05-12T06:00:00Z", -99)]}, "not_a_measurement"),
        (1, {"Observations": [row("2026-05-12T06:00:00Z", -999.0)]}, "not_a_measurement"),
        (1, {"Observations": [row("gisteren", 3)]}, "format"),
        (1, {"Observations": [row("0001-01-01T00:00:00Z", 3)]}, "range"),
        (1, {"Observations": [row("2026-05-12T06:00:00Z/2026-05-12T05:00:00Z", 3)]}, "range"),
        (2, {"sensor": {"id": 90002}}, "other_sensor"),
        (2, {"timestamp": "2026-05-12T06:15:00Z"}, "format"),
        (2, {"sensordatavalues": [{"value_type": "P1", "value": "14.30 µg"}]}, "format"),
        (2, {"sensordatavalues": []}, "not_a_measurement"),
    ],
)
def test_what_cannot_be_a_row_is_refused_by_name(dialect: int, fields: dict[str, object], why: str) -> None:
    """Each with the reason that tells its publisher, or us, what to repair."""
    assert reason(dialect, changed(dialect, **fields)) == why


def test_the_end_of_the_hour_is_its_name_and_an_interval_says_both() -> None:
    """06:00 is the hour from 05:00; who states start and end means them."""
    said = decode("poll/luchtmeetnet/nl10929", POLLED[0].examples[0].payload, NOON)
    assert isinstance(said, list)
    assert (said[0].started_at, said[0].ended_at) == (NOON - 7 * HOUR, NOON - 6 * HOUR)
    stated = changed(1, Observations=[row("2026-05-12T06:00:00Z/2026-05-12T07:00:00Z", 3)])
    kit = decode("poll/samenmeten/ltd-90001", stated, NOON)
    assert isinstance(kit, list)
    assert (kit[0].started_at, kit[0].ended_at) == (NOON - 6 * HOUR, NOON - 5 * HOUR)


def test_what_a_publisher_says_about_people_and_places_does_not_stay() -> None:
    """Coordinates as texts, an owner, a time zone: replaced before anything is written."""
    said = changed(2, location={"latitude": "52.9912", "owner": "J. Jansen"}, owner="J. Jansen")
    stays = decode_permitted("poll/sensorcommunity/sc-90001", said, NOON).payload or b""
    assert b"Jansen" not in stays
    assert b"52.9912" not in stays
    assert b"14.30" in stays


def test_what_files_of_a_publisher_hold_is_known_when_it_is_fetched() -> None:
    """Sources of files are those of the dialect or fewer, and the same words stand for what was not measured."""
    assert {*SOURCES.values()} <= SUBSTANCES
    layout = LAYOUTS["sensor-community"].profile.layout
    assert layout.missing == sensor_community.MISSING
    assert all(
        sensor_community._type(value.source, Sender("sc-90001", (), frozenset())) == value.source
        for value in layout.values
    )
