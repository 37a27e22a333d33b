"""The explorer in a real browser: for everyone, with and without JavaScript, on a phone, as files and on paper."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.conftest import superuser
from tests.journeys.conftest import PageJudge, looks
from tests.journeys.test_pages import Scheme, visit
from tests.opendata import city

pytestmark = pytest.mark.journeys

KOLK: Final = "/nl/telpunten/kolk"
VIEWS: Final = (
    f"{KOLK}?periode=dit-jaar&interval=maand",
    f"{KOLK}?beeld=vergelijking&van=2026-08-03&tot=2026-08-30&met=vanaf&met-van=2026-06-01",
    f"{KOLK}?beeld=voor-en-na&gebeurtenis=kolk-dicht",
    f"{KOLK}?beeld=records",
    f"{KOLK}?beeld=week&van=2026-10-12",
    f"{KOLK}?beeld=jaren",
    f"{KOLK}?van=morgen&interval=uur",
    "/en/sites/kolk?view=week&from=2026-10-12",
    "/en/screenlines/centrum?from=2026-09-15&interval=day",
    "/nl/doorfietsroutes/doorfietsroute?van=2026-10-20",
)
OVERLAPS: Final = """() => {
    const shown = [...document.querySelectorAll('.explored text')].map(one => one.getBoundingClientRect())
        .filter(one => one.width > 0);
    return shown.filter((one, index) => shown.some((other, at) => at > index && one.left < other.right
        && other.left < one.right && one.top < other.bottom && other.top < one.bottom)
        || one.left < 0 || one.right > innerWidth).length;
}"""


@pytest.fixture(scope="module")
def address(stack: Stack) -> Iterator[str]:
    """A site that serves the invented city, with events and holidays in its calendar."""
    seeds = (city.SEED, city.INDICATORS, "explorer.sql")
    with (
        city.database(superuser(stack), "explorer_city", seeds) as conninfo,
        city.served(city.settings(conninfo)) as found,
    ):
        yield found


def block(page: Page) -> str:
    """Give what the block says, without its spaces."""
    return re.sub(r"\s+", " ", page.locator("section.explorer").inner_text())


@pytest.mark.parametrize(("path", "width", "scheme"), looks(VIEWS))
def test_no_state_breaks_the_rules_of_accessibility(
    browser: Browser, address: str, path: str, width: int, *, scheme: Scheme, violations: PageJudge
) -> None:
    """Nothing sticks out and no label lies on another, on a phone neither."""
    page = visit(browser, address, path, width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(OVERLAPS) == 0
    found = violations(page)
    page.context.close()
    assert found == []


def test_without_javascript_the_form_leads_to_a_state_that_can_be_shared(browser: Browser, address: str) -> None:
    """Every field is there; the address says what was chosen, and opens the same state again."""
    page = visit(browser, address, f"{KOLK}?beeld=vergelijking", 390, scripts=False)
    page.fill("#explorer-first", "2026-08-03")
    page.fill("#explorer-last", "2026-08-30")
    page.select_option("#explorer-period", "van-tot")
    page.click("text=Toon")
    assert "28 van 28 dagen" in block(page)
    assert "ma 3 aug 2026 tot en met zo 30 aug 2026" in block(page)
    again = visit(browser, address, page.url.removeprefix(address), 390, scripts=False)
    assert block(again) == block(page)
    assert page.locator("section.explorer table tbody tr").count() == 28
    again.context.close()
    page.context.close()


def test_a_chart_is_walked_through_with_the_keyboard(browser: Browser, address: str) -> None:
    """The arrow keys go from value to value, aloud; a gap is said as one."""
    page = visit(browser, address, "/nl/telpunten/vaart-noord?van=2026-10-19&tot=2026-10-21&interval=dag", 320)
    chart = page.locator("svg.explored")
    chart.focus()
    chart.press("ArrowRight")
    expect(page.locator(".bubble")).to_contain_text("ma 19 okt 2026")
    chart.press("ArrowRight")
    expect(page.locator(".bubble")).to_contain_text("di 20 okt 2026: geen meting")
    assert page.locator(".explored-drawing [aria-live]").inner_text().startswith("di 20 okt 2026")
    chart.press("Escape")
    expect(page.locator(".bubble")).to_be_hidden()
    page.context.close()


def test_fields_that_do_not_matter_are_out_of_the_way(browser: Browser, address: str) -> None:
    """The ends of a period are asked for once a period of one's own is wanted, and not sent before."""
    page = visit(browser, address, KOLK, 1280)
    expect(page.locator("#explorer-first")).to_be_hidden()
    page.select_option("#explorer-period", "van-tot")
    expect(page.locator("#explorer-first")).to_be_visible()
    page.context.close()


def test_a_chart_and_its_table_are_files(browser: Browser, address: str) -> None:
    """PNG by the browser, SVG and CSV by the site; each is what it says."""
    page = visit(browser, address, f"{KOLK}?beeld=voor-en-na", 1280)
    with page.expect_download() as png:
        page.click("text=PNG")
    content = png.value.path().read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20], "big") == 1520, "twice as wide as the file that it is made of"
    with page.expect_download() as svg:
        page.click(".files >> text=SVG")
    drawn = svg.value.path().read_text("utf-8")
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - it is ours
    assert "Herkomst: gesimuleerd." in drawn
    assert svg.value.suggested_filename == "kolk-voor-en-na-2026-08-10-2026-10-11.svg"
    with page.expect_download() as sheet:
        page.click(".files >> text=CSV")
    assert len(list(csv.DictReader(io.StringIO(sheet.value.path().read_text("utf-8"))))) == 28
    page.context.close()


@pytest.mark.parametrize("path", VIEWS[:6])
def test_a_memo_is_one_sheet(browser: Browser, address: str, path: str, violations: PageJudge) -> None:
    """A4, with its chart, its numbers, its source and its address; accessible too."""
    page = visit(browser, address, f"{path}&vorm=afdruk", 1280)
    assert violations(page) == []
    printed = page.pdf(prefer_css_page_size=True)
    page.context.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_the_block_is_light(address: str) -> None:
    """Its style and its script are small, and nothing comes from elsewhere."""
    sizes = [len(httpx.get(f"{address}/static/explorer.{kind}").content) for kind in ("css", "js")]
    assert sum(sizes) < 16_000
