"""Ten questions of a resident or a council member: each is answered within two links of the start page."""

import re
from html import unescape
from typing import Final, NamedTuple

import httpx
import pytest

from tests.contracts.test_pages_air import text

pytestmark = pytest.mark.contracts

ROUTE: Final = "Doorfietsroute Voorbeeldstad\u2013Groningen"
START: Final = {"nl": "/nl/", "en": "/en/"}
_LINK: Final = re.compile(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


class ResidentQuestion(NamedTuple):
    """What is asked, by language which links lead to the answer, and what is read there."""

    what: str
    links: dict[str, tuple[str, ...]]
    answer: dict[str, str]


QUESTIONS: Final = (
    ResidentQuestion(
        "how many on a typical working day",
        {"nl": (), "en": ()},
        {"nl": r"5\.773 fietsers op een gewone werkdag", "en": r"5,773 cyclists on a typical working day"},
    ),
    ResidentQuestion(
        "is it growing",
        {"nl": (), "en": ()},
        {
            "nl": r"\+ 2,8 % tegenover dezelfde werkdagen een jaar eerder, op 3 telpunten",
            "en": r"\+ 2\.8 % compared with the same working days a year before, at 3 sites",
        },
    ),
    ResidentQuestion(
        "which share cycles, and how sure that is",
        {"nl": ("Centrumlijn",), "en": ("Centrumlijn",)},
        {"nl": r"43\.056 ÷ 129\.599 = 33,2 %.*?28,5 % en 41,1 %", "en": r"33\.2 %.*?28\.5 % and 41\.1 %"},
    ),
    ResidentQuestion(
        "the weakest link",
        {"nl": (ROUTE,), "en": (ROUTE,)},
        {"nl": r"[Zz]wak", "en": r"[Ww]eak"},
    ),
    ResidentQuestion(
        "before and after the works",
        {"nl": ("De Kolk", "Voor en na"), "en": ("De Kolk", "Before and after")},
        {"nl": r"De kalender noemt hier nog geen werk", "en": r"calendar names no works"},
    ),
    ResidentQuestion(
        "which sensor was out",
        {"nl": ("Storingen",), "en": ("Outages",)},
        {"nl": r"Stationsplein.*?Stil sinds 08:45 uur", "en": r"Stationsplein.*?Silent since 08:45"},
    ),
    ResidentQuestion(
        "the air on the route",
        {"nl": ("De lucht onderweg",), "en": ("The air on the way",)},
        {"nl": r"Wat fietsers inademen.*?Doorfietsroute", "en": r"What cyclists breathe.*?Doorfietsroute"},
    ),
    ResidentQuestion(
        "download a year",
        {"nl": ("Gegevens", "dag, fietsers van alle telpunten in 2025 als CSV"),
         "en": ("Data", "day, cyclists of all sites in 2025 as CSV")},
        {"nl": r"2025-12-30T23:00:00Z,2025-12-31T23:00:00Z,2025-12-31",
         "en": r"2025-12-30T23:00:00Z,2025-12-31T23:00:00Z,2025-12-31"},
    ),
    ResidentQuestion(
        "the same for my district",
        {"nl": ("Wijken", "Centrum"), "en": ("Districts", "Centrum")},
        {"nl": r"De Kolk", "en": r"De Kolk"},
    ),
    ResidentQuestion(
        "how is it computed",
        {"nl": ("Hoe berekend: fietsers per werkdag",), "en": ("How it is computed: cyclists per working day",)},
        {"nl": r"feestdagen", "en": r"holidays"},
    ),
)  # fmt: skip


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("question", QUESTIONS, ids=[one.what for one in QUESTIONS])
def test_it_is_answered_within_two_links_of_the_start_page(
    site: httpx.Client, question: ResidentQuestion, locale: str
) -> None:
    """By links that say what they lead to, and nothing typed."""
    assert len(question.links[locale]) <= 2
    page = site.get(START[locale])
    for words in question.links[locale]:
        found = {_said(label): unescape(address) for address, label in _LINK.findall(page.text)}
        assert words in found, sorted(found)
        page = site.get(found[words].partition("#")[0])
        assert page.status_code == 200
    said = page.text if "csv" in page.headers["Content-Type"] else text(page.text)
    assert re.search(question.answer[locale], said, re.DOTALL), said


def _said(label: str) -> str:
    """Give what a link is called: its text, of which a part may be for listeners alone."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", label)).split()).replace(" ,", ",").replace(" :", ":")
