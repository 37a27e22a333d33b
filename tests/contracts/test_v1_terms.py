"""Whose numbers an answer rests on and under which terms: of each series, in its meta, in `Link` and on its page."""

from typing import Final

import httpx
import psycopg
import pytest

pytestmark = pytest.mark.contracts

CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"
GERMAN: Final = "https://www.govdata.de/dl-de/by-2-0"
ELSEWHERE: Final = "Tellingen: Stad Elders, dl-de/by-2-0, gewijzigd"
MODEL: Final = "Gesimuleerd: door een model gemaakt, geen waarneming."
OWN: Final = "Gemeten door of voor de uitgever."


def licences(answer: httpx.Response) -> list[str]:
    """The licences that the header of an answer links to."""
    links = answer.headers["Link"].split(", ")
    return [link.split(">")[0].removeprefix("<") for link in links if 'rel="license"' in link]


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/v1/telpunten/vaart-noord/tellingen?", {ELSEWHERE: GERMAN}),
        ("/v1/telpunten/kolk/tellingen?", {MODEL: CC0}),
        ("/v1/telpunten/stationsplein/tellingen?", {OWN: CC0}),
        ("/v1/fietsaandeel?tellijn=spoor&", {OWN: CC0}),
        ("/v1/doorfietsroutes/doorfietsroute/gebruik?", {OWN: CC0, MODEL: CC0, ELSEWHERE: GERMAN}),
        ("/v1/meetstations/park/metingen?", {MODEL: CC0}),
        ("/v1/telpunten/vaart-noord/kengetallen?", {ELSEWHERE: GERMAN}),
    ],
)
def test_a_series_names_its_sources(site: httpx.Client, address: str, named: dict[str, str]) -> None:
    """Those that its numbers rest on, and no other; as CSV the header says it."""
    answer = site.get(address)
    assert answer.status_code == 200, answer.text
    meta = answer.json()["meta"]
    assert {one["bronvermelding"]: one["licentieAdres"] for one in meta["bronnen"]} == named
    assert meta["bronvermelding"] == list(named)
    addresses = list(dict.fromkeys(named.values()))
    assert meta["licentie"] == (addresses[0] if len(addresses) == 1 else None)
    assert licences(answer) == licences(site.get(f"{address}formaat=csv")) == addresses


def test_a_period_of_equipment_and_a_quantity_name_theirs(site: httpx.Client) -> None:
    """So that a copy of the places is enough to know."""
    (one,) = {
        period["bron"]["bronvermelding"]
        for channel in site.get("/v1/telpunten/vaart-noord").json()["telkanalen"]
        for period in channel["meetperioden"]
    }
    assert one == ELSEWHERE
    series = site.get("/v1/meetstations/park").json()["meetreeksen"][0]
    assert [source["bronvermelding"] for source in series["bronnen"]] == [MODEL]


@pytest.mark.parametrize("path", ["/nl/", "/nl/gegevens", "/nl/telpunten/vaart-noord"])
def test_a_page_names_them_with_their_licence(site: httpx.Client, path: str) -> None:
    """Beside the publisher's own."""
    answer = site.get(path)
    assert ELSEWHERE in answer.text
    assert f'<a href="{GERMAN}" rel="license">DL-DE-BY-2.0</a>' in answer.text
    assert licences(answer) == [CC0, GERMAN]


def test_a_page_of_a_site_names_what_its_own_numbers_rest_on(site: httpx.Client) -> None:
    """Above the foot, which names all of the city's."""
    own, _ = site.get("/nl/telpunten/kolk").text.split("<footer>")
    assert (MODEL in own, ELSEWHERE in own) == (True, False)


def test_other_words_of_a_source_are_another_answer(site: httpx.Client, owner: psycopg.Connection) -> None:
    """A copy with an old attribution is not good any more."""
    address = "/v1/telpunten/vaart-noord/tellingen?startTijd=2026-10-12T22:00:00Z&eindTijd=2026-10-13T22:00:00Z"
    before = site.get(address).headers["ETag"]
    owner.execute("UPDATE doorfiets.data_source SET licence = licence")
    assert site.get(address).headers["ETag"] != before
