"""Playing the street: the past as it is told to, and every interval of the present when it has ended."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from deploy.local.street import clock
from deploy.local.street.messages import Message, past, present
from deploy.local.street.mouth import Mouth
from deploy.local.street.settings import StreetSettings
from deploy.local.street.tally import Said
from deploy.local.street.trouble import troubled
from deploy.local.street.voices import Voice, voices
from registry.files import load

Tell: TypeAlias = Callable[[str], None]

_PATIENCE: Final = 10.0  # seconds for the last acknowledgements


def run(settings: StreetSettings, tell: Tell = print) -> None:
    """Publish until interrupted (Ctrl-C or SIGTERM), then tell what was said.

    Raises BrokerUnavailableError, RecordingsAbsentError, or what `registry.files.load` raises.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    registry = load(settings.registry)
    zone = ZoneInfo(registry.municipality.timezone)
    speakers = voices(registry, settings.recordings, settings.seed)
    with Mouth(settings.broker) as mouth:
        messages = troubled(_script(settings, speakers, zone, mouth), settings.odds, settings.seed)
        publish(messages, mouth, tell)


def publish(messages: Iterable[Message], mouth: Mouth, tell: Tell) -> None:
    """Say every message, wait for the last acknowledgement, and tell."""
    said = Said(tell, clock.now())
    try:
        for message in messages:
            mouth.say(message)
            said.count(message, clock.now())
    except KeyboardInterrupt:
        tell("stopping")
    whole = mouth.drain(_PATIENCE)
    tell(said.summary(clock.now()))
    if mouth.refused or mouth.unheard:
        tell(f"refused by the broker {mouth.refused:,} {mouth.why}, nobody listening {mouth.unheard:,}")
    if not whole:
        tell(f"not everything was acknowledged within {_PATIENCE:.0f} s")


def _script(settings: StreetSettings, speakers: Sequence[Voice], zone: ZoneInfo, mouth: Mouth) -> Iterator[Message]:
    began = clock.now()
    step = min(voice.interval for voice in speakers)
    since = _since(settings, began)
    if settings.speed:
        return play(iter(()), ticks(since, began, step, settings.speed), speakers, zone)
    midnight = datetime.combine(began.astimezone(zone), time(), zone).astimezone(UTC)
    history = _remembered(past(speakers, since, midnight, zone), settings.remember, midnight, mouth)
    today = max(since, midnight)
    speed = max(1.0, (began - today).total_seconds() / settings.today_in)
    return play(history, ticks(today, began, step, speed), speakers, zone)


def ticks(start: datetime, began: datetime, step: timedelta, speed: float) -> Iterator[tuple[datetime, datetime]]:
    """Go through the moments on which intervals end, without end: when each is due, and which it is.

    What was before `began` is due `speed` times as fast as it happened; nothing is due before it has happened.
    """
    at = datetime.fromtimestamp(-(-start.timestamp() // step.total_seconds()) * step.total_seconds(), start.tzinfo)
    while True:
        yield max(at, began + (at - start) / speed), at
        at += step


def play(
    history: Iterator[Message], schedule: Iterable[tuple[datetime, datetime]], speakers: Sequence[Voice], zone: ZoneInfo
) -> Iterator[Message]:
    """Say what is due when it is due, and the history while waiting for that."""
    for due, at in schedule:
        while clock.now() < due:
            message = next(history, None)
            if message is None:
                clock.wait_until(due)
            else:
                yield message
        yield from present(speakers, at, zone, late=clock.now() - at)


def _since(settings: StreetSettings, began: datetime) -> datetime:
    """Go back to where the past was said last time, at most to where it is to begin."""
    remembered = settings.remember
    if remembered is None or not remembered.is_file():
        return settings.backfill_from
    return min(began, max(settings.backfill_from, datetime.fromisoformat(remembered.read_text("ascii").strip())))


def _remembered(history: Iterator[Message], file: Path | None, until: datetime, mouth: Mouth) -> Iterator[Message]:
    """Pass the history on, and note when all of it has been acknowledged."""
    yield from history
    if file is not None and mouth.drain():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{until.isoformat()}\n", "ascii")
