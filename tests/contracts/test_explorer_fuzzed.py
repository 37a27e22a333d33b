"""Whatever an address asks of the explorer: never an error of ours, and always a period that is named."""

import re
from datetime import date
from typing import Final
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from opendata.pages.addresses import EXPLORER_PARAMETERS, EXPLORER_VALUES
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.INDICATORS, "explorer.sql")
PLACES: Final = (
    "telpunten/kolk",
    "telpunten/vaart-noord",
    "tellijnen/centrum",
    "doorfietsroutes/doorfietsroute",
    "wegvakken/vaart-3",
    "meetstations/park",
    "wijken/centrum",
)
DAYS: Final = st.one_of(
    st.dates().map(date.isoformat),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(date.isoformat),
    st.sampled_from(["9999-12-31", "9999-12-01", "0001-01-01", "2000-01-01", "2026-10-26", "2026-10-27", "2026-02-30"]),
)
OWN: Final = {
    "mode": ["fiets", "auto", "bromfiets"],
    "variant": ["motor", "alle"],
    "quantity": ["pm25", "no2"],
    "direction": ["in", "uit"],
    "against_place": ["vaart-noord", "kolk", "spoor", "vaart-1", "singel", "nergens"],
    "event": ["kolk-dicht", "plein-feest", "opening", "markt"],
}
"""Values that are ids, some of another kind of place."""


def _value(name: str) -> st.SearchStrategy[str]:
    """Give values of a parameter: those of ours twice as often as any text."""
    words = [one["nl"] for one in EXPLORER_VALUES.get(name, {}).values()] + OWN.get(name, [])
    if name in {"first", "last", "against_first"}:
        return DAYS | DAYS | st.text(max_size=20)
    if name == "weeks":
        return st.integers(-3, 10**6).map(str) | st.integers(1, 26).map(str)
    return st.sampled_from(words) | st.sampled_from(words) | st.text(max_size=20)


def _states(*names: str, **fixed: str) -> st.SearchStrategy[dict[str, str]]:
    """Give states with fixed values of some parameters and with any of others, or without these."""
    called = {name: one["nl"] for name, one in EXPLORER_PARAMETERS.items()}
    always = {called[name]: st.just(value) for name, value in fixed.items()}
    return st.fixed_dictionaries(always, optional={called[name]: _value(name) for name in names})


_OFTEN: Final = ("direction", "weekdays", "form")
QUERIES: Final = st.one_of(
    _states(*EXPLORER_PARAMETERS),
    _states("first", "last", "interval", *_OFTEN, period="van-tot"),
    _states("first", "last", "against_first", *_OFTEN, view="vergelijking", against="vanaf"),
    _states("first", "last", "against_place", *_OFTEN, view="vergelijking", against="plaats"),
    _states("event", "weeks", *_OFTEN, view="voor-en-na"),
    _states("view", "first", "last", *_OFTEN),
)
"""Any parameters together, and those that belong together: what is chosen for itself is looked at then."""


@settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.generate]
)
@given(st.sampled_from(PLACES), QUERIES)
def test_every_address_names_its_period_or_says_what_is_wrong(
    site: httpx.Client, place: str, query: dict[str, str]
) -> None:
    """A page with its period, a file that has it in its name, or 400 with a message; the same over the years."""
    answer = site.get(f"/nl/{place}?{urlencode(query, errors='replace')}")
    assert answer.status_code in {200, 400}, answer.status_code
    assert ('class="mistake"' in answer.text) == (answer.status_code == 400)
    if "content-disposition" in answer.headers:
        assert re.search(r"-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.", answer.headers["content-disposition"])
        return
    named = re.search(r'class="period">([^<]+)<', answer.text)
    assert answer.status_code == 400 or named or "De kalender noemt hier nog geen werk" in answer.text
    for year in re.findall(r"\b\d{4}\b", named[1] if named else ""):
        assert 1999 <= int(year) <= 2027, named


FAR: Final = (
    ("met-van", "beeld=vergelijking&met=vanaf&met-van=9999-12-01"),
    ("met-van", "beeld=vergelijking&met=vanaf&met-van=2026-10-27"),
    ("van", "van=9999-12-31"),
    ("van", "van=2026-10-27"),
)


@pytest.mark.parametrize("place", [PLACES[0], PLACES[2], PLACES[5]])
@pytest.mark.parametrize(("field", "query"), FAR)
def test_a_begin_that_is_not_over_is_said_to_be_ahead(site: httpx.Client, place: str, field: str, query: str) -> None:
    """Of the period, and of the one that it is compared with: beside its field, above what is usual."""
    answer = site.get(f"/nl/{place}?{query}")
    assert answer.status_code == 400
    (box,) = re.findall(
        rf'<div class="choice wrong"[^>]*>(?:(?!</div>).)*name="{field}".*?</div>', answer.text, re.DOTALL
    )
    assert "Deze dag is nog niet voorbij" in box
    assert 'class="period">' in answer.text


def test_an_end_ahead_is_yesterday_everywhere(site: httpx.Client) -> None:
    """In the name of the period, in its field, and in the name of its file."""
    far = site.get("/nl/telpunten/kolk?van=2026-10-01&tot=9999-12-31")
    assert far.status_code == 200
    assert "do 1 okt 2026 tot en met ma 26 okt 2026" in far.text
    assert 'value="2026-10-26"' in far.text
    assert "9999" not in far.text


def test_what_is_compared_with_ends_yesterday_too(site: httpx.Client) -> None:
    """Of a period of three weeks in August beside one that began a week ago only its seven days are named."""
    shown = site.get(
        "/nl/telpunten/kolk?beeld=vergelijking&van=2026-08-03&tot=2026-08-23&met=vanaf&met-van=2026-10-20"
    ).text
    assert "ma 19 okt 2026 tot en met ma 26 okt 2026" in shown


def test_the_nearest_week_of_what_is_compared_with_has_begun(site: httpx.Client) -> None:
    """Monday the 26th is nearest to a Thursday that is yet to come: it is compared from the Thursday before."""
    shown = site.get(
        "/nl/telpunten/kolk?beeld=vergelijking&van=2026-10-01&tot=2026-10-04&met=vanaf&met-van=2026-10-26"
    ).text
    assert "do 22 okt 2026 tot en met zo 25 okt 2026" in shown
