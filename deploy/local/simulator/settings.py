"""The settings of the simulator."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from deploy.local.simulator.trouble import Odds


@dataclass(frozen=True, kw_only=True)
class Broker:
    """The broker on which the sensors publish, and the user."""

    host: str
    port: int
    password: str
    user: str = "simulator"


@dataclass(frozen=True, kw_only=True)
class SimulatorSettings:
    """What is simulated, from when, how fast, and with which trouble.

    `speed` replays the past in order, that many times as fast as real time, up to now. None replays only today so far,
    in about `today_in` seconds, and publishes all days before at once, the newest first. `remember` is a file that
    stores until when the past was published, so that a second start publishes only what is new.
    """

    broker: Broker
    registry: Path
    backfill_from: datetime
    speed: float | None = None
    today_in: float = 90.0
    odds: Odds = field(default_factory=Odds)
    seed: int = 1
    remember: Path | None = None


@dataclass(frozen=True, kw_only=True)
class LoadSettings:
    """A load of `count` messages of one reading each, `rate` a second or unlimited, and a file of what was sent."""

    broker: Broker
    sent_file: Path
    count: int
    rate: float | None = None
    sensors: int = 100
    interval: int = 60
    seed: int = 1
    duplicates: float = 0.0
