"""What the simulator needs to be told."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from deploy.local.simulator.trouble import Odds


@dataclass(frozen=True, kw_only=True)
class Broker:
    """Where the sensors publish, and as whom."""

    host: str
    port: int
    password: str
    user: str = "simulator"


@dataclass(frozen=True, kw_only=True)
class SimulatorSettings:
    """Who plays what, from when, how fast, and what goes wrong on the way.

    `speed` plays the past in its order, that many times as fast as it was, and never passes now. None plays only today
    so far, in about `today_in` seconds, and says all days before at once, the newest first. `remember` is a file that
    keeps until when the past was said, so that a second start says only what is new.
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
    """A numbered file of what was sent: `count` messages of one reading each, `rate` a second or as fast as it goes."""

    broker: Broker
    sent_file: Path
    count: int
    rate: float | None = None
    sensors: int = 100
    interval: int = 60
    seed: int = 1
    duplicates: float = 0.0
