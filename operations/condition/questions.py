"""The questions of `doorfiets status`: asked of every service in parallel, none for longer than some seconds."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec

from operations import applied_registry, lag, log_ends
from operations.applied_registry import AppliedRegistry
from operations.condition import metrics
from operations.condition.liveness import lives
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
    """The site runs and is not ready; the message has its reason, and `docs/howto/condition.md` says where to look."""


class Supervised(Protocol):
    """A supervisor of services, which knows about their processes, by name."""

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the supervisor's record of each: name, statename, pid, start, now."""

    def restarts(self) -> Mapping[str, Restarts]:
        """Return how often each ended by itself, and the last cause."""

    def readiness(self) -> Mapping[str, Callable[[], bool]]:
        """Return a function for each that tells whether it is ready; calling it may take seconds."""


class ServiceAddresses(NamedTuple):
    """Where the services answer: a connection string, addresses; the supervisor's log, the owners' folders.

    `profiles` is the folder of those that come with the platform; each web process answers on one of `web_sockets`.
    """

    postgres: str
    kafka: str
    bridge_metrics: tuple[str, int]
    site: str
    log_of_supervisor: Path
    registry: Path
    profiles: Path | None = None
    web_sockets: Sequence[Path] = ()


class _Stored(NamedTuple):
    """What the database says: the watermark, and the registry in force."""

    watermark: Lag
    registry: AppliedRegistry


class _Reason(msgspec.Struct):
    code: str
    reden: str


def ask(supervised: Supervised, places: ServiceAddresses, epoch_of: EpochOf, now: Callable[[], datetime]) -> Condition:
    """Ask every service that runs; raise StackSilentError when its supervisor does not answer."""
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
    """Return the questions by service: our processes here, and the database and Kafka that they use, here or not."""
    questions: dict[str, Callable[[], Any]] = {}
    if "store" in states or "aggregate" in states:
        questions["PostgreSQL"] = lambda: _stored(places.postgres)
        questions["Kafka"] = lambda: _unstored(places, epoch_of)
        questions["registry"] = lambda: applied_registry.files_under(places.registry, places.profiles)
    if "bridge" in states:
        questions["bridge"] = lambda: metrics.read(*places.bridge_metrics)
    if "web" in states:
        questions["web"] = lambda: ask_web(places.site)
        if places.web_sockets:
            questions["web-processes"] = lambda: ask_web_processes(places.web_sockets)
    return questions


def _stored(conninfo: str) -> _Stored:
    return _Stored(lag.ask(conninfo), applied_registry.ask(conninfo))


def _unstored(places: ServiceAddresses, epoch_of: EpochOf) -> int:
    until = asyncio.run(log_ends.ends(places.kafka, epoch_of))
    with reader(places.postgres) as connection:
        return log_ends.unstored(connection, until)


def ask_web(listen: str) -> None:
    """Ask the site whether it is ready; raise SiteUnreadyError with its reason when it is not."""
    try:
        urlopen(f"http://{listen}/gezond/klaar", timeout=_WEB).close()
    except HTTPError as refused:
        try:
            reason = msgspec.json.decode(refused.read(), type=_Reason)
        except msgspec.DecodeError:
            raise refused from None
        raise SiteUnreadyError(f"not ready, {reason.code}: {reason.reden}") from refused


def ask_web_processes(sockets: Sequence[Path]) -> int:
    """Ask every web process whether it lives; return how many do, raise SiteUnreadyError naming those that do not."""
    silent = [path.name for path in sockets if not lives(path, _WEB)]
    if silent:
        raise SiteUnreadyError(f"{len(silent)} of {len(sockets)} web processes do not answer: {', '.join(silent)}")
    return len(sockets)


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
    """Return a word for the state of a process where that is unusual, else ""; the name in /proc may hold brackets."""
    try:
        letter = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
    return PROCESS_STATES.get(letter, "")


def _condition(at: datetime, services: list[Service], answers: Mapping[str, ProbeAnswer[Any]]) -> Condition:
    stored: _Stored | None = _value(answers, "PostgreSQL")
    watermark = stored.watermark if stored else None
    of_bridge: dict[str, float] = _value(answers, "bridge") or {}
    return Condition(
        at=at,
        services=services,
        stages=_stages(at, watermark, of_bridge, _value(answers, "Kafka")),
        acknowledged_seconds=_since(at, of_bridge.get("bridge_last_acknowledged_timestamp_seconds")),
        unacknowledged_seconds=of_bridge.get("bridge_oldest_unacked_seconds"),
        failed_hours=watermark.failed_hours if watermark else 0,
        dropped_messages=int(of_bridge.get("mqtt_dropped_total", 0)),
        registry=stored.registry.beside(_value(answers, "registry") or {}) if stored else None,
        problems=[f"{name}: {one.problem}" for name, one in answers.items() if one.problem and " " not in name],
    )


def _stages(
    at: datetime, watermark: Lag | None, of_bridge: Mapping[str, float], unstored: int | None
) -> list[StageCondition]:
    """Put the stages together; the bridge's own metrics come before what `store` has seen of its marks."""
    marked = _since(at, of_bridge.get("bridge_marked_timestamp_seconds"))
    received = _behind(watermark, watermark.received_until) if marked is None and watermark else marked
    backlog = of_bridge.get("bridge_backlog_messages")
    return [
        StageCondition("bridge", received, None if backlog is None else int(backlog), "messages"),
        StageCondition("log", None, unstored, "records"),
        *measured_stages(watermark),
    ]


def measured_stages(watermark: Lag | None) -> list[StageCondition]:
    """Put together the stages that write their measurements into the database; without it nothing of them is known."""
    if watermark is None:
        return [StageCondition("store", None, None, "records"), StageCondition("aggregate", None, None, "hours")]
    stored, aggregated = _behind(watermark, watermark.stored_until), _behind(watermark, watermark.aggregated_until)
    at_store, at_aggregate = _utc(watermark.store_measured_at), _utc(watermark.aggregate_measured_at)
    return [
        StageCondition("store", stored, watermark.store_backlog, "records", at_store),
        StageCondition("aggregate", aggregated, watermark.aggregate_backlog, "hours", at_aggregate),
    ]


def _since(at: datetime, moment: float | None) -> float | None:
    return None if moment is None else max(0.0, at.timestamp() - moment)


def _behind(watermark: Lag, until: datetime | None) -> float | None:
    behind = watermark.behind(until)
    return None if behind is None else behind.total_seconds()


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _value(answers: Mapping[str, ProbeAnswer[Any]], name: str) -> Any:  # noqa: ANN401 - of the type of the question
    return answers[name].value if name in answers else None
