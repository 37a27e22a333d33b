"""Every place that has a page, with what is usual there: what a map draws and what its list says, in the same words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from opendata import read
from opendata.geometry import Geometry
from opendata.pages.blocks import shares
from opendata.pages.blocks.shares import RecentShare
from opendata.pages.language import PageLanguage
from opendata.pages.page_context import PageContext
from opendata.read.districts import PublishedDistrict
from opendata.read.links import PublishedLink
from opendata.read.routes import PublishedRoute
from opendata.read.screenlines import PublishedScreenline
from opendata.read.sites import PublishedSite
from opendata.read.stations import PublishedStation
from opendata.read.typical_days import TypicalLink, TypicalPeriod, TypicalSite

PlaceKind: TypeAlias = Literal["district", "link", "site", "screenline", "station"]
KINDS: Final[tuple[PlaceKind, ...]] = ("district", "link", "screenline", "site", "station")
"""What is on a map, in the order in which it is drawn."""


@dataclass(frozen=True, kw_only=True)
class MapPlace:
    """One place: its number as it is and as a page says it, with its unit and of how much it is.

    `sort` is its kind in words.

    What is `assumed` was counted elsewhere; `number` is cyclists on a typical working day, of a screenline a share.
    """

    kind: PlaceKind
    id: str
    owner: str
    name: str
    sort: str
    address: str
    geometry: Geometry | None
    number: float | None = None
    value: str = ""
    unit: str = ""
    coverage: str = ""
    origins: Sequence[str] = ()
    green: bool = False
    assumed: bool = False
    illustrative: bool = False

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}-{self.id}"

    @property
    def properties(self) -> dict[str, Any]:
        """What a script is given of it beside its geometry."""
        return {
            "key": self.key,
            "kind": self.kind,
            "name": self.name,
            "sort": self.sort,
            "address": self.address,
            "number": self.number,
            "value": self.value,
            "unit": self.unit,
            "coverage": self.coverage,
            "green": self.green,
            "assumed": self.assumed,
        }


@dataclass(frozen=True, kw_only=True)
class MapContents:
    """All places by kind and id as the registry has them, what is usual there, and the same as a map has it.

    `attributions` are to be named beside every map.
    """

    period: TypicalPeriod
    sites: Mapping[str, PublishedSite]
    links: Mapping[str, PublishedLink]
    districts: Mapping[str, PublishedDistrict]
    screenlines: Mapping[str, PublishedScreenline]
    stations: Mapping[str, PublishedStation]
    routes: Mapping[str, PublishedRoute]
    usual_sites: dict[str, TypicalSite]
    usual_links: dict[str, TypicalLink]
    shares: Mapping[str, RecentShare]
    attributions: Sequence[str]
    places: Sequence[MapPlace]

    def of_kind(self, kind: PlaceKind) -> list[MapPlace]:
        """Give the places of a kind, by name."""
        return sorted((one for one in self.places if one.kind == kind), key=lambda one: (one.name.casefold(), one.id))

    def keyed(self, kind: PlaceKind, ids: Iterable[str]) -> list[MapPlace]:
        """Give the places of a kind with these ids, in their order."""
        known = {one.id: one for one in self.places if one.kind == kind}
        return [known[one] for one in ids if one in known]

    def counted_at(self, sites: Iterable[str]) -> list[MapPlace]:
        """Give the links whose cyclists are counted at these sites."""
        names = frozenset(sites)
        return self.keyed("link", (one.link for one in self.links.values() if one.site in names))

    def of_owner(self, owner: str) -> list[MapPlace]:
        """Give the places of an owner, and the links of its routes, whosever they are."""
        joined = {link.link for one in self.routes.values() if one.owner == owner for link in one.links}
        return [one for one in self.places if one.owner == owner or (one.kind == "link" and one.id in joined)]


async def read_all(context: PageContext) -> MapContents:
    """Read all places of all owners, as they were on the working days until yesterday."""
    store, moment, language = context.store, context.moment, context.language
    period = TypicalPeriod.until(moment.yesterday)
    sites = {one.site: one for one in await read.sites.every(store)}
    links = {one.link: one for one in await read.links.every(store)}
    districts = {one.district: one for one in await read.districts.every(store)}
    screenlines = {one.screenline: one for one in await read.screenlines.every(store)}
    stations = {one.station: one for one in await read.stations.every(store)}
    routes = {one.route: one for one in await read.routes.every(store)}
    usual_sites = await read.typical_days.sites(store, period)
    usual_links = await read.typical_days.links(store, period)
    recent = await shares.recent_of_all(context.reader, context.moment_of, list(screenlines.values()))
    drawn = await read.geometries.every(store)
    words = _PlaceWords(language, drawn)
    places = [
        *(words.district(one) for one in districts.values()),
        *(words.link(one, usual_links.get(one.link)) for one in links.values()),
        *(words.screenline(one, recent.get(one.screenline)) for one in screenlines.values()),
        *(words.site(one, usual_sites.get(one.site)) for one in sites.values()),
        *(words.station(one) for one in stations.values()),
    ]
    return MapContents(
        period=period,
        sites=sites,
        links=links,
        districts=districts,
        screenlines=screenlines,
        stations=stations,
        routes=routes,
        usual_sites=usual_sites,
        usual_links=usual_links,
        shares=recent,
        attributions=list(dict.fromkeys(text for one in context.owners.known for text in one.attributions)),
        places=places,
    )


@dataclass(frozen=True)
class _PlaceWords:
    """Says places in a language."""

    language: PageLanguage
    drawn: Mapping[tuple[str, str], Geometry]

    def district(self, one: PublishedDistrict) -> MapPlace:
        counted = [
            self.language.counted("page.sites_number", len(one.sites)),
            self.language.counted("page.links_number", len(one.links)),
            self.language.counted("page.stations_number", len(one.stations)),
        ]
        return MapPlace(
            kind="district",
            sort=self.language("page.kind.district"),
            id=one.district,
            owner=one.owner,
            name=one.name,
            address=self.language.addresses.page("district", district=one.district),
            geometry=self.drawn.get(("district", one.district)),
            coverage=", ".join(counted),
        )

    def site(self, one: PublishedSite, usual: TypicalSite | None) -> MapPlace:
        return MapPlace(
            kind="site",
            sort=self.language("page.kind.site"),
            id=one.site,
            owner=one.owner,
            name=one.name,
            address=self.language.addresses.page("site", site=one.site),
            geometry=self.drawn.get(("site", one.site)),
            origins=usual.origins if usual else (),
            illustrative=one.illustrative,
            **self._usual(usual),
        )

    def link(self, one: PublishedLink, usual: TypicalLink | None) -> MapPlace:
        return MapPlace(
            kind="link",
            sort=self.language("page.kind.link"),
            id=one.link,
            owner=one.owner,
            name=one.name,
            address=self.language.addresses.page("link", link=one.link),
            geometry=self.drawn.get(("link", one.link)),
            green=one.green,
            assumed=usual is not None and not usual.measured,
            illustrative=one.illustrative,
            **self._usual(usual),
        )

    def screenline(self, one: PublishedScreenline, recent: RecentShare | None) -> MapPlace:
        share = recent.row.share if recent else None
        return MapPlace(
            kind="screenline",
            sort=self.language("page.kind.screenline"),
            id=one.screenline,
            owner=one.owner,
            name=one.name,
            address=self.language.addresses.page("screenline", screenline=one.screenline),
            geometry=self.drawn.get(("screenline", one.screenline)),
            number=share,
            value=self.language.numbers.percent(share) if share is not None else "",
            unit=self.language("page.unit.share") if share is not None else "",
            coverage=self.language("page.last_thirty_days") if share is not None else self.language("page.no_number"),
            illustrative=one.illustrative,
        )

    def station(self, one: PublishedStation) -> MapPlace:
        return MapPlace(
            kind="station",
            sort=self.language("page.kind.station"),
            id=one.station,
            owner=one.owner,
            name=one.name,
            address=f"{self.language.addresses.page('stations')}#{one.station}",
            geometry=self.drawn.get(("station", one.station)),
            coverage=self.language(f"page.station.{one.kind}"),
            illustrative=one.illustrative,
        )

    def _usual(self, usual: TypicalSite | TypicalLink | None) -> dict[str, Any]:
        """Say what is usual: the number with its unit and days, or that there is none and why."""
        if usual is None or usual.expected == 0:
            return {"coverage": self.language("page.no_measurement")}
        if usual.cyclists is None:
            return {"coverage": self.language.counted("page.too_few_days", usual.days)}
        days = self.language("page.of_working_days", days=usual.days, expected=usual.expected)
        assumed = isinstance(usual, TypicalLink) and not usual.measured
        return {
            "number": usual.cyclists,
            "value": self.language.numbers.decimal(usual.cyclists),
            "unit": self.language("page.unit.usual"),
            "coverage": self.language("page.assumed_elsewhere", days=days) if assumed else days,
        }
