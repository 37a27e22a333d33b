"""The pages of outages and of the state of the service: what is out, what that means, how far all is, corrections."""

import re
from typing import Final

import httpx
import psycopg
import pytest

from opendata.pages.outages_page import STATUSES
from opendata.vocabulary import STORING
from tests.contracts.test_pages_air import text
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.INDICATORS, city.OUTAGES)


def test_an_outage_that_is_over_says_when_what_and_at_which_place(site: httpx.Client) -> None:
    """The newest of a place first; what was well, and a battery, are none."""
    said = text(site.get("/nl/storingen").text)
    over = said[said.index("Voorbij, laatste 31 dagen") : said.index("Wat de toestanden betekenen")]
    for words in (
        "Vaart Noord Stil van do 22 okt 12:30 uur tot do 22 okt 18:15 uur (5,8 uur) Fietsers (richting uit) Stil van",
        "Stil van di 20 okt 02:00 uur tot wo 21 okt 08:00 uur (30 uur) Fietsers (richting in)",
        "Stadspark Gedeeltelijk van zo 25 okt 02:00 uur tot ma 26 okt 01:00 uur (24 uur) Fijnstof PM2,5",
        "Reden: 90 % van de intervallen van 24 uur gemeten, minder dan 95 %.",
        "De Kolk Onderhoud van zo 25 okt 02:00 uur tot zo 25 okt 13:00 uur (12 uur)",
    ):
        assert words in over, words
    assert "batterij" not in over
    assert "Dood" not in over, "that was before these days"


def test_what_goes_on_is_told_once_for_all_feeds_that_are_out_alike(site: httpx.Client) -> None:
    """By place, with a link to its page."""
    page = site.get("/en/outages").text
    said = text(page)
    now = said[: said.index("Over, last 31 days")]
    assert "De Kolk Never received since 1 January 2025" in now
    assert now.count("De Kolk") == 1
    assert '<a href="/en/sites/kolk">De Kolk</a>' in page
    assert '<a href="/en/stations/park">Stadspark</a>' in page


@pytest.mark.parametrize("path", ["/nl/storingen", "/en/outages"])
def test_every_state_is_explained_with_its_code(site: httpx.Client, path: str) -> None:
    """What it is and what it means for the numbers; each outage leads to its state."""
    page = site.get(path).text
    for status in STATUSES:
        assert f'<span translate="no">{STORING[status]}</span>' in page
    chapters = set(re.findall(r'\bid="([^"]+)"', page))
    links = re.findall(r'href="#([^"]+)"', page)
    assert set(links) <= chapters
    assert any(link.endswith("-stil") for link in links)


def test_nothing_out_is_said_in_words(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Neither now nor before: the page is not empty."""
    owner.execute("DELETE FROM doorfiets.feed_state")
    owner.execute("UPDATE doorfiets.datastream SET valid_until = '2026-10-01Z'")
    owner.execute("SELECT doorfiets.refresh_expectations()")
    said = text(site.get("/nl/storingen").text)
    assert "Geen storing die de laatste 31 dagen voorbijging." in said


def test_the_state_of_the_service_names_what_was_corrected_after_its_day(site: httpx.Client) -> None:
    """The number before and the one now; another correction of an hour is not a day."""
    said = text(site.get("/nl/status").text)
    assert "De Kolk , fiets wo 14 okt 1.567 1.667 di 20 okt 14:00 uur" in said
    assert said.count("wo 14 okt") == 1
    assert "niet bekend hoe ver de verwerking is" in said


def test_the_state_of_the_service_names_each_stage(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Until when it is done, by how much that lags, and what waits; late, that is said above all."""
    owner.execute("INSERT INTO doorfiets.watermark VALUES ('b', 0, '2026-10-27 09:06:50Z', 0)")
    owner.execute(
        "INSERT INTO doorfiets.stage VALUES ('store', 'w', 0, NULL, '2026-10-27 09:07Z'),"
        " ('aggregate', 'w', 3, '2026-10-27 09:06:40Z', '2026-10-27 09:07Z')"
    )
    said = text(site.get("/en/status").text)
    assert "The numbers are up to date" in said
    assert "received 10:06 10 seconds 0 messages" in said
    assert "added up 10:06 20 seconds 3 hours" in said
    owner.execute("UPDATE doorfiets.stage SET processed_until = '2026-10-27 08:00Z' WHERE stage = 'aggregate'")
    assert "The numbers lag behind." in text(site.get("/en/status?x=1").text)
