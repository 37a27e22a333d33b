"""The measuring window is named beside the number: in answers, sheets and pages; and what is expected is of it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import httpx
import psycopg
import pytest

pytestmark = pytest.mark.contracts

DAY: Final = "startTijd=2026-10-20T22:00:00Z&eindTijd=2026-10-21T22:00:00Z"
COUNTS: Final = "/v1/telpunten/vaart-noord/tellingen"
TEN_HOURS: Final = {"code": "08-18", "tekst": "van 08 tot 18 uur"}
OUTSIDE: Final = "buiten de meettijd"


@pytest.fixture
def windowed(owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Let Vaart Noord count from 8 to 18 local time only."""
    owner.execute("UPDATE doorfiets.datastream SET measuring_window = '08-18' WHERE sensor = 'vaart-1'")
    owner.execute("SELECT doorfiets.refresh_expectations()")
    yield owner
    owner.execute("UPDATE doorfiets.datastream SET measuring_window = 'always'")
    owner.execute("SELECT doorfiets.refresh_expectations()")


def answer(site: httpx.Client, address: str) -> Any:  # noqa: ANN401 - JSON
    """Get an answer."""
    found = site.get(address)
    assert found.status_code == 200, found.text
    return found.json()


def test_quarters_outside_of_the_window_expect_nothing_and_say_so(
    site: httpx.Client, windowed: psycopg.Connection
) -> None:
    """Ten hours of a day are 40 quarters; the others have neither a number nor an expectation."""
    assert not windowed.closed
    found = answer(site, f"{COUNTS}?{DAY}&interval=kwartier")
    assert Counter(row["dekking"]["verwacht"] for row in found["gegevens"]) == {1: 40, 0: 56}
    outside = [row for row in found["gegevens"] if not row["dekking"]["verwacht"]]
    assert {(row["reden"], row["redenCode"], row["dekking"]["percentage"]) for row in outside} == {
        (OUTSIDE, "outside_window", None)
    }
    first = next(row["startTijd"] for row in found["gegevens"] if row["dekking"]["verwacht"])
    assert first == "2026-10-21T06:00:00Z"
    assert found["meta"]["meetvensters"] == [TEN_HOURS]


@pytest.mark.parametrize("extra", ["", "&richting=in"])
def test_days_that_nobody_measured_expect_the_hours_of_their_window(
    site: httpx.Client, windowed: psycopg.Connection, extra: str
) -> None:
    """The 20th has no row; a month adds up what its days expect."""
    assert not windowed.closed
    day = answer(site, f"{COUNTS}?startTijd=2026-10-20&eindTijd=2026-10-21&interval=dag{extra}")
    assert [row["dekking"]["verwacht"] for row in day["gegevens"]] == [40]


def test_a_sheet_names_the_window_in_every_row(site: httpx.Client, windowed: psycopg.Connection) -> None:
    """And has no such column where sensors always measure."""
    rows = list(csv.DictReader(io.StringIO(site.get(f"{COUNTS}?{DAY}&interval=uur&formaat=csv").text)))
    assert {row["meetvensters"] for row in rows} == {"08-18"}
    windowed.execute("UPDATE doorfiets.datastream SET measuring_window = 'always'")
    windowed.execute("SELECT doorfiets.refresh_expectations()")
    (row, *_) = csv.DictReader(io.StringIO(site.get(f"{COUNTS}?{DAY}&interval=uur&formaat=csv").text))
    assert "meetvensters" not in row
    assert answer(site, f"{COUNTS}?{DAY}&interval=uur")["meta"]["meetvensters"] == []


def test_devices_name_their_window(site: httpx.Client, windowed: psycopg.Connection) -> None:
    """With which a stranger recomputes what is expected; most always measure."""
    assert not windowed.closed
    periods = {
        name: [period["meetvenster"] for one in answer(site, f"/v1/telpunten/{name}")["telkanalen"]
               for period in one["meetperioden"]]
        for name in ("vaart-noord", "kolk")
    }  # fmt: skip
    assert periods["vaart-noord"] == [TEN_HOURS] * 2
    assert {window["code"] for window in periods["kolk"]} == {"always"}


def test_pages_say_of_which_hours_a_coverage_is(site: httpx.Client, windowed: psycopg.Connection) -> None:
    """In daylight, too."""
    words = {"08-18": "van de uren van 08 tot 18", "daylight": "van de daglichturen", "always": None}
    for window, said in words.items():
        windowed.execute("UPDATE doorfiets.datastream SET measuring_window = %s WHERE sensor = 'vaart-1'", [window])
        windowed.execute("SELECT doorfiets.refresh_expectations()")
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", site.get("/nl/telpunten/vaart-noord").text))
        assert ("Hier kan niet altijd gemeten worden" in text) == (said is not None)
        assert said is None or f"volledigheid is een deel {said}" in text


@pytest.mark.parametrize("page", ["/nl/vandaag", "/nl/doorfietsroutes/doorfietsroute"])
def test_pages_of_several_counters_say_which_hours_are_meant(
    site: httpx.Client, windowed: psycopg.Connection, page: str
) -> None:
    """Where one of them cannot always measure; of the others nothing is said."""
    said = "Niet elke teller kan altijd meten: volledigheid is daar een deel van de uren van 08 tot 18."
    assert said in site.get(page).text
    windowed.execute("UPDATE doorfiets.datastream SET measuring_window = 'always'")
    windowed.execute("SELECT doorfiets.refresh_expectations()")
    assert "Niet elke teller" not in site.get(page).text
