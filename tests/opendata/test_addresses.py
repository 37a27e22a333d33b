"""Every page is in every language, at an address of its own, and each leads to the other."""

import pytest

from locales import LOCALES
from opendata.pages.addresses import (
    ADDRESSES,
    CHAPTERS,
    EXPLAINED,
    TOPICS,
    PageAddresses,
    alternates,
    counterpart,
    definition,
    locale_of,
    shown_elsewhere,
)
from schemas.indicators import INDICATORS

pytestmark = pytest.mark.pure


def test_a_page_has_one_address_in_each_language_and_an_address_one_page() -> None:
    """In the folder of its language; the ids of the registry are the same, and so is the name of a topic's place."""
    paths = [path for by_locale in ADDRESSES.values() for path in by_locale.values()]
    assert len(paths) == len(set(paths))
    for by_locale in [*ADDRESSES.values(), *CHAPTERS.values()]:
        assert tuple(by_locale) == LOCALES
    for by_locale in ADDRESSES.values():
        assert {locale_of(path): locale for locale, path in by_locale.items()} == {one: one for one in LOCALES}
        assert len({path[path.find("{") :] for path in by_locale.values() if "{" in path}) <= 1


@pytest.mark.parametrize("page", ADDRESSES)
def test_alternates_are_symmetric(page: str) -> None:
    """From whichever language one comes."""
    ids = dict.fromkeys(("site", "screenline", "route", "link", "district", "station"), "vaart-noord")
    paths = {
        locale: PageAddresses(locale).page(page, **ids, topic=PageAddresses(locale).slug("bicycle_km"))
        for locale in LOCALES
    }
    for path in paths.values():
        assert alternates(path) == paths
        assert {locale: counterpart(path, locale) for locale in LOCALES} == paths


@pytest.mark.parametrize(
    ("path", "dutch", "english"),
    [
        ("/nl/bestaat-niet", "/nl/bestaat-niet", "/en/bestaat-niet"),
        ("/en/sites/", "/nl/sites/", "/en/sites/"),
        ("/nergens", "/nl/", "/en/"),
        ("/nlx", "/nl/", "/en/"),
        ("/", "/nl/", "/en/"),
    ],
)
def test_what_is_no_page_leads_to_the_same_mistake_or_to_the_start(path: str, dutch: str, english: str) -> None:
    """It has no alternates, but its reader can still choose a language."""
    assert alternates(path) == {}
    assert (counterpart(path, "nl"), counterpart(path, "en")) == (dutch, english)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_two_chapters_of_a_language_are_called_alike(locale: str) -> None:
    """Nor a chapter like that of an indicator."""
    named = PageAddresses(locale)
    chapters = [*map(named.chapter, CHAPTERS), *map(named.indicator, INDICATORS)]
    assert len(chapters) == len(set(chapters))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_topic_and_indicator_has_an_address_of_its_own(locale: str) -> None:
    """It leads back to what it explains; the topic of the share is on the page of its indicator."""
    named = PageAddresses(locale)
    assert {named.topic(named.slug(name)) for name in EXPLAINED} == set(EXPLAINED)
    assert set(EXPLAINED) == {*INDICATORS, *TOPICS} - {"share"}
    assert named.explained("share") == named.explained("cycling_share")
    assert named.topic("nowhere") is None


@pytest.mark.parametrize(
    ("path", "dutch", "english"),
    [
        ("/nl/zo-rekenen-we/fietskilometers", "/nl/zo-rekenen-we/fietskilometers", "/en/how-we-compute/bicycle-km"),
        ("/en/how-we-compute/calendar", "/nl/zo-rekenen-we/kalender", "/en/how-we-compute/calendar"),
        ("/en/how-we-compute/nowhere", "/nl/zo-rekenen-we/nowhere", "/en/how-we-compute/nowhere"),
    ],
)
def test_a_topic_is_called_otherwise_in_another_language(path: str, dutch: str, english: str) -> None:
    """One that nobody knows stays as it is: the same mistake."""
    assert alternates(path) == {"nl": dutch, "en": english}


@pytest.mark.parametrize(
    ("chapter", "path"),
    [
        ("gegevens", "/nl/gegevens"),
        ("kengetallen", "/nl/zo-rekenen-we"),
        ("fietsaandeel", "/nl/zo-rekenen-we/fietsaandeel"),
        ("luchtkwaliteitsindex", "/nl/zo-rekenen-we/luchtkwaliteitsindex"),
    ],
)
def test_v1_leads_to_the_page_that_explains_its_numbers(chapter: str, path: str) -> None:
    """By the word that it has for them."""
    assert definition(chapter) == path


def test_what_is_shown_elsewhere_has_one_address() -> None:
    """With the language behind it, where that is not the first one; it is no page with counterparts."""
    assert PageAddresses("nl").elsewhere("wall", "kolk") == "/scherm/kolk"
    assert PageAddresses("en").elsewhere("card", "kolk") == "/kaartje/kolk?taal=en"
    assert shown_elsewhere("/kaartje/kolk")
    assert not shown_elsewhere("/nl/telpunten/kolk")
    assert alternates("/scherm/kolk") == {}
