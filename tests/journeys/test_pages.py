"""The pages in a real browser: readable by everyone, with and without JavaScript, and moving when numbers move."""

import re
from collections.abc import Iterator
from gzip import compress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, Literal, TypeAlias

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from deploy.local.stack import Stack
from locales import LOCALES
from opendata.pages.addresses import ADDRESSES, PARTS, PageAddresses
from tests.conftest import superuser
from tests.journeys.conftest import PageJudge, looks
from tests.opendata import city

pytestmark = pytest.mark.journeys

Scheme: TypeAlias = Literal["light", "dark"]

IDS: Final = {
    "site": "vaart-noord",
    "screenline": "spoor",
    "route": "doorfietsroute",
    "link": "vaart-1",
    "district": "noord",
    "station": "park",
}
PAGES: Final = [
    PageAddresses(locale).page(page, **IDS, topic=PageAddresses(locale).slug("cycling_share"))
    for page in ADDRESSES
    if page not in PARTS
    for locale in LOCALES
] + [
    "/nl/zoeken?q=kolk",
    "/nl/bestaat-niet",
    "/en/bestaat-niet",
    *(PageAddresses(locale).elsewhere(what, "kolk") for what in ("wall", "card") for locale in LOCALES),
]


@pytest.fixture(scope="module")
def conninfo(stack: Stack) -> Iterator[str]:
    """The invented city, on a map."""
    with city.database(superuser(stack), "pages_city", (city.SEED, city.PLACES)) as found:
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


@pytest.mark.parametrize(("path", "width", "scheme"), looks(PAGES))
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
    """The number of the city with unit, coverage and origin, the shares, the route; the map as a drawing and a list."""
    page = visit(browser, address, "/nl/", scripts=False)
    text = re.sub(r"\s+", " ", page.inner_text("main"))
    for words in (
        "fietsers op een gewone werkdag",
        "Geteld op 3 telpunten samen; wie er langs twee rijdt, telt twee keer.",
        "tegenover dezelfde werkdagen een jaar eerder, op 3 telpunten die beide keren telden",
        "Vandaag tot nu toe: 2.133 op 3 telpunten, tot 10:00 uur, 93 % gemeten.",
        "opgenomen",
        "gesimuleerd",
        "geen teller is hier geijkt: ergens tussen",
        "fiets, personenauto, vrachtverkeer",
        "Kanaal tot De Punt 8,0 km · groen",
        "Wat is echt, wat niet",
    ):
        assert words in text, words
    assert page.locator(".drawing svg .link").count() == 2
    page.click("summary:has-text('Lijst van de plaatsen')")
    assert page.locator(".twin tbody tr").count() == 14
    page.context.close()


def test_today_reads_without_javascript(browser: Browser, address: str) -> None:
    """Numbers with unit, coverage and origin; every chart with its table; the gap said in words."""
    page = visit(browser, address, "/nl/vandaag", scripts=False)
    text = re.sub(r"\s+", " ", page.inner_text("main"))
    for words in ("2.133 fietsers geteld vandaag", "93 % gemeten", "opgenomen", "gesimuleerd"):
        assert words in text, words
    assert page.locator("figure").count() == page.locator("figure table").count() >= 2
    page.context.close()


def test_what_the_start_page_had_is_on_pages_of_its_own(browser: Browser, address: str) -> None:
    """The shares of screenlines, the last day of a route, the air, and what is real."""
    for path, words in {
        "/nl/tellijnen": ("Noemer motor: fiets, personenauto, vrachtverkeer",),
        "/nl/doorfietsroutes/doorfietsroute": (
            "33.045",
            "ten hoogste 44 %",
            "verondersteld, naar Kanaal tot Vries (teller De Kolk)",
            "gemeten, teller Vaart Noord",
            "33.045 km, waarvan 8.470 verondersteld",
            "12,5 van 27,0 km",
        ),
        "/nl/meetstations": ("Stikstofdioxide NO₂", "Stadspark"),
        "/nl/over": ("Wat is echt, wat niet",),
        "/en/routes/doorfietsroute": (
            "at most 44 %",
            "assumed, as on Kanaal tot Vries (counter De Kolk)",
            "33,045 km, of which 8,470 assumed",
        ),
        "/en/screenlines": ("Denominator motor traffic: bicycles, cars, heavy vehicles",),
        "/en/about": ("What is real and what is not",),
        "/en/today": ("2,133 cyclists counted today", "93 % measured"),
    }.items():
        page = visit(browser, address, path, scripts=False)
        text = re.sub(r"\s+", " ", page.inner_text("main"))
        assert [one for one in words if one not in text] == [], path
        page.context.close()


