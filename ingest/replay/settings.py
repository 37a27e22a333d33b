"""The settings of replays; the environment is read in `deploy`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ReplaySettings:
    """`kafka` is `host:port`, `postgres` a connection string without user; `lock_file` keeps a second process away.

    `seal_keys` is the folder of the keys of what could not be parsed, None where these are not here. The process looks
    every `look_seconds` whether the registry changed or something is requested, and every `again_seconds` at what was
    refused since.
    """

    kafka: str
    postgres: str
    lock_file: Path | None = None
    ready_file: Path | None = None
    seal_keys: Path | None = None
    client_id: str = "doorfiets-replay"
    partitions: int = 12
    look_seconds: float = 1.0
    again_seconds: float = 30.0
    log_level: str = "INFO"
