"""Verifying an instance of two owners, in two time zones and with different holidays."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner
from werkzeug import Request, Response

from deploy.cli import assembled
from verify import checks, owners, resources
from verify.cache import InstanceCache
from verify.calendar import LocalRange
from verify.comparison import Compared
from verify.counts import QUARTER
from verify.indicators.day_series import DayRange
from verify.indicators.series_cache import SeriesCache
from verify.instance import Instance
from verify.owners import OwnerProperties
from verify.resources import ZoneUnknownError
from verify.shares import BOUNDS

pytestmark = pytest.mark.pure

ASSEN, EDEN = "GM0106", "eden"
OWNERS: Final[dict[str, dict[str, Any]]] = {
    ASSEN: {"id": ASSEN, "tijdzone": "Europe/Amsterdam"},
    EDEN: {"id": EDEN, "tijdzone": "Atlantic/Azores", "kalibratie": {"laag": 0.7, "hoog": 1.2}},
}
SITES: Final = {"kolk": ASSEN, "vaart": ASSEN, "haven": EDEN}
KADE: Final = {
    "id": "kade",
    "eigenaar": EDEN,
    "telpunten": ["haven"],
    "noemers": [{"noemer": "motor", "vervoerwijzen": ["fiets", "personenauto"]}],
}
SHARE: Final = {
    "teller": 9,
    "noemer": 18,
    "dekkingWaargenomen": 1,
    "dekkingVerwacht": 1,
    "aandeel": 0.5,
    "ondergrens": 0.290310213689,
    "bovengrens": 0.709689786311,
    "gekalibreerdOndergrens": 7 / 17,
    "gekalibreerdBovengrens": 6 / 11,
}
"""What is published of a quarter of the screenline."""
LINKS: Final = [{"id": "kolkpad", "telpunt": "kolk"}, {"id": "havenpad", "telpunt": "haven"}]


def entry(owner: str, day: str, kind: str = "feestdag", effect: str = "vermeld", **places: list[str]) -> dict[str, Any]:
    """A row of the calendar, of one day."""
    dates = {"beginDatum": day, "eindDatum": day}
    return {"eigenaar": owner, "soort": kind, "gevolg": effect, "telpunten": [], "wegvakken": [], **dates, **places}


CALENDAR: Final = [
    entry(ASSEN, "2024-04-26"),
    entry(EDEN, "2024-04-25"),
    entry(EDEN, "2024-05-06", "schoolvakantie"),
    entry(ASSEN, "2024-05-01", "evenement", "uitgesloten"),
    entry(EDEN, "2024-05-02", "evenement", "uitgesloten"),
    entry(ASSEN, "2024-05-03", "werkzaamheden", "uitgesloten", telpunten=["kolk"]),
    entry(ASSEN, "2024-05-04", "werkzaamheden", "uitgesloten", wegvakken=["kolkpad", "havenpad"]),
]


def days(*written: str) -> frozenset[date]:
    """Dates as they are written."""
    return frozenset(map(date.fromisoformat, written))


HOLIDAYS: Final = {ASSEN: days("2024-04-26"), EDEN: days("2024-04-25", "2024-05-06")}


@pytest.mark.pure
@pytest.mark.parametrize("owner", OWNERS)
def test_holidays_are_those_of_one_owner(owner: str) -> None:
    """Koningsdag is none on the Azores, and 25 April none in Assen."""
    assert owners.holidays(CALENDAR, owner) == HOLIDAYS[owner]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("kolk", days("2024-05-01", "2024-05-03", "2024-05-04")),
        ("vaart", days("2024-05-01")),
        ("haven", days("2024-05-02")),
    ],
)
def test_an_owner_excludes_days_at_its_own_sites_only(site: str, expected: frozenset[date]) -> None:
    """An entry without places is about all sites of its owner; one about links of two owners, about its owner's."""
    assert owners.excluded(CALENDAR, LINKS, site=site, owner_id=SITES[site]) == expected


@pytest.mark.pure
def test_an_owner_has_its_own_calibration_where_it_publishes_one() -> None:
    """Else that of an instance that publishes none."""
    assert owners.owner(OWNERS[ASSEN]) == OwnerProperties(ASSEN, ZoneInfo("Europe/Amsterdam"), (0.8, 1.4))
    assert owners.owner(OWNERS[EDEN]) == OwnerProperties(EDEN, ZoneInfo("Atlantic/Azores"), (0.7, 1.2))


@pytest.fixture
def instance(httpserver: HTTPServer) -> Instance:
    """An instance of two owners; every site counts nine cyclists a quarter in the first week of May."""
    for name, row in OWNERS.items():
        httpserver.expect_request(f"/v1/eigenaren/{name}").respond_with_json(row)
    for name, owner in SITES.items():
        httpserver.expect_request(f"/v1/telpunten/{name}").respond_with_json(_site(name, owner))
        httpserver.expect_request(f"/v1/telpunten/{name}/tellingen").respond_with_handler(_counts)
        httpserver.expect_request(f"/v1/telpunten/{name}/kengetallen").respond_with_json(_listing([]))
    httpserver.expect_request("/v1/fietsaandeel").respond_with_handler(_shares)
    lists: dict[str, list[dict[str, Any]]] = {
        "kalender": CALENDAR,
        "wegvakken": LINKS,
        "tellijnen": [KADE],
        "doorfietsroutes": [],
        "verbindingen": [],
    }
    for name, rows in lists.items():
        httpserver.expect_request(f"/v1/{name}").respond_with_json(_listing(rows))
    return Instance(httpserver.url_for("/"))


