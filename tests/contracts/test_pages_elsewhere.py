"""What is shown elsewhere: a screen on a wall, and a card that pages of others may hold within them."""

import re
from typing import Final

import httpx
import psycopg
import pytest

from tests.contracts.test_pages_air import text

pytestmark = pytest.mark.contracts

WALL: Final = "/scherm/kolk"
CARD: Final = "/kaartje/kolk"


def test_a_screen_shows_one_number_and_nothing_to_click(site: httpx.Client) -> None:
    """How complete it is and where it comes from stand beside it; no menu, no link."""
    answer = site.get(WALL)
    assert answer.status_code == 200
    assert text(answer.text) == (
        " De Kolk 524 fietsers vandaag, tot 10:00 uur volledig gesimuleerd Gisteren 1.573 volledig "
    )
    assert "<nav" not in answer.text
    assert "<a " not in answer.text


@pytest.mark.parametrize("path", [WALL, CARD])
@pytest.mark.parametrize(
    ("query", "accepted", "locale"),
    [("", "en", "nl"), ("?taal=en", "nl", "en"), ("?taal=nl", "en", "nl"), ("?taal=xx", "en", "nl")],
)
def test_its_language_is_the_owners_or_the_one_that_its_address_names(
    site: httpx.Client, path: str, query: str, accepted: str, locale: str
) -> None:
    """Not that of the browser: a screen on a wall has none, and a page of others chose one."""
    answer = site.get(path + query, headers={"Accept-Language": accepted})
    assert answer.headers["Content-Language"] == locale
    assert f'<html lang="{locale}"' in answer.text
    assert ("cyclists" in answer.text) == (locale == "en")


def test_the_number_of_a_screen_moves(site: httpx.Client, owner: psycopg.Connection) -> None:
    """The part that it fetches again is the part that stands there, in its language."""
    for query in ("", "?taal=en"):
        page = site.get(WALL + query).text
        (part,) = re.findall(r'hx-get="([^"]+)"', page)
        assert part == f"{WALL}/getal{query}"
        assert site.get(part).text.strip() in page
    owner.execute(
        "UPDATE doorfiets.site_hour SET total = total + 1000, changed_in = pg_current_xact_id()"
        " WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-27 08:00Z'"
    )
    assert "1.524" in site.get(f"{WALL}/getal").text


def test_only_the_card_may_be_within_a_page_of_others(site: httpx.Client) -> None:
    """Every other page says that it may not, in both headers that browsers know."""
    card = site.get(CARD)
    assert card.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "X-Frame-Options" not in card.headers
    for path in (WALL, "/nl/", "/nl/telpunten/kolk", "/v1/telpunten", "/kaartje/nergens"):
        answer = site.get(path)
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'"), path
        assert answer.headers["X-Frame-Options"] == "DENY", path


def test_a_card_says_which_day_and_whose_number(site: httpx.Client) -> None:
    """With its coverage, its licence, and a way to the page that opens beside the page that holds the card."""
    page = site.get(CARD).text
    said = text(page)
    assert "De Kolk 1.573 fietsers op maandag 26 oktober 2026 volledig gesimuleerd" in said
    assert "Gesimuleerd: door een model gemaakt, geen waarneming. Gemeente Voorbeeldstad, CC0-1.0" in said
    assert re.search(r'<a href="http[^"]+/nl/telpunten/kolk" target="_blank" rel="noopener">', page)
    recorded = text(site.get("/kaartje/vaart-noord").text)
    assert "Tellingen: Stad Elders, dl-de/by-2-0, gewijzigd" in recorded


def test_a_day_without_a_number_is_a_gap_on_a_card(site: httpx.Client, owner: psycopg.Connection) -> None:
    """With its reason, never a zero."""
    owner.execute("DELETE FROM doorfiets.site_day WHERE site = 'stationsplein' AND day = '2026-10-26'")
    owner.execute("UPDATE doorfiets.owner SET note = note || '.'")
    said = text(site.get("/kaartje/stationsplein").text)
    assert "Stationsplein &lt;west&gt; \u2013" in said
    assert re.search(r"[Gg]een cijfer: |[Gg]een meting", said)


def test_the_page_of_a_site_has_the_code_to_copy(site: httpx.Client) -> None:
    """With an address that answers, in the language of the page."""
    for path, query in (("/nl/telpunten/kolk", ""), ("/en/sites/kolk", "?taal=en")):
        page = site.get(path).text
        (address,) = re.findall(r"&lt;iframe src=&?#?\w*;?\"?(http[^\"&]+)", page)
        assert address.endswith(CARD + query)
        assert httpx.get(address).status_code == 200
