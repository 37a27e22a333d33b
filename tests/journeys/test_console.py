"""The console in a real browser, without scripts: log in, find what is wrong, exclude it, and take that back."""

import re
from collections.abc import Iterator
from typing import Final

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from deploy.local.stack import Stack
from operations.console.routes import ROUTES
from tests.conftest import superuser
from tests.contracts.processing import load, small
from tests.journeys.conftest import PageJudge
from tests.opendata import city
from tests.operations.console_visitor import PASSWORD, SEED, account, served

pytestmark = pytest.mark.journeys

PATHS: Final = ["/login", "/feeds/1", "/exclusions/1", "/nowhere"] + [
    one.path for one in ROUTES if one.method == "GET" and "{" not in one.path and one.path != "/login"
]


@pytest.fixture(scope="module")
def conninfo(stack: Stack) -> Iterator[str]:
    """The small registry with a day of measurements, and two accounts."""
    with city.database(superuser(stack), "console_city", seeds=()) as found:
        load(found, small())
        with psycopg.connect(superuser(stack), dbname="console_city", autocommit=True) as connection:
            connection.execute(SEED.read_bytes())
        account(found, "piet", "operator")
        account(found, "anna", "viewer")
        yield found


@pytest.fixture(scope="module")
def address(conninfo: str) -> Iterator[str]:
    """A console that serves it."""
    with served(conninfo) as found:
        yield found


def logged_in(browser: Browser, address: str, called: str, *, scripts: bool = False) -> Page:
    """Log in with the keyboard only, from the page that was asked for."""
    page = browser.new_context(java_script_enabled=scripts, locale="nl-NL").new_page()
    page.goto(f"{address}/nl/feeds?status=silent")
    assert "/nl/login" in page.url
    page.focus("#account")
    page.keyboard.type(called)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/nl/feeds?status=silent")
    return page


def test_an_operator_excludes_what_is_wrong_and_takes_it_back(browser: Browser, address: str) -> None:
    """From the list to the feed, to a preview, to the entry, and back; the audit has it all."""
    page = logged_in(browser, address, "piet")
    page.click(".rows a")
    assert "stil" in page.inner_text("h1")
    assert "Eerst:" in page.inner_text("main")
    page.click("text=Metingen uitsluiten")
    page.fill("#from", "2026-05-12T07:30")
    page.fill("#to", "2026-05-14")
    page.fill("#reason", "lus kapot na graafwerk")
    page.click("text=Bekijk wat er verandert")
    assert "Dit zou veranderen" in page.inner_text("main")
    page.click("button:has-text('Vastleggen')")
    assert "Vastgelegd" in page.inner_text("main")
    page.fill("#reason", "bleek goed")
    page.click("button:has-text('Terugnemen')")
    assert "Teruggenomen" in page.inner_text("main")
    page.click("nav >> text=Logboek")
    acts = re.findall(
        r"^(inloggen|vastleggen|terugnemen)$", "\n".join(page.locator("td").all_inner_texts()), re.MULTILINE
    )
    assert acts == ["terugnemen", "vastleggen", "inloggen"]
    page.click("text=English")
    assert page.inner_text("h1") == "Audit"
    page.click("text=Log out")
    page.wait_for_url("**/login*")
    page.go_back()
    page.reload()
    assert "/login" in page.url
    page.context.close()


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_no_page_breaks_the_rules_of_accessibility(
    browser: Browser, address: str, locale: str, violations: PageJudge
) -> None:
    """WCAG 2.1 A and AA as far as a machine can tell, light and dark, wide and narrow; nothing sticks out."""
    page = logged_in(browser, address, "piet", scripts=True)
    nobody = browser.new_context().new_page()
    found = []
    for path in PATHS:
        visit = nobody if path == "/login" else page
        for width, scheme in ((1280, "light"), (360, "dark")):
            visit.set_viewport_size({"width": width, "height": 800})
            visit.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            visit.goto(f"{address}/{locale}{path}")
            over = visit.evaluate("document.documentElement.scrollWidth - innerWidth")
            flaws = violations(visit)
            found += [(path, width, scheme, over, flaws)] if over > 0 or flaws else []
    assert found == []


def test_a_viewer_is_offered_nothing_to_do(browser: Browser, address: str) -> None:
    """But to look, to filter, and to log out."""
    page = logged_in(browser, address, "anna")
    for path in PATHS:
        page.goto(f"{address}/nl{path}")
        forms = page.locator("form[method=post]").evaluate_all("them => them.map(one => one.getAttribute('action'))")
        assert set(forms) <= {"/nl/logout"}, path
    page.context.close()
