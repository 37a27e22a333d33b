"""Which of several messages about one interval stands: the last in the sender's own sequence, else in reception."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Content: TypeAlias = tuple[float | None, float, int]
"""What an observation says: its value, its uptime, its quality flags."""


class Said(NamedTuple):
    """One message about one interval, or what stands after several. Moments are whole microseconds since 1970.

    `run` and `number` are its place in the sender's own sequence, `run_at` is when the first message of the run was
    received; all three are None where the sender does not number what it says. What stands is `restated` where a
    message without a number was received after the newest numbered one: then they are the place of that one.
    """

    content: Content
    received_at: int
    run: int | None = None
    run_at: int | None = None
    number: int | None = None
    restated: bool = False


class Counts(NamedTuple):
    """What became of messages: each is exactly one of these."""

    stored: int = 0
    corrections: int = 0
    duplicates: int = 0
    overtaken: int = 0

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override] # sums, not a longer tuple
        """Add what became of others."""
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Followed(NamedTuple):
    """What stands after messages, which of them made it so (None: what stood before), and what became of each."""

    existing: Said | None
    last: int | None
    counts: Counts


def newer(said: Said, existing: Said) -> bool:
    """Tell whether a message is newer than what stands; `doorfiets.newer` is the same rule in SQL.

    Two that are numbered: the later run, within a run the higher number. Otherwise: the one that was received later.
    """
    if said.number is None or existing.number is None:
        return said.received_at > existing.received_at
    if not _follows(said, existing):
        return False
    return not existing.restated or said.received_at > existing.received_at


def follow(existing: Said | None, messages: Sequence[Said]) -> Followed:
    """Take in messages about one interval in the order in which they were received."""
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
    """Give the place of a run among the runs of its sensor."""
    return (float("-inf") if said.run_at is None else said.run_at, said.run or 0)


def _succeed(said: Said, existing: Said) -> Said:
    """Let a message stand; one without a number keeps the place of what it stands over."""
    if said.number is not None or existing.number is None:
        return said
    return said._replace(run=existing.run, run_at=existing.run_at, number=existing.number, restated=True)


def _repeats(said: Said, existing: Said) -> bool:
    """Tell whether a message says what stands, or is that message again."""
    again = said.number is not None and (said.run, said.number) == (existing.run, existing.number)
    return again or said.content == existing.content
