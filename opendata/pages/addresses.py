"""Where each page is, in each language: one table, from which routes, links and the way to another language follow."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeVar

from fastapi import APIRouter

from locales import DEFAULT, LOCALES
from opendata.vocabulary import KENGETAL, NOEMER, VERVOERWIJZE

Answer = TypeVar("Answer", bound=Callable[..., Any])

ADDRESSES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "start": {"nl": "/nl/", "en": "/en/"},
        "site": {"nl": "/nl/telpunten/{site}", "en": "/en/sites/{site}"},
        "screenline": {"nl": "/nl/tellijnen/{screenline}", "en": "/en/screenlines/{screenline}"},
        "route": {"nl": "/nl/doorfietsroutes/{route}", "en": "/en/routes/{route}"},
        "data": {"nl": "/nl/gegevens", "en": "/en/data"},
        "air": {"nl": "/nl/lucht", "en": "/en/air"},
        "station": {"nl": "/nl/meetstations/{station}", "en": "/en/stations/{station}"},
        "outages": {"nl": "/nl/storingen", "en": "/en/outages"},
        "status": {"nl": "/nl/status", "en": "/en/status"},
        "method": {"nl": "/nl/zo-rekenen-we", "en": "/en/how-we-compute"},
        "topic": {"nl": "/nl/zo-rekenen-we/{topic}", "en": "/en/how-we-compute/{topic}"},
        "about": {"nl": "/nl/over", "en": "/en/about"},
        "contact": {"nl": "/nl/contact", "en": "/en/contact"},
        "api": {"nl": "/nl/api", "en": "/en/api"},
        "accessibility": {"nl": "/nl/toegankelijkheid", "en": "/en/accessibility"},
        "today": {"nl": "/nl/vandaag", "en": "/en/today"},
        "sites": {"nl": "/nl/telpunten", "en": "/en/sites"},
        "screenlines": {"nl": "/nl/tellijnen", "en": "/en/screenlines"},
        "routes": {"nl": "/nl/doorfietsroutes", "en": "/en/routes"},
        "connections": {"nl": "/nl/verbindingen", "en": "/en/connections"},
        "link": {"nl": "/nl/wegvakken/{link}", "en": "/en/links/{link}"},
        "districts": {"nl": "/nl/wijken", "en": "/en/districts"},
        "district": {"nl": "/nl/wijken/{district}", "en": "/en/districts/{district}"},
        "stations": {"nl": "/nl/meetstations", "en": "/en/stations"},
        "search": {"nl": "/nl/zoeken", "en": "/en/search"},
        "map": {"nl": "/nl/kaart.geojson", "en": "/en/map.geojson"},
        "live": {"nl": "/nl/live/vandaag", "en": "/en/live/today"},
        "stream": {"nl": "/nl/live/vandaag/stroom", "en": "/en/live/today/stream"},
    }
)
"""The path of each page by locale; what is in braces is an id of the registry in small letters, or a topic."""

PARTS: Final = frozenset({"map", "live", "stream"})
"""What is asked by pages and is none itself."""

CHAPTERS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "today": {"nl": "vandaag", "en": "today"},
        "typical": {"nl": "werkdag", "en": "working-day"},
        "map": {"nl": "kaart", "en": "map"},
        "state": {"nl": "stand", "en": "state"},
        "list": {"nl": "lijst", "en": "list"},
        "links": {"nl": "wegvakken", "en": "links"},
        "stations": {"nl": "meetstations", "en": "stations"},
        "outages": {"nl": "storingen", "en": "outages"},
        "real": {"nl": "echt", "en": "real"},
        "year": {"nl": "jaar", "en": "year"},
        "shares": {"nl": "aandeel", "en": "share"},
        "sensors": {"nl": "sensoren", "en": "sensors"},
        "take": {"nl": "mee", "en": "take"},
        "sites": {"nl": "telpunten", "en": "sites"},
        "counts": {"nl": "tellingen", "en": "counts"},
        "share": {"nl": "fietsaandeel", "en": "cycling-share"},
        "route": {"nl": "doorfietsroute", "en": "cycle-route"},
        "air": {"nl": "lucht", "en": "air"},
        "calendar": {"nl": "kalender", "en": "calendar"},
        "indicators": {"nl": "kengetallen", "en": "indicators"},
        "changes": {"nl": "wijzigingen", "en": "changes"},
        "origin": {"nl": "herkomst", "en": "origin"},
        "privacy": {"nl": "privacy", "en": "privacy"},
        "licences": {"nl": "licenties", "en": "licences"},
        "explorer": {"nl": "verkennen", "en": "explore"},
        "exposure": {"nl": "blootstelling", "en": "exposure"},
        "states": {"nl": "toestanden", "en": "states"},
        "versions": {"nl": "versies", "en": "versions"},
        "rules": {"nl": "regels", "en": "rules"},
        "errors": {"nl": "fouten", "en": "errors"},
        "limits": {"nl": "grenzen", "en": "limits"},
        "resources": {"nl": "bronnen", "en": "resources"},
        "shapes": {"nl": "vormen", "en": "shapes"},
    }
)
"""The chapters of pages by locale, as they stand behind `#`."""

ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {"wall": "/scherm/{site}", "wall_number": "/scherm/{site}/getal", "card": "/kaartje/{site}"}
)
"""What is shown elsewhere, on a wall or in a page of others: one address for all languages, which `?taal=` names."""

TOPICS: Final = ("counts", "typical", "sites", "share", "route", "air", "calendar", "changes", "origin", "privacy")
"""What is explained beside the indicators: chapters with a page of their own, called alike."""
_ONE_PAGE: Final[Mapping[str, str]] = MappingProxyType({"share": "cycling_share"})
"""A topic that is explained on the page of an indicator."""
_NAMED_OTHERWISE: Final[Mapping[str, str]] = MappingProxyType({"gegevens": "data", "kengetallen": "method"})
"""What `/v1` calls a page that explains its numbers, where it is no topic."""

EXPLORER_PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "view": {"nl": "beeld", "en": "view"},
        "period": {"nl": "periode", "en": "period"},
        "first": {"nl": "van", "en": "from"},
        "last": {"nl": "tot", "en": "until"},
        "interval": {"nl": "interval", "en": "interval"},
        "mode": {"nl": "vervoerwijze", "en": "mode"},
        "variant": {"nl": "noemer", "en": "denominator"},
        "quantity": {"nl": "stof", "en": "substance"},
        "direction": {"nl": "richting", "en": "direction"},
        "weekdays": {"nl": "dagen", "en": "days"},
        "against": {"nl": "met", "en": "with"},
        "against_first": {"nl": "met-van", "en": "with-from"},
        "against_place": {"nl": "met-plaats", "en": "with-place"},
        "event": {"nl": "gebeurtenis", "en": "event"},
        "weeks": {"nl": "weken", "en": "weeks"},
        "form": {"nl": "vorm", "en": "form"},
    }
)
"""What the parameters of the explorer are called by locale."""

EXPLORER_VALUES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = MappingProxyType(
    {
        "view": {
            "course": {"nl": "verloop", "en": "course"},
            "compare": {"nl": "vergelijking", "en": "comparison"},
            "event": {"nl": "voor-en-na", "en": "before-and-after"},
            "records": {"nl": "records", "en": "records"},
            "week": {"nl": "week", "en": "week"},
            "years": {"nl": "jaren", "en": "years"},
        },
        "period": {
            "rolling": {"nl": "twaalf-maanden", "en": "twelve-months"},
            "year": {"nl": "dit-jaar", "en": "this-year"},
            "month": {"nl": "vorige-maand", "en": "last-month"},
            "school": {"nl": "schoolvakanties", "en": "school-holidays"},
            "own": {"nl": "van-tot", "en": "from-until"},
        },
        "interval": {
            "hour": {"nl": "uur", "en": "hour"},
            "day": {"nl": "dag", "en": "day"},
            "week": {"nl": "week", "en": "week"},
            "month": {"nl": "maand", "en": "month"},
            "year": {"nl": "jaar", "en": "year"},
        },
        "mode": {mode: {"nl": word, "en": mode.replace("_", "-")} for mode, word in VERVOERWIJZE.items()},
        "variant": {variant: {"nl": word, "en": variant.replace("_", "-")} for variant, word in NOEMER.items()},
        "weekdays": {
            "all": {"nl": "alle", "en": "all"},
            "weekdays": {"nl": "doordeweeks", "en": "weekdays"},
            "weekend": {"nl": "weekend", "en": "weekend"},
        },
        "against": {
            "year": {"nl": "jaar-eerder", "en": "year-before"},
            "previous": {"nl": "periode-ervoor", "en": "period-before"},
            "own": {"nl": "vanaf", "en": "from"},
            "place": {"nl": "plaats", "en": "place"},
        },
        "form": {
            "page": {"nl": "pagina", "en": "page"},
            "csv": {"nl": "csv", "en": "csv"},
            "svg": {"nl": "svg", "en": "svg"},
            "print": {"nl": "afdruk", "en": "print"},
        },
    }
)
"""What values of those are called that are words; days, ids, numbers and substances have no language."""


def explorer_value(parameter: str, code: str, locale: str) -> str:
    """Give what a value of the explorer is called in an address."""
    called = EXPLORER_VALUES.get(parameter, {}).get(code)
    return called[locale] if called else code


@dataclass(frozen=True)
class PageAddresses:
    """Where pages are in one language."""

    locale: str

    def page(self, page: str, **ids: str) -> str:
        """Give the path of a page, with the id that it is about."""
        return ADDRESSES[page][self.locale].format(**{name: one.lower() for name, one in ids.items()})

    def elsewhere(self, what: str, site: str) -> str:
        """Give the path of what is shown elsewhere, in this language."""
        path = ELSEWHERE[what].format(site=site)
        return path if self.locale == DEFAULT else f"{path}?taal={self.locale}"

    def chapter(self, chapter: str) -> str:
        """Give the name of a chapter of a page, without `#`."""
        return CHAPTERS[chapter][self.locale]

    def explained(self, name: str) -> str:
        """Give the path of the page that explains a topic or an indicator."""
        return self.page("topic", topic=self.slug(name))

    def slug(self, name: str) -> str:
        """Give what a topic or an indicator is called in its address; in Dutch an indicator by its public name."""
        if name in TOPICS:
            return self.chapter(name)
        return KENGETAL[name] if self.locale == "nl" else name.replace("_", "-")

    def topic(self, slug: str) -> str | None:
        """Give the topic or indicator of an address; None where there is none."""
        return next((name for name in EXPLAINED if self.slug(name) == slug), None)

    def indicator(self, name: str) -> str:
        """Give the name of the chapter on an indicator; in Dutch by its public name."""
        return f"kengetal-{KENGETAL[name]}" if self.locale == "nl" else f"indicator-{name.replace('_', '-')}"


EXPLAINED: Final = (*(one for one in TOPICS if one not in _ONE_PAGE), *KENGETAL)
"""All that has a page of its own under `topic`: topics, and indicators by their names."""


def definition(chapter: str, locale: str = DEFAULT) -> str:
    """Give the path of the page that explains numbers of `/v1`, by the Dutch word that it has for them."""
    named, topic = PageAddresses(locale), PageAddresses(DEFAULT).topic(chapter)
    if topic is None:
        return named.page(_NAMED_OTHERWISE[chapter])
    return named.explained(topic)


def get(router: APIRouter, page: str, **options: Any) -> Callable[[Answer], Answer]:  # noqa: ANN401 - as FastAPI has them
    """Answer the path of a page in every language."""

    def register(answer: Answer) -> Answer:
        for locale in LOCALES:
            router.add_api_route(ADDRESSES[page][locale], answer, **options)
        return answer

    return register


def locale_of(path: str) -> str | None:
    """Give the locale in whose folder a path is; None for one outside of all."""
    first = path.split("/", 2)[1:2]
    return first[0] if first and first[0] in LOCALES else None


def shown_elsewhere(path: str) -> bool:
    """Tell whether a path is of what is shown elsewhere."""
    return any(_pattern(one).fullmatch(path) for one in ELSEWHERE.values())


def alternates(path: str) -> Mapping[str, str]:
    """Give the paths of the same page by locale; nothing where no page is there."""
    for paths in ADDRESSES.values():
        for template in paths.values():
            if found := _pattern(template).fullmatch(path):
                ids, here = found.groupdict(), locale_of(template) or DEFAULT
                return {locale: paths[locale].format(**_spoken(ids, here, locale)) for locale in LOCALES}
    return {}


def _spoken(ids: Mapping[str, str], here: str, there: str) -> Mapping[str, str]:
    """Give the ids of an address in another language: a topic has another name there, where it is one."""
    name = PageAddresses(here).topic(ids["topic"]) if "topic" in ids else None
    return {**ids, "topic": PageAddresses(there).slug(name)} if name else ids


def counterpart(path: str, locale: str) -> str:
    """Give where a path leads in a language: the same page, else the same mistake, else the start page."""
    if known := alternates(path):
        return known[locale]
    folder = locale_of(path)
    return f"/{locale}{path.removeprefix(f'/{folder}')}" if folder else ADDRESSES["start"][locale]


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[a-z0-9-]{1,60})", template))
