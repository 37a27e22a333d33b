"""What is usual on a working day at all sites of an owner, how it changes, and the ladder of a route by it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opendata.pages.maps.map_places import MapContents, MapPlace
from opendata.read import typical_days
from opendata.read.owners import PublishedOwner
from opendata.read.request import RequestReader
from opendata.read.routes import PublishedRoute
from opendata.read.typical_days import TypicalChange, TypicalNetwork, TypicalPeriod, TypicalTotal


@dataclass(frozen=True)
class UsualDay:
    """A typical working day of the 52 weeks until yesterday, at all sites of an owner together."""

    period: TypicalPeriod
    total: TypicalTotal
    change: TypicalChange


@dataclass(frozen=True)
class UsualLink:
    """One link of a route on such a day; `part` is its number by that of the busiest link, in per cent."""

    place: MapPlace
    start_place: str
    end_place: str
    length_km: float
    part: float | None


@dataclass(frozen=True)
class UsualRoute:
    """A route on a typical working day, link by link."""

    route: PublishedRoute
    links: Sequence[UsualLink]
    network: TypicalNetwork


async def read(reader: RequestReader, owner: PublishedOwner, contents: MapContents) -> UsualDay:
    """Add up what is usual at the sites of an owner, and read how it changed."""
    counted = [one for one in contents.usual_sites.values() if one.owner == owner.owner]
    return UsualDay(
        contents.period,
        typical_days.together(counted),
        await typical_days.change(reader.store, owner, contents.period),
    )


def route_of(contents: MapContents, route: PublishedRoute) -> UsualRoute:
    """Give the links of a route in order with what is usual on each."""
    network = typical_days.network(route.links, contents.usual_links)
    return UsualRoute(route, list(_links(contents, route)), network)


def longest_of(contents: MapContents, owner: PublishedOwner) -> UsualRoute | None:
    """Give the longest route of an owner; None where there is none."""
    own = [one for one in contents.routes.values() if one.owner == owner.owner]
    longest = max(own, key=lambda one: (one.length_km, one.route), default=None)
    return route_of(contents, longest) if longest else None


def _links(contents: MapContents, route: PublishedRoute) -> Iterator[UsualLink]:
    places = {one.id: one for one in contents.places if one.kind == "link"}
    busiest = max((places[one.link].number or 0.0 for one in route.links), default=0.0)
    for link in route.links:
        place = places[link.link]
        part = None if place.number is None or not busiest else place.number / busiest * 100
        yield UsualLink(place, link.start_place, link.end_place, link.length_km, part)
