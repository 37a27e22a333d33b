"""What a dialect brings: its topics, who may publish on them, how it is decoded and encoded, examples, a simulator."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from re import Pattern
from typing import Final, NamedTuple, TypeAlias

from ingest.dialects.windows import Window
from schemas.observation import Observation

Document: TypeAlias = dict[str, object]
EXAMPLES_AT: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
"""When the examples of all dialects are received."""


class Example(NamedTuple):
    """A right message, and what it says: its sensor, and each value by its source."""

    topic: str
    payload: bytes
    sensor: str
    values: dict[str, float | None]


class Published(NamedTuple):
    """One message of a simulated sensor: topic, payload, and how many observations it holds."""

    topic: str
    payload: bytes
    observations: int


class Simulator(NamedTuple):
    """How simulated sensors of a dialect publish.

    `speaks_for` tells by source and quantity of a datastream whether its sensor would speak this dialect. `publish`
    puts observations of one sensor into messages for a window, `LIVE` or `BACKFILL`. `reach` is how far back they go.
    """

    speaks_for: Callable[[str, str], bool]
    publish: Callable[[str, Sequence[Observation], Window], Iterator[Published]]
    reach: timedelta


def _all_of(document: Document) -> Document:
    return document


class Dialect(NamedTuple):
    """One vendor's way of speaking.

    `subscriptions` are the topic filters of the bridge, on which the simulator publishes. `sensor_topics` are those on
    which a sensor with a certificate publishes for itself, `%u` in the place of its name; none where a network of the
    vendor publishes for all. `pattern` is a topic as a whole, `sensor_group` its group that is the sensor.
    `about_anybody` gives what of a document is looked through for people: all but what says who the sender is.
    """

    name: str
    subscriptions: tuple[str, ...]
    sensor_topics: tuple[str, ...]
    pattern: Pattern[str]
    sensor_group: int
    read: Callable[[str, bytes, datetime], list[Observation]]
    write: Callable[..., bytes]
    examples: tuple[Example, ...]
    simulator: Simulator
    about_anybody: Callable[[Document], Document] = _all_of
