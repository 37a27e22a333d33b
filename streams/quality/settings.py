"""The settings of `quality`; the environment is read in `deploy`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True)
class QualitySettings:
    """`postgres` is a libpq conninfo without user. A place whose hours change is checked once in `every` at most."""

    postgres: str
    every: timedelta = timedelta(hours=1)
    ready_file: Path | None = None
