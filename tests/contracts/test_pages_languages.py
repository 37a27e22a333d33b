"""Every public page in every language: the same page with the same numbers, and no word of the other language."""

import re
from collections import Counter
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from typing import Final, Literal, NamedTuple, TypeAlias

import httpx
import psycopg
import pytest
from babel.dates import get_day_names, get_month_names
from psycopg.conninfo import conninfo_to_dict

from deploy.local.stack import Stack
from locales import DEFAULT, LOCALES, texts
from opendata.pages.addresses import ADDRESSES, PARTS, PageAddresses
from tests.conftest import superuser
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.EDGES, city.INDICATORS, city.OWNERS, city.PLACES)
IDS: Final = {
    "site": ("vaart-noord", "kolk", "stationsplein", "brug", "eiland-kolk"),
    "screenline": ("centrum", "spoor", "brug"),
    "route": ("doorfietsroute", "eiland-route"),
    "link": ("vaart-1", "vaart-3", "vaart-4", "tussen", "eiland-1"),
    "district": ("noord", "wk02", "haven"),
    "station": ("park", "singel", "eiland-park"),
    "topic": ("counts", "route", "privacy", "cycling_share", "eaqi", "like_for_like"),
}
IN_DUTCH: Final = frozenset({"api"})
"""Pages of which a part is Dutch in every language, and marked as such: what the API says of itself."""
IN_BOTH: Final = frozenset({"percentage"})
"""Words of both languages, of which our texts have them in one only."""
WITHOUT_NUMBERS: Final = frozenset({("contact", ""), ("about", ""), ("topic", "privacy"), ("topic", "route")})
"""Pages and topics that are words alone."""
WHOLE: Final = [page for page in ADDRESSES if page not in {*IDS, *PARTS}]
PAGES: Final = [(page, "") for page in WHOLE] + [(page, one) for page, ids in IDS.items() for one in ids]
SEPARATORS: Final = {"nl": (".", ","), "en": (",", ".")}
NAMED: Final = re.compile(r"\b[A-Z][A-Z0-9-]*[- ]\d\.\d\b|doi:\S+|\bTE\.\S+|\bRD New\b")
"""Names of licences, standards and articles, which no language writes otherwise: EUPL-1.2, WCAG 2.1, doi:10.3390/s1."""
WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")  # noqa: RUF001 - an apostrophe as people type it
DATA: Final = """
    SELECT unnest(ARRAY[name, publisher, contact_email, note] || attributions) FROM doorfiets.owner
    UNION SELECT unnest(ARRAY[name, district, note]) FROM doorfiets.site
    UNION SELECT name FROM doorfiets.station
    UNION SELECT name FROM doorfiets.district
    UNION SELECT unnest(ARRAY[name, start_place, end_place]) FROM doorfiets.link
    UNION SELECT unnest(ARRAY[name, note]) FROM doorfiets.route
    UNION SELECT unnest(ARRAY[name, note]) FROM doorfiets.screenline
    UNION SELECT unnest(ARRAY[holder, attribution]) FROM doorfiets.data_source
    UNION SELECT method FROM doorfiets.datastream
"""
"""What the registry says of owners and places: data, which has no other language."""


def at(page: str, one: str, locale: str) -> str:
    """The address of a page in a language."""
    addresses = PageAddresses(locale)
    if page == "topic":
        return addresses.explained(one)
    return addresses.page(page, **({page: one} if one else {}))


Answers: TypeAlias = dict[tuple[str, str, str], httpx.Response]


class Seen(NamedTuple):
    """What a page shows its readers."""

    locale: str
    text: str
    alternates: dict[str, str]
    switch: dict[str, str]


