"""`velden` and `sorteer`: which fields rows have, and in which order they come."""

import csv
import io
from typing import Final

import httpx
import jsonschema
import pytest

from opendata.app import openapi
from tests.contracts.tables import mistakes, rows, table, walked
from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.OWNERS, city.PLACES)

WEEK: Final = "startTijd=2026-09-01&eindTijd=2026-09-08&interval=dag"
COUNTS: Final = f"/v1/telpunten/kolk/tellingen?{WEEK}"


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (COUNTS, "startTijd,waarde"),
        (f"/v1/tellingen?{WEEK}", "telpunt,waarde,dekking"),
        (f"/v1/fietsaandeel?tellijn=centrum&{WEEK}", "aandeel,datum"),
        ("/v1/doorfietsroutes/doorfietsroute/gebruik?startTijd=2026-10-25", "fietskilometers,wegvakken"),
        ("/v1/meetstations/park/metingen", "waarde,stof"),
        ("/v1/meetstations/park/luchtindex", "tabel"),
        ("/v1/telpunten", "naam,id"),
        ("/v1/telpunten", "telkanalen"),
        ("/v1/wijken", "id"),
        ("/v1/eigenaren", "naam,kalibratie"),
        ("/v1/kalender", "naam,beginDatum"),
        ("/v1/meetreeksen", "telpunt,grootheid,bron"),
        ("/v1/storingen", "soort"),
        ("/v1/indicatoren", "id,formule"),
        ("/v1/wijzigingen?gewijzigdSinds=2020-01-01T00:00:00Z&paginaGrootte=5", "onderwerp,waarde"),
    ],
)
def test_rows_have_the_fields_that_are_asked_for(site: httpx.Client, address: str, fields: str) -> None:
    """In that order, with the values that they have in whole rows; in a sheet the same columns."""
    answer = site.get(address, params={**dict(httpx.URL(address).params), "velden": fields})
    found, whole = rows(answer), rows(site.get(address))
    assert [list(row) for row in found] == [fields.split(",")] * len(whole)
    assert found == [{name: row[name] for name in fields.split(",")} for row in whole]
    sheet = site.get(address, params={**dict(httpx.URL(address).params), "velden": fields, "formaat": "csv"})
    header = next(csv.reader(io.StringIO(sheet.text)), [])
    for field in fields.split(","):
        assert any(column.startswith(field) for column in header) != (field in {"telkanalen", "wegvakken"})


def test_a_sheet_has_its_columns_in_that_order(site: httpx.Client) -> None:
    """Behind the subject; a nested field is all of its columns."""
    sheet = site.get(
        COUNTS, params={**dict(httpx.URL(COUNTS).params), "velden": "waarde,dekking,datum", "formaat": "csv"}
    )
    header = sheet.text.split("\r\n", maxsplit=1)[0].split(",")
    assert header == [
        "telpunt", "vervoerwijze", "richting", "interval", "waarde", "dekkingVerwacht", "dekkingWaargenomen",
        "dekkingPercentage", "datum",
    ]  # fmt: skip
    # 1 September 2026 is a Tuesday: 1400 cyclists, and 0.6 of that at the weekend
    assert [row["waarde"] for row in table(sheet)] == ["1400", "1400", "1400", "1400", "840", "840", "1400"]


def test_features_have_these_properties(site: httpx.Client) -> None:
    """Beside their id and their geometry, in lists and of one place."""
    question = {"velden": "naam", "formaat": "geojson"}
    for found in site.get("/v1/wegvakken", params=question).json()["features"]:
        assert found.keys() == {"type", "id", "geometry", "properties"}
        assert found["properties"].keys() == {"naam"}
    assert site.get("/v1/telpunten/kolk", params=question).json()["properties"] == {"naam": "De Kolk"}
    assert site.get("/v1/telpunten/kolk", params={"velden": "wijk,naam"}).json() == {
        "wijk": "Centrum",
        "naam": "De Kolk",
    }


def test_other_fields_are_another_answer(site: httpx.Client) -> None:
    """With a tag of its own."""
    tags = {site.get(COUNTS + more).headers["ETag"] for more in ("", "&velden=waarde", "&velden=waarde,datum")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("id", ["eiland-kolk", "kolk", "stationsplein", "vaart-noord"]),
        ("-id", ["vaart-noord", "stationsplein", "kolk", "eiland-kolk"]),
        ("naam,id", ["eiland-kolk", "kolk", "stationsplein", "vaart-noord"]),
        ("naam,-id", ["kolk", "eiland-kolk", "stationsplein", "vaart-noord"]),
        ("wijk,-naam", ["stationsplein", "kolk", "eiland-kolk", "vaart-noord"]),
        ("-eigenaar,-wijk,id", ["eiland-kolk", "vaart-noord", "kolk", "stationsplein"]),
    ],
)
def test_places_come_in_the_order_that_is_asked_for(site: httpx.Client, order: str, expected: list[str]) -> None:
    """The first field decides, the next among equals; in every form."""
    assert [one["id"] for one in rows(site.get("/v1/telpunten", params={"sorteer": order}))] == expected
    drawn = site.get("/v1/telpunten", params={"sorteer": order, "formaat": "geojson"}).json()["features"]
    assert [one["id"] for one in drawn] == expected
    sheet = table(site.get("/v1/telpunten", params={"sorteer": order, "formaat": "csv", "velden": "id"}))
    assert [one["id"] for one in sheet] == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("-lengteKm", ["vaart-3", "vaart-4", "vaart-2", "vaart-5", "vaart-1", "eiland-1"]),
        ("telpunt,id", ["eiland-1", "vaart-2", "vaart-5", "vaart-1", "vaart-3", "vaart-4"]),
        ("-telpunt,id", ["vaart-1", "vaart-5", "vaart-2", "eiland-1", "vaart-3", "vaart-4"]),
        ("-groen,-lengteKm", ["vaart-3", "vaart-4", "eiland-1", "vaart-2", "vaart-5", "vaart-1"]),
    ],
)
def test_what_is_empty_comes_last_both_ways(site: httpx.Client, order: str, expected: list[str]) -> None:
    """Numbers by their size, yes before no when it goes down."""
    assert [one["id"] for one in rows(site.get("/v1/wegvakken", params={"sorteer": order}))] == expected


