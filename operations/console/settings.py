"""The settings of the console; the environment is read in `deploy`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ConsoleSettings:
    """How to reach the database, and how people reach the console.

    `postgres` is a libpq conninfo without a user; `url` is the address that people type, without a slash at its end:
    where it begins with https, cookies are sent over nothing else. `registry` is the folder of the owners' files, which
    are compared with what is applied, and `profiles` that of the profiles that ship. `clock` gives aware UTC.
    """

    postgres: str
    url: str
    clock: Callable[[], datetime]
    host: str = "127.0.0.1"
    port: int = 18818
    registry: Path | None = None
    profiles: Path | None = None

    @property
    def secure(self) -> bool:
        """Tell whether people come over https."""
        return self.url.startswith("https://")
