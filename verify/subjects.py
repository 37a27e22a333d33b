"""Everything of an instance that can be verified, one subject after the other."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from verify import checks, resources, stations
from verify.cache import InstanceCache
from verify.comparison import Finding
from verify.indicators import checks as indicators
from verify.indicators.indicator_key import IndicatorSource, NoIndicators
from verify.indicators.owner_growth import OwnerIndicators
from verify.indicators.paths import ChainIndicators, LinkIndicators
from verify.indicators.places import ScreenlineIndicators
from verify.indicators.series_cache import SeriesCache
from verify.instance import AbsentError, Instance
from verify.resources import SiteUnknownError
from verify.shares import Factors
from verify.stations import PublishedAir, StationIndicators

Row: TypeAlias = Mapping[str, Any]

COLLECTIONS: Final = (
    "telpunten", "tellijnen", "wegvakken", "doorfietsroutes", "verbindingen", "meetstations", "wijken", "eigenaren",
)  # fmt: skip
"""What is verified, in this order: what follows from sites after these."""


class VerifySubject(NamedTuple):
    """One member of a collection of `/v1`, with the owner in whose local days it is counted."""

    collection: str
    id: str
    owner: str
    row: Row


def named(instance: Instance, name: str) -> list[VerifySubject]:
    """Read the site of a name, else what else has it, or the one that is named as `collection/id`.

    Raises SiteUnknownError where there is none, and what `Instance` raises.
    """
    collection, _, member = name.rpartition("/")
    if collection and collection not in COLLECTIONS:
        raise SiteUnknownError(f"no collection {collection!r} can be verified; known are {', '.join(COLLECTIONS)}")
    try:
        return [_subject(collection or "telpunten", instance.one(f"/v1/{collection or 'telpunten'}/{member}"))]
    except AbsentError:
        found = [] if collection else [one for one in every(instance) if one.id == name]
    if not found and collection:
        raise SiteUnknownError(f"{instance.url} has no {name!r}; known are the ids below /v1/{collection}")
    if not found:
        resources.site(instance, member)
    return found


def every(instance: Instance) -> list[VerifySubject]:
    """Read all of them; may raise what `Instance` raises."""
    return [_subject(collection, row) for collection in COLLECTIONS for row in instance.rows(f"/v1/{collection}")]


def _subject(collection: str, row: Row) -> VerifySubject:
    return VerifySubject(collection, row["id"], row.get("eigenaar", row["id"]), row)


class SubjectChecks:
    """The checks of subjects in the local days of one owner; series are requested once for all of them."""

    def __init__(self, cache: InstanceCache, factors: Factors | None = None) -> None:
        self._cache = cache
        self._series_cache = SeriesCache(cache)
        self._factors = factors

    def around(self, subject: VerifySubject) -> Iterator[Finding]:
        """Compare a subject, and of a site also the screenlines, links, routes and connections that rest on it."""
        if subject.collection == "telpunten":
            yield from checks.findings(self._cache, subject.id, self._factors)
            yield from indicators.findings(self._cache, subject.id)
        else:
            yield from self.findings(subject)

    def findings(self, subject: VerifySubject) -> Iterator[Finding]:
        """Compare everything that is published of one subject; may raise what `Instance` raises."""
        cache, series_cache, row = self._cache, self._series_cache, subject.row
        match subject.collection:
            case "telpunten":
                yield from checks.of_site(cache, subject.id)
                yield from indicators.of_site(series_cache, subject.id)
            case "tellijnen":
                (screenline,) = (one for one in cache.all_screenlines() if one.id == subject.id)
                yield from checks.of_screenline(cache, screenline, self._factors)
                yield from self._of(subject, ScreenlineIndicators(series_cache, screenline.sites))
            case "wegvakken":
                if site := checks.counters(cache.listed("/v1/wegvakken")).get(subject.id):
                    yield from self._of(subject, LinkIndicators(series_cache, site, row))
            case "doorfietsroutes" | "verbindingen":
                if subject.collection == "doorfietsroutes":
                    yield from checks.of_route(cache, row)
                sites = checks.counters(cache.listed("/v1/wegvakken"))
                yield from self._of(subject, ChainIndicators(series_cache, row["wegvakken"], sites))
            case "meetstations":
                air = PublishedAir(cache, row)
                yield from stations.findings(cache, air)
                yield from self._of(subject, StationIndicators(cache, air))
            case "eigenaren":
                own = [one["id"] for one in cache.listed("/v1/telpunten") if one["eigenaar"] == subject.id]
                yield from self._of(subject, OwnerIndicators(series_cache, own))
            case _:
                yield from self._of(subject, NoIndicators())

    def _of(self, subject: VerifySubject, source: IndicatorSource) -> Iterator[Finding]:
        yield from indicators.of_source(self._cache, subject.collection, subject.id, source)
