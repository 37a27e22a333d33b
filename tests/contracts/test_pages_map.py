"""What is usual on a working day, and the maps, lists and pages of places that say it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest

from locales import LOCALES
from opendata.database import Database
from opendata.pages.addresses import PageAddresses
from opendata.read import links, owners, typical_days
from opendata.read.typical_days import TypicalPeriod
from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.INDICATORS, city.OWNERS, city.PLACES, city.TYPICAL)
LAST: Final = date(2026, 10, 26)


@pytest.fixture
async def store(conninfo: str) -> AsyncIterator[Database]:
    """What pages read from."""
    made = Database(conninfo, city.ANSWER_SECONDS)
    await made.open()
    yield made
    await made.close()


class _Tables(HTMLParser):
    """The rows of places of a page: what each cell says, by the key of the place."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, str] = {}
        self._key: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "tr":
            self._key = known.get("data-key")
            if self._key:
                self.rows[self._key] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self._key = None

    def handle_data(self, data: str) -> None:
        if self._key:
            self.rows[self._key] += f" {data}"


def listed(page: httpx.Response) -> dict[str, str]:
    """What the list of a page says of each place, in its order."""
    assert page.status_code == 200, page.text[:300]
    found = _Tables()
    found.feed(page.text)
    return {key: re.sub(r"\s+", " ", text).strip() for key, text in found.rows.items()}


