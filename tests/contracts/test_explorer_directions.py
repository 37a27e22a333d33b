"""Days compare where what was looked at was counted alike: equipment beside it may come and go."""

import csv
import io
import re
from typing import Final

import httpx
import pytest

from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, "directions.sql")
NORTH: Final = "/nl/telpunten/vaart-noord?beeld=vergelijking&van=2026-10-19&tot=2026-10-25&met=periode-ervoor"
CENTRUM: Final = "/nl/tellijnen/centrum?beeld=vergelijking&van=2026-10-05&tot=2026-10-11&met=periode-ervoor"
KOLK: Final = "/nl/telpunten/kolk?beeld=vergelijking&van=2026-10-05&tot=2026-10-11&met=periode-ervoor"


def counted(site: httpx.Client, address: str) -> tuple[str, bool]:
    """Give how many days count, and whether other channels are a reason for the rest."""
    answer = site.get(address)
    assert answer.status_code == 200
    (found,) = re.findall(r"<dt>Dagen die meetellen</dt><dd>(.*?)</dd>", answer.text)
    return found.replace("\u00a0", " "), "andere tellers" in answer.text


def test_a_direction_compares_while_the_other_one_changes(site: httpx.Client) -> None:
    """Out of town nothing is counted from the 19th on; into town six of the seven days are whole on both sides."""
    assert counted(site, f"{NORTH}&richting=in") == ("6 van 7 dagen", False)


def test_all_directions_together_do_not(site: httpx.Client) -> None:
    """Half the traffic is no decline."""
    found, other = counted(site, NORTH)
    assert found.startswith("0 van")
    assert other


def test_a_share_compares_while_its_site_gets_a_channel_of_no_screenline(site: httpx.Client) -> None:
    """All seven days; of the site itself none, for it has one channel more."""
    assert counted(site, CENTRUM) == ("7 van 7 dagen", False)
    found, other = counted(site, KOLK)
    assert found.startswith("0 van")
    assert other


NORTH_EVENT: Final = "/nl/telpunten/vaart-noord?richting=in&beeld=voor-en-na"


def wrong(site: httpx.Client, address: str) -> list[str]:
    """Give the fields that have a mistake beside them."""
    answer = site.get(address)
    found = re.findall(r'<div class="choice wrong" data-field="(\w+)"', answer.text)
    assert answer.status_code == (400 if found else 200)
    return found


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("gebeurtenis=lang&weken=4", []),
        ("gebeurtenis=lang&weken=5", ["direction"]),
        ("gebeurtenis=kort&weken=26", []),
        ("gebeurtenis=kort&periode=van-tot&van=2023-01-01", []),
    ],
)
def test_an_event_is_judged_by_the_days_that_it_reads(site: httpx.Client, query: str, fields: list[str]) -> None:
    """300 days and 4 weeks twice are 356, with 5 they are 370: one direction reads 366; the period is not read."""
    assert wrong(site, f"{NORTH_EVENT}&{query}") == fields


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("beeld=jaren", ["direction"]),
        ("beeld=vergelijking&van=2025-10-26&tot=2026-10-26&met=vanaf&met-van=2024-10-01", []),
        ("beeld=vergelijking&van=2025-10-25&tot=2026-10-26&met=vanaf&met-van=2024-10-01", ["direction"]),
        ("beeld=records&van=2025-10-25&tot=2026-10-26", ["direction"]),
        ("beeld=week&van=2025-10-26&tot=2026-10-26", []),
    ],
)
def test_every_view_of_a_direction_has_its_limit(site: httpx.Client, query: str, fields: list[str]) -> None:
    """366 days of the period, and as many of what it is compared with; five years are more."""
    assert wrong(site, f"/nl/telpunten/vaart-noord?richting=in&{query}") == fields


def test_an_event_of_almost_five_years_is_too_long_with_the_weeks_round_it(site: httpx.Client) -> None:
    """1,800 days and 4 weeks before them are 1,828; with 3 they are 1,821.

    Who names none is shown the newest one that is not too long.
    """
    north = "/nl/telpunten/vaart-noord?beeld=voor-en-na"
    assert wrong(site, f"{north}&gebeurtenis=jaren") == ["event"]
    assert wrong(site, f"{north}&gebeurtenis=jaren&weken=3") == []
    assert wrong(site, north) == []
    assert "Kort werk" in site.get(north).text
    assert wrong(site, "/nl/telpunten/kolk?beeld=voor-en-na") == ["event"], "there is no other"


def test_the_week_of_a_direction_is_of_that_direction(site: httpx.Client) -> None:
    """Its Monday from eight to nine is what `/v1` has of that hour and direction, and not what both have."""
    week = site.get("/nl/telpunten/vaart-noord?beeld=week&richting=in&van=2026-10-12&tot=2026-10-18&vorm=csv").text
    monday = next(csv.DictReader(io.StringIO("\n".join([*week.splitlines()[:1], week.splitlines()[9]]))))
    span = "startTijd=2026-10-12T06:00:00Z&eindTijd=2026-10-12T07:00:00Z&interval=uur"
    counts = f"/v1/telpunten/vaart-noord/tellingen?vervoerwijze=fiets&{span}"
    (one,), (both,) = (site.get(f"{counts}{more}").json()["gegevens"] for more in ("&richting=in", ""))
    assert (monday["Uur"], float(monday["ma"])) == ("8", one["waarde"])
    assert one["waarde"] < both["waarde"]


def test_a_direction_is_not_compared_with_all_of_another_place(site: httpx.Client) -> None:
    """Another place has directions of its own."""
    address = "/nl/telpunten/vaart-noord?beeld=vergelijking&met=plaats&met-plaats=kolk&van=2026-10-01"
    assert wrong(site, f"{address}&richting=in") == ["direction"]
    assert wrong(site, address) == []