class _Reader(HTMLParser):
    """Reads a page as a person of one language does: not what is marked as of another one, or as of none."""

    VOID: Final = frozenset({"meta", "link", "br", "img", "input", "path", "rect", "circle", "polygon"})

    def __init__(self) -> None:
        super().__init__()
        self.locale, self.said = "", list[str]()
        self.alternates, self.switch = dict[str, str](), dict[str, str]()
        self._unread: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.locale = known["lang"]
        if tag == "link" and known.get("rel") == "alternate":
            self.alternates[known["hreflang"]] = known["href"]
        if tag == "a" and known.get("rel") == "alternate":
            self.switch[known["hreflang"]] = known["href"]
        self.said += [known[name] for name in ("aria-label", "title", "alt") if name in known]
        if known.get("name") == "description":
            self.said.append(known["content"])
        if tag not in self.VOID:
            foreign = known.get("lang", self.locale) != self.locale or known.get("translate") == "no"
            self._unread.append(foreign or known.get("rel") == "license" or any(self._unread[-1:]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._unread[-1:]):
            self.said.append(data)


def read(html: str) -> Seen:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    return Seen(reader.locale, re.sub(r"\s+", " ", " ".join(reader.said)), reader.alternates, reader.switch)


def numbers(text: str, locale: str) -> Counter[Decimal]:
    """Every number of a text, as its language writes them."""
    group, point = map(re.escape, SEPARATORS[locale])
    found = re.findall(rf"\d{{1,3}}(?:{group}\d{{3}})+(?:{point}\d+)?|\d+(?:{point}\d+)?", NAMED.sub(" ", text))
    plain = str.maketrans({SEPARATORS[locale][0]: "", SEPARATORS[locale][1]: "."})
    return Counter(Decimal(one.translate(plain)) for one in found)


def words(text: str) -> set[str]:
    """Every word of a text, but for the names of parameters, marks and standards."""
    return {one.lower() for one in WORD.findall(re.sub(r"\{[^}]*\}|<[^>]*>", " ", NAMED.sub(" ", text)))}


@cache
def own_words(locale: str) -> frozenset[str]:
    """The words that only one language has, in its texts and in the names of its days and months."""
    by_locale = {
        one: {*_dates(one), *(word for text in texts(one).messages.values() for word in words(text))} for one in LOCALES
    }
    return frozenset(by_locale[locale]).difference(*(found for one, found in by_locale.items() if one != locale))


def _dates(locale: str) -> set[str]:
    widths: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
    called = [named(width, locale=locale).values() for width in widths for named in (get_day_names, get_month_names)]
    return {word for some in called for one in some for word in words(one)}


@pytest.fixture(scope="module")
def data(conninfo: str, stack: Stack) -> re.Pattern[str]:
    """What finds texts of the registry, the longest first."""
    with psycopg.connect(superuser(stack), dbname=str(conninfo_to_dict(conninfo)["dbname"])) as connection:
        found = sorted({text for (text,) in connection.execute(DATA) if text}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, found)))


@pytest.fixture(scope="module")
def answers(site: httpx.Client) -> Answers:
    """Every page in every language, each requested once."""
    return {(page, one, locale): site.get(at(page, one, locale)) for page, one in PAGES for locale in LOCALES}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("page", "one"), PAGES)
def test_a_page_says_its_language_and_where_the_others_are(
    site: httpx.Client, answers: Answers, page: str, one: str, locale: str
) -> None:
    """In its header, its root, its links for search engines, and one that people see; each leads to the others."""
    answer = answers[page, one, locale]
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, locale)
    seen = read(answer.text)
    assert seen.locale == locale
    here = str(site.base_url).rstrip("/")
    paths = {other: at(page, one, other) for other in LOCALES}
    assert seen.alternates == {other: here + path for other, path in paths.items()} | {
        "x-default": here + paths[DEFAULT]
    }
    assert seen.switch == {other: path for other, path in paths.items() if other != locale}


@pytest.mark.parametrize(("page", "one"), [one for one in PAGES if one[0] not in IN_DUTCH])
def test_a_page_has_the_same_numbers_in_every_language(
    answers: Answers, data: re.Pattern[str], page: str, one: str
) -> None:
    """Each written as its readers do; there are some on every page but those that are words alone."""
    dutch, english = (
        numbers(data.sub(" ", read(answers[page, one, locale].text).text), locale) for locale in ("nl", "en")
    )
    assert (dutch - english, english - dutch) == ({}, {})
    assert dutch or (page, one) in WITHOUT_NUMBERS


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("page", "one"), PAGES)
def test_no_word_of_another_language_is_on_a_page(
    answers: Answers, data: re.Pattern[str], page: str, one: str, locale: str
) -> None:
    """But what the registry says, which is marked as what it is."""
    (other,) = set(LOCALES) - {locale}
    text = data.sub(" ", read(answers[page, one, locale].text).text)
    assert words(text) & own_words(other) - IN_BOTH == set()
    assert words(text) & own_words(locale), "it says something in its own"


def test_a_text_of_the_registry_is_marked_as_dutch_on_an_english_page(site: httpx.Client) -> None:
    """So that a screen reader pronounces it; on a Dutch page it needs no mark."""
    note = "Tellingen van Stad Elders, hier als voorbeeld."
    assert f'<span lang="nl">{note}</span>' in site.get("/en/sites/vaart-noord").text
    dutch = site.get("/nl/telpunten/vaart-noord").text
    assert note in dutch
    assert '<span lang="nl">' not in dutch


@pytest.mark.parametrize(
    ("locale", "words_of_it"), [("nl", "fietsers geteld vandaag"), ("en", "cyclists counted today")]
)
def test_the_moving_part_is_in_the_language_of_its_page(
    site: httpx.Client, data: re.Pattern[str], locale: str, words_of_it: str
) -> None:
    """Once or as a stream, and the same in both."""
    (other,) = set(LOCALES) - {locale}
    once = site.get(at("live", "", locale))
    assert (once.status_code, once.headers["Content-Language"]) == (200, locale)
    assert words_of_it in once.text
    page, start = site.get(at("today", "", locale)).text, site.get(at("start", "", locale)).text
    for name in ("live", "stream"):
        assert f'"{at(name, "", locale)}"' in page
        assert f'"{at(name, "", locale)}?part=line"' in start
    with site.stream("GET", at("stream", "", locale)) as answer:
        lines = []
        for line in answer.iter_lines():
            lines.append(line)
            if line.startswith("id: "):
                break
    streamed = "\n".join(line.removeprefix("data: ") for line in lines if line.startswith("data: "))
    assert re.sub(r"\s+", " ", streamed).strip() == re.sub(r"\s+", " ", once.text).strip()
    assert words(data.sub(" ", read(f'<html lang="{locale}">{streamed}').text)) & own_words(other) == set()


