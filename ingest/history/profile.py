"""How a publisher of files writes: its time zone, and what its local stamps do when the clocks change."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, TypeAlias

Autumn: TypeAlias = Literal["merged", "repeated", "absent"]
"""What a source does with the hour that autumn has twice (domain handbook, time)."""


@dataclass(frozen=True)
class Profile:
    """One publisher's habits; `autumn` is stated, never guessed."""

    timezone: str = "Europe/Berlin"
    autumn: Autumn = "merged"
    interval: timedelta = timedelta(minutes=15)
    good_status: frozenset[str] = frozenset({"0", ""})


MUENSTER: Final = Profile()
