"""What is found in one round: for which subjects the rules hold, and where that cannot be seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

Subject: TypeAlias = tuple[str, str]
"""A rule, and what it is about: the id of a place, a stage, a reason, a folder, a certificate; empty for all."""


class Occurrence(NamedTuple):
    """A rule holds for a subject, since a moment (aware UTC).

    `content` has the parameters of its words (`operations.alerts.rules`), and of a place `parts`: its feeds.
    `owner` is None for what belongs to the platform.
    """

    rule: str
    subject: str
    name: str
    owner: str | None
    since: datetime
    content: Mapping[str, Any]


class RoundOccurrences(NamedTuple):
    """All that was found in one round.

    `hidden` are subjects of which nothing can be said now: what was so stays so, with the feeds of which that holds,
    or None for all of it. `muted` are the feeds of a place at which somebody is at work.
    """

    found: Mapping[Subject, Occurrence]
    hidden: Mapping[Subject, frozenset[int] | None]
    muted: Mapping[str, frozenset[int]]
