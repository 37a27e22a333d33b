"""The settings of the public site: plain values, no environment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes

from opendata.clock import now


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """How to reach the database and the world.

    `postgres` is a libpq conninfo without a user; `public_url` is what links start with, without a slash at its end.
    `cursor_key` signs paging cursors: give all processes behind one address the same, and keep it over a restart, or
    the links that were given out lead nowhere.
    `live_connections` caps the open event streams.
    """

    postgres: str
    public_url: str
    host: str = "127.0.0.1"
    port: int = 18800
    cursor_key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    live_connections: int = 200
    clock: Callable[[], datetime] = now
