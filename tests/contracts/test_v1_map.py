"""Places on a map: GeoJSON of every kind, in three reference systems, within a bounding box."""

from typing import Any, Final

import httpx
import jsonschema
import pytest

from opendata.app import openapi
from tests.contracts.tables import mistakes, rows, table
from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.OWNERS, city.PLACES)

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
ETRS89: Final = "http://www.opengis.net/def/crs/EPSG/0/4258"
RD: Final = "http://www.opengis.net/def/crs/EPSG/0/28992"
GEOJSON: Final = {"Accept": "application/geo+json"}
KINDS: Final = ("telpunten", "meetstations", "wegvakken", "doorfietsroutes", "verbindingen", "tellijnen", "wijken")
LINE: Final = [[6.5, 53.0], [6.6, 53.1]]
NEXT: Final = [[6.6, 53.1], [6.6, 53.2], [6.7, 53.2]]


def drawn(answer: httpx.Response) -> dict[str, Any]:
    """The geometries of an answer by their ids, without those that nobody has drawn."""
    assert answer.status_code == 200, answer.text[:500]
    found = answer.json()
    assert (found["type"], "crs" in found) == ("FeatureCollection", False)
    return {one["id"]: one["geometry"] for one in found["features"] if one["geometry"] is not None}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("telpunten", {"kolk": {"type": "Point", "coordinates": [6.561, 52.995]}}),
        ("meetstations", {"singel": {"type": "Point", "coordinates": [6.565, 52.99]}}),
        ("wegvakken", {"vaart-1": {"type": "LineString", "coordinates": LINE}}),
        ("doorfietsroutes", {"doorfietsroute": {"type": "MultiLineString", "coordinates": [LINE, NEXT]}}),
        ("verbindingen", {"station-vaart noord": {"type": "MultiLineString", "coordinates": [LINE]}}),
        ("tellijnen", {"centrum": {"type": "MultiPoint", "coordinates": [[6.561, 52.995]]}}),
        (
            "wijken",
            {
                "centrum": {
                    "type": "Polygon",
                    "coordinates": [[[6.5, 52.9], [6.6, 52.9], [6.6, 53.0], [6.5, 53.0], [6.5, 52.9]]],
                }
            },
        ),
    ],
)
def test_every_kind_of_place_is_geojson(site: httpx.Client, kind: str, expected: dict[str, Any]) -> None:
    """By Accept and by parameter: points, lines, outlines, with the reference system beside them."""
    answer = site.get(f"/v1/{kind}", headers=GEOJSON)
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.headers["Content-Crs"] == f"<{CRS84}>"
    assert expected.items() <= drawn(answer).items()
    assert site.get(f"/v1/{kind}", params={"formaat": "geojson"}).json() == answer.json()
    assert site.get(f"/v1/{kind}", headers={**GEOJSON, "If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("kind", KINDS)
def test_features_are_the_rows_of_the_list(site: httpx.Client, kind: str) -> None:
    """Each once, also what nobody has drawn, which has no geometry; and its numbers as properties."""
    features = site.get(f"/v1/{kind}", headers=GEOJSON).json()["features"]
    listed = rows(site.get(f"/v1/{kind}"))
    assert [one["id"] for one in features] == [one["id"] for one in listed]
    for feature, row in zip(features, listed, strict=True):
        assert feature["properties"].items() <= row.items()
        assert {"id", "naam", "eigenaar"} <= feature["properties"].keys()
        assert "geometrie" not in feature["properties"]


@pytest.mark.parametrize(
    ("address", "geometry"),
    [
        ("telpunten/kolk", {"type": "Point", "coordinates": [6.561, 52.995]}),
        ("meetstations/park", {"type": "Point", "coordinates": [6.56, 53.0]}),
        ("wegvakken/vaart-1", {"type": "LineString", "coordinates": LINE}),
        ("wegvakken/vaart-4", None),
        ("doorfietsroutes/doorfietsroute", {"type": "MultiLineString", "coordinates": [LINE, NEXT]}),
        ("tellijnen/spoor", {"type": "MultiPoint", "coordinates": [[6.571, 52.992]]}),
        ("wijken/haven", None),
    ],
)
def test_one_place_is_a_feature(site: httpx.Client, address: str, geometry: dict[str, Any] | None) -> None:
    """As in the list."""
    answer = site.get(f"/v1/{address}", headers=GEOJSON)
    found = answer.json()
    assert (found["type"], found["id"], found["geometry"]) == ("Feature", address.split("/")[1], geometry)
    assert answer.headers["Content-Crs"] == f"<{CRS84}>"


# By PROJ 9.5 (pyproj 3.7.2), EPSG:28992.
KOLK_IN_RD: Final = (233_809.03, 557_089.18)


@pytest.mark.parametrize(
    ("crs", "address", "expected"),
    [("CRS84", CRS84, (6.561, 52.995)), ("EPSG:4258", ETRS89, (52.995, 6.561)), ("EPSG:28992", RD, KOLK_IN_RD)],
)
@pytest.mark.parametrize("form", ["json", "geojson"])
def test_positions_are_in_the_system_that_is_asked_for(
    site: httpx.Client, crs: str, address: str, expected: tuple[float, float], form: str
) -> None:
    """By its short name and by its address, in lists and of one place, in both forms."""
    for name in (crs, address):
        question = {"crs": name, "formaat": form, "eigenaar": "GM0000"}
        answer = site.get("/v1/telpunten", params=question)
        assert answer.headers["Content-Crs"] == f"<{address}>"
        listed = answer.json()["features"] if form == "geojson" else rows(answer)
        (kolk,) = [one for one in listed if one["id"] == "kolk"]
        one = site.get("/v1/telpunten/kolk", params={"crs": name, "formaat": form})
        assert one.headers["Content-Crs"] == f"<{address}>"
        for place in (kolk, one.json()):
            found = place["geometry" if form == "geojson" else "geometrie"]["coordinates"]
            assert found == pytest.approx(list(expected), abs=0.5 if crs == "EPSG:28992" else 1e-9)


def test_the_sheet_has_the_same_positions(site: httpx.Client) -> None:
    """In metres, with a point."""
    (kolk, *_) = table(site.get("/v1/telpunten", params={"crs": "EPSG:28992", "formaat": "csv", "eigenaar": "GM0000"}))
    east, north = map(float, kolk["geometrieCoordinates"].split("|"))
    assert (east, north) == pytest.approx(KOLK_IN_RD, abs=0.5)


def test_a_system_is_refused_where_it_means_nothing(site: httpx.Client) -> None:
    """An island in the Atlantic has no place in RD; it is named."""
    answer = site.get("/v1/telpunten", params={"crs": "EPSG:28992"})
    assert mistakes(answer) == ["crs"]
    assert "eiland-kolk" in answer.json()["fouten"][0]["melding"]
    assert mistakes(site.get("/v1/telpunten/eiland-kolk", params={"crs": "EPSG:28992"})) == ["crs"]
    assert site.get("/v1/wijken/haven", params={"crs": "EPSG:28992"}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "box", "expected"),
    [
        ("telpunten", "6.56,52.99,6.57,53.0", {"kolk"}),
        ("telpunten", "6.561,52.995,6.561,52.995", {"kolk"}),
        ("telpunten", "-180,-90,180,90", {"kolk", "stationsplein", "vaart-noord", "eiland-kolk"}),
        ("telpunten", "-26,37,-25,38", {"eiland-kolk"}),
        ("telpunten", "0,0,1,1", set()),
        ("meetstations", "6.56,52.995,6.57,53.1", {"park"}),
        ("wegvakken", "6.54,53.04,6.56,53.06", {"vaart-1"}),
        ("wegvakken", "6.5,53.09,6.51,53.1", set()),
        ("wegvakken", "6.6,53.1,6.6,53.1", {"vaart-1", "vaart-2"}),
        ("doorfietsroutes", "6.65,53.19,6.66,53.21", {"doorfietsroute"}),
        ("doorfietsroutes", "6.65,53.1,6.66,53.15", set()),
        ("tellijnen", "6.57,52.99,6.58,53.0", {"spoor"}),
        ("wijken", "6.54,52.94,6.55,52.95", {"centrum"}),
        ("wijken", "6.54,53.04,6.55,53.05", set()),
        ("wijken", "6.84,53.04,6.85,53.05", {"noord"}),
        ("wijken", "6.5,53.0,6.6,53.0", {"centrum", "noord"}),
    ],
)
def test_a_box_holds_what_lies_in_it(site: httpx.Client, kind: str, box: str, expected: set[str]) -> None:
    """The same places in every form: edges, corners, lines that pass through, holes."""
    listed = rows(site.get(f"/v1/{kind}", params={"bbox": box}))
    assert {one["id"] for one in listed} == expected
    assert drawn(site.get(f"/v1/{kind}", params={"bbox": box}, headers=GEOJSON)).keys() == expected
    assert {one["id"] for one in table(site.get(f"/v1/{kind}", params={"bbox": box, "formaat": "csv"}))} == expected


def test_a_box_is_of_degrees_whatever_the_answer_is_in(site: httpx.Client) -> None:
    """And so the island, which RD does not know, is no trouble outside of it."""
    answer = site.get("/v1/telpunten", params={"bbox": "6.56,52.99,6.57,53.0", "crs": "EPSG:28992"})
    (kolk,) = rows(answer)
    assert kolk["geometrie"]["coordinates"] == pytest.approx(list(KOLK_IN_RD), abs=0.5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("bbox=", ["bbox"]),
        ("bbox=1,2,3", ["bbox"]),
        ("bbox=1,2,3,4,5", ["bbox"]),
        ("bbox=1,2,3,4,5,6", ["bbox"]),
        ("bbox=a,b,c,d", ["bbox"]),
        ("bbox=nan,0,1,1", ["bbox"]),
        ("bbox=0,0,inf,1", ["bbox"]),
        ("bbox=0,0,1e1,1", ["bbox"]),
        ("bbox=0,0,1_0,1", ["bbox"]),
        ("bbox=0,%200,1,1", ["bbox"]),
        ("bbox=0,0,%D9%A3,1", ["bbox"]),
        ("bbox=0,0,181,1", ["bbox"]),
        ("bbox=0,-91,1,1", ["bbox"]),
        ("bbox=2,0,1,1", ["bbox"]),
        ("bbox=0,2,1,1", ["bbox"]),
        ("bbox=0,0,1,1&bbox=0,0,1,1", ["bbox"]),
        ("bbox=" + "1" * 6000, ["bbox"]),
        ("crs=", ["crs"]),
        ("crs=EPSG:3857", ["crs"]),
        ("crs=epsg:28992", ["crs"]),
        ("crs=http://evil.example/", ["crs"]),
        ("crs=CRS84&crs=CRS84", ["crs"]),
        ("formaat=kml", ["formaat"]),
        ("bbox=x&crs=y&z=1", ["bbox", "crs", "z"]),
    ],
)  # fmt: skip
def test_every_mistake_is_named(site: httpx.Client, kind: str, question: str, named: list[str]) -> None:
    """As a problem, of every kind of place."""
    answer = site.get(f"/v1/{kind}?{question}", headers=GEOJSON)
    assert sorted(mistakes(answer)) == named
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("question", "named"),
    [("x=1", ["x"]), ("crs=x", ["crs"]), ("formaat=csv", ["formaat"]), ("bbox=0,0,1,1", ["bbox"])],
)
def test_so_it_is_of_one_place(site: httpx.Client, question: str, named: list[str]) -> None:
    """Which lies where it lies."""
    assert mistakes(site.get(f"/v1/telpunten/kolk?{question}")) == named


def test_answers_are_what_the_document_says(site: httpx.Client) -> None:
    """Rows in another system, too."""
    document = openapi()
    for path, address in {"/telpunten": "/v1/telpunten?crs=EPSG:4258", "/wegvakken": "/v1/wegvakken"}.items():
        described = document["paths"][path]["get"]
        assert {"application/json", "text/csv", "application/geo+json"} <= described["responses"]["200"][
            "content"
        ].keys()
        assert "Content-Crs" in described["responses"]["200"]["headers"]
        schema = described["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(site.get(address).json(), {**schema, "components": document["components"]})
