"""How numbers are computed: an overview, a page for each indicator and topic, and old addresses that go on working."""

import re
from typing import Final

import httpx
import pytest

from locales import LOCALES
from opendata.explained import explained
from opendata.pages.addresses import EXPLAINED, TOPICS, PageAddresses
from opendata.pages.method_page import GROUPS
from schemas.indicators import INDICATORS
from tests.contracts.test_pages_air import text

pytestmark = pytest.mark.contracts

OLD_CHAPTERS: Final = (
    "telpunten", "tellingen", "fietsaandeel", "doorfietsroute", "lucht", "kalender", "kengetallen", "wijzigingen",
    "herkomst", "privacy", "werkdag", "kengetal-fietskilometers", "kengetal-luchtkwaliteitsindex", "kengetal-telling",
)  # fmt: skip
"""What `/v1` and others linked to on the page that was all of the method once."""


def test_every_indicator_is_in_one_group() -> None:
    """So that a reader finds it, once."""
    names = [name for names in GROUPS.values() for name in names]
    assert sorted(names) == sorted(INDICATORS)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_overview_leads_to_every_explanation(site: httpx.Client, locale: str) -> None:
    """Each has a page, which leads back."""
    named = PageAddresses(locale)
    overview = site.get(named.page("method")).text
    for name in EXPLAINED:
        path = named.explained(name)
        assert f'<a href="{path}">' in overview, name
        answer = site.get(path)
        assert answer.status_code == 200, path
        assert f'<a href="{named.page("method")}">' in answer.text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", ["bicycle_km", "cycling_share", "eaqi"])
def test_an_indicator_is_explained_whole(site: httpx.Client, locale: str, name: str) -> None:
    """What it is, how, with an example, when there is a number, and what may not be concluded."""
    page, one = text(site.get(PageAddresses(locale).explained(name)).text), explained(name, locale)
    for words in (one.label, one.definition, one.formula, one.example, one.completeness, one.rule, *one.limits):
        assert re.sub(r"\s+", " ", words).replace("\u00a0", " ") in page.replace("&#39;", "'"), words


def test_chapters_of_the_old_page_lead_to_the_new_ones(site: httpx.Client) -> None:
    """A link with `#` is not seen by the server: its chapter stands where it stood, and leads on."""
    page = site.get("/nl/over").text
    for chapter in OLD_CHAPTERS:
        found = re.search(rf'id="{chapter}"[^>]*>(?:<a href="([^"]+)")?', page)
        assert found is not None, chapter
        if found[1]:
            assert site.get(found[1]).status_code == 200, chapter
    assert set(map(PageAddresses("nl").chapter, TOPICS)) <= set(OLD_CHAPTERS)


@pytest.mark.parametrize(
    "address",
    [
        "/v1/telpunten",
        "/v1/telpunten/kolk/tellingen",
        "/v1/fietsaandeel?tellijn=centrum",
        "/v1/doorfietsroutes",
        "/v1/meetstations/park/metingen",
        "/v1/meetstations/park/luchtindex",
        "/v1/kalender",
        "/v1/indicatoren",
        "/v1/eigenaren",
        "/v1/verbindingen",
        "/v1/wijzigingen?gewijzigdSinds=2026-10-26T00:00:00Z",
        "/v1/telpunten/kolk/kengetallen",
    ],
)
def test_an_answer_leads_to_the_page_that_explains_it(site: httpx.Client, address: str) -> None:
    """`meta.definitie` is the address of a page that is there."""
    answer = site.get(address)
    assert answer.status_code == 200, answer.text
    definition = answer.json()["meta"]["definitie"]
    assert "#" not in definition
    assert httpx.get(definition).status_code == 200, definition


def test_nowhere_is_explained_what_is_not_there(site: httpx.Client) -> None:
    """A topic of another language is none of this one."""
    assert site.get("/nl/zo-rekenen-we/bicycle-km").status_code == 404
    assert site.get("/en/how-we-compute/nowhere").status_code == 404


def test_whom_to_write_to_stands_on_the_page_of_contact(site: httpx.Client) -> None:
    """As the registry has it, and where a weakness is reported."""
    page = site.get("/nl/contact").text
    assert '<a href="mailto:data@voorbeeldstad.example">' in page
    assert '<a href="https://voorbeeldstad.example/contact">' in page
    assert 'href="/.well-known/security.txt"' in page
