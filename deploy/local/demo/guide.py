"""The guide that the demo prints: what to open, what to look at, how to publish a message, and how to stop."""

import shlex
from datetime import datetime
from pathlib import Path

from deploy.local.demo.trial import trial

_TEXT = """
Open
  {site}/nl/
      the start page: today's numbers climb while the simulator catches up with now (90 s), then every minute;
      in English at {site}/en/
  {site}/v1/telpunten
      the open data interface, described by {site}/v1/openapi.json
  {console}/en/feeds
      the console of operators: how every sensor is, what was refused, excluding measurements{login}

Look at
  Stationsplein                     a counter that reports every minute
  Doorfietsroute Assen - Groningen  usage in bicycle-kilometres; one link has no counter and says so
  Centrum-Noord                     the share of the bicycle in all counted traffic, with its interval and coverage
  31 January 2024 at any counter    a gap with its reason, not a quiet day:
      {site}/v1/telpunten/kolk/tellingen?interval=dag&startTijd=2024-01-29T23:00:00Z&eindTijd=2024-02-01T23:00:00Z
  What is recorded, simulated or illustrative says so beside the number.

Publish one message yourself: {value} cyclists at Kolk in the last quarter
  {publish}
and see it at
  {site}{path}

The simulator writes to {log}
Ctrl-C stops everything; what was stored stays in {home}
"""


def guide(
    *, site: str, mqtt: str, password_file: Path, log: Path, home: Path, now: datetime, console: str, login: str
) -> str:
    """Return the guide for a running stack; `login` says who may log in to the console, where that is to be shown."""
    one = trial(now, 250)
    return _TEXT.format(
        site=site, value=one.value, publish=publish(one.message.topic, one.message.payload, mqtt, password_file),
        console=console, login=login, path=one.path, log=log, home=home,
    )  # fmt: skip


def publish(topic: str, payload: bytes, mqtt: str, password_file: Path) -> str:
    """Return the shell command that publishes one message as the simulator."""
    host, _, port = mqtt.rpartition(":")
    password = f'"$(cat {shlex.quote(str(password_file))})"'
    words = ["mosquitto_pub", "-V", "5", "-h", host, "-p", port, "-q", "1", "-u", "simulator", "-t", topic]
    return f"{shlex.join(words)} -P {password} -m {shlex.quote(payload.decode())}"
