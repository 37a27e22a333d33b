"""The settings of process `watch`; the environment is read in `deploy`."""

from dataclasses import dataclass, field
from pathlib import Path

from operations.alerts.platform_rules import PlatformPlaces


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """`postgres` is a connection string; a round starts every `every` seconds; `ready_file` exists once it answers.

    `alerts` is the file of alerts (None: the one that ships), `credentials` the folder in which a service manager puts
    secrets, `places` what of this machine is looked at.
    """

    postgres: str
    ready_file: Path | None = None
    every: float = 5.0
    alerts: Path | None = None
    credentials: Path | None = None
    places: PlatformPlaces = field(default_factory=PlatformPlaces)
