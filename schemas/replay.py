"""Replays: which refused or received messages are decoded again, and what would become, or became, of each."""

from datetime import datetime
from typing import Final

import msgspec

STORED: Final = "stored"
"""The outcome of a refused message of which everything that is registered was published again."""

SAME: Final = "same"
"""The outcome of a received message that says what stands of it."""
CORRECTED: Final = "corrected"
"""The outcome of a received message that is decoded otherwise than what stands of it."""

OUTCOMES: Final[dict[str, str]] = {
    STORED: "it is stored",
    SAME: "it says what stands",
    CORRECTED: "it says something else than what stands",
    "key_gone": "sealed, and its key is gone: nobody can read it any more",
    "not_kept": "nothing of it was kept",
    "unknown_source": "what it says is of no registered source",
}
"""What became of a refused message; beside these, the reason codes of `schemas.rejection` where it is still refused."""

MOST_RESULTS: Final = 200
"""Results of single messages that a request keeps; the summary counts all."""


class RejectionSelection(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which refused messages: those that fit every field that is given, and none where no field is.

    `ids` are beginnings of digests, `since` to `until` (exclusive) is when they were first received. `every` is all
    that are open; `closed` adds those that were replayed already.
    """

    ids: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    every: bool = False
    closed: bool = False

    @property
    def names_any(self) -> bool:
        """Tell whether it selects anything."""
        return bool(self.every or self.ids or self.reasons or self.sensors or self.topics or self.since or self.until)


class RawSelection(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which received messages of topic `raw`: from `since` to `until` (exclusive), of all or of some."""

    since: datetime
    until: datetime
    sensors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()


class MessageResult(msgspec.Struct, frozen=True):
    """What becomes of one message: `outcome` is a key of OUTCOMES, or the reason code why it is still refused.

    `readings` are taken of it, of these `sources`; `emptied` counts stored values that it does not hold any more.
    """

    id: str
    topic: str
    sensor: str
    received_at: datetime
    outcome: str
    detail: str
    readings: int = 0
    sources: tuple[str, ...] = ()
    emptied: int = 0


class ReplaySummary(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many messages ended how; `readings` were taken, `emptied` values stand no more.

    `refused_anew` counts messages that are refused again for the reason of before, `stopped` is that reason where these
    are more than half of all: nothing was published then.
    """

    messages: int = 0
    outcomes: dict[str, int] = {}
    readings: int = 0
    emptied: int = 0
    refused_anew: dict[str, int] = {}
    stopped: str | None = None


class RefusalReason(msgspec.Struct, frozen=True):
    """Why `store` would not take an observation: a reason code, or `unknown_source`, and one sentence."""

    reason: str
    detail: str
