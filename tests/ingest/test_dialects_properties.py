"""What a dialect says it reads back, and what no dialect speaks has none."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import dialect_of, ours, read, things_stack
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
    """Our own mouth and ear agree, and the place in the sequence is that of the message."""
    numbered = [msgspec.structs.replace(one, run=run_of("noord-1", "boot", "k3"), number=7) for one in seen]
    assert read("sensors/noord-1/data", ours.write(seen, boot="k3", seq=7), NOON) == numbered
    for half in ({}, {"boot": "k3"}, {"seq": 7}):
        assert read("sensors/noord-1/data", ours.write(seen, **half), NOON) == seen


@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), st.floats(-1e6, 1e6), min_size=1), moments
)
def test_the_things_stack_reads_what_it_says(numbers: dict[str, float], at: datetime) -> None:
    """Instants of one moment, by the names of their fields."""
    seen = [Observation("noord-1", name, at, at, value, 1.0, NOON) for name, value in sorted(numbers.items())]
    outcome = read("v3/assen@ttn/devices/noord-1/up", things_stack.write(seen), NOON)
    if not (isinstance(outcome, Rejection) and outcome.reason == "personal_data"):  # a field may be called mac
        assert outcome == seen


@pytest.mark.parametrize(
    "topic",
    ["sensors/../data", "sensors/ab/data", "sensors/NOORD/data", "sensors/noord-1/data/x", "v3/a@b/devices/x1y/join"],
)
def test_other_topics_have_no_dialect(topic: str) -> None:
    """A topic that nobody reads is a rejection, not a guess."""
    outcome = read(topic, b"{}", NOON)
    assert dialect_of(topic) is None
    assert isinstance(outcome, Rejection)
    assert outcome.reason == "unknown_dialect"