def test_one_change_reaches_the_streams_of_both_languages(site: httpx.Client) -> None:
    """Numbers are read once for all who look, whatever they read."""
    with site.stream("GET", at("stream", "", "nl")) as dutch, site.stream("GET", at("stream", "", "en")) as english:
        for answer, words_of_it in ((dutch, "fietsers geteld vandaag"), (english, "cyclists counted today")):
            seen = ""
            for line in answer.iter_lines():
                seen += line
                if line.startswith("id: "):
                    break
            assert words_of_it in seen


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [(None, "nl"), ("en-US,en;q=0.9", "en"), ("de", "nl"), ("nl,en;q=0.9", "nl"), ("fr,en;q=0.1", "en")],
)
def test_the_root_leads_to_the_language_that_the_reader_prefers(
    site: httpx.Client, accepted: str | None, locale: str
) -> None:
    """Dutch where none is named; a cache must know what it depends on, and every language is typed without a slash."""
    answer = site.get("/", headers={"Accept-Language": accepted} if accepted else {})
    assert (answer.status_code, answer.headers["Location"]) == (307, f"/{locale}/")
    assert "Accept-Language" in answer.headers["Vary"]
    typed = site.get(f"/{locale}", headers={"Accept-Language": "fr"})
    assert (typed.status_code, typed.headers["Location"]) == (307, f"/{locale}/")


@pytest.mark.parametrize(
    ("requested", "locale", "switch"),
    [
        (("/nl/bestaat-niet", "en"), "nl", "/en/bestaat-niet"),
        (("/en/nowhere", "nl"), "en", "/nl/nowhere"),
        (("/en/sites/nowhere", "nl"), "en", "/nl/telpunten/nowhere"),
        (("/en/sites/NOWHERE", "nl"), "en", "/nl/sites/NOWHERE"),
        (("/nowhere", "en"), "en", "/nl/"),
        (("/nowhere", "fr"), "nl", "/en/"),
    ],
)
def test_a_mistake_is_said_in_the_language_of_the_address(
    site: httpx.Client, data: re.Pattern[str], requested: tuple[str, str], locale: str, switch: str
) -> None:
    """Outside of all languages in that of the reader; it has no other addresses for search engines."""
    path, accepted = requested
    answer = site.get(path, headers={"Accept-Language": accepted})
    assert answer.status_code in {400, 404}
    assert answer.headers["Content-Language"] == locale
    assert ("Accept-Language" in answer.headers.get("Vary", "")) == (path == "/nowhere")
    seen, (other,) = read(answer.text), set(LOCALES) - {locale}
    assert (seen.locale, seen.alternates, seen.switch) == (locale, {}, {other: switch})
    assert texts(locale)(f"page.problem.{answer.status_code}") in seen.text
    assert words(data.sub(" ", seen.text)) & own_words(other) == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_database_a_page_says_so_in_its_language(locale: str) -> None:
    """And it still leads to the same page in the other one."""
    (other,) = set(LOCALES) - {locale}
    with city.visitor(city.settings("host=127.0.0.1 port=1 dbname=nowhere")) as client:
        answer = client.get(at("site", "kolk", locale))
    seen = read(answer.text)
    assert (answer.status_code, answer.headers["Retry-After"], seen.locale) == (503, "10", locale)
    assert texts(locale)("page.problem.503") in seen.text
    assert seen.switch == {other: at("site", "kolk", other)}
    assert words(seen.text) & own_words(other) == set()


def test_a_licence_is_linked_in_the_language_of_the_page(site: httpx.Client) -> None:
    """Creative Commons has its deeds in both."""
    for locale in LOCALES:
        answer = site.get(at("site", "kolk", locale))
        deed = f"https://creativecommons.org/publicdomain/zero/1.0/deed.{locale}"
        assert f'<a href="{deed}" rel="license">' in answer.text
        assert f'<{deed}>; rel="license"' in answer.headers["Link"]


@pytest.mark.parametrize("locale", LOCALES)
def test_addresses_and_chapters_that_are_linked_are_there(site: httpx.Client, answers: Answers, locale: str) -> None:
    """Also those that lie on another page; no page leads its reader to another language but by the one link."""
    pages = {at(page, one, locale): answers[page, one, locale].text for page, one in PAGES}
    chapters = {path: set(re.findall(r'\bid="([^"]+)"', html)) for path, html in pages.items()}
    for path, html in pages.items():
        links = re.findall(r'<a [^>]*href="(/(?:nl|en)/[^"#]*)?(?:#([^"]+))?"(?![^>]*hreflang)', html)
        assert links
        for linked, chapter in links:
            to = linked.partition("?")[0]  # a state of the explorer is on its page: tests of its own follow these
            assert (to or path).startswith(f"/{locale}/"), (path, to)
            assert not chapter or chapter in chapters[to or path], (path, to, chapter)
            assert (to or path) in pages or site.get(to).status_code == 200, (path, to)
