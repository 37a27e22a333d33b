"""The settings of the guards: plain values, no environment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from opendata.guards.pace import RequestPolicy
from opendata.guards.visitors import Network


@dataclass(frozen=True, kw_only=True)
class GuardSettings:
    """Who may ask how often, who speaks for whom, and where keys and counts are.

    `unlimited` are networks whose visitors are not limited, `trusted` those of proxies whose `X-Forwarded-For` counts.
    `table` is the file of counts that all web processes of a machine share, of which this is process `number`; without
    one a process counts alone. `keys` and `secret` are the files of API keys and of what their digests are made with.
    """

    unlimited: Sequence[Network] = ()
    trusted: Sequence[Network] = ()
    table: Path | None = None
    number: int = 0
    keys: Path | None = None
    secret: Path | None = None
    anonymous_per_minute: int = 60
    keyed_per_minute: int = 600
    pages_per_minute: int = 300
    policies: "GuardPolicies" = field(init=False)

    def __post_init__(self) -> None:
        """Make the budgets of the numbers."""
        object.__setattr__(self, "policies", GuardPolicies.of(self))


@dataclass(frozen=True)
class GuardPolicies:
    """Every budget there is; `at_once` 0 does not count what is in work."""

    api: RequestPolicy
    key: RequestPolicy
    page: RequestPolicy
    file: RequestPolicy
    sheet: RequestPolicy
    stream: RequestPolicy
    guess: RequestPolicy

    @classmethod
    def of(cls, settings: GuardSettings) -> "GuardPolicies":
        """Make the budgets: what is used at once may be what comes in two minutes."""
        anonymous, keyed, pages = (
            settings.anonymous_per_minute,
            settings.keyed_per_minute,
            settings.pages_per_minute,
        )
        return cls(
            api=RequestPolicy("api", anonymous, 2 * anonymous, 4),
            key=RequestPolicy("key", keyed, 2 * keyed, 4),
            page=RequestPolicy("page", pages, 2 * pages, 16),
            file=RequestPolicy("file", 10 * pages, 10 * pages, 0),
            sheet=RequestPolicy("sheet", 60, 120, 2),  # a row of its own: two at a time
            stream=RequestPolicy("stream", 60, 120, 6),
            guess=RequestPolicy("guess", 10, 10, 0),
        )