def features(site: httpx.Client, locale: str = "nl") -> dict[str, dict[str, Any]]:
    """What the data of the map say of each place."""
    answer = site.get(PageAddresses(locale).page("map"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/geo+json")
    found = [one["properties"] for one in answer.json()["features"]]
    return {one["key"]: one | {"value": one["value"].replace("\u00a0", " ")} for one in found}


async def test_a_typical_working_day_is_of_valid_working_days_only(store: Database) -> None:
    """No weekend, no school holiday, no excluded day, none under three quarters; it says how many there were."""
    period = TypicalPeriod.until(LAST)
    assert (period.first, period.last) == (date(2025, 10, 28), LAST)
    kolk = (await typical_days.sites(store, period))["eiland-kolk"]
    assert (kolk.cyclists, kolk.days, kolk.expected) == (110, 11, 52 * 5 - 2)
    link = (await typical_days.links(store, period))["eiland-1"]
    assert (link.cyclists, link.days, link.measured) == (110, 11, True)
    assert link.expected == 16 - 2, "since its first day with a number, less the two that say nothing"


async def test_a_working_day_is_compared_with_the_same_weekday_of_the_same_channels(store: Database) -> None:
    """Eleven days of 1,210 together beside eleven of 605; the site of which nothing is known before is in neither."""
    known = await owners.read(store, None)
    change = await typical_days.change(store, known.by_id("PV0099"), TypicalPeriod.until(LAST))
    assert (change.now, change.before, change.site_days, change.sites, change.others) == (1210, 605, 11, 1, 0)
    assert change.growth == pytest.approx(1.0)


async def test_links_together_weigh_by_their_length_where_their_use_is_known(store: Database) -> None:
    """Kilometres that nobody counts are said, and in no mean."""
    every = {one.link: one for one in await links.every(store)}
    used = {
        "tussen": typical_days.TypicalLink("tussen", 300.0, 10, 10, measured=True),
        "stad-in": typical_days.TypicalLink("stad-in", 100.0, 10, 10, measured=True),
        "tussen-2": typical_days.TypicalLink("tussen-2", None, 1, 10, measured=False),
    }
    network = typical_days.network([every["tussen"], every["stad-in"], every["tussen-2"]], used)
    assert (network.length_km, network.known_km, network.green_km) == (5.5, 3.5, 2)
    assert network.mean_cyclists == pytest.approx((2 * 300 + 1.5 * 100) / 3.5)


def test_too_few_days_are_no_number(site: httpx.Client, owner: psycopg.Connection) -> None:
    """They are said instead, on the list and on the map."""
    assert features(site)["link-vaart-1"]["number"] is None
    assert features(site)["link-vaart-1"]["coverage"] == "nog maar 1 werkdag gemeten"
    assert "nog maar 1 werkdag gemeten" in listed(site.get("/nl/doorfietsroutes"))["link-vaart-1"]
    assert owner is not None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("page", "kind"), [("start", ""), ("sites", "site"), ("routes", "link"), ("districts", "district")]
)
def test_the_list_beside_a_map_says_what_the_map_says(site: httpx.Client, locale: str, page: str, kind: str) -> None:
    """Every place of it with the same name, number and coverage; on a list of one kind, all of that kind."""
    rows, mapped = listed(site.get(PageAddresses(locale).page(page))), features(site, locale)
    assert rows
    for key, properties in mapped.items():
        if properties["kind"] == kind:
            assert key in rows
        if key in rows:
            assert properties["name"] in rows[key]
            assert properties["value"] in rows[key]
            assert kind == "district" or properties["coverage"] in rows[key]
    drawn = set(site.get(PageAddresses(locale).page(page)).text.split('data-about="')[1].split('"')[0].split())
    assert drawn == set(rows), "the map is about what is listed"


def test_the_drawing_has_every_place_that_lies_somewhere(site: httpx.Client) -> None:
    """One group for each with its name as a title; two of the seven lines of the city are drawn by nobody yet."""
    html = site.get("/nl/doorfietsroutes").text
    drawing = html[html.index('<div class="drawing"') : html.index("<figcaption>")]
    assert drawing.count('<g class="link') == 2
    assert "<title>Vaart, stad uit: nog maar 1 werkdag gemeten</title>" in drawing
    assert drawing.count('<g class="site') >= 3
    assert "style=" not in drawing, "the page allows no styles of its own"


def test_a_list_is_sorted_by_links(site: httpx.Client) -> None:
    """By name, or the busiest first and what has no number last; another order is a mistake."""
    by_name = list(listed(site.get("/nl/telpunten")))
    assert by_name == ["site-eiland-kolk", "site-kolk", "site-stationsplein", "site-vaart-noord"]
    numbers = [features(site)[key]["number"] for key in listed(site.get("/nl/telpunten?sort=number"))]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 110
    assert site.get("/nl/telpunten?sort=size").status_code == 400


def test_the_start_page_sums_the_sites_of_the_host(site: httpx.Client) -> None:
    """And of nobody else."""
    own = [one["number"] for key, one in features(site).items() if key.startswith("site-") and "eiland" not in key]
    assert len(own) == 3
    shown = re.findall(r'<p class="count"><b>([\d.]+)</b>', site.get("/nl/").text)
    assert shown == [f"{round(sum(own)):,}".replace(",", ".")]


def test_the_share_on_the_start_page_has_its_range(site: httpx.Client) -> None:
    """That of the share of thirty days in `/v1`; no counter is calibrated, and that is said."""
    question = {"tellijn": "spoor", "noemer": "motor", "interval": "geheel"}
    question |= {"startTijd": "2026-09-26T22:00:00Z", "eindTijd": "2026-10-26T23:00:00Z"}
    (row,) = site.get("/v1/fietsaandeel", params=question).json()["gegevens"]
    low, high = (round(row[name] * 100) for name in ("gekalibreerdOndergrens", "gekalibreerdBovengrens"))
    assert f"ergens tussen {low}\u00a0% en {high}\u00a0%" in site.get("/nl/").text


def test_a_district_stands_beside_its_municipality(site: httpx.Client) -> None:
    """With its links, sites, stations and outages; in small letters, and by the id as it is."""
    answer = site.get("/nl/wijken/noord")
    rows = listed(answer)
    assert {"link-binnen", "link-tussen", "link-tussen-2", "link-stad-in"} <= set(rows)
    assert {"site-vaart-noord", "station-park", "district-noord"} <= set(rows)
    text = re.sub(r"<[^>]+>|\s+", " ", answer.text)
    assert re.search(r"Wegvakken\s+4\s+10\s", re.sub(r"\s+", " ", text))
    for name in ("WK02", "wk02"):
        assert "Wijk 02 Zuid" in site.get(f"/en/districts/{name}").text
    assert site.get("/nl/wijken/nergens").status_code == 404


def test_a_link_says_who_counts_it_or_of_whom_its_use_is_assumed(site: httpx.Client) -> None:
    """By links to the site, or to the other link."""
    assert '<a href="/nl/telpunten/vaart-noord">Vaart Noord</a>' in site.get("/nl/wegvakken/vaart-1").text
    assumed = site.get("/nl/wegvakken/vaart-3").text
    assert '<a href="/nl/wegvakken/vaart-2">Kanaal tot Vries</a>' in assumed
    assert "geen teller" in site.get("/nl/wegvakken/vaart-4").text
    assert site.get("/nl/wegvakken/nergens").status_code == 404


def test_connections_are_grouped_by_where_they_lead(site: httpx.Client) -> None:
    """With the centre, between districts, with the region, within one; each link leads to its page."""
    html = site.get("/en/connections").text
    chapters = re.findall(r"<h2>([^<]+)</h2>", html)
    assert chapters == ["With the centre", "Between districts", "With the region", "Within a district"]
    assert '<a href="/en/links/stad-in">Kolkpad</a>' in html.split("<h2>Between districts")[0]
    assert '<a href="/en/districts/wk02">Zuid</a>' in html


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("kolk", ["De Kolk", "De Kolk", "Kolkpad"]),
        ("DE kölk", ["De Kolk", "De Kolk"]),
        ("stadspark", ["Stadspark", "Stadspark"]),
    ],
)
def test_places_are_found_by_a_part_of_their_name(site: httpx.Client, q: str, found: list[str]) -> None:
    """Whatever the letters' size or accents, of all owners; each leads somewhere."""
    html = site.get("/nl/zoeken", params={"q": q}).text
    rows = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', html[html.index('<ul class="sets">') :].split("</ul>")[0])
    assert [name for _, name in rows] == found
    assert {site.get(address).status_code for address, _ in rows} == {200}
    assert f'value="{q}"' in html


