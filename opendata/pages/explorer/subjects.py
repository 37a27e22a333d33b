"""What can be explored of each kind of place: what it counts, in which directions, and what it can be compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from opendata import read
from opendata.database import NamedQueries
from opendata.pages.explorer.question import AGAINST, INTERVALS, VIEWS, Against, ExplorerOptions, View
from opendata.read.day_sums import Fold
from opendata.read.districts import PublishedDistrict
from opendata.read.explored import ExploredKind
from opendata.read.links import PublishedLink
from opendata.read.routes import PublishedRoute
from opendata.read.screenlines import PublishedScreenline
from opendata.read.sites import PublishedSite
from opendata.read.states import AnswerSubject
from opendata.read.stations import PublishedStation
from opendata.vocabulary import NOEMER, VERVOERWIJZE

FOLDS: Final[Mapping[ExploredKind, Fold]] = MappingProxyType(
    {"site": "sum", "district": "sum", "link": "sum", "route": "sum", "screenline": "share", "station": "mean"}
)
_BY_DAY: Final = INTERVALS[1:]
_WITHOUT_WEEK: Final[Sequence[View]] = tuple(view for view in VIEWS if view != "week")
_OF_SEVERAL: Final[Sequence[View]] = ("course", "compare", "event", "records")
"""What is said of several sites together: a mean hour or month of theirs would be of neither one nor all."""
_PERIODS_ONLY: Final[Sequence[Against]] = tuple(one for one in AGAINST if one != "place")


@dataclass(frozen=True, kw_only=True)
class ExplorerSubject:
    """One place: `sites` are those whose counts it adds up, and `concerned` the ids by which a calendar may name it.

    `opened` is the first day of a link in its present shape.
    """

    kind: ExploredKind
    name: str
    title: str
    owner: str
    options: ExplorerOptions
    sites: Sequence[str] = ()
    concerned: frozenset[str] = frozenset()
    opened: date | None = None
    illustrative: bool = False

    @property
    def fold(self) -> Fold:
        """How its days make a longer time."""
        return FOLDS[self.kind]

    @property
    def about(self) -> AnswerSubject:
        """The place as answers know it."""
        return AnswerSubject(self.kind, self.name)

    @property
    def parts(self) -> Sequence[AnswerSubject]:
        """The places whose numbers wait where its own do."""
        return [AnswerSubject("site", site) for site in self.sites] if self.kind == "district" else [self.about]


def of_site(found: PublishedSite) -> ExplorerSubject:
    """Explore a site by mode and direction; a mode of one direction has no choice of it."""
    modes = [mode for mode in VERVOERWIJZE if any(one.mode == mode for one in found.channels)]
    directions = sorted({one.direction for one in found.channels})
    return ExplorerSubject(
        kind="site",
        illustrative=found.illustrative,
        name=found.site,
        title=found.name,
        owner=found.owner,
        options=ExplorerOptions(facet="mode", facets=modes, directions=directions if len(directions) > 1 else ()),
        sites=(found.site,),
        concerned=frozenset({found.site}),
    )


def of_screenline(found: PublishedScreenline) -> ExplorerSubject:
    """Explore the share of a screenline by denominator, first of all motor traffic."""
    sites = [one.site for one in found.named_sites]
    return ExplorerSubject(
        kind="screenline",
        illustrative=found.illustrative,
        name=found.screenline,
        title=found.name,
        owner=found.owner,
        options=ExplorerOptions(
            facet="variant", facets=sorted((one.variant for one in found.variants), key=list(NOEMER).index)
        ),
        sites=sites,
        concerned=frozenset({found.screenline, *sites}),
    )


def of_link(found: PublishedLink) -> ExplorerSubject:
    """Explore the cyclists of a link by the day."""
    return ExplorerSubject(
        kind="link",
        illustrative=found.illustrative,
        name=found.link,
        title=found.name,
        owner=found.owner,
        options=ExplorerOptions(facet="mode", facets=("bicycles",), views=_WITHOUT_WEEK, intervals=_BY_DAY),
        concerned=frozenset({found.link, *([found.site] if found.site else [])}),
        opened=found.opened,
    )


def of_route(found: PublishedRoute) -> ExplorerSubject:
    """Explore the bicycle-kilometres of a route by the day."""
    return ExplorerSubject(
        kind="route",
        illustrative=found.illustrative,
        name=found.route,
        title=found.name,
        owner=found.owner,
        options=ExplorerOptions(facet="mode", facets=("bicycles",), views=_WITHOUT_WEEK, intervals=_BY_DAY),
        concerned=frozenset({found.route, *(one.link for one in found.links)}),
    )


def of_station(found: PublishedStation) -> ExplorerSubject:
    """Explore the air at a station by substance."""
    return ExplorerSubject(
        kind="station",
        illustrative=found.illustrative,
        name=found.station,
        title=found.name,
        owner=found.owner,
        options=ExplorerOptions(facet="quantity", facets=[one.quantity for one in found.series]),
        concerned=frozenset({found.station}),
    )


def of_district(found: PublishedDistrict) -> ExplorerSubject:
    """Explore what the sites of a district count together; a district without sites has nothing to explore."""
    facets = ("bicycles",) if found.sites else ()
    return ExplorerSubject(
        kind="district",
        name=found.district,
        title=found.name,
        owner=found.owner,
        options=ExplorerOptions(
            facet="mode", facets=facets, views=_OF_SEVERAL, intervals=_BY_DAY, against=_PERIODS_ONLY
        ),
        sites=found.sites,
        concerned=frozenset({found.district, *found.sites}),
    )


async def others(store: NamedQueries, subject: ExplorerSubject, facet: str) -> dict[str, str]:
    """Read with which other places of its kind one can be compared: names by id, in the order of the names."""
    found: dict[str, str] = {}
    match subject.kind:
        case "site":
            sites = await read.sites.every(store)
            found = {one.site: one.name for one in sites if any(channel.mode == facet for channel in one.channels)}
        case "screenline":
            screenlines = await read.screenlines.every(store)
            found = {one.screenline: one.name for one in screenlines if any(it.variant == facet for it in one.variants)}
        case "link":
            found = {one.link: one.name for one in await read.links.every(store)}
        case "route":
            found = {one.route: one.name for one in await read.routes.every(store)}
        case "station":
            stations = await read.stations.every(store)
            found = {one.station: one.name for one in stations if any(it.quantity == facet for it in one.series)}
        case _:
            pass
    return {name: title for name, title in sorted(found.items(), key=lambda one: one[1]) if name != subject.name}
