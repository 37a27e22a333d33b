"""The explorer of every kind of place, also of those whose page is not its own: read from the store as a page does."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Final

import httpx
import pytest
from starlette.requests import Request

from opendata import read
from opendata.database import Database
from opendata.pages.explorer import subjects
from opendata.pages.explorer.block import ExplorerBlock, read_block
from opendata.pages.explorer.subjects import ExplorerSubject
from opendata.pages.page_context import PageContext
from opendata.read.request import RequestReader, RequestReaders
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.INDICATORS, "explorer.sql")
ALL_VIEWS: Final = ("course", "comparison", "before-and-after", "records", "week", "years")


@pytest.fixture
async def reader(conninfo: str) -> AsyncIterator[RequestReader]:
    """Read as a request does."""
    store = Database(conninfo, city.ANSWER_SECONDS)
    await store.open()
    async with RequestReaders(store, lambda: city.NOW).reader() as found:
        yield found
    await store.close()


async def explored(reader: RequestReader, subject: ExplorerSubject, query: str) -> ExplorerBlock:
    """Answer a question about a place, in English."""
    scope = {"type": "http", "path": "/en/anything", "query_string": query.encode(), "headers": [], "method": "GET"}
    context = PageContext(Request(scope), reader, await reader.owners())
    block = await read_block(context, context.moment_of(subject.owner), subject)
    assert block is not None
    return block


def of_api(site: httpx.Client, address: str) -> list[float]:
    """Give the numbers of an answer of `/v1`."""
    return [row["waarde"] for row in site.get(address).json()["gegevens"]]


def column(block: ExplorerBlock, number: int = 1) -> list[object]:
    """Give a column of the table, as a spreadsheet is given it."""
    assert block.result is not None
    return [row[number].raw for row in block.result.rows]


async def of_kind(reader: RequestReader, kind: str) -> ExplorerSubject:
    """Give one place of a kind."""
    store = reader.store
    match kind:
        case "link":
            found = await read.links.one(store, "vaart-3")
            assert found
            return subjects.of_link(found)
        case "station":
            station = await read.stations.one(store, "park")
            assert station
            return subjects.of_station(station)
        case _:
            district = await read.districts.one(store, "centrum")
            assert district
            return subjects.of_district(district)


@pytest.mark.parametrize("kind", ["link", "station", "district"])
@pytest.mark.parametrize("view", ALL_VIEWS)
async def test_every_view_of_every_kind_is_answered(reader: RequestReader, kind: str, view: str) -> None:
    """With a message where a kind has no such view: links have no hours, several sites no mean of their own."""
    subject = await of_kind(reader, kind)
    block = await explored(reader, subject, f"view={view}&from=2026-09-01&days=all")
    none = {"link": {"week"}, "district": {"week", "years"}}.get(kind, set())
    assert ("view" in block.request.question.mistakes) == (view in none)
    assert block.result is not None or view == "before-and-after"
    assert [tab.shown for tab in block.tabs].count(True) == 1


async def test_a_link_says_what_is_assumed(reader: RequestReader) -> None:
    """Link 3 has the number of link 2, on two days; the days before its first row are none of its."""
    block = await explored(reader, await of_kind(reader, "link"), "from=2026-10-20&interval=day")
    assert column(block, 0) == ["2026-10-25", "2026-10-26"]
    assert column(block) == [620, 620]
    assert block.result is not None
    assert any("2 days rest on an assumption" in note for note in block.result.notes)


async def test_a_district_adds_up_its_sites(reader: RequestReader, site: httpx.Client) -> None:
    """De Kolk and the station square, as `/v1` has each; a day that one of them misses is not whole."""
    block = await explored(reader, await of_kind(reader, "district"), "from=2026-09-14&until=2026-09-20&interval=day")
    counts = "tellingen?vervoerwijze=fiets&interval=dag&startTijd=2026-09-14&eindTijd=2026-09-21"
    each = [of_api(site, f"/v1/telpunten/{one}/{counts}") for one in ("kolk", "stationsplein")]
    assert column(block) == [kolk + square for kolk, square in zip(*each, strict=True)]
    assert column(block, 2)[2] == "75\u00a0% measured"
    assert [one.origins for one in block.sources] == [("simulated",), ("measured",)], "of its sites, not of its air"


async def test_a_district_is_compared_site_by_site(reader: RequestReader) -> None:
    """On the half day of De Kolk only the square counts: 13 pairs of seven days at two sites."""
    subject = await of_kind(reader, "district")
    block = await explored(reader, subject, "view=comparison&from=2026-09-14&until=2026-09-20")
    assert block.result is not None
    (counted,) = [fact.value for fact in block.result.facts if fact.label == "Days that count"]
    assert counted == "13 of 14 days of sites"


async def test_air_is_a_mean_and_its_gaps_are_none(reader: RequestReader, site: httpx.Client) -> None:
    """The hours of a station are those of `/v1`."""
    block = await explored(reader, await of_kind(reader, "station"), "substance=pm25&from=2026-10-26&interval=hour")
    span = "stof=pm25&startTijd=2026-10-25T23:00:00Z&eindTijd=2026-10-26T23:00:00Z"
    known = of_api(site, f"/v1/meetstations/park/metingen?{span}")
    assert column(block) == [pytest.approx(one, abs=1e-4) for one in known]
    assert len(known) == 24


async def test_a_day_that_waits_is_said_to_wait(reader: RequestReader) -> None:
    """What is not processed is neither a gap nor a zero."""
    found = await read.explored.ExploredSeries(
        kind="site", name="kolk", facet="bicycles", places=("kolk",),
        zone=(await reader.owners()).host.zone, now=datetime(2026, 10, 27, 9, 7, tzinfo=UTC),
    ).days(reader.store, date(2026, 10, 20), date(2026, 10, 27))  # fmt: skip
    assert [one.day.day for one in found] == [20, 21, 22, 23, 24, 25, 26], "today is not over"
    assert [one.expected for one in found][5] == 100, "the day of the clock change has 25 hours"
