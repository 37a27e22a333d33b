"""What `/v1` says of indicators: their basis, coverage and rule, what they are about, and what every number means."""

import json
from typing import Final

import httpx
import jsonschema
import pytest

from opendata.app import openapi
from opendata.vocabulary import KENGETAL
from tests.contracts.tables import mistakes, one, rows, table, walked
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.INDICATORS)
SITE: Final = "/v1/telpunten/vaart-noord/kengetallen"


def test_a_indicator_says_what_it_rests_on(site: httpx.Client) -> None:
    """Unit, coverage in days, basis in public words, rule, revision and origin."""
    row = one(site, SITE, kengetal="gelijke-dagen")
    assert (row["waarde"], row["periode"], row["facet"], row["regel"]) == (0.10, "twaalf-maanden", "fiets", "pairs-1")
    assert row["grondslag"] == {"dagen": 120, "telpunten": 1, "toen": 100, "nu": 110, "kaleGroei": 0.867}
    assert (row["startTijd"], row["eindTijd"]) == ("2025-09-30T22:00:00Z", "2026-09-30T22:00:00Z")
    assert (row["dekking"]["verwacht"], row["herkomst"], row["aard"]) == (365, ["opgenomen"], "gemeten")


def test_a_indicator_that_is_withheld_says_why(site: httpx.Client) -> None:
    """And which cells are empty."""
    row = one(site, SITE, kengetal="jaargemiddelde-etmaal")
    assert row["waarde"] is None
    assert row["reden"] == "geen geldige dag in 2 van 84 combinaties van maand en weekdag"
    assert (row["redenCode"], row["redenParameters"]) == ("cells_empty", {"empty": 2, "cells": 84})
    assert row["grondslag"]["legeCellen"] == [[1, 1], [1, 2]]


def test_an_estimate_is_called_one(site: httpx.Client) -> None:
    """With its error and its method."""
    row = one(site, SITE, kengetal="opgehoogd-jaargemiddelde")
    assert (row["aard"], row["ondergrens"], row["bovengrens"]) == ("geschat", 2300, 2700)
    assert row["grondslag"]["vergelijkbareTelpunten"] == ["kolk", "stationsplein"]


def test_a_use_is_named_in_dutch(site: httpx.Client) -> None:
    """WWI 0.566275 of the handbook."""
    row = one(site, SITE, kengetal="weekend-weekdagindex")
    assert (row["waarde"], row["grondslag"]["gebruikssoort"]) == (0.566275, "woon-werk")


def test_parts_of_a_indicator_are_rows(site: httpx.Client) -> None:
    """Monday is 1, Sunday 7; an indicator without parts has none."""
    found = rows(site.get(SITE, params={"kengetal": "weekdagindex"}))
    assert [(row["deel"], row["waarde"]) for row in found] == [(1, 1.12), (7, 0.6)]
    assert one(site, SITE, kengetal="gemiddelde-dag")["deel"] is None


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ({}, 8),
        ({"periode": "maand"}, 1),
        ({"startDatum": "2025-10-01"}, 2),
        ({"eindDatum": "2025-12-31"}, 6),
        ({"eindDatum": "2025-12-30"}, 0),
        ({"vervoerwijze": "personenauto"}, 0),
        ({"gewijzigdSinds": "2026-10-19T00:00:00Z"}, 1),
    ],
)
def test_indicators_are_chosen(site: httpx.Client, question: dict[str, str], count: int) -> None:
    """By kind of period, days, mode and change; a period belongs when it lies within the days."""
    assert len(rows(site.get(SITE, params=question))) == count


def test_indicators_have_pages_and_csv_rows(site: httpx.Client) -> None:
    """Together the pages are the sheet, in which a basis is JSON."""
    found = walked(site, SITE, paginaGrootte="3")
    sheet = table(site.get(SITE, params={"formaat": "csv"}))
    assert [row["kengetal"] for row in found] == [row["kengetal"] for row in sheet]
    assert {row["telpunt"] for row in sheet} == {"vaart-noord"}
    compared = next(row for row in sheet if row["kengetal"] == "gelijke-dagen")
    assert json.loads(compared["grondslag"])["dagen"] == 120
    assert (compared["waarde"], compared["ondergrens"]) == ("0.1", "")


