"""The run of the simulator: the past first, then every interval of the present when it ends."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from deploy.local.simulator import clock
from deploy.local.simulator.datastreams import SimulatedDatastream, simulated_datastreams
from deploy.local.simulator.messages import SimulatedMessage, past_messages, present_messages
from deploy.local.simulator.publisher import SensorPublisher
from deploy.local.simulator.settings import SimulatorSettings
from deploy.local.simulator.summary import SimulatorSummary
from deploy.local.simulator.trouble import troubled
from deploy.owner_folders import load
from registry.files import host

Tell: TypeAlias = Callable[[str], None]

_PATIENCE: Final = 10.0  # seconds for the last acknowledgements


def run(settings: SimulatorSettings, tell: Tell = print) -> None:
    """Publish until interrupted (Ctrl-C or SIGTERM), then report a summary.

    Raises BrokerUnavailableError, RecordingsAbsentError, or what `deploy.owner_folders.load` raises.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    owners = load(settings.registry)
    zone = ZoneInfo(host(owners).timezone)
    datastreams = [one for owner in owners for one in simulated_datastreams(owner, settings.seed)]
    with SensorPublisher(settings.broker) as publisher:
        messages = troubled(_script(settings, datastreams, zone, publisher), settings.odds, settings.seed)
        publish(messages, publisher, tell)


def publish(messages: Iterable[SimulatedMessage], publisher: SensorPublisher, tell: Tell) -> None:
    """Publish every message, wait for the last acknowledgement, and report a summary."""
    summary = SimulatorSummary(tell, clock.now())
    try:
        for message in messages:
            publisher.publish(message)
            summary.count(message, clock.now())
    except KeyboardInterrupt:
        tell("stopping")
    whole = publisher.drain(_PATIENCE)
    tell(summary.summary(clock.now()))
    if publisher.refused or publisher.undelivered:
        tell(f"refused by the broker {publisher.refused:,} {publisher.why}, nobody listening {publisher.undelivered:,}")
    if not whole:
        tell(f"not everything was acknowledged within {_PATIENCE:.0f} s")


def _script(
    settings: SimulatorSettings, datastreams: Sequence[SimulatedDatastream], zone: ZoneInfo, publisher: SensorPublisher
) -> Iterator[SimulatedMessage]:
    began = clock.now()
    step = min(datastream.interval for datastream in datastreams)
    since = _since(settings, began)
    if settings.speed:
        return play(iter(()), ticks(since, began, step, settings.speed), datastreams)
    midnight = datetime.combine(began.astimezone(zone), time(), zone).astimezone(UTC)
    history = _remembered(past_messages(datastreams, since, midnight, zone), settings.remember, midnight, publisher)
    today = max(since, midnight)
    speed = max(1.0, (began - today).total_seconds() / settings.today_in)
    return play(history, ticks(today, began, step, speed), datastreams)


def ticks(start: datetime, began: datetime, step: timedelta, speed: float) -> Iterator[tuple[datetime, datetime]]:
    """Yield the ends of intervals without end: when each is due, and the end itself.

    Those before `began` are due `speed` times as fast as real time; none is due before it is over.
    """
    at = datetime.fromtimestamp(-(-start.timestamp() // step.total_seconds()) * step.total_seconds(), start.tzinfo)
    while True:
        yield max(at, began + (at - start) / speed), at
        at += step


def play(
    history: Iterator[SimulatedMessage],
    schedule: Iterable[tuple[datetime, datetime]],
    datastreams: Sequence[SimulatedDatastream],
) -> Iterator[SimulatedMessage]:
    """Yield the messages of each interval when it is due, and history in the time between."""
    for due, at in schedule:
        while clock.now() < due:
            message = next(history, None)
            if message is None:
                clock.wait_until(due)
            else:
                yield message
        yield from present_messages(datastreams, at, late=clock.now() - at)


def _since(settings: SimulatorSettings, began: datetime) -> datetime:
    """Return the start of the past: where the last run ended, at the earliest the wanted beginning."""
    remembered = settings.remember
    if remembered is None or not remembered.is_file():
        return settings.backfill_from
    return min(began, max(settings.backfill_from, datetime.fromisoformat(remembered.read_text("ascii").strip())))


def _remembered(
    history: Iterator[SimulatedMessage], file: Path | None, until: datetime, publisher: SensorPublisher
) -> Iterator[SimulatedMessage]:
    """Pass the history on, and store its end once all of it is acknowledged."""
    yield from history
    if file is not None and publisher.drain():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{until.isoformat()}\n", "ascii")
