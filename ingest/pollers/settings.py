"""The settings of the pollers; the environment is read in `deploy`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PollSettings:
    """`file` names what is fetched, `folder` is where the positions are, `kafka` is `host:port`.

    `lock_file` keeps a second process from polling the same; `credentials` is where a service manager puts secrets.
    `seal_keys` is the folder of the keys that seal what cannot be parsed, None where that is not kept. `postgres` and
    `devices_file` are as for the bridge.
    """

    kafka: str
    file: Path
    folder: Path
    lock_file: Path
    ready_file: Path | None = None
    credentials: Path | None = None
    seal_keys: Path | None = None
    postgres: str | None = None
    devices_file: Path | None = None
    client_id: str = "doorfiets-poll"
    partitions: int = 12
    log_level: str = "INFO"
