"""What makes a poller: how one publisher is asked for a window, and how its answer becomes messages."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from ingest.pollers.key_file import KeyFile


class PollWindow(NamedTuple):
    """What is asked for: the intervals in [`start`, `end`), in UTC."""

    start: datetime
    end: datetime


class PollRequest(NamedTuple):
    """One request: its whole address, and the body of a POST (None: a GET)."""

    url: str
    body: bytes | None = None


class PolledSensor(NamedTuple):
    """One sensor of a source, or one datastream of it where each has to be asked for by itself.

    `sensor` is its name here, `publisher_id` what its publisher calls it; `stream` is the publisher's name of the
    datastream, empty where an answer is about all of them.
    """

    sensor: str
    publisher_id: str
    stream: str = ""

    @property
    def label(self) -> str:
        """Return the name under which its position is stored and reported."""
        return f"{self.sensor}.{self.stream}" if self.stream else self.sensor


class PolledRow(NamedTuple):
    """One row of an answer: which value it is of its interval, when that ends, and the message that it becomes.

    `ended_at` is None where the row does not say it so that it can be read: it is taken in, to be refused by name.
    """

    value: str
    ended_at: datetime | None
    payload: bytes


class PollPage(NamedTuple):
    """What one answer holds: its rows, and the request for those that follow."""

    rows: list[PolledRow]
    following: PollRequest | None = None


class RateLimit(NamedTuple):
    """At most so many requests in any such time."""

    requests: int
    per: timedelta


@dataclass(frozen=True, kw_only=True)
class PollSource:
    """One entry of the file of pollers, with everything that it leaves out filled in.

    `back` is how far back values are revised: they are read again so far. Before the first round nothing older than
    `since` is asked for, or than `back` where it is None. `quarters` asks Telraam for them instead of hours.
    """

    poller: "Poller"
    address: str
    every: timedelta
    back: timedelta
    since: datetime | None = None
    sensors: tuple[PolledSensor, ...] = ()
    municipality: str = ""
    quarters: bool = False
    key: KeyFile | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Return the name of its poller, which is that of its entry."""
        return self.poller.name

    def topic(self, sensor: PolledSensor) -> str:
        """Return the topic of the messages of one of its sensors, which their dialect knows."""
        return f"{self.poller.topic}/{sensor.sensor}"

    def headers(self) -> Mapping[str, str]:
        """Return the headers that carry its key; raise KeyFileRefusedError where its file cannot be used."""
        return {"X-Api-Key": self.key.read()} if self.key else {}


Ask: TypeAlias = Callable[[PollSource, PolledSensor, PollWindow], PollRequest]
Split: TypeAlias = Callable[[PolledSensor, PollRequest, bytes], PollPage]
Find: TypeAlias = Callable[[PollSource], Iterator[PollRequest]]
Found: TypeAlias = Callable[[bytes], tuple[list[PolledSensor], str | None]]


class Poller(NamedTuple):
    """How one publisher is polled.

    `ask` makes the first request for a window of at most `longest`, `split` reads an answer. Starts and ends of windows
    are whole multiples of `interval`. `memory` is how long the publisher itself remembers, None for years. Where
    sensors have to be found first, `find` makes the requests, and `found` reads an answer: sensors, and the address of
    the next page. `limit` is what the publisher allows a visitor, or what we allow ourselves.
    """

    name: str
    topic: str
    address: str
    licence: str
    every: timedelta
    back: timedelta
    longest: Callable[[PollSource], timedelta]
    interval: Callable[[PollSource], timedelta]
    limit: RateLimit
    ask: Ask
    split: Split
    memory: timedelta | None = None
    find: Find | None = None
    found: Found | None = None


class AnswerUnreadableError(Exception):
    """An answer is not of the shape that the publisher describes; it is asked for again later."""