@pytest.mark.parametrize(
    ("address", "facet", "value", "unit"),
    [
        ("/v1/telpunten/kolk", "personenauto", 2300, "auto's per dag"),
        ("/v1/wegvakken/tussen", None, 620, "fietsers per dag"),
        ("/v1/doorfietsroutes/doorfietsroute", None, 33045, "km per dag"),
        ("/v1/verbindingen/wk02-noord", None, 1240, "km per dag"),
        ("/v1/tellijnen/centrum", None, 0.096774, "verhouding (0 tot 1)"),
        ("/v1/meetstations/park", "pm25", 8.5, "µg/m³"),
        ("/v1/wijken/noord", "pm25", 9, "µg/m³"),
        ("/v1/eigenaren/GM0000", "fiets", 0.05, "groei (0,10 is +10 %)"),
    ],
)
def test_every_kind_of_subject_has_indicators(
    site: httpx.Client, address: str, facet: str | None, value: float, unit: str
) -> None:
    """With the unit of what was counted or measured; also as a sheet."""
    row = rows(site.get(f"{address}/kengetallen"))[0]
    assert (row["facet"], row["waarde"], row["eenheid"]) == (facet, value, unit)
    assert table(site.get(f"{address}/kengetallen", headers={"Accept": "text/csv"}))[0]["eenheid"] == unit
    assert row["herkomst"]


def test_a_split_is_told_of_its_screenline(site: httpx.Client) -> None:
    """620 of 2000."""
    row = one(site, "/v1/wegvakken/tussen/kengetallen", tellijn="centrum")
    assert (row["kengetal"], row["waarde"], row["facet"]) == ("verdeling-over-wegvakken", 0.31, "centrum")


@pytest.mark.parametrize(
    ("address", "question", "named"),
    [
        (SITE, {"kengetal": "modal-split"}, ["kengetal"]),
        (SITE, {"periode": "eeuw"}, ["periode"]),
        (SITE, {"startDatum": "2026-13-01"}, ["startDatum"]),
        (SITE, {"startDatum": "2026-05-12T00:00:00Z"}, ["startDatum"]),
        (SITE, {"startDatum": "2026-05-12", "eindDatum": "2026-05-11"}, ["startDatum"]),
        (SITE, {"stof": "pm25"}, ["stof"]),
        (SITE, {"peilTijd": "gisteren"}, ["peilTijd"]),
        (SITE, {"peilTijd": "2027-01-01T00:00:00Z"}, ["peilTijd"]),
        (SITE, {"gewijzigdSinds": "1778566500", "paginaGrootte": "0"}, ["gewijzigdSinds", "paginaGrootte"]),
        (SITE, {"cursor": "AAAA"}, ["cursor"]),
        ("/v1/indicatoren", {"kengetal": "aadb"}, ["kengetal"]),
        ("/v1/wijzigingen", {}, ["gewijzigdSinds"]),
        ("/v1/wijzigingen", {"gewijzigdSinds": "2026-10-20T00:00:00Z", "soort": "route"}, ["soort"]),
        ("/v1/meetstations/park/metingen", {"laag": "goed"}, ["laag"]),
        ("/v1/meetstations/park/metingen", {"laag": "koehler-1"}, ["laag"]),
        ("/v1/meetstations/park/luchtindex", {"tabel": "lki"}, ["tabel"]),
    ],
)
def test_bad_questions_name_their_parameter(
    site: httpx.Client, address: str, question: dict[str, str], named: list[str]
) -> None:
    """All of them."""
    assert sorted(mistakes(site.get(address, params=question))) == sorted(named)


@pytest.mark.parametrize(
    "address",
    [
        "/v1/telpunten/weg/kengetallen",
        "/v1/wegvakken/weg",
        "/v1/wegvakken/weg/kengetallen",
        "/v1/verbindingen/weg",
        "/v1/wijken/weg",
        "/v1/indicatoren/aadb",
        "/v1/meetstations/weg/luchtindex",
    ],
)
def test_what_does_not_exist_is_named(site: httpx.Client, address: str) -> None:
    """With the list to look in."""
    answer = site.get(address)
    assert (answer.status_code, "geeft alle kenmerken" in answer.json()["detail"]) == (404, True)


def test_connections_have_their_kind(site: httpx.Client) -> None:
    """Inside a district, between two, to the centre, and to the region; with what makes their links green and safe."""
    found = {row["id"]: row for row in rows(site.get("/v1/verbindingen"))}
    assert {
        name: found[name]["soort"] for name in ("noord-noord", "wk02-noord", "centrum-noord", "centrum-region")
    } == {
        "noord-noord": "binnen wijk",
        "wk02-noord": "tussen wijken",
        "centrum-noord": "naar het centrum",
        "centrum-region": "naar de regio",
    }
    between = found["wk02-noord"]
    assert (between["lengteKm"], between["gemetenKm"], between["groenKm"]) == (4, 2, 2)
    assert {link["omrijfactor"] for link in between["wegvakken"]} == {1.1, 1.25}
    assert rows(site.get("/v1/wegvakken"))[-1]["openingsDatum"] is None


