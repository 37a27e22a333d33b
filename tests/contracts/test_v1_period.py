"""An answer says which period it is about and whether that was asked; what goes on has no end; all of it is Dutch."""

from typing import Any, Final

import httpx
import pytest

from tests.contracts.tables import rows
from tests.opendata import city

pytestmark = pytest.mark.contracts
SEEDS: Final = (city.SEED, city.OWNERS)

COUNTS: Final = "/v1/telpunten/kolk/tellingen"
BOTH: Final = ["startTijd", "eindTijd"]


def period(site: httpx.Client, address: str, **question: str) -> dict[str, Any]:
    """What an answer says of its period."""
    answer = site.get(address, params=question)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["meta"]["periode"]
    return found


# It is Tuesday 27 October 2026, 10:07 local time, which is 09:07 UTC; summer time ended on the 25th.
@pytest.mark.parametrize(
    ("address", "interval", "start", "end"),
    [
        (COUNTS, "kwartier", "2026-10-25T23:00:00Z", "2026-10-27T09:07:00Z"),  # midnight a day before
        (COUNTS, "uur", "2026-10-19T22:00:00Z", "2026-10-27T09:07:00Z"),
        (COUNTS, "dag", "2026-09-25T22:00:00Z", "2026-10-27T09:07:00Z"),
        (COUNTS, "week", "2026-04-27T22:00:00Z", "2026-10-27T09:07:00Z"),
        (COUNTS, "maand", "2025-10-26T23:00:00Z", "2026-10-27T09:07:00Z"),
        (COUNTS, "geheel", "2025-10-26T23:00:00Z", "2026-10-26T23:00:00Z"),
        ("/v1/fietsaandeel?tellijn=centrum", "dag", "2026-09-25T22:00:00Z", "2026-10-27T09:07:00Z"),
        ("/v1/tellingen?eigenaar=GM0000", "uur", "2026-10-19T22:00:00Z", "2026-10-27T09:07:00Z"),
    ],
)
def test_a_default_period_is_named_and_called_one(
    site: httpx.Client, address: str, interval: str, start: str, end: str
) -> None:
    """From a local midnight until now."""
    question = {**dict(httpx.URL(address).params), "interval": interval}
    assert period(site, address, **question) == {"startTijd": start, "eindTijd": end, "standaard": BOTH}


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("/v1/doorfietsroutes/doorfietsroute/gebruik", "2026-09-25T22:00:00Z"),
        ("/v1/meetstations/park/metingen", "2026-10-19T22:00:00Z"),
        ("/v1/storingen", "2026-09-26T09:07:00Z"),
    ],
)
def test_so_do_series_without_an_interval(site: httpx.Client, address: str, start: str) -> None:
    """Days of a route, hours of a station, outages of 31 days."""
    assert period(site, address) == {"startTijd": start, "eindTijd": "2026-10-27T09:07:00Z", "standaard": BOTH}


def test_a_period_that_was_asked_is_none(site: httpx.Client) -> None:
    """Whole, or by one of its ends; what lies ahead is not answered."""
    wanted = {"startTijd": "2026-09-01", "eindTijd": "2026-09-08", "interval": "dag"}
    answered = {"startTijd": "2026-08-31T22:00:00Z", "eindTijd": "2026-09-07T22:00:00Z", "standaard": []}
    for address in (COUNTS, "/v1/tellingen?telpunt=kolk"):
        assert period(site, address, **{**dict(httpx.URL(address).params), **wanted}) == answered
    half = period(site, COUNTS, startTijd="2026-10-20", interval="dag")
    assert half == {
        "startTijd": "2026-10-19T22:00:00Z", "eindTijd": "2026-10-27T09:07:00Z", "standaard": ["eindTijd"]
    }  # fmt: skip
    other = period(site, COUNTS, eindTijd="2026-10-02", interval="dag")
    assert other == {
        "startTijd": "2026-08-31T22:00:00Z", "eindTijd": "2026-10-01T22:00:00Z", "standaard": ["startTijd"]
    }  # fmt: skip
    ahead = period(site, COUNTS, startTijd="2026-10-20", eindTijd="2027-01-01", interval="dag")
    assert (ahead["eindTijd"], ahead["standaard"]) == ("2026-10-27T09:07:00Z", [])


