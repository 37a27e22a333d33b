"""The settings of the public site: plain values, no environment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_bytes

from opendata.clock import now
from opendata.database import ANSWER_SECONDS, CONNECTIONS
from opendata.guards.settings import GuardSettings


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """How to reach the database and the world.

    `postgres` is a libpq conninfo without a user; `public_url` is what links start with, without a slash at its end.
    `cursor_key` signs paging cursors: give all processes behind one address the same, and keep it over a restart, or
    the links that were given out lead nowhere.
    `tokens` is a file of design tokens instead of ours. Under the maps lies `map_layer`, a file of GeoJSON with water
    and roads, or tiles from `map_tiles`, an address with {z}, {x} and {y}, whose maker `map_attribution` names.
    `answer_seconds` is how long one question of an answer may take at the database, of what is no sheet.
    `connections` to the database are what one process may have.
    `live_connections` caps the open event streams of a process.
    """

    postgres: str
    public_url: str
    host: str = "127.0.0.1"
    port: int = 18800
    cursor_key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    tokens: Path | None = None
    map_layer: Path | None = None
    map_tiles: str = ""
    map_attribution: str = ""
    live_connections: int = 200
    answer_seconds: float = ANSWER_SECONDS
    connections: int = CONNECTIONS
    guards: GuardSettings = field(default_factory=GuardSettings)
    clock: Callable[[], datetime] = now
