"""Means below zero: a scale with a bottom of its own, in every view."""

import re
from typing import Final

import httpx
import pytest

from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, "weather.sql")
PARK: Final = "/nl/meetstations/park?stof=temperature"
WEEK: Final = f"{PARK}&beeld=week&van=2026-10-05&tot=2026-10-11"


def shapes(page: str, name: str) -> int:
    """Count the shapes of a class in the drawing of the explorer."""
    drawing = page[page.index('<svg class="explored"') :].partition('<ul class="explored-legend">')[0]
    return sum(group.count("<rect") for group in re.findall(rf'<g class="{name}"[^>]*>(.*?)</g>', drawing))


def test_the_colours_of_a_cold_week_go_from_its_lowest_to_its_highest(site: httpx.Client) -> None:
    """From -6 to 5.5 in steps of half a degree, four hours of each weekday in each of six colours."""
    page = site.get(WEEK).text
    assert [shapes(page, f"heat{level}") for level in range(6)] == [28] * 6
    assert 'class="heat-' not in page
    assert "\u22126,0 tot \u22124,1" in page, "the legend begins below zero"


def test_the_course_of_a_cold_day_has_zero_on_its_axis(site: httpx.Client) -> None:
    """From -10 to 10: the first hour, -6, lies at 80 percent from the top."""
    page = site.get(f"{PARK}&van=2026-10-05&tot=2026-10-05&interval=uur").text
    assert 'd="M20.8 80.00L62.5 77.50' in page
    assert ">\u221210</text>" in page
    assert ">0</text>" in page


def test_columns_of_a_comparison_hang_from_zero(site: httpx.Client) -> None:
    """A day of -0.25 beside one of 1.75: two degrees more, which is no percentage."""
    page = site.get(f"{PARK}&beeld=vergelijking&van=2026-10-12&tot=2026-10-18&met=periode-ervoor").text
    found = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page[page.index('class="explored-chart"') :]))
    assert found["Verschil"].replace("\u00a0", " ") == "+ 2,0 °C"
    assert found["Dagen die meetellen"].replace("\u00a0", " ") == "7 van 7 dagen"


@pytest.mark.parametrize("view", ["verloop", "vergelijking", "records", "week", "jaren"])
def test_no_view_breaks_below_zero(site: httpx.Client, view: str) -> None:
    """As a page and as files; every number of a drawing is one, and lies in it."""
    query = f"{PARK}&beeld={view}&van=2026-10-05&tot=2026-10-11"
    page = site.get(query)
    assert page.status_code == 200
    heights = [float(one) for one in re.findall(r'<rect [^>]*height="(-?[\d.]+)"', page.text)]
    assert all(height >= 0 for height in heights)
    assert site.get(f"{query}&vorm=csv").status_code == 200
