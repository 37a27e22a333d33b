"""The pages in a real browser: readable by everyone, with and without JavaScript, and moving when numbers move."""

import re
from collections.abc import Iterator
from gzip import compress
from typing import Final, Literal, TypeAlias

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from deploy.local.stack import Stack
from tests.conftest import superuser
from tests.journeys.conftest import PageJudge
from tests.opendata import city

pytestmark = pytest.mark.journeys

Scheme: TypeAlias = Literal["light", "dark"]

PAGES: Final = (
    "/nl/",
    "/nl/telpunten/vaart-noord",
    "/nl/tellijnen/spoor",
    "/nl/doorfietsroutes/doorfietsroute",
    "/nl/gegevens",
    "/nl/over",
    "/nl/toegankelijkheid",
    "/nl/bestaat-niet",
)


@pytest.fixture(scope="module")
def conninfo(stack: Stack) -> Iterator[str]:
    """The invented city."""
    with city.database(superuser(stack), "pages_city") as found:
        yield found


@pytest.fixture(scope="module")
def address(conninfo: str) -> Iterator[str]:
    """A site that serves it."""
    with city.served(city.settings(conninfo)) as found:
        yield found


def visit(
    browser: Browser, address: str, path: str, width: int = 1280, *, scheme: Scheme = "light", scripts: bool = True
) -> Page:
    """Open a page; a request to another origin fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        java_script_enabled=scripts,
    )
    page = context.new_page()
    foreign: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            foreign.append(request.url)

    page.on("request", look)
    page.goto(address + path, wait_until="load")
    assert foreign == []
    return page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_no_page_breaks_the_rules_of_accessibility(
    browser: Browser, address: str, path: str, width: int, *, scheme: Scheme, violations: PageJudge
) -> None:
    """WCAG 2.1 A and AA as far as a machine can tell; nothing sticks out on a small screen."""
    page = visit(browser, address, path, width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = violations(page)
    page.context.close()
    assert found == []


def test_the_start_page_reads_without_javascript(browser: Browser, address: str) -> None:
    """Numbers with unit, coverage and origin; every chart with its table; the gap said in words."""
    page = visit(browser, address, "/nl/", scripts=False)
    text = page.inner_text("main")
    for words in (
        "2.133 fietsers geteld vandaag",
        "onvolledig (93 %)",
        "opgenomen",
        "gesimuleerd",
        "Noemer motor: fiets, personenauto, vrachtverkeer",
        "33.045",
        "ten hoogste 44 %",
        "verondersteld, naar Kanaal tot Vries (teller De Kolk)",
        "gemeten, teller Vaart Noord",
        "33.045 km, waarvan 8.470 verondersteld",
        "12,5 van 27,0 km",
        "Wat is echt, wat niet",
    ):
        assert words in re.sub(r"\s+", " ", text), words
    assert page.locator("figure").count() == page.locator("figure table").count() >= 6
    page.context.close()


def test_the_start_page_is_light(address: str) -> None:
    """Under 150 kB without JavaScript, all of it."""
    page = httpx.get(f"{address}/nl/").text
    styles = [httpx.get(address + path).text for path in re.findall(r'href="(/static/[^"]+)"', page)]
    assert sum(len(compress(text.encode())) for text in [page, *styles]) < 150_000


def test_stored_text_is_inert(address: str) -> None:
    """A name is never markup."""
    assert "Stationsplein &lt;west&gt;" in httpx.get(f"{address}/nl/").text


def test_a_gap_day_is_a_gap_on_the_page_of_the_site(address: str) -> None:
    """With its reason in the table."""
    page = httpx.get(f"{address}/nl/telpunten/vaart-noord").text
    assert re.search(r'<th scope="row">di 20 okt</th><td class="n">\u2013</td><td>geen meting', page)


def test_the_page_of_a_screenline_names_its_sites(address: str) -> None:
    """By name, never by key."""
    assert "De Kolk</a>" in httpx.get(f"{address}/nl/tellijnen/centrum").text


def test_a_number_moves_by_itself(browser: Browser, address: str, stack: Stack) -> None:
    """Another aggregate, and the open page shows it within seconds, without being loaded again."""
    page = visit(browser, address, "/nl/")
    assert page.inner_text(".count b") == "2.133"
    with psycopg.connect(superuser(stack), dbname="pages_city", autocommit=True) as connection:
        connection.execute(
            "UPDATE doorfiets.site_hour SET total = total + 1000, changed_in = pg_current_xact_id()"
            " WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-27 08:00Z'"
        )
    expect(page.locator(".count b")).to_have_text("3.133", timeout=10_000)
    page.context.close()


def test_the_stream_names_the_revision_and_sends_a_fragment(address: str) -> None:
    """What an event holds."""
    stream = f"{address}/nl/live/vandaag/stroom"
    with httpx.stream("GET", stream, timeout=10, headers={"Accept-Encoding": "gzip"}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = []
        for line in answer.iter_lines():
            lines.append(line)
            if line.startswith("id: "):
                break
    assert any(line.startswith('data: <div class="hero">') for line in lines)


def test_an_empty_database_explains_itself(stack: Stack) -> None:
    """No registry yet: what to do."""
    with (
        city.database(superuser(stack), "pages_nothing", seeds=()) as conninfo,
        city.visitor(city.settings(conninfo)) as site,
    ):
        answer = site.get("/nl/")
        assert answer.status_code == 200
        assert "doorfiets registry apply" in answer.text
        assert site.get("/nl/gegevens").status_code == 200


def test_errors_are_pages_and_the_site_keeps_its_manners(address: str) -> None:
    """404, headers, security.txt, and where `/` leads."""
    missing = httpx.get(f"{address}/nl/telpunten/bestaat-niet")
    assert (missing.status_code, "Deze pagina bestaat niet" in missing.text) == (404, True)
    assert "script-src 'self'" in missing.headers["Content-Security-Policy"]
    assert httpx.get(f"{address}/").headers["Location"] == "/nl/"
    assert "Expires: 2027-04-01" in httpx.get(f"{address}/.well-known/security.txt").text
