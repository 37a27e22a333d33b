"""Where series begin, change and are withheld: pages, `/v1` and dashboard agree, and revisions move with numbers."""

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Final, LiteralString, TypeVar
from zoneinfo import ZoneInfo

import httpx
import msgspec
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from dashboards.build import build
from dashboards.dashboard_queries import everything, fill_in, queries
from dashboards.definitions.cycling import DASHBOARD
from dashboards.macros import DashboardRange, expand
from deploy.local.stack import Stack
from opendata import read
from opendata.database import Database, NamedQueries
from opendata.read.owners import NOBODY
from tests.conftest import superuser
from tests.contracts.tables import rows
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.EDGES)
T = TypeVar("T")
ZONE: Final = ZoneInfo("Europe/Amsterdam")
OWNER: Final = msgspec.structs.replace(NOBODY, owner="GM0000")
COUNTS: Final = "/v1/telpunten/brug/tellingen"
SHARES: Final = "/v1/fietsaandeel?tellijn=brug"
USAGE: Final = "/v1/doorfietsroutes/doorfietsroute/gebruik"
MERGED: Final = "samen met het vorige uur geteld"
NOT_ALL: Final = "niet alle vervoerwijzen werden geteld"
WILD: Final = "onwaarschijnlijk hoge of lage waarde"
AUTUMN: Final = {"startTijd": "2024-10-26T22:00:00Z", "eindTijd": "2024-10-27T23:00:00Z"}


@pytest.fixture(scope="module")
def owner(conninfo: str, stack: Stack) -> str:
    """The city of the module, as a user who may change it."""
    return make_conninfo(superuser(stack), dbname=str(conninfo_to_dict(conninfo)["dbname"]))


AGGREGATED: Final = "UPDATE doorfiets.site_day SET changed_in = pg_current_xact_id() WHERE site = 'brug'"
"""What `aggregate` does once it has seen a corrected observation: until then answers are as they were."""


HOURS: Final = (
    "UPDATE doorfiets.site_hour"
    " SET revision = revision + 1, computed_at = '2024-11-01Z', changed_in = pg_current_xact_id()"
    " WHERE site = 'brug' AND mode = 'bicycles' AND hour >= '2024-10-27 10:00Z' AND hour < '2024-10-27 14:00Z'"
)
"""The same of hours: a quarter has the revision of its hour."""


def change(owner: str, statement: LiteralString) -> None:
    """Change what is stored, and let it be aggregated."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(statement)
        connection.execute(AGGREGATED)


def reading(owner: str, read: Callable[[NamedQueries], Awaitable[T]]) -> T:
    """Read as pages and `/v1` do."""

    async def ask() -> T:
        store = Database(city.without_user(owner), city.ANSWER_SECONDS)
        await store.open()
        try:
            return await read(store)
        finally:
            await store.close()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("interval", "first", "expected"),
    [("dag", "2024-10-15", 48), ("week", "2024-10-14", 48 + 5 * 96), ("maand", "2024-10-01", 48 + 15 * 96 + 100)],
)
def test_a_site_begins_with_the_part_that_it_counted(
    site: httpx.Client, interval: str, first: str, expected: int
) -> None:
    """Noon of 15 October 2024: the period around it is there, and nothing is expected of the part before."""
    span = {"startTijd": "2024-01-01T00:00:00Z", "eindTijd": "2024-12-01T00:00:00Z", "interval": interval}
    found = rows(site.get(COUNTS, params=span))[0]
    assert (found["datum"], found["dekking"]["verwacht"]) == (first, expected)
    assert rows(site.get(COUNTS, params={**span, "richting": "in"}))[0]["datum"] == first


def test_a_year_begins_with_its_part_too(site: httpx.Client) -> None:
    """For counts and for shares."""
    span = {"startTijd": "2020-01-01T00:00:00Z", "interval": "jaar"}
    for address in (COUNTS, "/v1/fietsaandeel"):
        question = {**span, "tellijn": "brug"} if address != COUNTS else span
        assert [row["datum"][:4] for row in rows(site.get(address, params=question))] == ["2024", "2025", "2026"]


def test_quarters_are_as_fine_as_the_equipment_of_their_hour(site: httpx.Client) -> None:
    """Hours of another year do not coarsen them."""
    for start, end, count in (("2026-10-05", "2026-10-06", 96), ("2025-10-05", "2025-10-06", 24)):
        span = {"startTijd": f"{start}T00:00:00Z", "eindTijd": f"{end}T00:00:00Z", "interval": "kwartier"}
        assert len(rows(site.get(COUNTS, params=span))) == count


@pytest.mark.parametrize("direction", [{}, {"richting": "in"}])
def test_an_autumn_hour_told_with_the_one_before_is_measured(site: httpx.Client, direction: dict[str, str]) -> None:
    """All of the day's hundred quarters, in one direction as in all; the second hour says where its count is."""
    (day,) = rows(site.get(COUNTS, params={**AUTUMN, **direction, "interval": "dag"}))
    assert day["dekking"] == {"verwacht": 100, "waargenomen": 100, "percentage": 100.0}
    second = {**direction, "startTijd": "2024-10-27T01:00:00Z", "eindTijd": "2024-10-27T02:00:00Z"}
    for interval, count in (("uur", 1), ("kwartier", 4)):
        found = rows(site.get(COUNTS, params={**second, "interval": interval}))
        assert [(row["waarde"], row["aard"], row["reden"]) for row in found] == [(None, "geen meting", MERGED)] * count
    first = {**direction, "startTijd": "2024-10-27T00:00:00Z", "eindTijd": "2024-10-27T01:00:00Z"}
    assert [row["reden"] for row in rows(site.get(COUNTS, params={**first, "interval": "kwartier"}))] == [None] * 4
    (hour,) = rows(site.get(COUNTS, params={**first, "interval": "uur"}))
    assert hour["vlaggen"] == day["vlaggen"] == ["zomer- en wintertijduur samen in één rij"]


