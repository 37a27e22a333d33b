"""A year of quarters of 500 channels: their entries in the registry, and late messages about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from deploy.local.simulator.messages import SimulatedMessage
from ingest.dialects import ours
from schemas.observation import Observation
from schemas.topics import backfill_topic
from streams.domain.calendar import local_day

PREFIX: Final = "year-"
_QUARTER: Final = timedelta(minutes=15)
_WITH_CARS: Final = 5  # every fifth site counts cars beside bicycles, the others bicycles in two directions
_LINKS: Final = 4
_USUAL: Final = 41  # values of the year are below
_PLACE: Final = 'district = "WK010600"\nposition = [{longitude:.3f}, {latitude:.3f}]\nillustrative = true\n'
_ROW: Final = 20  # sites in a row: on one spot, the first of them would be the nearest neighbours of all
_PATH: Final = (
    "length = 2.0\ngreen = true\ngreenery = 0.5\npriority = 0.5\nwidth = 3.0\nasphalt = 1.0\nillustrative = true\n"
)


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
        _append(folder / "sites.toml", (_site(number, name) for number, name in enumerate(self.names)))
        _append(folder / "screenlines.toml", (_screenline(name) for name in self.names[::_WITH_CARS]))
        _append(folder / "links.toml", (_link(name) for name in self.names[:_LINKS]))
        links = ", ".join(f'"{name}"' for name in self.names[:_LINKS])
        _append(
            folder / "routes.toml",
            [f'\n[[route]]\nid = "year"\nname = "Year"\nillustrative = true\nlinks = [{links}]\n'],
        )

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
    return ("bicycles/in", "bicycles/out" if number % _WITH_CARS else "cars")


def _append(file: Path, entries: Iterator[str] | list[str]) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.writelines(entries)


def _site(number: int, name: str) -> str:
    channels = (_channel(name, source) for source in _sources(number))
    row, column = divmod(number, _ROW)
    place = _PLACE.format(longitude=6.55 + column / 1000, latitude=52.985 + row / 1000)
    return f'\n[[site]]\nid = "{name}"\nname = "{name}"\n{place}' + "".join(channels)


def _channel(site: str, source: str) -> str:
    mode, _, direction = source.partition("/")
    return (
        f'[[site.channels]]\nid = "{site}-{direction or mode}"\nmode = "{mode}"\ndirection = "{direction or "both"}"\n'
        f'[[site.channels.datastreams]]\nsensor = "{site}"\nsource = "{source}"\nvalid_from = 2020-01-01\n'
        'origin = "simulated"\n'
    )


def _screenline(site: str) -> str:
    return f'\n[[screenline]]\nid = "{site}"\nname = "{site}"\nsites = ["{site}"]\nillustrative = true\n'


def _link(site: str) -> str:
    ends = 'start = "WK010600"\nend = "WK010600"\n'
    return f'\n[[link]]\nid = "{site}"\nname = "{site}"\n{ends}{_PATH}site = "{site}"\n'