@pytest.mark.parametrize("path", ["/nl/", "/en/"])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_start_page_is_four_phone_screens_long(browser: Browser, address: str, path: str, *, scripts: bool) -> None:
    """At most, 844 pixels each, with the map as the script draws it or as a drawing."""
    page = visit(browser, address, path, 390, scripts=scripts)
    if scripts:
        page.wait_for_selector(".map[data-shown]", timeout=60_000)
        assert page.evaluate("document.documentElement.scrollHeight") <= 4 * 844
    else:
        box = page.locator("html").bounding_box()
        assert box is not None
        assert box["height"] <= 4 * 844
    page.context.close()


MAPS: Final = {
    "/nl/": {"link-vaart-1", "link-vaart-2", "site-kolk", "site-vaart-noord", "district-centrum"},
    "/en/": {"link-vaart-1", "site-kolk", "screenline-centrum"},
    "/nl/telpunten": {"site-kolk", "site-vaart-noord", "site-stationsplein"},
    "/nl/doorfietsroutes": {"link-vaart-1", "link-vaart-2"},
    "/nl/wijken/noord": {"district-noord"},
    "/nl/wegvakken/vaart-1": {"link-vaart-1"},
    "/nl/doorfietsroutes/doorfietsroute": {"link-vaart-1", "link-vaart-2"},
    "/nl/meetstations": {"station-park", "station-singel"},
}


@pytest.mark.parametrize(("path", "drawn"), MAPS.items())
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_map_draws_its_places(browser: Browser, address: str, path: str, drawn: set[str], *, scheme: Scheme) -> None:
    """By WebGL, from our own origin alone; the drawing of the server makes way for it."""
    page = visit(browser, address, path, 390, scheme=scheme)
    foreign: list[str] = []
    page.on("request", lambda one: foreign.append(one.url) if not one.url.startswith((address, "data:")) else None)
    problems: list[str] = []
    page.on("console", lambda one: problems.append(one.text) if one.type in {"error", "warning"} else None)
    page.locator(".map").scroll_into_view_if_needed()
    page.wait_for_selector(".map[data-shown]", timeout=60_000)
    shown = (page.locator(".map").get_attribute("data-shown") or "").split()
    assert drawn <= set(shown)
    assert not page.locator(".drawing").is_visible()
    assert (foreign, [one for one in problems if "GPU stall" not in one]) == ([], [])
    page.context.close()


def test_a_place_of_a_map_is_chosen_with_the_keyboard(browser: Browser, address: str) -> None:
    """From a list beside the map: what is said of it is what the list of the page says, and leads to its page."""
    page = visit(browser, address, "/nl/telpunten", 390)
    page.locator(".map").scroll_into_view_if_needed()
    page.wait_for_selector(".map[data-shown]", timeout=60_000)
    page.locator(".chooser select").focus()
    page.keyboard.press("ArrowDown")
    popup = page.locator(".maplibregl-popup-content")
    expect(popup).to_contain_text("De Kolk")
    row = page.locator("tr[data-key='site-kolk']").inner_text().split("\t")
    expect(popup).to_contain_text(f"{row[1].strip()} fietsers per werkdag")
    assert popup.locator("a").get_attribute("href") == "/nl/telpunten/kolk"
    assert popup.locator("button").get_attribute("aria-label") == "Sluiten"
    popup.locator("button").press("Enter")
    expect(popup).to_have_count(0)
    page.context.close()