def test_a_revision_moves_with_its_number(site: httpx.Client, owner: str) -> None:
    """Whichever day of the month or channel of the quarter was corrected, and also when it is excluded."""
    month = {"startTijd": "2026-09-30T22:00:00Z", "eindTijd": "2026-10-27T00:00:00Z", "interval": "maand"}
    quarter = {"startTijd": "2024-10-27T10:00:00Z", "eindTijd": "2024-10-27T10:15:00Z", "interval": "kwartier"}

    def revisions() -> list[int]:
        each = ({**month}, {**quarter}, {**quarter, "interval": "uur", "richting": "in"})
        return [rows(site.get(COUNTS, params=question))[0]["revisie"] for question in each]

    before = revisions()
    change(owner, "UPDATE doorfiets.site_day SET total = 501, revision = 2 WHERE site = 'brug' AND day = '2026-10-05'")
    change(
        owner,
        "UPDATE doorfiets.observation SET value = 7, revision = 4"
        " WHERE datastream = 22 AND started_at = '2024-10-27 10:00Z'",
    )
    change(owner, HOURS)
    change(
        owner,
        "UPDATE doorfiets.observation SET quality_flags = 1, revision = 2"
        " WHERE datastream = 21 AND started_at = '2024-10-27 10:00Z'",
    )
    change(owner, HOURS)
    assert [after - earlier for after, earlier in zip(revisions(), before, strict=True)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("hour", "corrected", "reported"),
    [
        ("2024-10-27T12", (90000, 1), ([WILD], f"1 van 2 kanalen geldig: fietsers richting in ({WILD})")),
        ("2024-10-27T13", (None, 0), ([], "1 van 2 kanalen geldig: fietsers richting in (geen geldige meting)")),
    ],
)
def test_a_quarter_that_became_a_gap_says_why_and_when(
    site: httpx.Client, owner: str, hour: str, corrected: tuple[int | None, int], reported: tuple[list[str], str]
) -> None:
    """Excluded, or corrected to nothing."""
    span = {"startTijd": f"{hour}:00:00Z", "eindTijd": f"{hour}:15:00Z", "interval": "kwartier"}
    (before,) = rows(site.get(COUNTS, params=span))
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(
            "UPDATE doorfiets.observation SET value = %s, quality_flags = %s, revision = 2, revised_at = '2024-11-01Z'"
            " WHERE datastream = 21 AND started_at = %s",
            [*corrected, f"{hour}:00:00Z"],
        )
        connection.execute(HOURS)
    (after,) = rows(site.get(COUNTS, params=span))
    assert (after["waarde"], after["vlaggen"], after["reden"]) == (None, *reported)
    assert (after["revisie"], after["gewijzigdTijd"]) == (before["revisie"] + 1, "2024-11-01T00:00:00Z")


