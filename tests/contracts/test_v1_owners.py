"""Two owners in one installation: whose licence, days, calibration and name each answer and page bears."""

from datetime import datetime
from typing import Final

import httpx
import psycopg
import pytest

from tests.contracts.tables import rows
from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.OWNERS)

CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"
CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/deed.nl"
GERMAN: Final = "https://www.govdata.de/dl-de/by-2-0"
CITY, PROVINCE = "Gemeente Voorbeeldstad", "Provincie Eilanden"
CITY_BORDERS, PROVINCE_BORDERS = "Wijkgrenzen: Kadaster", "Eilandgrenzen: Kaartdienst"
LISTS: Final = (
    "telpunten",
    "wegvakken",
    "verbindingen",
    "doorfietsroutes",
    "tellijnen",
    "meetstations",
    "wijken",
    "kalender",
)

MANY: Final = """
    INSERT INTO doorfiets.site
    SELECT 'veel-' || n, 'PV0099', 'Veel ' || n, 'haven', 0, 0, false, '' FROM generate_series(1, 5) n;
    INSERT INTO doorfiets.channel SELECT 'veel-' || n, 'veel-' || n, 'bicycles', 'in' FROM generate_series(1, 5) n;
    INSERT INTO doorfiets.device (device, owner) VALUES ('veel', 'PV0099');
    INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, seconds, origin, method,
        valid_from, valid_until)
    OVERRIDING SYSTEM VALUE
    SELECT 50 + n, 'veel', n, 'bicycles', 'veel-' || n, 900, 'measured', '', '2026-11-01Z', '2100-01-01Z'
    FROM generate_series(1, 5) n;
    SELECT doorfiets.refresh_expectations()
"""
DAYS: Final = """
    SELECT site, started_at AT TIME ZONE 'UTC'
    FROM api.site_days('cars', '2026-10-26', '2026-10-27', wanted_owner => %s)
"""


def licences(answer: httpx.Response) -> set[str]:
    """The licences that the header of an answer links to."""
    links = answer.headers["Link"].split(", ")
    return {link.split(">")[0].removeprefix("<") for link in links if 'rel="license"' in link}


@pytest.mark.parametrize("collection", LISTS)
def test_a_list_names_the_terms_of_all_its_owners(site: httpx.Client, collection: str) -> None:
    """No licence where they differ; in `bronnen` and the header both."""
    answer = site.get(f"/v1/{collection}")
    meta = answer.json()["meta"]
    assert meta["licentie"] is None
    assert (CITY in meta["uitgever"], PROVINCE in meta["uitgever"]) == (True, True)
    assert meta["bronvermelding"] == [CITY_BORDERS, PROVINCE_BORDERS]
    assert {one["houder"]: one["licentieAdres"] for one in meta["bronnen"]} == {CITY: CC0, PROVINCE: CC_BY}
    assert licences(answer) == {CC0, CC_BY}


@pytest.mark.parametrize("collection", LISTS)
def test_a_list_of_one_owner_bears_the_terms_of_that_one(site: httpx.Client, collection: str) -> None:
    """And holds nothing of the other."""
    answer = site.get(f"/v1/{collection}", params={"eigenaar": "PV0099"})
    assert answer.status_code == 200, answer.text
    meta, found = answer.json()["meta"], rows(answer)
    assert {one["eigenaar"] for one in found} == {"PV0099"}
    assert (meta["licentie"], meta["uitgever"]) == (CC_BY, PROVINCE)
    assert (meta["bronvermelding"], licences(answer)) == ([PROVINCE_BORDERS], {CC_BY})


def test_a_list_of_an_unknown_owner_is_refused(site: httpx.Client) -> None:
    """With the list to look in."""
    answer = site.get("/v1/telpunten", params={"eigenaar": "GM9999"})
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "Eigenaar GM9999 bestaat niet; /v1/eigenaren geeft alle kenmerken.",
    )


@pytest.mark.parametrize(
    "address",
    [
        "telpunten/eiland-kolk",
        "wegvakken/eiland-1",
        "doorfietsroutes/eiland-route",
        "tellijnen/eiland-lijn",
        "meetstations/eiland-park",
        "wijken/haven",
        "eigenaren/PV0099",
        "telpunten/eiland-kolk/tellingen",
        "fietsaandeel?tellijn=eiland-lijn",
        "doorfietsroutes/eiland-route/gebruik",
        "meetstations/eiland-park/metingen",
        "telpunten/eiland-kolk/kengetallen",
    ],
)
def test_a_place_bears_the_licence_of_its_owner(site: httpx.Client, address: str) -> None:
    """Not that of the host."""
    assert licences(site.get(f"/v1/{address}")) == {CC_BY}


def test_days_are_those_of_the_owner(site: httpx.Client) -> None:
    """The same plain date is another range of UTC."""
    plain = {"startTijd": "2026-10-26", "eindTijd": "2026-10-27", "interval": "dag"}
    (island,) = rows(site.get("/v1/telpunten/eiland-kolk/tellingen", params=plain))
    (town,) = rows(site.get("/v1/telpunten/kolk/tellingen", params=plain))
    assert (island["startTijd"], island["eindTijd"]) == ("2026-10-26T01:00:00Z", "2026-10-27T01:00:00Z")
    assert (town["startTijd"], town["eindTijd"]) == ("2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z")
    assert island["waarde"] == 30


