"""What makes a dialect: its topics, who may publish on them, decoder and encoder, examples, and a simulator."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from re import Pattern
from typing import Final, NamedTuple, TypeAlias

from ingest.dialects.document import Document, parse
from ingest.dialects.permitted import NO_NUMBERS, Numbers, Texts
from ingest.dialects.windows import Window
from schemas.device import RegisteredDevice
from schemas.observation import Observation

Decode: TypeAlias = Callable[[str, Document, datetime, RegisteredDevice | None], list[Observation]]
Quickly: TypeAlias = Callable[[str, bytes, datetime, RegisteredDevice | None], tuple[list[Observation], bytes] | None]
EXAMPLES_AT: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
"""When the examples of all dialects are received."""


class Example(NamedTuple):
    """A valid message, and what it is decoded into: its sensor, and each value by its source."""

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

    `covers` tells by source and quantity of a datastream whether its sensor would use this dialect. `publish` encodes
    observations of one sensor for a window, `LIVE` or `BACKFILL`. `reach` is how far back they go.
    """

    covers: Callable[[str, str], bool]
    publish: Callable[[str, Sequence[Observation], Window], Iterator[Published]]
    reach: timedelta


def _covers_nothing(_source: str, _quantity: str) -> bool:
    return False


def _all_of_it(topic: str) -> str:
    return topic


def _publish_nothing(_sensor: str, _observations: Sequence[Observation], _window: Window) -> Iterator[Published]:
    return iter(())


def for_every_device(texts: Texts) -> Callable[[RegisteredDevice | None], Texts]:
    """Let the same texts stay of the messages of every device, registered or not."""
    return lambda _device: texts


class Dialect(NamedTuple):
    """One vendor's message format.

    `subscriptions` are the topic filters of the bridge, and what the simulator may publish on. `sensor_topics` are
    those on which a sensor with a certificate may publish, `%u` in the place of its name; empty where a network of the
    vendor publishes for all. `pattern` matches a whole topic; `sensor_group` is its group that, behind `sensor_prefix`,
    names the sensor. A topic in which that group matches nothing leaves it to the payload to name the sensor.

    A payload is parsed into a document (`parse`), of which stays what `texts` names for its device (None: it is not
    registered), and `decode` turns what stays into observations. `numbers` are whole numbers that may be large, such as
    a place in the sender's sequence. `public_topic` returns what stays of a topic that `pattern` matches: a topic of
    the same sensor, which it matches too, without the names of accounts.

    Senders of a dialect with `receipts` are told what became of the messages that they number (record 31).

    `quickly` decodes a payload in one go where all of it may stay, or all but a few bytes, and returns what stays
    beside the observations; None where it cannot tell.
    """

    name: str
    subscriptions: tuple[str, ...]
    sensor_topics: tuple[str, ...]
    pattern: Pattern[str]
    sensor_group: int
    texts: Callable[[RegisteredDevice | None], Texts]
    decode: Decode
    encode: Callable[..., bytes]
    examples: tuple[Example, ...]
    simulator: Simulator = Simulator(_covers_nothing, _publish_nothing, timedelta(0))
    parse: Callable[[bytes], Document] = parse
    quickly: Quickly | None = None
    sensor_prefix: str = ""
    numbers: Numbers = NO_NUMBERS
    public_topic: Callable[[str], str] = _all_of_it
    receipts: bool = False
