"""The table of the parts of the local stack: what each needs, how it is prepared, started and probed."""

import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from deploy import absence, web_processes
from deploy.local import kafka, mosquitto, postgres, probes, provisioning, proxy, secrets
from deploy.local.location import Location
from deploy.local.supervisor import Program
from deploy.settings import Settings, write
from schemas.failures import WrongUsageError


class UnknownServiceError(WrongUsageError):
    """No part of the stack has that name."""


def _nothing(_: Location) -> None:
    return


def _always(_: Settings) -> bool:
    return True


def _at_once(_: Location) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class StackPart:
    """One line of the table: a service that has a command, or a step that only prepares."""

    name: str
    after: tuple[str, ...] = ()
    prepare: Callable[[Location], None] = _nothing
    command: Callable[[Location], list[str]] | None = None
    ready: Callable[[Location], bool] = _at_once
    elsewhere: str = ""  # the setting that replaces this part
    only_with: str = ""  # the setting without which this part has nothing to do
    there: Callable[[Settings], bool] = _always
    brought_by: str = ""  # the part that is not reached without this one
    stop: str = "TERM"
    patience: int = 10  # seconds between the stop signal and the kill


def _worker(name: str, *after: str, only_with: str = "") -> StackPart:
    return StackPart(
        name=name,
        after=after,
        command=lambda _: [sys.executable, "-P", "-m", "deploy", "run", name],
        ready=lambda location: probes.worker_is_ready(location.layout.ready(name)),
        only_with=only_with,
    )


def _schema(location: Location) -> None:
    if location.settings.postgres == postgres.conninfo(location.layout, location.ports.postgres):
        provisioning.make_database(_server(location), postgres.DATABASE)
    provisioning.make_schema(str(location.settings.postgres))


def _proven(settings: Settings) -> None:
    absence.prove_persistent_session(absence.broker_of(settings))


def _server(location: Location) -> str:
    return (
        f"{postgres.conninfo(location.layout, location.ports.postgres, database='postgres')} user={secrets.SUPERUSER}"
    )


PARTS: Final[tuple[StackPart, ...]] = (
    StackPart(
        name="mosquitto",
        prepare=lambda location: mosquitto.prepare(
            location.layout,
            location.ports.mqtt,
            (location.ports.sensors, location.ports.sensors_with_password),
        ),
        command=lambda location: mosquitto.command(location.layout),
        ready=lambda location: probes.broker_answers(
            location.ports.mqtt, "bridge", secrets.of_mqtt(location.layout)["bridge"]
        ),
        elsewhere="mqtt",
    ),
    StackPart(
        name="postgres",
        prepare=lambda location: postgres.prepare(location.layout),
        command=lambda location: postgres.command(location.layout, location.ports.postgres),
        ready=lambda location: probes.database_answers(_server(location)),
        elsewhere="postgres",
        stop="INT",
        patience=30,
    ),
    StackPart(
        name="kafka",
        prepare=lambda location: kafka.prepare(location.layout, location.ports),
        command=lambda location: kafka.command(location.layout),
        ready=lambda location: probes.listens(location.ports.kafka),
        elsewhere="kafka",
        patience=30,
    ),
    StackPart(
        name="sessions",  # a given broker has to keep messages for the bridge while that is away, or nothing is started
        after=("mosquitto",),
        prepare=lambda location: _proven(location.settings),
    ),
    StackPart(name="schema", after=("postgres",), prepare=_schema),
    StackPart(
        name="topics", after=("kafka",), prepare=lambda location: provisioning.make_topics(str(location.settings.kafka))
    ),
    StackPart(
        name="registry",
        after=("schema",),
        prepare=lambda location: provisioning.apply_registry(
            str(location.settings.postgres), location.settings.registry
        ),
    ),
    _worker("store", "topics", "registry"),
    _worker("aggregate", "topics", "registry"),
    _worker("bridge", "sessions", "topics", "registry"),
    _worker("web", "registry"),
    StackPart(
        name="proxy",  # before the site, where it is installed
        after=("web",),
        prepare=lambda location: proxy.prepare(
            location.layout, str(location.settings.listen), web_processes.count(location.settings)
        ),
        command=lambda location: proxy.command(location.layout),
        ready=lambda location: probes.answers(str(location.settings.listen)),
        there=lambda settings: proxy.chosen(settings) == proxy.NGINX,
        brought_by="web",
        stop="QUIT",
        patience=3,
    ),
    _worker("intake", "topics", "registry"),
    _worker("quality", "registry"),
    _worker("poll", "topics", "registry", only_with="pollers"),
    _worker("watch", "registry"),
    _worker("receipts", "sessions", "topics", "schema"),
    _worker("replay", "topics", "registry"),
    _worker("console", "registry"),
)
"""All parts, each after those that it needs."""


def chosen(settings: Settings, only: Collection[str] = ()) -> list[StackPart]:
    """Return the parts to start: those named with all they need, without those given by an address.

    Raises UnknownServiceError for a name that is not in the table.
    """
    there = {
        part.name
        for part in PARTS
        if (not part.only_with or getattr(settings, part.only_with) is not None) and part.there(settings)
    }
    wanted = set(only) or set(there)
    if wanted - there:
        raise UnknownServiceError(
            f"no part {min(wanted - there)!r}; there are {', '.join(part.name for part in PARTS if part.name in there)}"
        )
    wanted |= {part.name for part in PARTS if part.name in there and part.brought_by in wanted}
    for part in reversed(PARTS):
        if part.name in wanted:
            wanted.update(part.after)
    return [part for part in PARTS if part.name in wanted and not _is_elsewhere(part, settings)]


def programs(parts: Collection[StackPart], location: Location) -> Iterator[Program]:
    """Return the programs for the supervisor."""
    environment = write(location.settings)
    for part in parts:
        if part.command is not None:
            yield Program(
                name=part.name,
                command=part.command(location),
                environment=environment,
                stop=part.stop,
                patience=part.patience,
            )


def _is_elsewhere(part: StackPart, settings: Settings) -> bool:
    return bool(part.elsewhere) and getattr(settings, part.elsewhere) is not None
