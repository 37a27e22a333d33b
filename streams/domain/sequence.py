"""Which of several messages about one interval is valid: the last in the sender's own sequence, else by reception."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Content: TypeAlias = tuple[float | None, float, int]
"""The content of an observation: value, uptime, quality flags."""


class Said(NamedTuple):
    """One message about one interval, or the state after several. Times are whole microseconds since 1970.

    `run` and `number` are its place in the sender's own sequence, `run_at` is when the first message of the run was
    received; all three are None where the sender does not number its messages. A state is `restated` where a message
    without a number was received after the newest numbered one, whose place it keeps. `decoded_at` is when a replay
    decoded it again, 0 where it was decoded as it was received.
    """

    content: Content
    received_at: int
    run: int | None = None
    run_at: int | None = None
    number: int | None = None
    restated: bool = False
    decoded_at: int = 0


class Counts(NamedTuple):
    """The outcomes of messages: each is counted in exactly one field."""

    stored: int = 0
    corrections: int = 0
    duplicates: int = 0
    overtaken: int = 0

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override] # sums, not a longer tuple
        """Add the counts of other messages."""
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Followed(NamedTuple):
    """The state after messages, the index of the one that it is from (None: as before), and the outcomes."""

    existing: Said | None
    last: int | None
    counts: Counts


def newer(said: Said, existing: Said) -> bool:
    """Return whether a message is newer than the state; `doorfiets.newer` is the same rule in SQL.

    Of two decodings of one reception the later decoding. Of two with numbers the later run, within a run the higher
    number; otherwise the one that was received later.
    """
    if said.received_at == existing.received_at and said.decoded_at != existing.decoded_at:
        return said.decoded_at > existing.decoded_at
    if said.number is None or existing.number is None:
        return said.received_at > existing.received_at
    if not _follows(said, existing):
        return False
    return not existing.restated or said.received_at > existing.received_at


def follow(existing: Said | None, messages: Sequence[Said]) -> Followed:
    """Apply messages about one interval in the order in which they were received."""
    last, counts = None, Counts()
    for place, said in enumerate(messages):
        if existing is None:
            existing, last, counts = said, place, counts + Counts(stored=1)
        elif newer(said, existing):
            same = said.content == existing.content
            existing, last = _succeed(said, existing), place
            counts += Counts(duplicates=1) if same else Counts(corrections=1)
        else:
            counts += Counts(duplicates=1) if _repeats(said, existing) else Counts(overtaken=1)
    return Followed(existing, last, counts)


def _follows(said: Said, existing: Said) -> bool:
    if said.run == existing.run:
        return (said.number or 0) > (existing.number or 0)
    return _start(said) > _start(existing)


def _start(said: Said) -> tuple[float, int]:
    """Return the key by which the runs of a sensor are ordered."""
    return (float("-inf") if said.run_at is None else said.run_at, said.run or 0)


def _succeed(said: Said, existing: Said) -> Said:
    """Return the state after a newer message; one without a number keeps the place of the state before it."""
    if said.number is not None or existing.number is None:
        return said
    return said._replace(run=existing.run, run_at=existing.run_at, number=existing.number, restated=True)


def _repeats(said: Said, existing: Said) -> bool:
    """Return whether a message has the content of the state, or is its message delivered again."""
    again = said.number is not None and (said.run, said.number) == (existing.run, existing.number)
    return again or said.content == existing.content
