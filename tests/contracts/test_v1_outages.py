"""`/v1/storingen` and `/v1/meetreeksen`: how feeds were and are, and what is measured where."""

import re
from typing import Any, Final

import httpx
import jsonschema
import psycopg
import pytest

from opendata.app import openapi
from tests.contracts.tables import mistakes, rows, table, walked
from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.OWNERS, city.OUTAGES)

OUTAGES: Final = "/v1/storingen"
SERIES: Final = "/v1/meetreeksen"
PAST: Final = {"toestand": "voorbij", "startTijd": "2026-01-01T00:00:00Z"}
GERMAN: Final = "https://www.govdata.de/dl-de/by-2-0"


def short(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What matters of outages."""
    return [(one["telpunt"] or one["meetstation"], one["kanaal"], one["soort"], one["startTijd"]) for one in found]


def test_past_outages_are_told_with_place_kind_and_reason(site: httpx.Client) -> None:
    """The newest first; what was well, and a battery, are none."""
    found = walked(site, OUTAGES, **PAST)
    assert short(found) == [
        ("park", None, "gedeeltelijk", "2026-10-25T00:00:00Z"),
        ("kolk", "kolk-fiets", "onderhoud", "2026-10-25T00:00:00Z"),
        ("vaart-noord", "vaart-noord-uit", "stil", "2026-10-22T10:30:00Z"),
        ("vaart-noord", "vaart-noord-in", "stil", "2026-10-20T00:00:00Z"),
        ("kolk", "kolk-auto", "dood", "2026-08-01T00:00:00Z"),
    ]
    assert found[3] == {
        "telpunt": "vaart-noord",
        "meetstation": None,
        "naam": "Vaart Noord",
        "eigenaar": "GM0000",
        "kanaal": "vaart-noord-in",
        "richting": "in",
        "grootheid": "fiets",
        "soort": "stil",
        "soortTekst": "stil",
        "startTijd": "2026-10-20T00:00:00Z",
        "eindTijd": "2026-10-21T06:00:00Z",
        "reden": "3,5 intervallen van 900 s niets ontvangen",
        "redenCode": "nothing_received",
        "redenParameters": {"missed": 3.5, "every": 900, "last": "2026-10-19T23:00:00+00:00"},
    }


def test_open_outages_have_no_end(site: httpx.Client) -> None:
    """Nothing was received of any feed: each of the fourteen says so since it was placed."""
    found = walked(site, OUTAGES, toestand="open", paginaGrootte="4")
    assert len(found) == 14
    assert {(one["soort"], one["startTijd"], one["eindTijd"], one["redenCode"]) for one in found} == {
        ("nooit-ontvangen", "2025-01-01T00:00:00Z", None, "nothing_yet")
    }
    assert {one["soortTekst"] for one in found} == {"nog niets ontvangen"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"telpunt": "vaart-noord"}, {"vaart-noord-uit", "vaart-noord-in"}),
        ({"meetstation": "park"}, {None}),
        ({"soort": "dood"}, {"kolk-auto"}),
        ({"eigenaar": "PV0099"}, set()),
        ({"startTijd": "2026-10-21T05:59:59Z", "eindTijd": "2026-10-22T10:30:00Z"}, {"vaart-noord-in"}),
        ({"startTijd": "2026-10-21T06:00:00Z", "eindTijd": "2026-10-22T10:30:01Z"}, {"vaart-noord-uit"}),
    ],
)
def test_outages_are_found_by_place_kind_owner_and_time(
    site: httpx.Client, question: dict[str, str], expected: set[str | None]
) -> None:
    """An outage that reaches into the range is in it."""
    assert {one["kanaal"] for one in walked(site, OUTAGES, **{**PAST, **question})} == expected


def test_without_a_range_they_are_those_of_a_month(site: httpx.Client) -> None:
    """Up to now; and those that go on."""
    found = walked(site, OUTAGES)
    assert "dood" not in {one["soort"] for one in found}
    assert len(found) == 14 + 4


@pytest.mark.parametrize("size", ["1", "2", "3"])
def test_pages_have_every_outage_once(site: httpx.Client, size: str) -> None:
    """Also two that begin at the same time."""
    assert walked(site, OUTAGES, **PAST, paginaGrootte=size) == walked(site, OUTAGES, **PAST)


def test_a_sheet_has_the_same(site: httpx.Client) -> None:
    """With an empty end while it lasts."""
    assert [one["kanaal"] for one in table(site.get(OUTAGES, params={**PAST, "formaat": "csv"}))] == [
        one["kanaal"] or "" for one in walked(site, OUTAGES, **PAST)
    ]
    assert {one["eindTijd"] for one in table(site.get(OUTAGES, params={"toestand": "open", "formaat": "csv"}))} == {""}


def test_series_say_what_is_measured_where_and_under_which_terms(site: httpx.Client) -> None:
    """One row a datastream; the recordings are another's, and go on without an end."""
    found = rows(site.get(SERIES))
    assert len(found) == 14
    (row,) = [one for one in found if one["kanaal"] == "vaart-noord-in"]
    assert row == {
        "telpunt": "vaart-noord",
        "meetstation": None,
        "naam": "Vaart Noord",
        "eigenaar": "GM0000",
        "kanaal": "vaart-noord-in",
        "richting": "in",
        "grootheid": "fiets",
        "eenheid": "fietsers",
        "laag": "gemeten",
        "intervalSeconden": 900,
        "meetvenster": {"code": "always", "tekst": row["meetvenster"]["tekst"]},
        "methode": "lus in het wegdek",
        "herkomst": "opgenomen",
        "startTijd": "2025-01-01T00:00:00Z",
        "eindTijd": None,
        "bron": {
            "houder": "Stad Elders",
            "licentie": "DL-DE-BY-2.0",
            "licentieAdres": GERMAN,
            "bronvermelding": "Tellingen: Stad Elders, dl-de/by-2-0, gewijzigd",
            "herkomst": ["opgenomen"],
        },
    }
    air = [(one["meetstation"], one["grootheid"]) for one in found if one["meetstation"]]
    assert air == [("eiland-park", "pm25"), ("park", "no2"), ("park", "pm25"), ("singel", "pm25")]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ({"telpunt": "kolk"}, 3),
        ({"meetstation": "park"}, 2),
        ({"eigenaar": "PV0099"}, 3),
        ({"telpunt": "kolk", "eigenaar": "PV0099"}, 0),
    ],
)
def test_series_are_found_by_place_and_owner(site: httpx.Client, question: dict[str, str], count: int) -> None:
    """In both forms."""
    assert len(rows(site.get(SERIES, params=question))) == count
    assert len(table(site.get(SERIES, params={**question, "formaat": "csv"}))) == count


