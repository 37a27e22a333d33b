"""The settings of process `watch`; the environment is read in `deploy`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """`postgres` is a connection string; a round starts every `every` seconds; `ready_file` exists once it answers."""

    postgres: str
    ready_file: Path | None = None
    every: float = 5.0
