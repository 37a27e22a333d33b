"""`doorfiets demo` as a newcomer meets it: a page whose numbers move, and indicators that agree with the reference."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.journeys.conftest import SOFTWARE_GL
from tests.journeys.person import all_gone, doorfiets, interrupt, processes_of, wait_for
from tests.ports import apart

pytestmark = pytest.mark.journeys

CHROMIUM: Final = shutil.which("chromium")
PICTURES: Final = Path(__file__).resolve().parents[2] / ".local" / "pictures"
PHONE: Final = 500
"""Pixels under which a page is a phone's, and taken whole."""
TAKEN: Final = {
    "start": ("/nl/", 1280),
    "start-phone": ("/nl/", 390),
    "sites": ("/nl/telpunten", 1280),
    "routes": ("/nl/doorfietsroutes", 1280),
    "connections": ("/nl/verbindingen", 1280),
    "district": ("/nl/wijken/wk010600", 1280),
    "link": ("/nl/wegvakken/stationsgebied-peelo", 1280),
    "today": ("/nl/vandaag", 1280),
    "site": ("/nl/telpunten/kanaal", 1280),
    "explorer-week": ("/nl/telpunten/kanaal?beeld=week#verkennen", 1280),
    "explorer-years": ("/nl/telpunten/kanaal?beeld=jaren#verkennen", 1280),
    "route": ("/nl/doorfietsroutes/assen-groningen", 1280),
    "screenline": ("/nl/tellijnen/centrum-noord", 1280),
    "station": ("/nl/meetstations/lucht-centrum", 1280),
    "air": ("/nl/lucht", 1280),
    "outages": ("/nl/storingen", 1280),
    "status": ("/nl/status", 1280),
    "method": ("/nl/zo-rekenen-we", 1280),
    "data": ("/nl/gegevens", 1280),
    "api": ("/nl/api", 1280),
    "english": ("/en/", 1280),
}
"""Where the pictures of the documentation are taken, and how wide."""
COUNTERS: Final = ("100031297", "100034978", "100035541", "100053305")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A state folder and ports of one's own, and proof that nothing lives in them afterwards."""
    home = tmp_path_factory.mktemp("demo")
    yield {**os.environ, "DOORFIETS_HOME": str(home), "DOORFIETS_PORT_BASE": apart(18_700), "PYTHONUNBUFFERED": "1"}
    assert all_gone(home), processes_of(home)


def test_the_page_shows_numbers_that_move(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """From nothing to a page with numbers, a number that grows without a click, and a Ctrl-C that ends it all."""
    with doorfiets(environment, "demo") as process:
        said = wait_for(process, "/nl/")
        address = re.findall(r"http://\S+/nl/", said[-1])[0]
        seconds = _watch(address)
        wait_for(process, "All of 2024 is stored and computed")
        time.sleep(45)  # the simulator has caught up with today by then
        _take(address)
        assert interrupt(process) == 0
    with capsys.disabled():
        print(
            f"\nfirst numbers {seconds[0]:.0f} s after the addresses were printed; they moved after {seconds[1]:.0f} s"
        )


@pytest.mark.night  # it is `make demo ARGS=--check`
def test_every_counter_and_month_agrees_with_the_reference(environment: dict[str, str]) -> None:
    """On the same state: the check of the demo says so itself, one line per counter, and exits 0."""
    with doorfiets(environment, "demo", "--check") as process:
        said, _ = process.communicate(timeout=400)
    assert process.returncode == 0, said
    assert all(re.search(rf"ok  {counter} .* agrees with the reference", said) for counter in COUNTERS), said


def _watch(address: str) -> tuple[float, float]:
    """Wait for the first number of today, and then until it has grown; answer when that was."""
    started = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=os.getuid() != 0)
        page = browser.new_page()
        page.goto(address)
        while (first := _today(page)) is None:
            page.wait_for_timeout(1_000)
            page.reload()
            assert time.monotonic() - started < 120, page.inner_text("body")
        shown = time.monotonic() - started
        while (_today(page) or 0) <= first:
            page.wait_for_timeout(500)
            assert time.monotonic() - started < 180, page.inner_text("body")
        return shown, time.monotonic() - started


def _take(address: str) -> None:
    """Take pictures of pages with their maps for the documentation: `make pictures` copies them there."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    site = address.removesuffix("/nl/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, chromium_sandbox=os.getuid() != 0, args=SOFTWARE_GL
        )
        for name, (path, width) in TAKEN.items():
            page = browser.new_page(viewport={"width": width, "height": 1100}, locale="nl-NL")
            page.goto(site + path)
            if page.locator(".map").count():
                page.locator(".map").scroll_into_view_if_needed()
                page.wait_for_selector(".map[data-shown]", timeout=60_000)
                page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=PICTURES / f"{name}.png", full_page=width < PHONE)
            page.close()


def _today(page: Page) -> int | None:
    """Read the number of today; None where there is no data yet."""
    found = page.locator(".today b").first
    digits = found.inner_text().replace(".", "").strip() if found.count() else ""
    return int(digits) if digits.isdecimal() else None
