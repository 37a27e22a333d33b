"""Eco-Counter: rows with and without a step, holes filled with null, and flows of one site."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import decode, decode_permitted, eco_counter
from ingest.dialects.decoder import NOBODY
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
TOPIC = "ecocounter/100031297"
SIX = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)
slots = st.integers(1, 90 * 24).map(lambda hours: NOON - timedelta(hours=hours))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["counts", "101031297", "102031297"]), slots),
        st.none() | st.integers(0, 100_000).map(float),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([900, 1800, 3600]),
)
def test_rows_are_read_as_they_are_sent(counts: dict[tuple[str, datetime], float | None], seconds: int) -> None:
    """Encoder and decoder agree; null is an interval in which nothing was watched."""
    sent = [
        Observation(
            "100031297", source, at, at + timedelta(seconds=seconds), value, 0.0 if value is None else 1.0, NOON
        )
        for (source, at), value in counts.items()
    ]
    assert decode(TOPIC, eco_counter.encode(sent), NOON) == sent


def row(clock: str, counts: str = "42") -> str:
    """Make one row in local summer time."""
    return f'{{"date":"2026-05-12T{clock}:00+02:00","counts":{counts}}}'


@pytest.mark.parametrize(
    ("rows", "minutes"),
    [
        (f"[{row('08:00')},{row('08:15')}]", 15),
        (f"[{row('08:15')},{row('08:00')},{row('09:00')}]", 15),
        (f"[{row('08:00')},{row('09:00')}]", 60),
        (f'{{"step":900,"rows":[{row("08:00")}]}}', 15),
        (f'{{"step":"15m","rows":[{row("08:00")},{row("09:00")}]}}', 15),
        (f'{{"step":"hour","rows":[{row("08:00")}]}}', 60),
        (f"[{row('08:00').replace('+02:00', '+0200')},{row('08:15')}]", 15),
    ],
)
def test_an_interval_is_as_long_as_the_step(rows: str, minutes: int) -> None:
    """What is said decides, else the shortest time between two rows, in whatever order."""
    seen = decode(TOPIC, rows.encode(), NOON)
    assert isinstance(seen, list), seen
    first = next(one for one in seen if one.started_at == SIX)
    assert (first.ended_at - first.started_at, first.value, first.source) == (
        timedelta(minutes=minutes),
        42.0,
        "counts",
    )


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (f"[{row('08:00')}]", "missing_field"),
        (f"[{row('08:00')},{row('08:00')}]", "duplicate_key"),
        (f'{{"step":900,"rows":[{row("08:00")},{row("08:05")}]}}', "range"),
        (f"[{row('08:00')},{row('10:00')}]", "range"),
        (f'{{"step":0,"rows":[{row("08:00")}]}}', "range"),
        (f'{{"step":-900,"rows":[{row("08:00")}]}}', "range"),
        (f'{{"step":1000,"rows":[{row("08:00")}]}}', "range"),
        (f'{{"step":"day","rows":[{row("08:00")}]}}', "range"),
        (f'{{"step":900,"rows":[{row("08:00", "-1")}]}}', "range"),
        (f'{{"step":900,"rows":[{row("08:00", "true")}]}}', "type"),
        ('{"step":900,"rows":[{"date":"2026-05-12T08:00:00Z","counts":1,"flow":"left"}]}', "unknown_sensor"),
        ('{"step":900,"rows":[{"date":"2026-05-12T08:00:00Z"}]}', "missing_field"),
        ('{"step":900,"rows":[{"date":"2026-05-12T08:00:00","counts":1}]}', "no_offset"),
        ('{"step":900,"rows":[{"date":"12/05/2026","counts":1}]}', "format"),
        ('{"step":900,"rows":[{"date":"2027-05-12T08:00:00Z","counts":1}]}', "from_the_future"),
        ('{"step":900,"rows":[{"date":"2024-05-12T08:00:00Z","counts":1}]}', "too_late"),
        ("[]", "missing_field"),
        ("7", "not_an_object"),
    ],
)
def test_what_is_not_rows_is_refused_by_name(rows: str, reason: str) -> None:
    """A message with one bad row is refused whole."""
    seen = decode(TOPIC, rows.encode(), NOON)
    assert isinstance(seen, Rejection), seen
    assert seen.reason == reason


def test_what_stays_is_decoded_again_into_the_same() -> None:
    """The number of a flow is a name; the note of somebody is not kept."""
    payload = '{"step":"15m","rows":[{"date":"2026-05-12T08:00:00+02:00","counts":42,"flow":101031297,"by":"Jan"}]}'
    done = decode_permitted(TOPIC, payload.encode(), NOON)
    assert done.payload is not None
    assert b"Jan" not in done.payload
    assert isinstance(done.outcome, list)
    assert [one.source for one in done.outcome] == ["101031297"]
    assert decode(TOPIC, done.payload, NOON) == done.outcome


def test_the_number_of_a_flow_stays_if_it_is_known() -> None:
    """Numbered like its site, short, or registered; of another nothing is written, and the rest is read."""
    flows = ("101031297", "7", "555555555")
    rows = ",".join(f'{{"date":"2026-05-12T08:00:00Z","counts":1,"flow":"{flow}"}}' for flow in flows)
    payload = f'{{"step":900,"rows":[{rows}]}}'.encode()
    known = {"100031297": RegisteredDevice("100031297", None, frozenset({"555555555"}))}
    for devices, expected in ((NOBODY, {"101031297", "7"}), (known, {*flows})):
        seen = decode(TOPIC, payload, NOON, devices)
        assert isinstance(seen, list)
        assert {one.source for one in seen} == expected


def test_an_interval_that_ends_after_the_calendar_is_out_of_range() -> None:
    """The year 9999 has a last quarter, and nothing can be after it."""
    payload = b'{"step":"15m","rows":[{"date":"9999-12-31T23:59:00Z","counts":1,"flow":1}]}'
    refused = decode("ecocounter/100031298", payload, NOON)
    assert isinstance(refused, Rejection)
    assert refused.reason == "range"
