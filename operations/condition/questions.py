"""Asking a running stack how it is: every service at once, and none for longer than some seconds."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec

from operations import lag, log_ends
from operations.condition import metrics
from operations.condition.probes import ProbeAnswer, ask_all
from operations.condition.report import PROCESS_STATES, STOPPED, Condition, Restarts, Service, StageCondition
from operations.database import reader
from operations.lag import Lag
from operations.log_ends import EpochOf
from schemas.failures import CheckFailedError

_WEB: Final = 3.0
_NONE: Final = Restarts(0, "", None)


class StackSilentError(CheckFailedError):
    """The supervisor does not answer: look whether its process is stopped, and at its log."""


class SiteUnreadyError(Exception):
    """The site runs and is not ready, for a reason that it names; `docs/howto/condition.md` says where to look."""


class Supervised(Protocol):
    """Services that somebody supervises, by name: what is known of their processes."""

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        """Give the supervisor's word for each: name, statename, pid, start, now."""

    def restarts(self) -> Mapping[str, Restarts]:
        """Give how often each ended though nobody asked."""

    def readiness(self) -> Mapping[str, Callable[[], bool]]:
        """Give the question whether it is ready; asking may take seconds."""


class ServiceAddresses(NamedTuple):
    """Where the services answer: a connection string, addresses, and where the supervisor writes."""

    postgres: str
    kafka: str
    bridge_metrics: tuple[str, int]
    site: str
    log_of_supervisor: Path


class _Reason(msgspec.Struct):
    code: str
    reden: str


def ask(supervised: Supervised, places: ServiceAddresses, epoch_of: EpochOf, now: Callable[[], datetime]) -> Condition:
    """Ask everything that runs; raise StackSilentError when its supervisor does not answer."""
    states = ask_all({"states": supervised.states})["states"]
    if states.value is None:
        raise StackSilentError(f"the supervisor {states.problem}; see {places.log_of_supervisor}")
    questions: dict[str, Callable[[], Any]] = {
        "restarts": supervised.restarts,
        **_questions(places, epoch_of, states.value),
    }
    questions |= {f"ready {name}": one for name, one in supervised.readiness().items() if name in states.value}
    answers = ask_all(questions)
    restarts: dict[str, Restarts] = answers["restarts"].value or {}
    services = [
        _service(info, answers[f"ready {name}"], restarts.get(name, _NONE)) for name, info in states.value.items()
    ]
    return _condition(now(), services, answers)


def _questions(places: ServiceAddresses, epoch_of: EpochOf, states: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    """Ask what is there: an address that was given is not among the states, and is asked as well."""
    parameters: dict[str, Callable[[], Any]] = {}
    if "store" in states or "aggregate" in states:
        parameters["PostgreSQL"] = lambda: lag.ask(places.postgres)
        parameters["Kafka"] = lambda: _unstored(places, epoch_of)
    if "bridge" in states:
        parameters["bridge"] = lambda: metrics.read(*places.bridge_metrics)
    if "web" in states:
        parameters["web"] = lambda: ask_web(places.site)
    return parameters


def _unstored(places: ServiceAddresses, epoch_of: EpochOf) -> int:
    until = asyncio.run(log_ends.ends(places.kafka, epoch_of))
    with reader(places.postgres) as connection:
        return log_ends.unstored(connection, until)


def ask_web(listen: str) -> None:
    """Ask the site whether it is ready; raise SiteUnreadyError when it says why it is not."""
    try:
        urlopen(f"http://{listen}/gezond/klaar", timeout=_WEB).close()
    except HTTPError as refused:
        try:
            reason = msgspec.json.decode(refused.read(), type=_Reason)
        except msgspec.DecodeError:
            raise refused from None
        raise SiteUnreadyError(f"not ready, {reason.code}: {reason.reden}") from refused


def _service(info: Mapping[str, Any], ready: ProbeAnswer[Any], restarts: Restarts) -> Service:
    pid = info["pid"] or None
    process = _process(pid)
    return Service(
        name=info["name"],
        state=info["statename"],
        pid=pid,
        seconds=info["now"] - info["start"] if pid else 0,
        ready=bool(ready.value) and process != STOPPED,
        process=process,
        restarts=restarts.times,
        restart_cause=restarts.cause,
        restarted_at=restarts.failed_at,
    )


def _process(pid: int | None) -> str:
    """Say how a process is where that is unusual; the name in the file may hold brackets of its own."""
    try:
        letter = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
    return PROCESS_STATES.get(letter, "")


def _condition(at: datetime, services: list[Service], answers: Mapping[str, ProbeAnswer[Any]]) -> Condition:
    reported: Lag | None = _value(answers, "PostgreSQL")
    of_bridge: dict[str, float] = _value(answers, "bridge") or {}
    return Condition(
        at=at,
        services=services,
        stages=_stages(at, reported, of_bridge, _value(answers, "Kafka")),
        acknowledged_seconds=_since(at, of_bridge.get("bridge_last_acknowledged_timestamp_seconds")),
        unacknowledged_seconds=of_bridge.get("bridge_oldest_unacked_seconds"),
        measured_at=reported.measured_at.astimezone(UTC) if reported and reported.measured_at else None,
        failed_hours=reported.failed_hours if reported else 0,
        dropped_messages=int(of_bridge.get("mqtt_dropped_total", 0)),
        problems=[f"{name}: {one.problem}" for name, one in answers.items() if one.problem and " " not in name],
    )


def _stages(
    at: datetime, reported: Lag | None, of_bridge: Mapping[str, float], unstored: int | None
) -> list[StageCondition]:
    """Tell of each stage; the bridge knows best how far it has come: the database says what `store` has seen of it."""
    waiting = [of_bridge[name] for name in ("bridge_pending_acks", "mqtt_queued_messages") if name in of_bridge]
    marked = _since(at, of_bridge.get("bridge_marked_timestamp_seconds"))
    received = _behind(reported, "received_until") if marked is None else marked
    return [
        StageCondition("bridge", received, int(max(waiting)) if waiting else None, "messages"),
        StageCondition("log", None, unstored, "records"),
        StageCondition("store", _behind(reported, "stored_until"), reported and reported.store_backlog, "records"),
        StageCondition(
            "aggregate", _behind(reported, "aggregated_until"), reported and reported.aggregate_backlog, "hours"
        ),
    ]


def _since(at: datetime, moment: float | None) -> float | None:
    return None if moment is None else max(0.0, at.timestamp() - moment)


def _behind(reported: Lag | None, stage: str) -> float | None:
    behind = reported.behind(getattr(reported, stage)) if reported else None
    return None if behind is None else behind.total_seconds()


def _value(answers: Mapping[str, ProbeAnswer[Any]], name: str) -> Any:  # noqa: ANN401 - as it was asked
    return answers[name].value if name in answers else None