def test_other_lists_are_sorted_too(site: httpx.Client) -> None:
    """The calendar by its days, series by their place."""
    days = [one["beginDatum"] for one in rows(site.get("/v1/kalender", params={"sorteer": "-beginDatum"}))]
    assert days == sorted(days, reverse=True)
    found = rows(site.get("/v1/meetreeksen", params={"sorteer": "meetstation,-grootheid"}))
    assert [one["grootheid"] for one in found[:4]] == ["pm25", "pm25", "no2", "pm25"]


@pytest.mark.parametrize(
    "address",
    [
        COUNTS,
        "/v1/telpunten/vaart-noord/tellingen?interval=uur&startTijd=2026-10-24T20:00:00Z&eindTijd=2026-10-26T03:00:00Z",
        "/v1/telpunten/kolk/tellingen?interval=maand&startTijd=2025-06-01&eindTijd=2026-10-01",
        "/v1/telpunten/kolk/tellingen?interval=geheel&startTijd=2026-09-01&eindTijd=2026-10-01",
        "/v1/telpunten/kolk/tellingen?interval=twaalf-maanden&startTijd=2026-06-01&eindTijd=2026-10-01",
        f"/v1/fietsaandeel?tellijn=centrum&{WEEK}",
        "/v1/doorfietsroutes/doorfietsroute/gebruik?startTijd=2026-10-20",
        "/v1/meetstations/park/metingen?startTijd=2026-10-25T23:00:00Z",
    ],
)
def test_a_series_comes_from_late_to_early(site: httpx.Client, address: str) -> None:
    """The same rows the other way round, whole, page by page and as a sheet."""
    plain, question = address.split("?", maxsplit=1)[0], dict(httpx.URL(address).params)
    forward = walked(site, plain, **question)
    assert forward
    for size in ("1000", "3", "1"):
        backward = walked(site, plain, **question, sorteer="-startTijd", paginaGrootte=size)
        assert [row["startTijd"] for row in backward] == [row["startTijd"] for row in reversed(forward)]
        assert sorted(backward, key=str) == sorted(forward, key=str)
    sheet = table(site.get(plain, params={**question, "sorteer": "-startTijd", "formaat": "csv"}))
    assert [row["startTijd"] for row in sheet] == [row["startTijd"] for row in reversed(forward)]


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"{COUNTS}&velden=", ["velden"]),
        (f"{COUNTS}&velden=waarde,,datum", ["velden"]),
        (f"{COUNTS}&velden=total", ["velden"]),
        (f"{COUNTS}&velden=start_tijd", ["velden"]),
        (f"{COUNTS}&velden=waarde,waarde", ["velden"]),
        (f"{COUNTS}&velden=dekking.verwacht", ["velden"]),
        (f"{COUNTS}&velden=__class__", ["velden"]),
        (f"{COUNTS}&velden=" + "a" * 3000, ["velden"]),
        (f"{COUNTS}&velden=waarde&velden=datum", ["velden"]),
        (f"{COUNTS}&sorteer=waarde", ["sorteer"]),
        (f"{COUNTS}&sorteer=", ["sorteer"]),
        (f"{COUNTS}&velden=x&sorteer=y&paginaGrootte=0", ["paginaGrootte", "sorteer", "velden"]),
        (f"/v1/tellingen?{WEEK}&sorteer=startTijd", ["sorteer"]),
        ("/v1/telpunten?sorteer=geometrie", ["sorteer"]),
        ("/v1/telpunten?sorteer=telkanalen", ["sorteer"]),
        ("/v1/telpunten?sorteer=--id", ["sorteer"]),
        ("/v1/telpunten?sorteer=id,-id", ["sorteer"]),
        ("/v1/telpunten?sorteer=id;drop", ["sorteer"]),
        ("/v1/telpunten?sorteer=%00", ["sorteer"]),
        ("/v1/telpunten?velden=lengteKm", ["velden"]),
        ("/v1/telpunten/kolk?velden=x", ["velden"]),
        ("/v1/telpunten/kolk?sorteer=id", ["sorteer"]),
        ("/v1/wegvakken?velden=wijk&sorteer=wijk", ["sorteer", "velden"]),
        ("/v1/eigenaren?velden=x", ["velden"]),
    ],
)
def test_every_mistake_is_named(site: httpx.Client, address: str, named: list[str]) -> None:
    """And what there is."""
    answer = site.get(address)
    assert sorted(mistakes(answer)) == named


def test_a_mistake_says_which_fields_there_are(site: httpx.Client) -> None:
    """By their public names."""
    (mistake,) = site.get("/v1/wijken?velden=naam,inwoners").json()["fouten"]
    assert mistake["melding"] == "kent niet: 'inwoners'; bekend: id, naam, eigenaar, telpunten, meetstations."


def test_answers_are_what_the_document_says(site: httpx.Client) -> None:
    """Also where fields are left out."""
    document = openapi()
    for path, address in {
        "/telpunten": "/v1/telpunten?velden=id",
        "/wijken/{wijk}": "/v1/wijken/noord?velden=id",
    }.items():
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(site.get(address).json(), {**schema, "components": document["components"]})
