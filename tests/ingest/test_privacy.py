"""Forty identifiers, planted in every place of every dialect: none is written, and no count is lost."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom

import pytest

from ingest.bridge.batch import frames_of
from ingest.bridge.inbox import Arrival
from ingest.dialects.decoder import NOBODY
from ingest.packer import Packer
from ingest.seal import KeyRing
from schemas.device import Devices, RegisteredDevice
from schemas.frames import unpack_observations, unpack_rejections
from schemas.observation import Observation
from schemas.topics import OBSERVATIONS, REJECTIONS
from streams.domain.assignment import assign
from streams.domain.datastreams import Registry, ValidDatastream, registry
from tests.ingest.planted import (
    QUARTER,
    SENSOR,
    SOURCES,
    Identifier,
    PlantedMessage,
    Search,
    identifiers,
    planted,
    spellings,
)

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
REGISTERED = {SENSOR: RegisteredDevice(SENSOR, None, frozenset(SOURCES))}


@pytest.fixture
def draw() -> Random:
    """Draw differently in every run; the seed stands beside what fails."""
    seed = SystemRandom().randrange(2**32)
    print("seed", seed)
    return Random(seed)  # noqa: S311 - no secret: what is drawn has to be drawn again


def known() -> Registry:
    """Register the counted fields, each with a datastream of its own."""
    always = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    return registry(
        ValidDatastream(number, SENSOR, source, QUARTER, 900, 0, 8_000, *always, 1)
        for number, source in enumerate(SOURCES)
    )


def counts_of(seen: list[Observation]) -> dict[tuple[str, str, datetime], float | None]:
    """Give the accepted values, by sensor, source and start of the interval."""
    accepted = assign(seen, known()).accepted
    return {(one.sensor, one.source, one.started_at): one.value for one in accepted.seen}


@pytest.mark.parametrize("devices", [NOBODY, REGISTERED], ids=["unregistered", "registered"])
def test_no_identifier_is_in_what_is_written_and_no_count_is_missing(
    devices: Devices, draw: Random, tmp_path: Path
) -> None:
    """Frames of all three topics, and what `store` refuses; counts in fields called person, plate and image."""
    people = identifiers(draw)
    messages = planted(draw, people, NOON - timedelta(days=29))
    frames = frames_of(
        arrivals(messages), Packer("b", "r"), 12, devices=devices, seal=KeyRing(tmp_path, lambda: NOON).seal
    )
    seen = [one for frame in frames if frame.topic == OBSERVATIONS.name for one in unpack_observations(*frame.frame)]
    search = Search(people)
    assert [hit for frame in frames for hit in search.hits(frame.topic, frame.frame.value)] == []
    assert search.hits("store", repr(assign(seen, known()).refused).encode()) == []
    lost = {key: value for message in messages for key, value in message.readings.items()}.items() - counts_of(
        seen
    ).items()
    assert lost == set()
    reasons = {
        one.reason for frame in frames if frame.topic == REJECTIONS.name for one in unpack_rejections(*frame.frame)
    }
    assert reasons >= {"malformed", "encoding", "duplicate_key", "unknown_field", "other_sensor", "unit", "format"}


def arrivals(messages: list[PlantedMessage]) -> list[Arrival]:
    """Let them all arrive at noon, one after the other."""
    return [
        Arrival(1, number % 65_000 + 1, NOON + timedelta(microseconds=number), message.topic, message.payload)
        for number, message in enumerate(messages)
    ]


def test_twelve_kinds_are_planted_in_every_spelling(draw: Random) -> None:
    """What is searched for was sent: the search finds each of them in the messages as they came."""
    people = identifiers(draw)
    assert len({one.kind for one in people}) == 12
    sent = b"\n".join(message.payload + message.topic.encode() for message in planted(draw, people, NOON))
    assert {hit.removesuffix(" in sent") for hit in Search(people).hits("sent", sent)} == {one.text for one in people}


@pytest.mark.parametrize("spelled", range(11))
def test_the_search_finds_every_spelling(spelled: int) -> None:
    """In the middle of anything; a number of nine digits is not found inside a longer one."""
    one = Identifier("e-mail", "jan.jansen@example.org")
    written = spellings(one)[spelled]
    assert Search([one]).hits("x", b"\x00" + written.encode() + b"\x01") == [f"{one.text} in x"]
    number = Search([Identifier("BSN", "123456789")])
    assert number.hits("x", b"51234567890") == []
    assert number.hits("x", b"x123456789y") == ["123456789 in x"]