def test_an_end_of_a_link_is_called_by_its_name(site: httpx.Client, owner: str) -> None:
    """A district without its number, the region, or the word that is there."""
    change(owner, "UPDATE doorfiets.district SET name = 'Wijk 00 Centrum' WHERE district = 'centrum'")
    change(owner, "UPDATE doorfiets.link SET start_place = 'centrum', end_place = 'region' WHERE link = 'vaart-1'")
    links = site.get("/v1/doorfietsroutes/doorfietsroute").json()["wegvakken"]
    assert [(link["van"], link["naar"]) for link in links[:2]] == [("Centrum", "de regio"), ("Vaart Noord", "Vries")]
    page = site.get("/nl/doorfietsroutes/doorfietsroute").text
    assert '<span class="place">Centrum</span>' in page


def test_a_year_with_two_origins_counts_once(owner: str) -> None:
    """And an interval of which nothing was expected divides nothing."""
    year = reading(owner, lambda store: read.totals.period(store, OWNER, date(2026, 1, 1), date(2026, 10, 26)))
    with psycopg.connect(owner) as connection:
        counted = connection.execute(
            "SELECT sum(total), 4 FROM api.site_day"
            " WHERE mode = 'bicycles' AND day BETWEEN '2026-01-01' AND '2026-10-26'"
        )
        assert (year.total, year.sites) == counted.fetchone()
    assert set(year.origins or ()) == {"recorded", "measured", "simulated"}


def test_pages_survive_what_was_not_expected(site: httpx.Client) -> None:
    """An hour and a day with zero expected intervals."""
    assert site.get("/nl/").status_code == 200
    assert site.get("/nl/telpunten/brug").status_code == 200


def test_a_month_expects_the_days_without_a_row(owner: str) -> None:
    """July 2026: three sites were whole, the fourth was silent all month."""
    months = reading(owner, lambda store: read.totals.months(store, OWNER, date(2026, 7, 1), date(2026, 7, 31)))
    assert [(row.valid, row.expected) for row in months] == [(31 * 3 * 96, 31 * (3 * 96 + 24))]


def test_while_a_mode_is_not_counted_there_is_no_share(site: httpx.Client) -> None:
    """By the hour, by the day, and where nothing at all is stored."""
    for interval, start, end in (
        ("uur", "2026-10-12T12:00:00Z", "2026-10-12T13:00:00Z"),
        ("dag", "2026-10-10T22:00:00Z", "2026-10-11T22:00:00Z"),
        ("dag", "2026-10-02T22:00:00Z", "2026-10-03T22:00:00Z"),
    ):
        (row,) = rows(site.get(f"{SHARES}&interval={interval}&startTijd={start}&eindTijd={end}"))
        assert (row["aandeel"], row["aard"], row["reden"]) == (None, "geen meting", NOT_ALL)


def test_a_pooled_share_expects_only_what_could_be_counted(site: httpx.Client, owner: str) -> None:
    """The week in which cars began: six days of it; the page pools likewise."""
    week = "startTijd=2026-10-11T22:00:00Z&eindTijd=2026-10-18T22:00:00Z"
    (row,) = rows(site.get(f"{SHARES}&interval=week&{week}"))
    assert (row["aandeel"], row["dekking"]["verwacht"], row["dekking"]["percentage"]) == (0.25, 6 * 96, 100.0)
    assert row["revisie"] == 7 * 2
    whole = read.shares.series("brug", "motor", "whole", zone=ZONE, now=city.NOW)
    start, end = datetime(2026, 9, 26, 22, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC)
    (pooled,) = reading(owner, lambda store: whole.rows(store, start, end))
    assert (pooled.share, pooled.coverage, pooled.expected) == (0.25, 1, 13 * 96 + 100)


def test_the_dashboard_pools_like_the_page(owner: str) -> None:
    """The same thirty days: seventeen of them expected nothing."""
    dashboard = json.loads(build()[f"{DASHBOARD.uid('nl')}.json"])
    (query,) = [one for one in queries(dashboard) if one.place.startswith("Fietsaandeel over de gekozen periode")]
    span = DashboardRange(datetime(2026, 9, 26, 22, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC))
    with psycopg.connect(owner, row_factory=dict_row) as connection:
        found = connection.execute(expand(fill_in(query.sql, everything(dashboard)), span).encode()).fetchall()
    (pooled,) = [row for row in found if row["screenline"].startswith("Bruglijn")]
    assert (pooled["share"], pooled["coverage"]) == (0.25, 1)
    assert (pooled["days_known"], pooled["days"]) == (14, 30)


