"""The file of pollers: which sensors of which publishers are fetched, checked whole before anything is asked for."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import httpx
import msgspec

from ingest.pollers.key_file import KeyFile, KeyFileRefusedError
from ingest.pollers.poller import PolledSensor, PollSource
from ingest.pollers.table import POLLERS
from schemas.explanations import explained_in
from schemas.failures import WrongUsageError
from schemas.suggestions import nearest_key

_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_EVERY: Final = (timedelta(minutes=1), timedelta(days=1))
_BACK: Final = (timedelta(minutes=5), timedelta(days=60))


class PollersRefusedError(WrongUsageError):
    """The file of pollers cannot be used; nothing was asked for."""


class SourceEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What every entry may say: another address, how often, how far back values are revised, and the first day."""

    address: str = ""
    every: Any = ""  # a text, which `_duration` asks for with an example
    back: Any = ""
    since: date | None = None


class LuchtmeetnetEntry(SourceEntry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Official stations by their number, such as NL10929."""

    stations: list[str]

    def sensors(self) -> list[PolledSensor]:
        """Return its sensors; raise ValueError for a number that is none."""
        texts = [_matched(one, r"NL\d{5}", "a station like NL10929") for one in self.stations]
        return _some([PolledSensor(one.lower(), one) for one in texts])


class SamenMetenEntry(SourceEntry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Kits by their name, or all those of a municipality by its number, such as 106."""

    things: list[str] = []
    municipality: str = ""

    def sensors(self) -> list[PolledSensor]:
        """Return its kits; raise ValueError for a name that is none, or where neither is given."""
        if self.municipality:
            _matched(self.municipality, r"\d{1,4}", "the number of a municipality like 106")
        elif not self.things:
            raise ValueError("things or municipality has to be given")
        return [PolledSensor("", _matched(one, r"[A-Za-z0-9_.-]{3,40}", "the name of a kit")) for one in self.things]


class SensorCommunityEntry(SourceEntry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Sensors by their number."""

    sensors_: list[int] = msgspec.field(name="sensors")

    def sensors(self) -> list[PolledSensor]:
        """Return its sensors; raise ValueError for a number that is none."""
        texts = [_matched(str(one), r"\d{1,12}", "the number of a sensor") for one in self.sensors_]
        return _some([PolledSensor(f"sc-{one}", one) for one in texts])


class TelraamEntry(SourceEntry, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Segments by their number, with the file of a key; hours, or quarters where the key allows them."""

    segments: list[int]
    key_file: str
    interval: Literal["hour", "quarter"] = "hour"

    def sensors(self) -> list[PolledSensor]:
        """Return its segments; raise ValueError for a number that is none."""
        texts = [_matched(str(one), r"\d{3,16}", "the number of a segment") for one in self.segments]
        return _some([PolledSensor(one, one) for one in texts])


AnyEntry: TypeAlias = LuchtmeetnetEntry | SamenMetenEntry | SensorCommunityEntry | TelraamEntry


_ENTRIES: Final = (LuchtmeetnetEntry, SamenMetenEntry, SensorCommunityEntry, TelraamEntry)


class PollersFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file: any number of entries of each publisher."""

    luchtmeetnet: list[LuchtmeetnetEntry] = []
    samen_meten: list[SamenMetenEntry] = []
    sensor_community: list[SensorCommunityEntry] = []
    telraam: list[TelraamEntry] = []


def read(path: Path, credentials: Path | None = None) -> list[PollSource]:
    """Read and check a file of pollers; raise PollersRefusedError with the entry and what is expected."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise PollersRefusedError(f"{path}: {problem}") from problem
    return sources(document, str(path), path.parent, credentials)


def sources(
    document: dict[str, Any], called: str, folder: Path = Path(), credentials: Path | None = None
) -> list[PollSource]:
    """Check a parsed file; `folder` is where key files without a folder are, `called` the file's name in errors."""
    try:
        entries = msgspec.convert(document, PollersFile)
    except msgspec.ValidationError as problem:
        said = explained_in(problem, lambda: document, PollersFile)
        raise PollersRefusedError(f"{called}: {said}{nearest_key(problem, PollersFile, *_ENTRIES)}") from problem
    found = [
        _source(f"{called}: [[{name}]] {number}", name, entry, folder, credentials)
        for name in POLLERS
        for number, entry in enumerate(getattr(entries, name), start=1)
    ]
    _refuse_twice(called, found)
    if not found:
        raise PollersRefusedError(f"{called}: no entry; there are {', '.join(f'[[{name}]]' for name in POLLERS)}")
    return found


def _source(called: str, name: str, entry: AnyEntry, folder: Path, credentials: Path | None) -> PollSource:
    poller = POLLERS[name]
    key = KeyFile(folder / entry.key_file, credentials) if isinstance(entry, TelraamEntry) else None
    try:
        if key:
            key.read()
        return PollSource(
            poller=poller,
            address=_address(entry.address or poller.address),
            every=_duration("every", entry.every, poller.every, *_EVERY),
            back=_duration("back", entry.back, poller.back, *_BACK),
            since=datetime.combine(entry.since, time(), UTC) if entry.since else None,
            sensors=tuple(entry.sensors()),
            municipality=entry.municipality if isinstance(entry, SamenMetenEntry) else "",
            quarters=isinstance(entry, TelraamEntry) and entry.interval == "quarter",
            key=key,
        )
    except (ValueError, KeyFileRefusedError) as problem:
        raise PollersRefusedError(f"{called}: {problem}") from problem


def _matched(text: str, pattern: str, expected: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError(f"{text[:60]!r} is not {expected}")
    return text


def _some(sensors: list[PolledSensor]) -> list[PolledSensor]:
    if not sensors:
        raise ValueError("it names no sensor")
    return sensors


def _duration(name: str, said: object, usual: timedelta, shortest: timedelta, longest: timedelta) -> timedelta:
    if said == "":
        return usual
    found = re.fullmatch(r"(\d{1,4})([mhd])", said, re.ASCII) if isinstance(said, str) else None
    length = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
    if not shortest <= length <= longest:
        expected = (
            f'minutes, hours or days such as "20m", "48h" or "3d", from {_spelled(shortest)} to {_spelled(longest)}'
        )
        raise ValueError(f"{name} = {_quoted(said)}: expected {expected}")
    return length


def _spelled(length: timedelta) -> str:
    """Write a length as it may be said, in the largest unit of which it is a whole number."""
    unit = max((one for one in _UNITS if not length % _UNITS[one]), key=_UNITS.__getitem__)
    return f"{length // _UNITS[unit]}{unit}"


def _quoted(said: object) -> str:
    """Write a value as TOML has it, so that a text is told from a number."""
    match said:
        case str():
            return f'"{repr(said[:60])[1:-1]}"'
        case bool():
            return str(said).lower()
    return str(said)[:60]


def _address(text: str) -> str:
    """Return a base address without `/` at its end: https, or http on this machine; raise ValueError for another."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if not url.host or url.userinfo or url.query or url.fragment or not (url.scheme == "https" or _is_here(url)):
        raise ValueError(f"address = {text[:100]!r}: expected https://, a host and a path, nothing else")
    return text.rstrip("/")


def _is_here(url: httpx.URL) -> bool:
    if url.scheme != "http":
        return False
    try:
        return ip_address(url.host).is_loopback
    except ValueError:
        return url.host == "localhost"


def _refuse_twice(called: str, found: Sequence[PollSource]) -> None:
    """Raise PollersRefusedError where a sensor stands in two entries: each would have its own idea of its position."""
    for name, number in Counter(_identities(found)).items():
        if number > 1:
            raise PollersRefusedError(f"{called}: {' '.join(name)} is there {number} times")


def _identities(found: Sequence[PollSource]) -> Iterator[tuple[str, ...]]:
    for source in found:
        if source.municipality:
            yield source.name, "municipality", source.municipality
        for sensor in source.sensors:
            yield source.name, sensor.publisher_id, *(["quarters"] if source.quarters else [])