def test_lists_have_no_period(site: httpx.Client) -> None:
    """They are of now."""
    assert period(site, "/v1/telpunten") is None


def test_equipment_that_goes_on_has_no_end(site: httpx.Client) -> None:
    """Nor a day far away that somebody might take for one."""
    for place in rows(site.get("/v1/telpunten")):
        ends = {one["eindTijd"] for channel in place["telkanalen"] for one in channel["meetperioden"]}
        assert ends == {None}


ADDRESSES: Final = (
    "/v1/telpunten",
    "/v1/telpunten?formaat=csv",
    "/v1/telpunten?formaat=geojson",
    "/v1/telpunten/weg",
    "/v1/telpunten?x=1",
    "/v1/verwerking",
    "/v1/openapi.json",
    "/v1/nergens",
    COUNTS,
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["nl", "en", "de, *;q=0.1"])
def test_every_answer_is_dutch_and_says_so(site: httpx.Client, address: str, language: str) -> None:
    """Also mistakes, and whatever language is asked for."""
    answer = site.get(address, headers={"Accept-Language": language})
    assert answer.headers["Content-Language"] == "nl"
    assert answer.text == site.get(address).text


@pytest.mark.parametrize(
    ("method", "address", "headers", "title"),
    [
        ("GET", "/v1/telpunten?x=1", {}, "Ongeldige vraag"),
        ("GET", "/v1/telpunten/weg", {}, "Niet gevonden"),
        ("GET", "/v1/nergens", {}, "Niet gevonden"),
        ("POST", "/v1/telpunten", {}, "Methode niet toegestaan"),
        ("GET", "/v1/telpunten", {"Accept": "image/png"}, "Vorm niet beschikbaar"),
    ],
)
def test_problems_have_dutch_titles(
    site: httpx.Client, method: str, address: str, headers: dict[str, str], title: str
) -> None:
    """None is the phrase of the protocol."""
    answer = site.request(method, address, headers=headers)
    assert (answer.json()["title"], answer.headers["Content-Language"]) == (title, "nl")


@pytest.mark.parametrize(
    ("accepted", "locale", "name", "path"),
    [
        ("en-GB,en;q=0.9", "en", "Bicycle-kilometres per day", "/en/how-we-compute"),
        ("de, nl;q=0.2", "nl", "Fietskilometers per dag", "/nl/zo-rekenen-we"),
        ("", "nl", "Fietskilometers per dag", "/nl/zo-rekenen-we"),
    ],
)
def test_what_is_there_in_each_language_is_in_the_one_that_is_preferred(
    site: httpx.Client, accepted: str, locale: str, name: str, path: str
) -> None:
    """All of its words, and it says in which; who prefers another one does not get it from memory."""
    for _ in range(2):
        for address in ("/v1/indicatoren", "/v1/indicatoren/fietskilometers"):
            answer = site.get(address, headers={"Accept-Language": accepted})
            assert answer.headers["Content-Language"] == locale
            assert "Accept-Language" in answer.headers["Vary"]
            found = answer.json().get("gegevens", [answer.json()])
            (one,) = [row for row in found if row["id"] == "fietskilometers"]
            assert one["naam"] == name
        other = "nl" if locale == "en" else "en"
        elsewhere = site.get("/v1/indicatoren", headers={"Accept-Language": other})
        assert elsewhere.headers["Content-Language"] == other
        listed = site.get("/v1/indicatoren", headers={"Accept-Language": accepted})
        assert listed.json()["meta"]["definitie"].endswith(path)
        assert listed.headers["ETag"] != elsewhere.headers["ETag"]
