"""A route link by link: the places that a cyclist knows, and the links that are weak."""

from collections.abc import Sequence

import pytest

from opendata.pages.blocks.ladders import Ladder, LadderLink
from opendata.pages.blocks.link_usage import weak
from opendata.read.links import LinkCounter, PublishedLink
from opendata.read.routes import PublishedRoute
from opendata.read.usage import LinkUsageDay

pytestmark = pytest.mark.pure


def link(name: str, start: str, end: str) -> PublishedLink:
    """A link between two districts."""
    return PublishedLink(
        link=name.lower(), owner="GM0000", name=name, start_place=start, end_place=end, length_km=1, green=False,
        greenery=0, width_m=3, priority=1, asphalt=1, site="a", assumed_from=None, detour=None, opened=None,
        illustrative=True,
    )  # fmt: skip


def used(one: PublishedLink, cyclists: float | None, *, measured: bool = True) -> LinkUsageDay:
    """How it was used on a day."""
    return LinkUsageDay(one.link, one.name, 1, green=False, cyclists=cyclists, measured=measured, counted_on=one.link,
                        valid=96, expected=96, reason=None)  # fmt: skip


def ladder(links: Sequence[PublishedLink], days: Sequence[LinkUsageDay | None]) -> Ladder:
    """A route of these links."""
    route = PublishedRoute(
        "r", "GM0000", "Route", illustrative=True, note="", length_km=1, measured_km=1, links=tuple(links)
    )
    rungs = [LadderLink(one, LinkCounter(one.link, None, None), day, ()) for one, day in zip(links, days, strict=True)]
    return Ladder(route, None, rungs, unprocessed=False)


def places(*named: tuple[str, str, str]) -> Sequence[str]:
    """The places of a route of links with these names and districts."""
    return ladder([link(*one) for one in named], [None] * len(named)).places


def test_places_are_those_by_which_the_links_are_called() -> None:
    """Not the districts in which they lie."""
    assert places(("Station Assen \u2013 Peelo", "centrum", "peelo"), ("Peelo \u2013 Ubbena", "peelo", "buiten")) == [
        "Station Assen",
        "Peelo",
        "Ubbena",
    ]


@pytest.mark.parametrize("other", ["Kanaal tot Vries", "Vries \u2013 Ubbena", "Peelo \u2013 Vries \u2013 Ubbena"])
def test_places_are_those_of_the_registry_where_names_do_not_follow_each_other(other: str) -> None:
    """A link that is called otherwise, that begins elsewhere, or that names three."""
    assert places(("Station \u2013 Peelo", "centrum", "peelo"), (other, "peelo", "buiten")) == [
        "centrum",
        "peelo",
        "buiten",
    ]


def test_a_route_without_links_has_no_places() -> None:
    """Nothing to begin at."""
    assert places() == []


def test_weak_links_are_the_quietest_the_missing_and_the_assumed() -> None:
    """A link without a number is not the quietest: nobody knows."""
    links = [link(name, "a", "b") for name in ("A", "B", "C", "D")]
    days = [used(links[0], 900), used(links[1], 300), used(links[2], None), used(links[3], 500, measured=False)]
    found = weak(ladder(links, days))
    assert found.quietest is not None
    assert found.quietest.link.name == "B"
    assert [one.link.name for one in found.missing] == ["C"]
    assert [one.link.name for one in found.assumed] == ["D"]


def test_one_link_is_not_compared_with_itself() -> None:
    """The only one with a number is neither the busiest nor the quietest."""
    links = [link(name, "a", "b") for name in ("A", "B")]
    assert weak(ladder(links, [used(links[0], 900), None])).quietest is None
