"""The table of everything the local stack starts: what comes after what, how it is made ready and how that is seen."""

import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from deploy import absence
from deploy.local import chores, kafka, mosquitto, postgres, probes, secrets
from deploy.local.here import Here
from deploy.local.supervisor import Program
from deploy.settings import Settings, write
from schemas.failures import WrongUsageError


class UnknownServiceError(WrongUsageError):
    """No part of the stack has that name."""


def _nothing(_: Here) -> None:
    return


def _at_once(_: Here) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Part:
    """One line of the table: a service that has a command, or a chore that only prepares."""

    name: str
    after: tuple[str, ...] = ()
    prepare: Callable[[Here], None] = _nothing
    command: Callable[[Here], list[str]] | None = None
    ready: Callable[[Here], bool] = _at_once
    elsewhere: str = ""  # the setting that replaces this part
    stop: str = "TERM"
    patience: int = 10  # seconds between the stop signal and the kill


def _worker(name: str, *after: str) -> Part:
    return Part(
        name=name,
        after=after,
        command=lambda _: [sys.executable, "-P", "-m", "deploy", "run", name],
        ready=lambda here: probes.worker_is_ready(here.layout.ready(name)),
    )


def _schema(here: Here) -> None:
    if here.settings.postgres == postgres.conninfo(here.layout, here.ports.postgres):
        chores.make_database(_server(here), postgres.DATABASE)
    chores.make_schema(str(here.settings.postgres))


def _proven(settings: Settings) -> None:
    absence.prove_kept(absence.broker_of(settings))


def _server(here: Here) -> str:
    return f"{postgres.conninfo(here.layout, here.ports.postgres, database='postgres')} user={secrets.SUPERUSER}"


PARTS: Final[tuple[Part, ...]] = (
    Part(
        name="mosquitto",
        prepare=lambda here: mosquitto.prepare(here.layout, here.ports.mqtt),
        command=lambda here: mosquitto.command(here.layout),
        ready=lambda here: probes.broker_answers(here.ports.mqtt, "bridge", secrets.of_mqtt(here.layout)["bridge"]),
        elsewhere="mqtt",
    ),
    Part(
        name="postgres",
        prepare=lambda here: postgres.prepare(here.layout),
        command=lambda here: postgres.command(here.layout, here.ports.postgres),
        ready=lambda here: probes.database_answers(_server(here)),
        elsewhere="postgres",
        stop="INT",
        patience=30,
    ),
    Part(
        name="kafka",
        prepare=lambda here: kafka.prepare(here.layout, here.ports),
        command=lambda here: kafka.command(here.layout),
        ready=lambda here: probes.listens(here.ports.kafka),
        elsewhere="kafka",
        patience=30,
    ),
    Part(
        name="sessions",  # the broker that is there keeps what arrives while the bridge is away, or nothing is started
        after=("mosquitto",),
        prepare=lambda here: _proven(here.settings),
    ),
    Part(name="schema", after=("postgres",), prepare=_schema),
    Part(name="topics", after=("kafka",), prepare=lambda here: chores.make_topics(str(here.settings.kafka))),
    Part(
        name="registry",
        after=("schema",),
        prepare=lambda here: chores.apply_registry(str(here.settings.postgres), here.settings.registry),
    ),
    _worker("keep", "topics", "registry"),
    _worker("tally", "topics", "registry"),
    _worker("bridge", "sessions", "topics"),
    _worker("web", "registry"),
)
"""Everything, in an order that has what is needed first."""


def chosen(settings: Settings, only: Collection[str] = ()) -> list[Part]:
    """Choose the parts to start: those named with all they need, less what is elsewhere.

    Raises UnknownServiceError for a name that is not in the table.
    """
    there = {part.name for part in PARTS}
    wanted = set(only) or set(there)
    if wanted - there:
        raise UnknownServiceError(
            f"no part {min(wanted - there)!r}; there are {', '.join(part.name for part in PARTS)}"
        )
    for part in reversed(PARTS):
        if part.name in wanted:
            wanted.update(part.after)
    return [part for part in PARTS if part.name in wanted and not _is_elsewhere(part, settings)]


def programs(parts: Collection[Part], here: Here) -> Iterator[Program]:
    """Say what the supervisor looks after."""
    environment = write(here.settings)
    for part in parts:
        if part.command is not None:
            yield Program(
                name=part.name,
                command=part.command(here),
                environment=environment,
                stop=part.stop,
                patience=part.patience,
            )


def _is_elsewhere(part: Part, settings: Settings) -> bool:
    return bool(part.elsewhere) and getattr(settings, part.elsewhere) is not None
