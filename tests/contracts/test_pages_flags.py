"""Pages say of a day and of a longer period what a quarter says: what was excluded, on which channel, and why."""

import html
import re

import httpx
import pytest

pytestmark = pytest.mark.contracts

WILD = "onwaarschijnlijk hoge of lage waarde"


def table_of(page: str) -> list[str]:
    """Give the cells of all tables of a page, as text."""
    return [html.unescape(cell) for cell in re.findall(r"<td[^>]*>([^<]*)</td>", page)]


def test_a_day_with_an_excluded_quarter_says_so(site: httpx.Client) -> None:
    """With the number of hours, and the channel; the quarter itself names its channel, too."""
    cells = table_of(site.get("/nl/telpunten/kolk").text)
    excluded = f"waarvan uitgesloten: {WILD} (1 uur)"
    assert f"99\u00a0% gemeten, {excluded}: fietsers in beide richtingen ({WILD})" in cells
    assert f"0 van 1 kanalen geldig: fietsers in beide richtingen ({WILD})" in cells


def test_a_day_without_a_channel_names_it(site: httpx.Client) -> None:
    """The afternoon in which one of two was silent, and the day on which nothing came."""
    cells = table_of(site.get("/nl/telpunten/vaart-noord").text)
    silent = "fietsers richting uit (geen meting ontvangen)"
    assert f"75\u00a0% gemeten: {silent}" in cells
    assert "geen meting: fietsers richting in en richting uit (geen meting ontvangen)" in cells


def test_a_share_of_thirty_days_says_on_how_many_something_was_excluded(site: httpx.Client) -> None:
    """And its withheld day which channel is missing."""
    page = html.unescape(site.get("/nl/tellijnen/centrum").text)
    assert f"waarvan uitgesloten: {WILD} (1 dag)" in page
    assert "dekking onder 75 %: personenauto's in beide richtingen bij De Kolk (geen meting ontvangen)" in page
