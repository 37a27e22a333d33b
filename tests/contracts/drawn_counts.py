"""Counts that are drawn: months of whole days, gaps, corrections and doubts, and what they add up to by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import fsum
from random import Random
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.observation import Observation
from schemas.registry import Channel, Datastream, Registry, Route, Screenline
from tests.contracts.processing import LENGTHS, other, seen, small

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
LONDON: Final = ZoneInfo("Europe/London")
ZONES: Final[Mapping[str, ZoneInfo]] = {"a": AMSTERDAM, "b": AMSTERDAM, "c": AMSTERDAM, "z": LONDON}
COUNTED: Final = (date(2025, 10, 1), date(2025, 11, 1), date(2026, 3, 1))
MONTHS: Final = (*COUNTED, date(2026, 2, 1))
"""Both months in which clocks change, one in which they do not, and one in which nothing was received."""
_DAY: Final = timedelta(days=1)
_WILD: Final = 90_000
"""A value that carries a quality flag."""


class DrawnStream(NamedTuple):
    """One direction of one mode at a site, with its sensor, its words and the seconds of its intervals."""

    site: str
    mode: str
    direction: str
    sensor: str
    source: str
    seconds: int = 900


STREAMS: Final = (
    DrawnStream("a", "bicycles", "in", "a-1", "bicycles/in"),
    DrawnStream("a", "bicycles", "out", "a-1", "bicycles/out"),
    DrawnStream("a", "cars", "auto", "a-1", "cars"),
    DrawnStream("a", "pedestrians", "voet", "a-1", "pedestrians"),
    DrawnStream("b", "bicycles", "in", "b-1", "bicycles/in"),
    DrawnStream("b", "cars", "auto", "b-1", "cars"),
    DrawnStream("c", "bicycles", "in", "c-1", "bicycles/in", 3600),
    DrawnStream("z", "bicycles", "in", "z-1", "bicycles/in"),
)


class DrawnTotal(NamedTuple):
    """What a month holds, None where nothing was measured, in `valid` of `expected` intervals or days."""

    value: float | None
    valid: int
    expected: int

    @property
    def measured(self) -> str:
        """Say how much: `whole`, `partly` or `none`."""
        if self.value is None:
            return "none"
        return "whole" if self.valid >= self.expected else "partly"


class DrawnDays(NamedTuple):
    """Local days as a range of UTC."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """Begin at the midnight of the first day."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """End at the midnight after the last day."""
        return _midnight(self.last + _DAY, self.zone)

    def days(self) -> Iterator["DrawnDays"]:
        """Yield each of its days."""
        for number in range((self.last - self.first).days + 1):
            day = self.first + number * _DAY
            yield DrawnDays(day, day, self.zone)


def month(first: date, zone: ZoneInfo) -> DrawnDays:
    """Give the local month that begins on a day."""
    return DrawnDays(first, (first + 31 * _DAY).replace(day=1) - _DAY, zone)


def registries() -> Sequence[Registry]:
    """Give two owners: three sites on a route and two screenlines, and one site in another time zone."""
    registry = small()
    sites = [site for site in registry.sites if site.id in ZONES]
    sites[0].channels.append(_channel("a-voet", "pedestrians", "voet", "a-1", "pedestrians"))
    sites[1].channels.append(_channel("b-auto", "cars", "auto", "b-1", "cars"))
    sites[2].channels[:] = [_channel("c-in", "bicycles", "in", "c-1", "bicycles/in", 3600)]
    here = replace(
        registry,
        sites=sites,
        links=registry.links[:3],
        routes=[Route(id="groen", name="Groen", links=["link-a", "link-b", "link-c"])],
        screenlines=[
            Screenline(id="lijn-a", name="Lijn A", sites=["a"]),
            Screenline(id="lijn-ab", name="Lijn A en B", sites=["a", "b"]),
        ],
    )
    return here, other(LONDON.key)


@dataclass
class DrawnCounts:
    """What every stream said, and what of it counts: the latest of each interval, where nothing is doubted."""

    said: Mapping[DrawnStream, Sequence[Observation]]
    valid: Mapping[DrawnStream, Mapping[datetime, float]] = field(init=False)

    def __post_init__(self) -> None:
        """Keep what counts."""
        latest = {stream: {one.started_at: one for one in said} for stream, said in self.said.items()}
        self.valid = {
            stream: {at: one.value for at, one in known.items() if one.value is not None and not one.quality_flags}
            for stream, known in latest.items()
        }

    def count(self, site: str, mode: str, direction: str | None, span: DrawnDays) -> DrawnTotal:
        """Add up the intervals in which every direction that is meant was counted."""
        streams = _streams(site, mode, direction)
        paired = self._paired(streams, span)
        length = timedelta(seconds=streams[0].seconds)
        return DrawnTotal(fsum(paired.values()) if paired else None, len(paired), (span.end - span.start) // length)

    def share(self, sites: Sequence[str], modes: Sequence[str], span: DrawnDays) -> tuple[DrawnTotal, float]:
        """Add up bicycles, and all passages, of the intervals in which every stream of a screenline was counted."""
        streams = [one for one in STREAMS if one.site in sites and one.mode in modes]
        everyone = self._paired(streams, span)
        bicycles = [one for one in streams if one.mode == "bicycles"]
        cyclists = fsum(self.valid[one][at] for one in bicycles for at in everyone)
        expected = (span.end - span.start) // timedelta(seconds=900)
        return DrawnTotal(cyclists if everyone else None, len(everyone), expected), fsum(everyone.values())

    def link(self, site: str, span: DrawnDays) -> DrawnTotal:
        """Add up the cyclists of the days of which three quarters were measured; nothing of the others counts."""
        return _together([[self.count(site, "bicycles", None, day)] for day in span.days()], [1.0])

    def route(self, sites: Sequence[str], lengths: Sequence[float], span: DrawnDays) -> DrawnTotal:
        """Add up bicycle-kilometres of the days on which every link has a number."""
        days = [[self.count(site, "bicycles", None, day) for site in sites] for day in span.days()]
        return _together(days, lengths)

    def _paired(self, streams: Sequence[DrawnStream], span: DrawnDays) -> dict[datetime, float]:
        """Add up the intervals of a range that all streams have; they have the same length."""
        length = timedelta(seconds=streams[0].seconds)
        starts = [span.start + number * length for number in range((span.end - span.start) // length)]
        return {
            at: fsum(self.valid[stream][at] for stream in streams)
            for at in starts
            if all(at in self.valid[stream] for stream in streams)
        }


def _together(days: Sequence[Sequence[DrawnTotal]], lengths: Sequence[float]) -> DrawnTotal:
    """Add up days of chains of links, of those days that have three quarters of each link."""
    known = [day for day in days if all(one.value is not None and one.valid * 4 >= one.expected * 3 for one in day)]
    kilometres = [fsum((one.value or 0) * length for one, length in zip(day, lengths, strict=True)) for day in known]
    valid, expected = (sum(one.valid for day in known for one in day), sum(one.expected for day in days for one in day))
    return DrawnTotal(fsum(kilometres) if known else None, valid, expected)


def drawn(draw: Random) -> DrawnCounts:
    """Draw what every stream says in every counted month."""
    said: dict[DrawnStream, list[Observation]] = {stream: [] for stream in STREAMS}
    for stream in STREAMS:
        for first in COUNTED:
            said[stream] += _of_month(draw, stream, month(first, ZONES[stream.site]))
    return DrawnCounts(said)


LINKS: Final[Mapping[str, tuple[str, float]]] = {
    "link-a": ("a", LENGTHS[0]), "link-b": ("b", LENGTHS[1]), "link-c": ("c", LENGTHS[2]), "link-z": ("z", LENGTHS[4]),
}  # fmt: skip
"""The site that counts each link, and its kilometres."""
ROUTES: Final[Mapping[str, Sequence[str]]] = {"groen": ("link-a", "link-b", "link-c"), "zuid": ("link-z",)}
LINES: Final[Mapping[str, Sequence[str]]] = {"lijn-a": ("a",), "lijn-ab": ("a", "b")}


def _of_month(draw: Random, stream: DrawnStream, span: DrawnDays) -> Iterator[Observation]:
    """Draw a month: one of three is whole; else some days have gaps, doubts or nulls, or were silent."""
    whole = draw.random() < 1 / 3
    for day in span.days():
        kind = "whole" if whole else draw.choice(["whole"] * 12 + ["gaps", "odd", "half", "silent"])
        at, middle = day.start, day.start + timedelta(hours=9)
        while at < day.end:
            silent = kind == "silent" or (kind == "half" and at < middle) or (kind == "gaps" and draw.random() < 0.2)
            if not silent:
                yield from _of_interval(draw, stream, at, odd=kind == "odd" and draw.random() < 0.2)
            at += timedelta(seconds=stream.seconds)


def _of_interval(draw: Random, stream: DrawnStream, at: datetime, *, odd: bool) -> Iterator[Observation]:
    value = draw.choice([None, _WILD]) if odd else draw.randrange(40)
    flags = int(value == _WILD)
    lasts = timedelta(seconds=stream.seconds)
    words = {"sensor": stream.sensor, "source": stream.source}
    yield seen(value, at=at, lasts=lasts, quality_flags=flags, **words)
    if draw.random() < 0.002:
        yield seen(draw.randrange(40), at=at, lasts=lasts, received=3600, **words)


def _streams(site: str, mode: str, direction: str | None) -> Sequence[DrawnStream]:
    of_mode = [one for one in STREAMS if (one.site, one.mode) == (site, mode)]
    return [one for one in of_mode if direction in {None, one.direction}]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _channel(name: str, mode: str, direction: str, sensor: str, source: str, interval: int = 900) -> Channel:  # noqa: PLR0917 - as a row of a registry
    stream = Datastream(sensor=sensor, source=source, interval=interval, valid_from=date(2020, 1, 1))
    return Channel(id=name, mode=mode, direction=direction, datastreams=[stream])
