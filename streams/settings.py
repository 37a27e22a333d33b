"""The settings of a worker; the environment is read in `deploy`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["store", "aggregate"]


@dataclass(frozen=True)
class WorkerSettings:
    """One worker: its role, its two services, and its stable name.

    `kafka` is host:port. `postgres` is a libpq conninfo without user: the role is the user. `instance` is stable over
    restarts and unique among the workers of one role: a restarted worker gets its own partitions back at once.
    `indicators_after` is how long indicators of periods wait after the first change of what they rest on.
    `ready_file` is written when the worker is ready, and touched whenever it makes progress.
    """

    role: Role
    kafka: str
    postgres: str
    instance: str = "1"
    indicators_after: timedelta = timedelta(0)
    ready_file: Path | None = None
