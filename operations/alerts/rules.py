"""The rules of alerts: what each looks at, how long it waits, which others it replaces, and what its words may show."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["warning", "critical"]
"""How urgent an alert is: within days, or now."""
SEVERITIES: Final[tuple[Severity, ...]] = ("warning", "critical")
"""From the least on."""


class AlertRule(NamedTuple):
    """One kind of alert, as it ships.

    `severity` and `after` (seconds that it must hold before it is said) are defaults of the file of rules;
    `parameters` are what its words may show beside `name`.
    """

    severity: Severity
    after: int
    parameters: tuple[str, ...]


RULES: Final[Mapping[str, AlertRule]] = MappingProxyType(
    {
        "many_silent": AlertRule("critical", 0, ("sites", "feeds", "of", "percent")),
        "site_silent": AlertRule("critical", 30, ("feeds",)),
        "silent": AlertRule("warning", 30, ("feeds", "of")),
        "dead": AlertRule("critical", 0, ("feeds", "of")),
        "stuck": AlertRule("warning", 0, ("feeds", "of")),
        "clock": AlertRule("warning", 30, ("feeds", "of")),
        "battery": AlertRule("warning", 0, ("feeds", "of")),
        "rejections": AlertRule("warning", 0, ("messages", "minutes", "reason")),
        "lag": AlertRule("critical", 20, ("stage", "seconds")),
        "disk": AlertRule("critical", 0, ("percent", "gigabytes")),
        "certificate": AlertRule("warning", 0, ("days",)),
    }
)
"""Every rule.

- `silent`, `site_silent`: feeds of a place, or all of it, have missed so many of their own intervals.
- `many_silent`: a share of all feeds fell silent within hours: what they have in common failed.
- `dead`, `stuck`, `clock`, `battery`: the status of that name (`schemas.feed_states`).
- `rejections`: messages refused for one reason; `lag`: a stage is behind or stands still.
- `disk`, `certificate`: what is free of a file system; days until a certificate ends.
"""

OF_PLACES: Final = ("site_silent", "silent", "dead", "stuck", "clock", "battery")
"""Rules whose subject is a place: what they say of one place in one round is one message."""
REPLACES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"site_silent": ("silent",), "silent": ("site_silent",)}
)
"""Which rules of a place say the same as another one, for more of it or for less: the one that holds now is enough."""