def test_the_kind_of_usage_follows_its_indicator(site: httpx.Client) -> None:
    """Withheld is never measured, and kilometres that were assumed are named."""
    span = {"startTijd": "2026-10-22T22:00:00Z", "eindTijd": "2026-10-26T23:00:00Z"}
    kinds = {row["datum"]: (row["aard"], row["reden"]) for row in rows(site.get(USAGE, params=span))}
    assert kinds == {
        "2026-10-23": ("gemeten", None),
        "2026-10-24": ("verondersteld", "14,5 van 27,0 km verondersteld"),
        "2026-10-25": ("onvolledig", "geen geldige dag op Kanaal tot Haren"),
        "2026-10-26": ("onvolledig", "geen geldige dag op Kanaal tot Haren"),
    }


def test_a_ladder_shows_the_newest_day_with_a_indicator(owner: str) -> None:
    """Not the newest day."""
    route = "doorfietsroute"
    day = reading(owner, lambda store: read.usage.newest_day(store, route, date(2026, 10, 27)))
    start, end = datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)
    (used,) = reading(owner, lambda store: read.usage.series(route, zone=ZONE).rows(store, start, end))
    assert (day, used.day, used.bicycle_km, used.reason) == (date(2026, 10, 24), date(2026, 10, 24), 27000, None)


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        (COUNTS, {"telpunt": "brug", "vervoerwijze": "fiets", "richting": "alle"}),
        (f"{COUNTS}?richting=in", {"telpunt": "brug", "richting": "in"}),
        (SHARES, {"tellijn": "brug", "noemerSoort": "motor", "vervoerwijzen": "fiets|personenauto"}),
        (USAGE, {"doorfietsroute": "doorfietsroute", "interval": "dag"}),
        ("/v1/meetstations/park/metingen?stof=pm25", {"meetstation": "park", "stof": "pm25"}),
    ],
)
def test_a_row_of_a_csv_file_says_what_it_counts(site: httpx.Client, address: str, subject: dict[str, str]) -> None:
    """A file that was saved still knows."""
    answer = site.get(address, headers={"Accept": "text/csv"})
    row = next(csv.DictReader(io.StringIO(answer.text)))
    assert {name: row[name] for name in subject} == subject


SIMULATED = "Gesimuleerd%3A%20door%20een%20model%20gemaakt%2C%20geen%20waarneming."
DISTRICTS = "Wijkgrenzen%3A%20Kadaster"


@pytest.mark.parametrize(
    ("address", "accept", "source"),
    [
        (COUNTS, "text/csv", SIMULATED),
        (COUNTS, "application/json", SIMULATED),
        ("/v1/telpunten", "text/csv", DISTRICTS),
        ("/v1/telpunten", "application/geo+json", DISTRICTS),
        ("/v1/telpunten/brug", "application/json", DISTRICTS),
    ],
)
def test_every_form_names_its_licence_and_its_sources(
    site: httpx.Client, address: str, accept: str, source: str
) -> None:
    """In headers, so that a sheet stays a sheet; of what the answer rests on, and of nothing else."""
    link = site.get(address, headers={"Accept": accept}).headers["Link"]
    assert '<https://creativecommons.org/publicdomain/zero/1.0/deed.nl>; rel="license"' in link
    assert f"rel=\"describedby\"; title*=UTF-8''{source}" in link
    assert "Stad%20Elders" not in link


def test_the_document_names_who_publishes(site: httpx.Client) -> None:
    """From the registry of this owner."""
    info = site.get("/v1/openapi.json").json()["info"]
    assert info["license"] == {
        "name": "CC0-1.0",
        "url": "https://creativecommons.org/publicdomain/zero/1.0/deed.nl",
    }
    assert info["contact"] == {
        "name": "Gemeente Voorbeeldstad",
        "email": "data@voorbeeldstad.example",
        "url": "https://voorbeeldstad.example/contact",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE doorfiets.site SET name = 'De Nieuwe Brug' WHERE site = 'brug'",
        "UPDATE doorfiets.owner SET licence = licence",
        "UPDATE doorfiets.channel SET direction = direction",
    ],
)
def test_a_cached_answer_is_old_when_the_registry_changed(
    site: httpx.Client, owner: str, statement: LiteralString
) -> None:
    """Whatever it says."""
    before = site.get(COUNTS).headers["ETag"]
    assert site.get(COUNTS).headers["ETag"] == before
    change(owner, statement)
    assert site.get(COUNTS).headers["ETag"] != before