def test_a_map_with_its_popup_breaks_no_rule_of_accessibility(
    browser: Browser, address: str, violations: PageJudge
) -> None:
    """In both schemes, once the script has drawn it."""
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        page = visit(browser, address, "/nl/", 320, scheme=scheme)
        page.locator(".map").scroll_into_view_if_needed()
        page.wait_for_selector(".map[data-shown]", timeout=60_000)
        page.locator(".chooser select").select_option(label="De Kolk (telpunt)")
        page.wait_for_selector(".maplibregl-popup-content")
        found = violations(page)
        page.context.close()
        assert found == [], scheme


def test_without_webgl_the_drawing_stays(browser: Browser, address: str) -> None:
    """And nothing of the map is fetched."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    fetched: list[str] = []
    page.on("request", lambda one: fetched.append(one.url))
    page.goto(f"{address}/nl/", wait_until="load")
    page.locator(".map").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert page.locator(".drawing svg").is_visible()
    assert [url for url in fetched if "maplibre" in url or "geojson" in url] == []
    context.close()


def test_a_reader_changes_the_language_and_stays_on_the_page(browser: Browser, address: str) -> None:
    """By one link, there and back, with the keyboard, on a phone."""
    page = visit(browser, address, "/nl/telpunten/kolk", 320)
    page.locator(".language").press("Enter")
    page.wait_for_url(f"{address}/en/sites/kolk")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.click("text=Nederlands")
    page.wait_for_url(f"{address}/nl/telpunten/kolk")
    assert page.inner_text("h1").startswith("De Kolk")
    page.context.close()


def test_the_start_page_is_light(address: str) -> None:
    """Under 150 kB without JavaScript, all of it."""
    page = httpx.get(f"{address}/nl/").text
    styles = [httpx.get(address + path).text for path in re.findall(r'href="(/static/[^"]+)"', page)]
    assert len(styles) == 5
    assert sum(len(compress(text.encode())) for text in [page, *styles]) < 150_000


def test_the_start_page_with_its_map_is_light(browser: Browser, address: str) -> None:
    """Under 700 kB as it goes over the wire, with the map drawn and whatever its script fetches."""
    page = visit(browser, address, "/nl/", 390)
    page.locator(".map").scroll_into_view_if_needed()
    page.wait_for_selector(".map[data-shown]", timeout=60_000)
    fetched = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert any("maplibre-gl.mjs" in one for one in fetched)
    worker = f"{address}/static/vendor/maplibre-gl-worker.mjs"
    urls = {address + "/nl/", worker, *(one for one in fetched if "stroom" not in one)}
    packed = {"Accept-Encoding": "gzip"}
    sizes = {url: _wire_size(url, packed) for url in urls}
    page.context.close()
    assert sum(sizes.values()) < 700_000, sizes


def _wire_size(url: str, headers: dict[str, str]) -> int:
    """Count the bytes of a body as they are sent."""
    with httpx.stream("GET", url, headers=headers) as answer:
        return sum(len(chunk) for chunk in answer.iter_raw())


def test_stored_text_is_inert(address: str) -> None:
    """A name is never markup."""
    for path in ("/nl/", "/nl/vandaag", "/nl/telpunten", "/nl/zoeken?q=west"):
        assert "Stationsplein &lt;west&gt;" in httpx.get(address + path).text, path


def test_a_gap_day_is_a_gap_on_the_page_of_the_site(address: str) -> None:
    """With its reason in the table."""
    page = httpx.get(f"{address}/nl/telpunten/vaart-noord").text
    assert re.search(r'<th scope="row">di 20 okt</th><td class="n">\u2013</td><td>geen meting', page)


def test_the_page_of_a_screenline_names_its_sites(address: str) -> None:
    """By name, never by key."""
    assert "De Kolk</a>" in httpx.get(f"{address}/nl/tellijnen/centrum").text


def test_a_number_moves_by_itself(browser: Browser, address: str, stack: Stack) -> None:
    """Another aggregate, and the open page of each language shows it within seconds, without being loaded again."""
    page, english = visit(browser, address, "/nl/vandaag"), visit(browser, address, "/en/today")
    start = visit(browser, address, "/nl/")
    assert (page.inner_text(".count b"), english.inner_text(".count b")) == ("2.133", "2,133")
    assert start.inner_text(".today b") == "2.133"
    with psycopg.connect(superuser(stack), dbname="pages_city", autocommit=True) as connection:
        connection.execute(
            "UPDATE doorfiets.site_hour SET total = total + 1000, changed_in = pg_current_xact_id()"
            " WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-27 08:00Z'"
        )
    expect(page.locator(".count b")).to_have_text("3.133", timeout=30_000)
    expect(english.locator(".count b")).to_have_text("3,133", timeout=30_000)
    expect(start.locator(".today b")).to_have_text("3.133", timeout=30_000)
    start.context.close()
    english.context.close()
    page.context.close()


@pytest.mark.parametrize("path", ["/nl/", "/en/today"])
def test_scripts_that_come_one_by_one_open_the_stream(browser: Browser, address: str, path: str) -> None:
    """On a slow line too: each script of the page comes half a second after the one before."""
    context = browser.new_context()
    page, come = context.new_page(), list[str]()

    def slow(route: Route) -> None:
        come.append(route.request.url)
        page.wait_for_timeout(500 * len(come))
        route.continue_()

    page.route("**/*.js", slow)
    with page.expect_response(re.compile("/(stroom|stream)"), timeout=30_000) as streamed:
        page.goto(address + path, wait_until="domcontentloaded")
    assert (streamed.value.status, bool(come)) == (200, True)
    context.close()


def test_a_screen_on_a_wall_moves_by_itself(browser: Browser, address: str, stack: Stack) -> None:
    """Its number fills the screen, is read from far, and there is nothing to scroll."""
    page = visit(browser, address, "/scherm/stationsplein", 1920)
    number = page.locator(".wall-number")
    before = int(number.inner_text())
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    assert float(number.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) > 800 / 4
    with psycopg.connect(superuser(stack), dbname="pages_city", autocommit=True) as connection:
        connection.execute(
            "UPDATE doorfiets.site_hour SET total = total + 100, changed_in = pg_current_xact_id()"
            " WHERE site = 'stationsplein' AND mode = 'bicycles' AND hour = '2026-10-27 06:00Z'"
        )
    expect(number).to_have_text(str(before + 100), timeout=40_000)
    page.context.close()


class _OtherPage(BaseHTTPRequestHandler):
    """A page of somebody else that shows a card and a page of ours within it."""

    def do_GET(self) -> None:
        """Answer with both frames."""
        ours = self.server.ours  # type: ignore[attr-defined] # put there by the test
        frames = "".join(f'<iframe src="{ours}{path}"></iframe>' for path in ("/kaartje/kolk", "/nl/telpunten/kolk"))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(frames.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_card_is_shown_within_a_page_of_others_and_nothing_else_is(browser: Browser, address: str) -> None:
    """The browser itself refuses the page beside it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _OtherPage) as others:
        others.ours = address  # type: ignore[attr-defined] # for its handler
        Thread(target=others.serve_forever, daemon=True).start()
        page = browser.new_context().new_page()
        page.goto(f"http://127.0.0.1:{others.server_port}/", wait_until="load")
        card, refused = page.frames[1], page.frames[2]
        assert card.inner_text("h1") == "De Kolk"
        assert refused.locator("h1").count() == 0 or "De Kolk" not in refused.inner_text("body")
        page.context.close()
        others.shutdown()


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
        assert "No numbers yet" in site.get("/en/").text


def test_errors_are_pages_and_the_site_keeps_its_manners(address: str) -> None:
    """404, headers, security.txt, and where `/` leads."""
    missing = httpx.get(f"{address}/nl/telpunten/bestaat-niet")
    assert (missing.status_code, "Deze pagina bestaat niet" in missing.text) == (404, True)
    assert "script-src 'self'" in missing.headers["Content-Security-Policy"]
    assert httpx.get(f"{address}/").headers["Location"] == "/nl/"
    assert "Expires: 2027-04-01" in httpx.get(f"{address}/.well-known/security.txt").text
