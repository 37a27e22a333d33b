"""The condition of a running stack as data, and what of it needs attention."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from operations.applied_registry import AppliedRegistry
from operations.lag import LAGS

RECENT: Final = timedelta(minutes=10)
"""How long a restart calls for attention."""
_SILENT: Final = timedelta(seconds=15)
STOPPED: Final = "stopped by a signal"
PROCESS_STATES: Final = {"T": STOPPED, "t": "held by a debugger", "D": "waits for the disk", "Z": "dead"}
"""Process states of Linux that are shown; the others are usual."""


class Restarts(NamedTuple):
    """How often a program failed since the supervisor started, the last cause, and when (aware UTC).

    `cause` is "exit code 1", "SIGKILL" or "not started: why"; it is empty, and `failed_at` None, after no failure.
    """

    times: int
    cause: str
    failed_at: datetime | None


class Service(NamedTuple):
    """One service: its state by the supervisor, its process with the state of that, and its restarts."""

    name: str
    state: str
    pid: int | None
    seconds: int
    ready: bool
    process: str
    restarts: int
    restart_cause: str
    restarted_at: datetime | None


class StageCondition(NamedTuple):
    """One stage: its lag in seconds, its backlog in `unit`, and when it last measured both; None where not known."""

    name: str
    lag_seconds: float | None
    backlog: int | None
    unit: str
    measured_at: datetime | None = None


class Condition(NamedTuple):
    """A stack at the time `at` (aware UTC); `problems` are the questions that were not answered.

    `registry` is the one in force; None where it is not known.
    """

    at: datetime
    services: list[Service]
    stages: list[StageCondition]
    acknowledged_seconds: float | None
    unacknowledged_seconds: float | None
    failed_hours: int
    dropped_messages: int
    registry: AppliedRegistry | None
    problems: list[str]

    @property
    def attention(self) -> list[str]:
        """Return a sentence for everything that is wrong."""
        return [*self.problems, *_of_services(self), *_of_stages(self), *_of_numbers(self), *_of_registry(self)]


def _of_services(found: Condition) -> Iterator[str]:
    for one in found.services:
        if one.state != "RUNNING":
            yield f"{one.name} is {one.state.lower()}; see `doorfiets logs {one.name}`"
        elif one.process == STOPPED:
            yield f"{one.name} is stopped by a signal; `kill -CONT {one.pid}` lets it go on"
        elif one.process:
            yield f"{one.name} {one.process}"
        elif not one.ready:
            yield f"{one.name} runs and is not ready; see `doorfiets logs {one.name}`"
        if one.restarted_at is not None and found.at - one.restarted_at < RECENT:
            ago = (found.at - one.restarted_at).total_seconds()
            yield f"{one.name} ended by itself {ago:.0f} s ago ({one.restart_cause}), {one.restarts} times in all"


def _of_stages(found: Condition) -> Iterator[str]:
    for one in found.stages:
        if one.lag_seconds is not None and one.lag_seconds >= LAGS.total_seconds():
            waiting = "" if one.backlog is None else f", {one.backlog:,} {one.unit} wait"
            yield f"{one.name} is {one.lag_seconds:,.0f} s behind{waiting}"
        if one.measured_at is not None and found.at - one.measured_at >= _SILENT:
            yield f"{one.name} has measured nothing for {(found.at - one.measured_at).total_seconds():.0f} s"


def _of_numbers(found: Condition) -> Iterator[str]:
    if found.unacknowledged_seconds is not None and found.unacknowledged_seconds >= LAGS.total_seconds():
        yield f"messages wait in the bridge, and none was acknowledged for {found.unacknowledged_seconds:.0f} s"
    if found.dropped_messages:
        yield f"the broker has dropped {found.dropped_messages:,} messages since its start: a queue of it was full"
    if found.failed_hours:
        yield f"{found.failed_hours:,} hours cannot be computed and are set aside; table `failed_hour` says why"


def _of_registry(found: Condition) -> Iterator[str]:
    if found.registry is None:
        return
    for owner in found.registry.owners:
        if owner.pending:
            what = "differ from what is applied" if owner.applied_state else "are not applied"
            yield f"the registry files of {owner.name} {what}; see `doorfiets registry apply --dry-run`"
    for place in found.registry.waiting:
        yield f"{place.kind} {place.id} waits for {', '.join(place.missing)}: apply the owner of these"
