"""One message that is published by hand to see it on the page, or by the check to time it."""

import json
import time
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from deploy.local.simulator.messages import SimulatedMessage
from ingest.dialects import ours
from schemas.failures import CheckFailedError
from schemas.observation import Observation
from schemas.topics import data_topic

SITE: Final = "kolk"
_SENSOR: Final = "kolk-1"
_QUARTER: Final = 900
_PAUSE: Final = 0.02


class NotShownError(CheckFailedError):
    """A published message was not shown by the interface in time; see the logs of bridge, store and aggregate."""


class Trial(NamedTuple):
    """A message with both directions of the last whole quarter, the path that shows it, and the value to find there."""

    message: SimulatedMessage
    path: str
    value: int


def trial(now: datetime, value: int) -> Trial:
    """Make a message for the last whole quarter at Kolk: `value` cyclists, split over both directions."""
    ended_at = datetime.fromtimestamp(now.timestamp() // _QUARTER * _QUARTER, now.tzinfo)
    started_at = ended_at - timedelta(seconds=_QUARTER)
    seen = [
        Observation(_SENSOR, f"bicycles/{way}", started_at, ended_at, part, 1.0, now)
        for way, part in (("in", value // 2), ("out", value - value // 2))
    ]
    path = f"/v1/telpunten/{SITE}/tellingen?interval=kwartier&startTijd={_text(started_at)}&eindTijd={_text(ended_at)}"
    return Trial(SimulatedMessage(data_topic(_SENSOR), ours.encode(seen), "trial", len(seen)), path, value)


def shown(site: str, path: str) -> list[float | None]:
    """Return the values that the interface shows; empty when it does not answer."""
    try:
        with urlopen(f"{site}{path}", timeout=5) as answer:  # noqa: S310 - an address of our own stack
            rows = json.load(answer)
    except (URLError, TimeoutError):
        return []
    return [row["waarde"] for row in rows["gegevens"]]


def wait(site: str, sent: Trial, patience: float = 30.0) -> float:
    """Wait until the value is shown; return the seconds, or raise NotShownError after `patience`."""
    began = time.monotonic()
    while sent.value not in shown(site, sent.path):
        if time.monotonic() - began > patience:
            raise NotShownError(f"{site}{sent.path} does not show {sent.value} after {patience:.0f} s")
        time.sleep(_PAUSE)
    return time.monotonic() - began


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