def test_a_series_that_ended_says_when(site: httpx.Client, owner: psycopg.Connection) -> None:
    """A replaced device leaves its period, and its channel."""
    owner.execute("UPDATE doorfiets.datastream SET valid_until = '2026-10-20 22:00Z' WHERE datastream = 3")
    try:
        (row,) = [one for one in rows(site.get(SERIES)) if one["kanaal"] == "kolk-fiets"]
        assert row["eindTijd"] == "2026-10-20T22:00:00Z"
    finally:
        owner.execute("UPDATE doorfiets.datastream SET valid_until = '2100-01-01Z' WHERE datastream = 3")


@pytest.mark.parametrize("address", [OUTAGES, SERIES, f"{OUTAGES}?startTijd=2026-01-01T00:00:00Z"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_nothing_is_told_of_devices(site: httpx.Client, owner: psycopg.Connection, address: str, form: str) -> None:
    """Neither their names nor what they call their quantities, nor their batteries."""
    found = owner.execute(
        "SELECT device FROM doorfiets.device UNION SELECT source FROM doorfiets.datastream"
    ).fetchall()
    answer = site.get(address, params={**dict(httpx.URL(address).params), "formaat": form}).text
    # an id of the island's device is also that of its link
    assert [name for (name,) in found if "/" in name or name.endswith("-1") if f'"{name}"' in answer] == []
    assert not re.search("volt|batter|sensor|serial|bicycles/", answer.lower())


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"{OUTAGES}?soort=batterij", ["soort"]),
        (f"{OUTAGES}?soort=silent", ["soort"]),
        (f"{OUTAGES}?toestand=dicht", ["toestand"]),
        (f"{OUTAGES}?startTijd=2026-05-12", ["startTijd"]),
        (f"{OUTAGES}?startTijd=2026-05-12T06:00:00Z&eindTijd=2026-05-11T06:00:00Z", ["startTijd"]),
        (f"{OUTAGES}?telpunt=kolk&meetstation=park", ["meetstation"]),
        (f"{OUTAGES}?telpunt=KOLK&x=1&paginaGrootte=0", ["paginaGrootte", "telpunt", "x"]),
        (f"{OUTAGES}?telpunt=kolk&telpunt=kolk", ["telpunt"]),
        (f"{OUTAGES}?cursor=abc", ["cursor"]),
        (f"{OUTAGES}?formaat=geojson", ["formaat"]),
        (f"{SERIES}?telpunt=kolk&meetstation=park", ["meetstation"]),
        (f"{SERIES}?meetstation=%00", ["meetstation"]),
        (f"{SERIES}?eigenaar=%3Cimg%3E&formaat=xml", ["eigenaar", "formaat"]),
        (f"{SERIES}?paginaGrootte=10", ["paginaGrootte"]),
    ],
)
def test_every_mistake_is_named(site: httpx.Client, address: str, named: list[str]) -> None:
    """As everywhere in `/v1`."""
    assert sorted(mistakes(site.get(address))) == named


@pytest.mark.parametrize(
    "question", [{"telpunt": "weg"}, {"meetstation": "weg"}, {"eigenaar": "GM9999"}, {"telpunt": "park"}]
)
@pytest.mark.parametrize("address", [OUTAGES, SERIES])
def test_a_place_that_is_not_there_is_named(site: httpx.Client, address: str, question: dict[str, str]) -> None:
    """With the list to look in."""
    answer = site.get(address, params=question)
    assert answer.status_code == 404
    assert "bestaat niet; /v1/" in answer.json()["detail"]


@pytest.mark.parametrize(("path", "address"), [("/storingen", OUTAGES), ("/meetreeksen", SERIES)])
def test_answers_are_what_the_document_says(site: httpx.Client, path: str, address: str) -> None:
    """Against their schema."""
    document = openapi()
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(site.get(address).json(), {**schema, "components": document["components"]})


def test_outages_are_told_in_the_language_that_is_preferred(site: httpx.Client) -> None:
    """Kind and reason in words; codes and names stay as they are."""
    dutch, english = (site.get(OUTAGES, params=PAST, headers={"Accept-Language": one}) for one in ("nl", "en"))
    assert (dutch.headers["Content-Language"], english.headers["Content-Language"]) == ("nl", "en")
    assert {one["soortTekst"] for one in rows(english)} == {"silent", "partial", "maintenance", "dead"}
    assert [one["soort"] for one in rows(english)] == [one["soort"] for one in rows(dutch)]
    assert [one["reden"] for one in rows(english)] != [one["reden"] for one in rows(dutch)]
    assert english.json()["meta"]["definitie"].endswith("/en/data")
