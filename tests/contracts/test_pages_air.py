"""The pages of the air: both indices, a quantity in each of its layers, and with what a station measures."""

import re
from typing import Final

import httpx
import psycopg
import pytest

from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.EDGES, city.INDICATORS, city.OWNERS)
VALUE: Final = """
    INSERT INTO doorfiets.indicator_value (kind, subject, facet, indicator, period, first_day, last_day,
        started_at, ended_at, part, value, basis, valid, expected, rule, changed_in)
    SELECT kind, subject, facet, indicator, period, first, last,
           api.midnight(first, 'Europe/Amsterdam'), api.midnight(last + 1, 'Europe/Amsterdam'),
           0, value, '{}', valid, expected, 'of-a-test', pg_current_xact_id()
    FROM (VALUES (%s, %s, %s, %s, %s, %s::date, %s::date, %s::float8, %s::int, %s::int))
        v(kind, subject, facet, indicator, period, first, last, value, valid, expected)
"""
"""One value of an indicator, of local days from the first to the last."""


def text(html: str) -> str:
    """What of a page's content stands between its marks."""
    content = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content)).replace("\u00a0", " ")


def row(html: str, station: str, quantity: str) -> list[str]:
    """The cells of one quantity in the table of layers of a station."""
    part = html[html.index(f'id="station-{station}"') :] if station else html
    found = re.search(rf'<tr><th scope="row">{quantity}.*?</tr>', part, re.DOTALL)
    assert found is not None
    return [text(f"<main>{one}</main>").strip() for one in re.findall(r"<td.*?</td>", found[0], re.DOTALL)]


def test_a_layer_stands_beside_what_was_measured_in_the_same_hour(site: httpx.Client) -> None:
    """As measured, and corrected by us; a station without a correction has no such column."""
    page = site.get("/nl/lucht").text
    assert row(page, "singel", "Fijnstof") == ["15,4 µg/m³", "7,7 µg/m³", "09:00 tot 10:00 uur", "23 van 24"]
    assert row(page, "park", "Stikstofdioxide")[:2] == ["16,9 µg/m³", "09:00 tot 10:00 uur"]
    assert "gecorrigeerd door ons (Köhler)" in page


def test_an_index_has_its_word_or_its_reason(site: httpx.Client) -> None:
    """Which substance decides it; one that cannot be computed says what it lacks; a station without any says so."""
    dutch, english = text(site.get("/nl/lucht").text), text(site.get("/en/air").text)
    assert "3 goed Gemiddelde van 08:00 tot 09:00 uur. Bepaald door: Stikstofdioxide NO₂." in dutch
    assert "geen cijfer Niet getoond: niet te berekenen zonder O₃." in dutch
    assert "3 good Mean from 08:00 to 09:00. Decided by: Nitrogen dioxide NO₂." in english
    assert dutch.count("Geen luchtkwaliteitsindex") == 2


def test_the_exposure_of_a_route_comes_with_what_may_not_be_claimed(
    site: httpx.Client, owner: psycopg.Connection
) -> None:
    """Where there is no number it says what that needs; never without the caveat."""
    before = text(site.get("/nl/lucht").text)
    assert before.count("Nog geen cijfer: daarvoor zijn hele dagen nodig") == 2
    assert "Geen uitspraak over gezondheid en geen ingeademde dosis." in before
    owner.execute(
        VALUE, ["route", "doorfietsroute", "", "exposure_pm25", "month", "2026-09-01", "2026-09-30", 9.25, 28, 30]
    )
    after = text(site.get("/nl/lucht?x=1").text)
    assert "9,25 µg/m³ september 2026; 28 van 30 dagen." in after
    assert "Geen uitspraak over gezondheid en geen ingeademde dosis." in after


def test_a_station_says_where_and_with_what_it_measures(site: httpx.Client) -> None:
    """Class, surroundings, method and interval; its map, hours of each layer and days, each with its table."""
    page = site.get("/nl/meetstations/singel").text
    said = text(page)
    for words in (
        "Burgermeting: een kleine sensor van een bewoner",
        "Het staat vlak bij druk verkeer.",
        "Wijk Centrum.",
        "optisch zoals gemeten 15 minuten 1 januari 2025",
        "52,9900 noorderbreedte, 6,5650 oosterlengte",
        "Laatste 48 uur, zoals gemeten",
        "Laatste 48 uur, gecorrigeerd door ons (Köhler)",
        "Per dag, laatste dertig dagen",
    ):
        assert words in said, words
    own = page.partition('<section class="explorer"')[0]
    assert own.count("<figure") == own.count("<figcaption") == 4
    assert '<a href="/v1/meetstations/singel/metingen?stof=pm25&amp;laag=koehler-1&amp;startTijd=' in page
    assert site.get("/nl/meetstations/nergens").status_code == 404


def test_a_day_without_a_mean_is_a_gap_and_one_with_a_mean_is_not(
    site: httpx.Client, owner: psycopg.Connection
) -> None:
    """Thirty days, each in the table, whether there is a number or not."""
    owner.execute(VALUE, ["station", "park", "no2", "day_mean", "day", "2026-10-26", "2026-10-26", 14.3, 24, 24])
    page = site.get("/nl/meetstations/park").text
    assert '<th scope="row">ma 26 okt</th><td class="n">14,3</td><td>volledig</td>' in page
    assert '<th scope="row">zo 25 okt</th><td class="n">\u2013</td><td>geen meting</td>' in page


def test_what_is_downloaded_from_a_station_is_there(site: httpx.Client) -> None:
    """Every link to `/v1` on its page answers."""
    page = site.get("/en/stations/park").text
    addresses = {one.replace("&amp;", "&") for one in re.findall(r'href="(/v1/[^"]+)"', page)}
    assert addresses
    assert {one: site.get(one).status_code for one in addresses} == dict.fromkeys(addresses, 200)