@pytest.mark.parametrize(("site", "excluded"), [("kolk", {1, 3, 4}), ("vaart", {1}), ("haven", {2})])
def test_days_of_a_site_are_those_of_its_owner(instance: Instance, site: str, excluded: set[int]) -> None:
    """Its zone, its holidays, and without the days that it excludes."""
    zone = resources.owner(instance, SITES[site]).zone
    span = LocalRange(date(2024, 5, 1), date(2024, 5, 7), zone)
    series = SeriesCache(InstanceCache(instance, span, lambda _: None)).day_series(site, "fiets")
    valid = {day.day for day in series.valid(DayRange(span.first, span.last))}
    assert valid == {date(2024, 5, number) for number in range(1, 8) if number not in excluded}
    assert series.holidays == HOLIDAYS[SITES[site]]


@pytest.mark.parametrize(
    ("site", "options", "start"),
    [
        ("kolk", [], "2024-04-30T22:00:00Z"),
        ("haven", [], "2024-05-01T00:00:00Z"),
        ("haven", ["--timezone", "Asia/Tokyo"], "2024-04-30T15:00:00Z"),
    ],
)
def test_local_days_are_those_of_the_owner_unless_a_zone_is_given(
    httpserver: HTTPServer, instance: Instance, site: str, options: list[str], start: str
) -> None:
    """The quarters are requested from the midnight of the zone on."""
    span = ["--from", "2024-05-01", "--to", "2024-05-02"]
    CliRunner().invoke(assembled(), ["verify", site, *span, "--url", instance.url, *options])
    quarters = [request.args for request, _ in httpserver.log if request.args.get("interval") == "kwartier"]
    assert {one["startTijd"] for one in quarters} == {start}


@pytest.mark.parametrize(("factors", "differing"), [(None, set()), ((0.7, 1.4), {"gekalibreerdBovengrens"})])
def test_calibration_is_that_of_the_owner_of_the_screenline_unless_it_is_given(
    instance: Instance, factors: tuple[float, float] | None, differing: set[str]
) -> None:
    """Nine cyclists of eighteen are a half; with 0.7 and 1.2 on the cyclists 7/17 and 6/11."""
    span = LocalRange(date(2024, 5, 2), date(2024, 5, 2), resources.owner(instance, EDEN).zone)
    found = list(checks.findings(InstanceCache(instance, span, lambda _: None), "haven", factors))
    compared = [one for one in found if isinstance(one, Compared) and one.what == "share on kade, motor per kwartier"]
    bounds = [one for one in compared if one.name in BOUNDS and one.published is not None]
    assert len(bounds) == 96 * 4
    assert {one.name for one in bounds if one.differs} == differing


def test_a_zone_that_is_not_known_here_is_said(httpserver: HTTPServer) -> None:
    """With what to do, not with a stack of Python."""
    httpserver.expect_request("/v1/eigenaren/x").respond_with_json({"id": "x", "tijdzone": "Europe/Atlantis"})
    with pytest.raises(ZoneUnknownError, match="'Europe/Atlantis'"):
        resources.owner(Instance(httpserver.url_for("/")), "x")


def _site(name: str, owner: str) -> dict[str, Any]:
    period = {"intervalSeconden": 900, "startTijd": "2024-01-01T00:00:00Z", "eindTijd": "2025-01-01T00:00:00Z"}
    modes = ["fiets", "personenauto"]
    channels = [
        {"id": f"{name}-{mode}", "vervoerwijze": mode, "richting": "beide", "meetperioden": [period]} for mode in modes
    ]
    return {"id": name, "eigenaar": owner, "geometrie": {"coordinates": [6.56, 53.0]}, "telkanalen": channels}


def _listing(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"gegevens": rows, "volgende": None}


def _counts(request: Request) -> Response:
    return _quarters(request, {"waarde": 9, "dekkingVerwacht": 1, "dekkingWaargenomen": 1})


def _shares(request: Request) -> Response:
    return _quarters(request, SHARE)


def _quarters(request: Request, row: Mapping[str, float]) -> Response:
    """Answer the same row for every quarter; nothing of longer intervals."""
    lines = [",".join(("startTijd", "eindTijd", *row))]
    if request.args["interval"] == "kwartier":
        start, end = (datetime.fromisoformat(request.args[name]) for name in ("startTijd", "eindTijd"))
        starts = (start + number * QUARTER for number in range((end - start) // QUARTER))
        lines += [",".join((f"{at:%FT%TZ}", f"{at + QUARTER:%FT%TZ}", *map(str, row.values()))) for at in starts]
    return Response("\n".join(lines), mimetype="text/csv")
