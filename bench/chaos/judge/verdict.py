"""The verdict of the judge: numbers, and some examples of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Examples: TypeAlias = Mapping[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, kw_only=True)
class ChaosVerdict:
    """All counts are of readings (intervals of a source), but for `messages`, `unrejected` and `wrong`."""

    messages: int
    readings: int
    waiting: int
    """Hours that were still to be computed at the end of the time limit."""
    lost: int
    """Acknowledged, and not stored, though no kill of the broker explains it."""
    lost_of_edges: int = 0
    """The same of what an edge publisher spooled; no kill of the broker explains that."""
    lost_with_broker: int
    """Acknowledged by a broker that was killed before it saved them, and never seen by the bridge."""
    doubled: int
    """Stored or counted as new more than once."""
    phantom: int
    """Stored or refused, though never sent."""
    older: int
    """Stored with an older value than the newest acknowledged one, though no kill of the broker explains it."""
    older_with_broker: int
    """The same, where the newer message was lost with a killed broker."""
    unrejected: int
    """Malformed messages that are not in the rejections exactly once, though no kill of the broker explains it."""
    wrong: Mapping[str, int]
    """Rows of each table of hours and days that differ from the recomputed ones."""
    examples: Examples = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Return whether nothing was found that a killed broker does not explain."""
        faults = (
            self.lost,
            self.doubled,
            self.phantom,
            self.older,
            self.unrejected,
            self.waiting,
            *self.wrong.values(),
        )
        return not any(faults)
