"""What pages say while the platform lags: once, above the numbers; and no two numbers that cannot both be true."""

import re
from datetime import datetime, timedelta
from typing import Final

import httpx
import psycopg
import pytest

from tests.opendata import city

pytestmark = pytest.mark.contracts

BEHIND: Final = "De cijfers lopen achter."
PAGES: Final = (
    "/nl/",
    "/nl/vandaag",
    "/nl/telpunten/vaart-noord",
    "/nl/tellijnen/centrum",
    "/nl/doorfietsroutes/doorfietsroute",
    "/nl/lucht",
    "/nl/meetstations/park",
    "/nl/status",
)


@pytest.fixture
def owner(owner: psycopg.Connection) -> psycopg.Connection:
    """Somebody who may change everything; nothing is marked and nothing waits before a test."""
    owner.execute("TRUNCATE doorfiets.watermark, doorfiets.stage, doorfiets.dirty_hour")
    return owner


def reached(owner: psycopg.Connection, until: datetime) -> None:
    """Let the platform have come so far, in all its stages."""
    owner.execute("INSERT INTO doorfiets.watermark VALUES ('b', 0, %s)", [until])
    owner.execute("INSERT INTO doorfiets.stage VALUES ('aggregate', 'w', 5, %s, %s)", [until, city.NOW])


def text(site: httpx.Client, path: str) -> str:
    """The words of a page, without its marks."""
    answer = site.get(path)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.mark.parametrize("path", PAGES)
def test_a_platform_that_lags_is_said_once(site: httpx.Client, owner: psycopg.Connection, path: str) -> None:
    """With the time until which the numbers go; a platform that keeps up says nothing."""
    reached(owner, city.NOW - timedelta(seconds=2))
    assert BEHIND not in text(site, path)
    owner.execute("UPDATE doorfiets.stage SET processed_until = %s", [city.NOW - timedelta(minutes=24)])
    said = text(site, path)
    assert said.count(BEHIND) == 1
    assert "tot 9:43 uur" in said or "tot 09:43 uur" in said


def test_a_day_that_is_not_processed_is_no_day_without_measurements(
    site: httpx.Client, owner: psycopg.Connection
) -> None:
    """Its chart counts it apart, and its row of the table leaves it open."""
    path = "/nl/telpunten/vaart-noord"
    assert re.search(r"di 20 okt \u2013 geen meting", text(site, path))
    owner.execute("INSERT INTO doorfiets.dirty_hour VALUES (1, '2026-10-20T05:00Z')")
    reached(owner, city.NOW - timedelta(seconds=2))
    said = text(site, path)
    assert re.search(r"di 20 okt \u2013 \u2013 ", said)
    assert "1 \u00d7 nog niet verwerkt" in said
    assert said.count("Metingen van di 20 okt worden nog verwerkt.") == 1
    assert BEHIND not in said


def test_the_total_of_today_is_never_below_what_it_is_compared_with(
    site: httpx.Client, owner: psycopg.Connection
) -> None:
    """While hours of today wait to be added up, what stands beside the total is what is in it."""
    owner.execute("UPDATE doorfiets.site_hour SET total = 3 WHERE hour >= '2026-10-27T05:00Z' AND mode = 'bicycles'")
    owner.execute(
        "INSERT INTO doorfiets.dirty_hour SELECT d, h FROM generate_series(1, 8) d,"
        " generate_series('2026-10-27T05:00Z'::timestamptz, '2026-10-27T09:00Z', '1 hour') h"
    )
    said = text(site, "/nl/vandaag")
    total = re.search(r"([\d.]+) fietsers geteld vandaag", said)
    compared = re.search(r"uur: ([\d.]+) nu,", said)
    assert total is not None
    assert compared is not None
    assert int(compared[1].replace(".", "")) <= int(total[1].replace(".", ""))


def test_the_coverage_of_today_is_of_what_is_processed(site: httpx.Client, owner: psycopg.Connection) -> None:
    """A number is not incomplete because the platform is late."""
    whole = re.search(r"([\d.]+) fietsers geteld vandaag", text(site, "/nl/vandaag"))
    owner.execute("DELETE FROM doorfiets.site_hour WHERE hour >= '2026-10-27T06:00Z' AND mode = 'bicycles'")
    assert "onvolledig" in text(site, "/nl/vandaag").split("meetreeksen in orde")[0]
    reached(owner, datetime.fromisoformat("2026-10-27T06:00:00Z"))
    said = text(site, "/nl/vandaag")
    assert whole is not None
    assert whole[0] not in said
    assert re.search(r"Op 3 telpunten samen, tot 07:00 uur. volledig", said)


def test_a_site_without_a_number_yet_is_not_called_unmeasured(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Its feeds are judged only as far as the platform has read."""
    assert "geen meting vandaag" not in text(site, "/nl/vandaag")
    owner.execute("DELETE FROM doorfiets.site_hour WHERE hour >= '2026-10-26T23:00Z' AND site = 'kolk'")
    assert text(site, "/nl/vandaag").count("geen meting vandaag") == 1
    reached(owner, city.NOW - timedelta(minutes=24))
    assert "geen meting vandaag" not in text(site, "/nl/vandaag")


def test_sensors_are_judged_as_far_as_the_platform_has_read(site: httpx.Client, owner: psycopg.Connection) -> None:
    """What it has not read may well have been said."""
    owner.execute(
        "UPDATE doorfiets.feed SET last_ended_at = '2026-10-27T08:45Z', last_valid_ended_at = '2026-10-27T08:45Z'"
    )
    silent = text(site, "/nl/vandaag")
    reached(owner, datetime.fromisoformat("2026-10-27T08:50:00Z"))
    read = text(site, "/nl/vandaag")
    assert "2 van 11 meetreeksen in orde" in silent  # two are recorded, three have never said anything
    assert "8 van 11 meetreeksen in orde" in read


def test_the_live_part_says_that_the_platform_lags(site: httpx.Client, owner: psycopg.Connection) -> None:
    """Without a number that moves: the stream sends another fragment."""
    reached(owner, city.NOW - timedelta(seconds=2))
    with site.stream("GET", "/nl/live/vandaag/stroom") as answer:
        seen = ""
        for line in answer.iter_lines():
            seen += line
            if line.startswith("id: ") and "+" not in line:
                assert BEHIND not in seen
                owner.execute("UPDATE doorfiets.stage SET processed_until = %s", [city.NOW - timedelta(minutes=24)])
            elif line.startswith("id: "):
                break
    assert BEHIND in seen