def test_every_indicator_is_explained(site: httpx.Client) -> None:
    """From the one catalogue: what it is, and what may not be claimed."""
    found = rows(site.get("/v1/indicatoren"))
    assert [row["id"] for row in found] == list(KENGETAL.values())
    share = site.get("/v1/indicatoren/fietsaandeel").json()
    assert "modal split" in share["beperkingen"][0]
    assert table(site.get("/v1/indicatoren?formaat=csv"))[0]["id"] == "telling"


def test_air_is_told_in_layers(site: httpx.Client) -> None:
    """The corrected layer beside the measured one, with what it rests on."""
    day = {"startTijd": "2026-10-26T12:00:00Z", "eindTijd": "2026-10-26T13:00:00Z", "stof": "pm25"}
    measured = one(site, "/v1/meetstations/singel/metingen", **day)
    corrected = one(site, "/v1/meetstations/singel/metingen", **day, laag="koehler-1")
    assert corrected["waarde"] == measured["waarde"] / 2
    assert (measured["laag"], corrected["laag"]) == ("gemeten", "koehler-1")
    assert corrected["grondslag"] == {"vochtigheid": 80, "kappa": 0.4}


def test_an_index_names_its_table_its_basis_and_its_word(site: httpx.Client) -> None:
    """The Dutch one, and the European one that cannot be computed without ozone."""
    hour = {"startTijd": "2026-10-26T12:00:00Z", "eindTijd": "2026-10-26T13:00:00Z"}
    european, dutch = rows(site.get("/v1/meetstations/park/luchtindex", params=hour))
    assert (dutch["tabel"], dutch["waarde"], dutch["niveau"]) == ("lki-2014", 3, "goed")
    assert dutch["niveauCode"] == "good"
    assert dutch["grondslag"]["lagen"] == {"no2": "gemeten", "pm25": "gemeten"}
    assert (european["waarde"], european["reden"]) == (None, "niet te berekenen zonder O₃")
    assert len(table(site.get("/v1/meetstations/park/luchtindex?tabel=lki-2014&formaat=csv"))) == 22


def test_answers_are_what_the_document_says(site: httpx.Client) -> None:
    """Each kind of answer against its schema."""
    document = openapi()
    requested = {
        "/wegvakken": "/v1/wegvakken",
        "/wegvakken/{wegvak}": "/v1/wegvakken/tussen",
        "/wegvakken/{wegvak}/kengetallen": "/v1/wegvakken/tussen/kengetallen",
        "/verbindingen": "/v1/verbindingen",
        "/verbindingen/{verbinding}": "/v1/verbindingen/wk02-noord",
        "/verbindingen/{verbinding}/kengetallen": "/v1/verbindingen/wk02-noord/kengetallen",
        "/wijken": "/v1/wijken",
        "/wijken/{wijk}": "/v1/wijken/WK02",
        "/wijken/{wijk}/kengetallen": "/v1/wijken/noord/kengetallen",
        "/telpunten/{telpunt}/kengetallen": SITE,
        "/doorfietsroutes/{doorfietsroute}/kengetallen": "/v1/doorfietsroutes/doorfietsroute/kengetallen",
        "/tellijnen/{tellijn}/kengetallen": "/v1/tellijnen/centrum/kengetallen",
        "/meetstations/{meetstation}/kengetallen": "/v1/meetstations/park/kengetallen",
        "/meetstations/{meetstation}/luchtindex": "/v1/meetstations/park/luchtindex",
        "/eigenaren/{eigenaar}/kengetallen": "/v1/eigenaren/GM0000/kengetallen",
        "/indicatoren": "/v1/indicatoren",
        "/indicatoren/{indicator}": "/v1/indicatoren/fietsaandeel",
        "/wijzigingen": "/v1/wijzigingen?gewijzigdSinds=2026-10-20T00:00:00Z",
    }
    for path, address in requested.items():
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = site.get(address)
        assert answer.status_code == 200, answer.text
        assert answer.json().get("gegevens") != []
        jsonschema.validate(answer.json(), {**schema, "components": document["components"]})
