"""What a dialect says it reads back, and what no dialect speaks has none."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import DIALECTS, Dialect, decode, dialect_of, ours, things_stack
from ingest.dialects.dialect import EXAMPLES_AT, Example
from ingest.dialects.windows import BACKFILL, LIVE, Window
from schemas.device import RegisteredDevice
from schemas.observation import Observation, run_of
from schemas.quantities import QUANTITIES
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
moments = st.datetimes(
    datetime(2026, 4, 13), datetime(2026, 5, 12, 11, 30), timezones=st.just(UTC)
)  # fmt: skip


@st.composite
def observations(draw: st.DrawFn) -> list[Observation]:
    """Draw the observations of one message, each in a slot of its own."""
    words = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=8)
    sources = draw(st.lists(st.tuples(st.sampled_from(sorted(QUANTITIES)), st.none() | words), min_size=1, unique=True))
    return [_one(draw, name if channel is None else f"{name}/{channel}", name) for name, channel in sources]


def _one(draw: st.DrawFn, source: str, name: str) -> Observation:
    started_at = draw(moments)
    counts = st.integers(0, 100_000).map(float)
    values = counts if QUANTITIES[name].counted else st.floats(-1e6, 1e6)
    value = draw(st.none() | values)
    length = timedelta(seconds=draw(st.integers(1, 1800)))
    return Observation("noord-1", source, started_at, started_at + length, value, draw(st.floats(0, 1)), NOON)


@given(observations())
def test_our_dialect_reads_what_it_says(seen: list[Observation]) -> None:
    """Our own encoder and decoder agree, and the place in the sequence is that of the message."""
    numbered = [msgspec.structs.replace(one, run=run_of("noord-1", "boot", "k3"), number=7) for one in seen]
    devices = {"noord-1": RegisteredDevice("noord-1", None, frozenset(one.source for one in seen))}
    assert decode("sensors/noord-1/data", ours.encode(seen, boot="k3", seq=7), NOON, devices) == numbered
    for half in ({}, {"boot": "k3"}, {"seq": 7}):
        assert decode("sensors/noord-1/data", ours.encode(seen, **half), NOON, devices) == seen


@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), st.floats(-1e6, 1e6), min_size=1), moments
)
def test_the_things_stack_reads_what_it_says(numbers: dict[str, float], at: datetime) -> None:
    """Instants of one moment, by the names of their fields, whatever they are called: they are registered."""
    seen = [Observation("noord-1", name, at, at, value, 1.0, NOON) for name, value in sorted(numbers.items())]
    devices = {"noord-1": RegisteredDevice("noord-1", None, frozenset(numbers))}
    assert decode("v3/assen@ttn/devices/noord-1/up", things_stack.encode(seen), NOON, devices) == seen


EVERY = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
EXAMPLES = [
    pytest.param(dialect, example, id=f"{dialect.name}: {example.topic}")
    for dialect in DIALECTS
    for example in dialect.examples
]


@EVERY
def test_a_dialect_has_a_name_of_its_own_and_an_example_of_each_topic(dialect: Dialect) -> None:
    """Whoever reads the list finds everything that the bridge subscribes to shown."""
    assert [one.name for one in DIALECTS].count(dialect.name) == 1
    filters = {re.compile(topic.replace("+", "[^/]+")) for topic in dialect.subscriptions}
    assert all(any(topic.fullmatch(example.topic) for example in dialect.examples) for topic in filters)
    assert {topic.replace("%u", "+") for topic in dialect.sensor_topics} <= set(dialect.subscriptions)


@pytest.mark.parametrize(("dialect", "example"), EXAMPLES)
def test_an_example_says_what_it_is_said_to_say(dialect: Dialect, example: Example) -> None:
    """It is found by its topic, by one dialect only, and its values are those that stand beside it."""
    assert [one for one in DIALECTS if one.pattern.fullmatch(example.topic)] == [dialect]
    assert dialect_of(example.topic) == (dialect, example.sensor)
    seen = decode(example.topic, example.payload, EXAMPLES_AT)
    assert isinstance(seen, list)
    assert {one.source: one.value for one in seen} == example.values
    assert {one.sensor for one in seen} == {example.sensor}


@pytest.mark.parametrize("dialect", [one for one in DIALECTS if one.subscriptions], ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("window", [LIVE, BACKFILL], ids=["live", "backfill"])
@given(data=st.data())
def test_what_a_simulated_sensor_publishes_is_read_back(dialect: Dialect, window: Window, data: st.DataObject) -> None:
    """Every value of every moment, on a topic that its dialect subscribes to, in messages of as many as they say."""
    (example, *_) = dialect.examples
    times = data.draw(st.lists(moments, min_size=1, max_size=4, unique=True))
    said = [
        Observation(
            example.sensor, source, at, at + timedelta(minutes=1), float(data.draw(st.integers(0, 900))), 1.0, NOON
        )
        for at in times
        for source in example.values
    ]
    seen: list[Observation] = []
    for topic, payload, number in dialect.simulator.publish(example.sensor, said, window):
        outcome = decode(topic, payload, NOON)
        assert isinstance(outcome, list), outcome
        assert len(outcome) == number
        seen += outcome
    reported, expected = ({(one.sensor, one.source, one.ended_at): one.value for one in some} for some in (seen, said))
    assert reported == expected


@pytest.mark.parametrize(
    "topic",
    ["sensors/../data", "sensors/ab/data", "sensors/NOORD/data", "sensors/noord-1/data/x", "v3/a@b/devices/x1y/join"],
)
def test_other_topics_have_no_dialect(topic: str) -> None:
    """A topic that nobody reads is a rejection, not a guess."""
    outcome = decode(topic, b"{}", NOON)
    assert dialect_of(topic) is None
    assert isinstance(outcome, Rejection)
    assert outcome.reason == "unknown_dialect"
