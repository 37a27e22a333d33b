"""Which years, neighbours and chains an indicator needs, asked of places that stand nowhere."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from streams.indicators.air import compute_exposures
from streams.indicators.inputs import BicycleKmLink, ChainLink, CountedLink, DuePlace, Inputs, Parallels, StoredDay
from streams.indicators.sites import compute_site
from streams.indicators.values import IndicatorValues, Subject

pytestmark = pytest.mark.pure

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
BICYCLE_KM = BicycleKmLink(
    route="r",
    period="month",
    first_day=date(2024, 5, 1),
    last_day=date(2024, 5, 31),
    name="a",
    length=3.0,
    green=False,
    measured=True,
    cyclists=100.0,
    valid=31,
    expected=31,
    own_air=8.0,
    air_of_all=12.0,
)


class Known(Inputs):
    """Inputs that are known beforehand: sites that counted 40 cyclists on every day of 2024, on one link each."""

    def __init__(self, sites: Sequence[str], bicycle_km: Sequence[BicycleKmLink] = ()) -> None:
        """Every site has all others for neighbours."""
        self.owner, self.zone = "GM0106", ZoneInfo("Europe/Amsterdam")
        self.sites, self.links = sites, bicycle_km
        self.requested: dict[tuple[str, ...], tuple[date, date]] = {}
        self.years: Sequence[int] = ()

    async def site_days(
        self, sites: Sequence[str], mode: str, first: date, last: date, *, hours: bool = False
    ) -> Sequence[StoredDay]:
        """Remember what was asked."""
        assert mode in {"bicycles", "cars"}
        self.requested[tuple(sites)] = first, last
        days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
        return [
            StoredDay(
                site=site,
                day=day,
                total=40.0,
                paired=96,
                expected=96,
                excluded=False,
                morning=10.0 if hours else None,
                midday=5.0 if hours else None,
                busiest=None,
                quarter=None,
                channels=[],
            )
            for site in sites
            for day in days
            if first <= day <= last
        ]

    async def direction_days(
        self, mode: str, first: date, last: date, *, site: str | None = None, screenline: str | None = None
    ) -> Mapping[str, Mapping[date, float]]:
        """No direction counted by itself."""
        del mode, first, last, site, screenline
        return {}

    async def holidays(self, first: date, last: date) -> frozenset[date]:
        """No holiday."""
        del first, last
        return frozenset()

    async def neighbours(self, site: str, mode: str, most: int) -> Sequence[str]:
        """All others."""
        del mode
        return [one for one in self.sites if one != site][:most]

    async def neighbour_of(self, site: str, mode: str, most: int) -> Sequence[str]:
        """All others."""
        return await self.neighbours(site, mode, most)

    async def links_of(self, site: str) -> Sequence[CountedLink]:
        """One."""
        return [CountedLink(f"link-{site}", 2.0, measured=True, opened=None, counted_on=f"link-{site}")]

    async def parallels(self, site: str) -> Sequence[Parallels]:
        """None."""
        del site
        return []

    async def chains(self, site: str) -> Sequence[ChainLink]:
        """One route of all sites."""
        del site
        return [
            ChainLink("route", "r", f"link-{one}", f"Link {one}", 2.0, green=True, measured=True, site=one)
            for one in self.sites
        ]

    async def screenlines_of(self, site: str) -> Sequence[str]:
        """None."""
        del site
        return []

    async def joint_days(
        self, mode: str, back: str, first: date, last: date
    ) -> Sequence[tuple[date, float, float, Sequence[str]]]:
        """Nothing was counted a year before."""
        del mode, back, first, last
        return []

    async def zone_of(self, kind: str, subject: str) -> ZoneInfo:
        """The owner's."""
        del kind, subject
        return self.zone

    async def district_of(self, station: str) -> str | None:
        """None."""
        del station
        return None

    async def station_hours(
        self, station: str, quantity: str, first: datetime, until: datetime
    ) -> Mapping[datetime, float | None]:
        """No hour."""
        del station, quantity, first, until
        return {}

    async def district_hours(
        self, district: str, quantity: str, first: datetime, until: datetime, zone: ZoneInfo
    ) -> Mapping[date, tuple[float, int]]:
        """No hour."""
        del district, quantity, first, until, zone
        return {}

    async def district_stations(self, district: str, quantity: str) -> Sequence[str]:
        """None."""
        del district, quantity
        return []

    async def bicycle_km(self, place: DuePlace, years: Sequence[int]) -> Sequence[BicycleKmLink]:
        """Remember what was asked."""
        del place
        self.years = years
        return self.links


async def test_a_year_that_moved_moves_the_two_after_it() -> None:
    """Twelve months reach into the next year, and are compared with those a year earlier: 2022 is asked for 2024."""
    inputs, values = Known(["a", "b"]), IndicatorValues()
    await compute_site(inputs, DuePlace("site", "a", "bicycles", [2024]), values)
    _, scopes = values.taken()
    assert inputs.requested["a",] == (date(2022, 1, 1), date(2026, 12, 31))
    assert {year for scope in scopes for year in scope.years} == {2024, 2025, 2026}


async def test_a_site_moves_who_looks_at_it_and_where_it_is_ridden() -> None:
    """The estimates of its neighbours, its link, and the whole route, each said whole."""
    inputs, values = Known(["a", "b"]), IndicatorValues()
    await compute_site(inputs, DuePlace("site", "a", "bicycles", [2024]), values)
    found, scopes = values.taken()
    assert {scope.subject for scope in scopes} == {
        Subject("site", "a", "bicycles"),
        Subject("site", "b", "bicycles"),
        Subject("owner", "GM0106", "bicycles"),
        Subject("link", "link-a"),
        Subject("route", "r"),
    }
    (year,) = (
        one
        for subject, one in found
        if (subject, one.indicator, one.period.kind) == (Subject("route", "r"), "bicycle_km", "year")
    )
    assert year.value == 2 * 2.0 * 40
    assert values.taken() == ([], [])


async def test_cars_ride_on_no_cycle_route() -> None:
    """What a path is used for is read from cyclists only."""
    inputs, values = Known(["a", "b"]), IndicatorValues()
    await compute_site(inputs, DuePlace("site", "a", "cars", [2024]), values)
    found, scopes = values.taken()
    assert {scope.subject.kind for scope in scopes} == {"site", "owner"}
    assert not {"wwi", "ami"} & {one.indicator for _, one in found}


async def test_air_of_elsewhere_stands_in_for_a_quarter_of_a_route_at_most() -> None:
    """Weighed by bicycle-kilometres: (3 km of 8 and 1 km of 12 ug/m3) with as many cyclists is 9."""
    for away, value in ((1.0, 9.0), (2.0, None)):
        elsewhere = BICYCLE_KM._replace(name="b", length=away, own_air=None)
        inputs, values = Known([], [BICYCLE_KM, elsewhere]), IndicatorValues()
        await compute_exposures(inputs, DuePlace("site", "a", "bicycles", [2024]), values)
        ((subject, one),), _ = values.taken()
        assert (subject, one.indicator, one.value) == (Subject("route", "r"), "exposure_pm25", value)
        assert one.basis == {"near_km": 3.0, "length_km": 3.0 + away}
        assert inputs.years == [2024, 2025]


async def test_exposure_is_of_cyclists_and_fine_dust_only() -> None:
    """Another quantity of a station moves no route."""
    values = IndicatorValues()
    await compute_exposures(Known([], [BICYCLE_KM]), DuePlace("station", "s", "no2", [2024]), values)
    assert values.taken() == ([], [])