def test_a_search_for_nothing_or_for_too_much_is_answered(site: httpx.Client) -> None:
    """Nothing found says what to do; marks stay text; more than a name may have is a mistake."""
    assert "Niets gevonden" in site.get("/nl/zoeken?q=bestaatniet").text
    assert "&lt;script&gt;" in site.get("/nl/zoeken", params={"q": "<script>alert(1)</script>"}).text
    assert site.get("/nl/zoeken", params={"q": "x" * 101}).status_code == 400
    assert site.get("/nl/zoeken").status_code == 200


def test_a_map_is_given_again_until_a_number_of_a_day_moves(site: httpx.Client, owner: psycopg.Connection) -> None:
    """The correction of a day is in the next answer, on the map and in the list."""
    before = features(site)["site-eiland-kolk"]["number"]
    owner.execute(
        "UPDATE doorfiets.site_day SET total = total + 1100, changed_in = pg_current_xact_id()"
        " WHERE site = 'eiland-kolk' AND mode = 'bicycles' AND day = '2026-10-16'"
    )
    assert (before, features(site)["site-eiland-kolk"]["number"]) == (110, 210)
    assert "210" in listed(site.get("/nl/telpunten"))["site-eiland-kolk"]


def test_pages_allow_scripts_and_workers_of_their_own_origin_only(site: httpx.Client) -> None:
    """The worker of the map comes from where the page comes from: no blob, nothing inline."""
    policy = site.get("/nl/").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "blob:" not in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_city_puts_its_tokens_and_its_water_and_roads_in_the_place_of_ours(conninfo: str, tmp_path: Path) -> None:
    """Two files by setting: everything else stays as it is, and pages name the layer."""
    tokens, ground = tmp_path / "stad.css", tmp_path / "ondergrond.geojson"
    tokens.write_text(":root { --basis-color-action-1-color-default: #123456; }", "utf-8")
    ground.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    settings = replace(city.settings(conninfo), tokens=tokens, map_layer=ground, map_attribution="Waterschap")
    with city.visitor(settings) as own:
        assert "#123456" in own.get("/static/tokens.css").text
        layer = own.get("/static/map-layer.geojson")
        assert layer.json()["features"] == []
        again = own.get("/static/map-layer.geojson", headers={"If-None-Match": layer.headers["ETag"]})
        assert again.status_code == 304
        assert own.get("/static/site.css").status_code == 200
        page = own.get("/nl/telpunten").text
        assert 'data-map-layer="/static/map-layer.geojson"' in page
        assert 'data-map-attribution="Waterschap"' in page


def test_tiles_of_others_are_off_until_a_setting_names_them(site: httpx.Client, conninfo: str) -> None:
    """Then pages may fetch pictures from that origin, and no script."""
    assert "data-map-tiles" not in site.get("/nl/").text
    assert "data-map-layer" not in site.get("/nl/").text
    assert site.get("/static/map-layer.geojson").status_code == 404
    tiles = "https://tegels.example/brt/{z}/{x}/{y}.png"
    with city.visitor(replace(city.settings(conninfo), map_tiles=tiles)) as other:
        answer = other.get("/nl/telpunten")
    policy = answer.headers["Content-Security-Policy"]
    assert f'data-map-tiles="{tiles}"' in answer.text
    assert "connect-src 'self' https://tegels.example;" in policy
    assert "img-src 'self' data: https://tegels.example;" in policy
    assert "script-src 'self';" in policy


async def test_days_of_other_channels_are_in_no_comparison(store: Database, owner: psycopg.Connection) -> None:
    """A second counter came on the 14th: seven working days before it are compared, and the site is said to differ."""
    owner.execute("INSERT INTO doorfiets.channel VALUES ('eiland-fiets-2', 'eiland-kolk', 'bicycles', 'uit')")
    owner.execute(
        "INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, seconds, origin, method,"
        " valid_from, valid_until) OVERRIDING SYSTEM VALUE VALUES (90, 'eiland-2', 'bicycles', 'bicycles',"
        " 'eiland-fiets-2', 900, 'measured', 'radar',"
        " '2026-10-14 00:00Z', '2100-01-01Z')"
    )
    owner.execute("SELECT doorfiets.refresh_expectations()")
    known = await owners.read(store, None)
    change = await typical_days.change(store, known.by_id("PV0099"), TypicalPeriod.until(LAST))
    assert (change.now, change.before, change.site_days, change.sites, change.others) == (700, 385, 7, 1, 1)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("page", "about"),
    [
        ("site/vaart-noord", {"site-vaart-noord", "link-vaart-1"}),
        ("screenline/centrum", {"screenline-centrum", "site-kolk"}),
        ("station/park", {"station-park"}),
    ],
)
def test_the_page_of_a_place_shows_where_it_is(site: httpx.Client, locale: str, page: str, about: set[str]) -> None:
    """With the links that are counted at a site, and the sites that a screenline is of; the list says the same."""
    kind, _, name = page.partition("/")
    answer = site.get(PageAddresses(locale).page(kind, **{kind: name}))
    (keys,) = re.findall(r'data-about="([^"]*)"', answer.text)
    assert about <= set(keys.split())
    assert set(listed(answer)) == set(keys.split())
