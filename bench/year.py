"""A year of quarters of 500 channels: their entries in the registry, and late messages about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from bench import registry_entries as entries
from deploy.local.simulator.messages import SimulatedMessage
from ingest.dialects import ours
from schemas.observation import Observation
from schemas.topics import backfill_topic
from streams.domain.calendar import local_day

PREFIX: Final = "year-"
_QUARTER: Final = timedelta(minutes=15)
_USUAL: Final = 41  # values of the year are below
_ROW: Final = 20  # sites in a row: on one spot, the first of them would be the nearest neighbours of all


@dataclass(frozen=True)
class BenchYear:
    """A number of sites of two channels, over a number of days before `today`, local to its owner's `zone`."""

    sites: int
    days: int
    today: date
    zone: ZoneInfo

    @cached_property
    def names(self) -> list[str]:
        """Return the ids of the sites; each has one sensor of that id."""
        return [f"{PREFIX}{number:03}" for number in range(self.sites)]

    @cached_property
    def since(self) -> datetime:
        """Return the instant at which it begins."""
        return local_day(self.today - timedelta(days=self.days), self.zone).started_at

    @cached_property
    def until(self) -> datetime:
        """Return the instant at which it ends."""
        return local_day(self.today, self.zone).started_at

    def register(self, folder: Path) -> None:
        """Add the sites to the files of an owner's folder, with screenlines, links and a route."""
        linked = self.names[: entries.LINKED]
        entries.append(folder / "sites.toml", (_site(number, name) for number, name in enumerate(self.names)))
        entries.append(folder / "screenlines.toml", map(entries.screenline, self.names[:: entries.WITH_CARS]))
        entries.append(folder / "links.toml", map(entries.link, linked))
        entries.append(folder / "routes.toml", [entries.route("year", linked)])

    def late(self, readings: int, seed: int) -> Iterator[SimulatedMessage]:
        """Yield messages without end, of one sensor each, about random quarters of the year."""
        draw, quarters = Random(seed), int((self.until - self.since) / _QUARTER)  # noqa: S311 - a game, no secret
        while True:
            number = draw.randrange(self.sites)
            places = draw.sample(range(2 * quarters), readings)  # each quarter of a channel once
            seen = [self._reading(number, *divmod(one, quarters), _USUAL + draw.randrange(_USUAL)) for one in places]
            yield SimulatedMessage(backfill_topic(self.names[number]), ours.encode(seen), "late", readings)

    def _reading(self, number: int, channel: int, quarter: int, value: int) -> Observation:
        start = self.since + quarter * _QUARTER
        return Observation(
            self.names[number], _sources(number)[channel], start, start + _QUARTER, float(value), 1.0, start + _QUARTER
        )


def _sources(number: int) -> tuple[str, str]:
    return ("bicycles/in", "bicycles/out" if number % entries.WITH_CARS else "cars")


def _site(number: int, name: str) -> str:
    channels = (_channel(name, source) for source in _sources(number))
    row, column = divmod(number, _ROW)
    return entries.site(name, channels, position=f"{6.55 + column / 1000:.3f}, {52.985 + row / 1000:.3f}")


def _channel(site: str, source: str) -> str:
    mode, _, direction = source.partition("/")
    name = f"{site}-{direction or mode}"
    return entries.channel(name, sensor=site, source=source, mode=mode, direction=direction or "both")
