"""The states of a feed: one status each, and the reasons for it as codes with what was measured."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Unit: TypeAlias = Literal["at", "s", "intervals", "%", "V", "flag"]
"""The unit of a parameter: a moment (RFC 3339, null for an open end), seconds, intervals of the feed, percent, volts,
the name of a quality flag."""

STATUSES: Final[tuple[str, ...]] = (
    "silent",
    "late",
    "clock",
    "stuck",
    "dead",
    "suspect",
    "battery",
    "partial",
    "never_received",
    "maintenance",
    "ok",
    "closed",
)
"""Every status, in the order of a list: what somebody should look at first comes first (`api.feed_rank`).

Of several that hold one is shown (`api.feed_status`): `closed`, `maintenance`, `never_received`, then this order.

- `silent`: three intervals of its own rhythm missed; `late`: one and a half.
- `clock`: its newest reading lies more than a minute ahead of its reception, or arrives minutes late every time.
- `stuck`, `dead`: a finding about the newest readings: always the same value; nothing but zeros, or blinded.
- `suspect`: a finding of the last day, more than a tenth excluded, or nothing that counts for three intervals.
- `battery`: its voltage is lower than its profile says it may be.
- `partial`: less than 95 % of what could be measured in the last 24 hours was.
- `never_received`, `maintenance`, `ok`, `closed`: nothing came yet; somebody is at work; all is well; it has ended.
"""

TROUBLED: Final = frozenset(STATUSES) - {"ok", "closed", "maintenance"}
"""The statuses in which somebody has something to do."""

REASONS: Final[Mapping[str, Mapping[str, Unit]]] = MappingProxyType(
    {
        "closed": {"at": "at"},
        "in_maintenance": {"until": "at"},
        "nothing_yet": {"from": "at"},
        "nothing_received": {"missed": "intervals", "every": "s", "last": "at"},
        "overdue": {"missed": "intervals", "every": "s", "last": "at"},
        "clock_ahead": {"seconds": "s"},
        "clock_behind": {"seconds": "s"},
        "found": {"flag": "flag", "from": "at"},
        "nothing_counts": {"last": "at"},
        "many_excluded": {"excluded": "%", "most": "%"},
        "battery_low": {"voltage": "V", "lowest": "V"},
        "incomplete": {"valid": "%", "needed": "%"},
    }
)
"""The reasons for a status that is not `ok`, with the units of their parameters; a code never changes its meaning."""