@pytest.mark.parametrize("interval", ["uur", "dag", "maand", "geheel", "twaalf-maanden"])
def test_a_share_is_calibrated_by_the_factors_of_its_owner(site: httpx.Client, interval: str) -> None:
    """Half and twice the thirty of a hundred: 15 of 85 and 60 of 130."""
    parameters = {
        "tellijn": "eiland-lijn",
        "interval": interval,
        "startTijd": "2026-10-26T00:00:00Z" if interval == "uur" else "2026-10-01",
    }
    found = [one for one in rows(site.get("/v1/fietsaandeel", params=parameters)) if one["teller"]]
    assert found
    for one in found:
        assert one["gekalibreerdOndergrens"] in (None, pytest.approx(15 / 85))
        assert one["gekalibreerdBovengrens"] in (None, pytest.approx(60 / 130))
        assert (one["gekalibreerdOndergrens"] is None) == (one["aandeel"] is None)
    if interval in {"uur", "dag"}:
        assert any(one["aandeel"] is not None for one in found)


def test_owners_are_listed_with_their_terms_calibration_and_what_waits(site: httpx.Client) -> None:
    """The host first; a route that waits is named with the links that are not there."""
    town, island = rows(site.get("/v1/eigenaren"))
    assert (town["id"], town["gastheer"], town["soort"], town["tijdzone"]) == (
        "GM0000",
        True,
        "gemeente",
        "Europe/Amsterdam",
    )
    assert (island["id"], island["gastheer"], island["soort"], island["tijdzone"]) == (
        "PV0099",
        False,
        "provincie",
        "Atlantic/Azores",
    )
    assert (town["kalibratie"], island["kalibratie"]) == ({"laag": 0.8, "hoog": 1.4}, {"laag": 0.5, "hoog": 2})
    assert (island["licentie"], island["uitgever"], island["bronvermelding"]) == (CC_BY, PROVINCE, [PROVINCE_BORDERS])
    assert (town["registerstaat"], island["registerstaat"]) == ("0" * 64, "1" * 64)
    waits = {"soort": "doorfietsroute", "id": "eiland-kust", "ontbreekt": ["nergens-1", "nergens-2"]}
    assert site.get("/v1/eigenaren/PV0099").json()["wachtend"] == [waits]
    assert site.get("/v1/eigenaren/GM0000").json()["wachtend"] == []


@pytest.mark.parametrize("page", ["/nl/", "/nl/gegevens"])
def test_a_page_of_all_data_names_all_owners(site: httpx.Client, page: str) -> None:
    """Who runs the site, and whose borders and data are on it."""
    answer = site.get(page)
    foot = answer.text.split("<footer>")[1]
    assert f"Deze site is van {CITY}" in foot
    for expected in (CITY_BORDERS, PROVINCE_BORDERS, f"Gegevens van {PROVINCE}", f'<a href="{CC_BY}" rel="license">'):
        assert expected in foot
    assert licences(answer) == {CC0, CC_BY, GERMAN}


@pytest.mark.parametrize(
    "page", ["/nl/telpunten/eiland-kolk", "/nl/doorfietsroutes/eiland-route", "/nl/tellijnen/eiland-lijn"]
)
def test_a_page_of_a_place_names_its_owner_only(site: httpx.Client, page: str) -> None:
    """And still who runs the site."""
    answer = site.get(page)
    foot = answer.text.split("<footer>")[1]
    assert f"Deze site is van {CITY}" in foot
    assert (f"Gegevens van {PROVINCE}" in foot, f"Gegevens van {CITY}" in foot) == (True, False)
    assert (PROVINCE_BORDERS in foot, CITY_BORDERS in foot) == (True, False)
    assert licences(answer) == {CC_BY}


def test_the_page_of_today_adds_up_the_host_and_names_the_others(site: httpx.Client) -> None:
    """The other owner's site is a link, not a part of the sum."""
    text = site.get("/nl/vandaag").text
    assert "Ook anderen tellen" in text
    assert '<a href="/nl/telpunten/eiland-kolk">De Kolk</a>' in text
    assert "Eilandprovincie" in text.split("<footer>")[0]


def test_the_list_of_data_says_whose_each_place_is(site: httpx.Client) -> None:
    """Two sites of one name would otherwise be one."""
    text = site.get("/nl/gegevens").text.split("<footer>")[0]
    assert '<a href="/nl/telpunten/eiland-kolk">De Kolk</a> (Eilandprovincie)' in text
    assert '<a href="/nl/telpunten/kolk">De Kolk</a> (Voorbeeldstad)' in text


def test_the_page_of_today_stays_short_beside_a_large_owner(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Three sites by name, the rest as a number that leads to the list."""
    owner.execute(MANY)
    text = site.get("/nl/vandaag").text.split("<footer>")[0]
    assert ("Veel 1</a>, " in text, "Veel 2</a> en " in text, "Veel 3" in text) == (True, True, False)
    assert '<a href="/nl/telpunten">3 meer</a>' in text


def test_days_of_all_sites_are_those_of_the_owner_that_is_named(owner: psycopg.Connection) -> None:
    """And of all owners, each in its zone, where none is."""
    found: dict[str | None, dict[str, datetime]] = {
        name: dict(owner.execute(DAYS, [name]).fetchall()) for name in ("PV0099", "GM0000", None)
    }
    assert found["PV0099"] == {"eiland-kolk": datetime(2026, 10, 26, 1)}
    assert found["GM0000"] == dict.fromkeys(["kolk", "stationsplein"], datetime(2026, 10, 25, 23))
    assert found[None] == found["PV0099"] | found["GM0000"]
