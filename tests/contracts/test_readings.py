"""What is read is typed and in UTC, whole or as rows; a request asks for the state of the data once."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import httpx
import msgspec
import psycopg
import pytest

from opendata import read
from opendata.database import Database
from opendata.read.buckets import Width
from opendata.read.indicator_values import IndicatorQuestion
from opendata.read.owners import EMPTY, NOBODY, RememberedOwners, UnknownOwnerError
from opendata.read.series import Series
from opendata.read.states import AnswerSubject
from tests.opendata import city, questions
from tests.opendata.questions import questions_of

pytestmark = pytest.mark.contracts

ZONE: Final = ZoneInfo("Europe/Amsterdam")
START: Final = datetime(2026, 10, 12, 22, tzinfo=UTC)
END: Final = datetime(2026, 10, 19, 22, tzinfo=UTC)
EARLY: Final = datetime(2026, 10, 15, tzinfo=UTC)
QUARTERS: Final = "/v1/telpunten/kolk/tellingen?interval=kwartier&startTijd=2026-10-25T23:00:00Z"
WIDTHS: Final[tuple[Width, ...]] = get_args(Width)


def every_series(at: datetime | None = None) -> Iterator[Series[Any]]:
    """Every series that there is, by every width."""
    for width in WIDTHS:
        yield read.counts.series("kolk", "bicycles", width, zone=ZONE, now=city.NOW, at=at)
        yield read.counts.series("kolk", "bicycles", width, zone=ZONE, now=city.NOW, direction="beide", at=at)
        yield read.shares.series("centrum", "motor", width, zone=ZONE, now=city.NOW, at=at)
    yield read.usage.series("doorfietsroute", zone=ZONE, at=at)
    yield read.air.hours("park", None, at=at)
    yield read.air.hours("park", "pm25", "barkjohn-1", at=at)
    yield read.air.indices("park", None, at=at)


@pytest.fixture
async def store(conninfo: str) -> AsyncIterator[Database]:
    """The database, as the site asks it."""
    found = Database(conninfo, city.ANSWER_SECONDS)
    await found.open()
    yield found
    await found.close()


async def test_every_series_is_read_in_structs_and_as_it_comes(store: Database) -> None:
    """As many rows by either way, with the same columns, but for what rows of a width may go without."""
    for series in every_series():
        rows = await series.rows(store, START, END)
        columns, raw = await series.table(store, START, END)
        assert len(rows) == len(raw), series.query
        needed = {field.name for field in msgspec.structs.fields(series.kind) if field.required}
        assert needed <= set(columns), series.query
        starts = columns.index("started_at")
        assert [row.started_at for row in rows] == [one[starts] for one in raw]
        assert await series.state(store, START, END)
    assert all([await one.rows(store, START, END) for one in every_series() if one.query == "count_quarters"])


async def test_instants_are_utc_whatever_the_zone_of_the_server(store: Database, owner: psycopg.Connection) -> None:
    """And aware."""
    owner.execute("ALTER ROLE api SET timezone TO 'America/Adak'")
    try:
        for series in every_series():
            for row in await series.rows(store, START, END):
                assert row.started_at.utcoffset() == row.ended_at.utcoffset() == timedelta(), series.query
        (kolk,) = [one for one in await read.sites.every(store) if one.site == "kolk"]
        assert {one.valid_from.tzinfo for one in kolk.channels} == {UTC}
    finally:
        owner.execute("ALTER ROLE api RESET timezone")


async def test_what_was_not_over_at_a_moment_had_no_number(store: Database) -> None:
    """In every series that has a past."""
    for series in every_series(EARLY):
        for row in await series.rows(store, START, END):
            assert row.ended_at <= EARLY or (series.missing(row) and row.valid == 0), series.query


async def test_every_place_says_whose_it_is(store: Database) -> None:
    """And a subject that is none is nobody's."""
    owners = await read.owners.read(store, None)
    found: list[Any] = [
        *await read.sites.every(store),
        *await read.stations.every(store),
        *await read.districts.every(store),
        *await read.links.every(store),
        *await read.routes.every(store),
        *await read.connections.every(store),
        *await read.screenlines.every(store),
        *await read.calendar.between(store, None, None),
    ]
    assert {one.owner for one in found} == {owners.host.owner}
    assert owners.by_id(owners.host.owner).zone == ZONE
    assert owners.among({"elsewhere", owners.host.owner}) == [owners.host]
    with pytest.raises(UnknownOwnerError):
        owners.by_id("elsewhere")
    assert EMPTY.host is NOBODY
    kinds = {type(one).__name__.removeprefix("Published").lower(): one for one in found}
    kinds.pop("calendarentry", None)
    assert len(kinds) == 7
    for kind, one in kinds.items():
        assert await read.subjects.owner(store, kind, getattr(one, kind)) == one.owner
        assert await read.subjects.owner(store, kind, "weg") is None


async def test_one_of_a_kind_is_that_of_the_list(store: Database) -> None:
    """The same reading, of one id."""
    (kolk,) = [one for one in await read.sites.every(store) if one.site == "kolk"]
    assert await read.sites.one(store, "kolk") == kolk
    assert await read.sites.one(store, "weg") is None
    assert [one.district for one in await read.districts.every(store)] == sorted(
        one.district for one in await read.districts.every(store)
    )


async def test_pages_of_values_and_of_changes_are_typed(store: Database) -> None:
    """Even where there is nothing yet."""
    wanted = IndicatorQuestion(about=AnswerSubject("site", "kolk"), zone=ZONE)
    assert await read.indicator_values.page(store, wanted, None, 10) == []
    assert (
        await read.indicator_values.newest(
            store, wanted.about, indicators=["aadb"], periods=["year"], before=date(2026, 10, 27)
        )
        == []
    )
    newest = await read.changes.newest(store)
    assert newest is not None
    changes = await read.changes.page(
        store, since=newest - timedelta(days=4000), until=newest, begin=None, after=None, most=5
    )
    assert [one.key for one in changes] == sorted(one.key for one in changes)


@pytest.fixture
def visitor(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Visit a site whose questions are written down."""
    with questions.visitor(conninfo, monkeypatch) as client:
        yield client


@pytest.mark.parametrize(
    "address",
    [
        QUARTERS,
        f"{QUARTERS}&formaat=csv",
        "/v1/fietsaandeel?tellijn=centrum",
        "/v1/doorfietsroutes/doorfietsroute/gebruik",
        "/v1/meetstations/park/metingen",
        "/v1/meetstations/park/luchtindex",
        "/v1/telpunten/kolk/kengetallen",
        "/v1/eigenaren/GM0000/kengetallen",
        "/v1/tellingen?interval=dag",
        "/v1/telpunten",
        "/v1/wegvakken",
        "/v1/verwerking",
        "/v1/openapi.json",
        "/nl/",
        "/nl/telpunten/kolk",
        "/nl/tellijnen/centrum",
        "/nl/doorfietsroutes/doorfietsroute",
        "/nl/live/vandaag",
        "/nl/over",
    ],
)
def test_the_state_of_the_data_is_asked_once(visitor: httpx.Client, address: str) -> None:
    """And the owners only by the first request."""
    first, second = questions_of(visitor, address), questions_of(visitor, address)
    assert [first.count(one) for one in ("data_state", "watermark")] == [1, 0]
    assert [first.count(one) for one in ("owners", "data_sources")] == (
        [1, 1] if "verwerking" not in address else [0, 0]
    )
    remembered = {"owners", "data_sources", *REGISTERED}
    assert [one for one in second if one not in remembered] == [one for one in first if one not in remembered]


REGISTERED: Final = frozenset(
    {"subject", "count_streams", "quarter_expectations", "day_expectations", "terms", "measuring_windows"}
)
"""Questions that rest on the registry alone: they are answered from memory until it is written again."""


def test_another_day_of_quarters_takes_four_questions(visitor: httpx.Client, owner: psycopg.Connection[Any]) -> None:
    """None of them twice; what rests on the registry is asked again once that was written."""
    registered = REGISTERED - {"day_expectations"}
    first = questions_of(visitor, QUARTERS)
    assert set(first) >= registered
    assert len(first) == len(set(first))
    another = QUARTERS.replace("25T", "24T")
    assert set(questions_of(visitor, another)) - {"count_quarters"} == {
        "data_state",
        "quarter_hours",
        "quarter_hours_state",
        "waiting",
    }
    owner.execute("UPDATE doorfiets.site SET name = name WHERE site = 'kolk'")
    assert set(questions_of(visitor, QUARTERS.replace("25T", "23T"))) >= registered


@pytest.mark.parametrize(
    ("interval", "query"), [("uur", "hours"), ("dag", "days"), ("week", "periods"), ("jaar", "periods")]
)
def test_counts_of_all_sites_take_as_many_questions_as_those_of_one(
    visitor: httpx.Client, interval: str, query: str
) -> None:
    """One each, however many sites there are and however long the range is."""
    questions_of(visitor, "/v1/telpunten")
    start = "2026-09-30T22:00:00Z" if interval == "uur" else "2025-10-01"
    address = f"/v1/tellingen?interval={interval}&startTijd={start}&paginaGrootte=10000"
    stored = ["channel_days", "day_expectations", "stored_days"] if interval == "dag" else []
    assert sorted(questions_of(visitor, address)) == sorted(
        [
            *stored,
            "counted_sites",
            "data_state",
            "measuring_windows_of_sites",
            f"site_count_{query}",
            f"site_count_{query}_state",
            "terms_of_sites",
            "waiting_sites",
        ]
    )


def test_owners_are_read_again_when_the_registry_changes(visitor: httpx.Client, owner: psycopg.Connection) -> None:
    """Their new words are in the next answer."""
    questions_of(visitor, "/v1/telpunten")
    before = visitor.get("/v1/telpunten").json()["meta"]["uitgever"]
    owner.execute("UPDATE doorfiets.owner SET publisher = publisher || ' en omstreken'")
    try:
        assert "owners" in questions_of(visitor, "/v1/telpunten")
        assert visitor.get("/v1/telpunten").json()["meta"]["uitgever"] == f"{before} en omstreken"
        assert f"{before} en omstreken" in visitor.get("/nl/").text
    finally:
        owner.execute("UPDATE doorfiets.owner SET publisher = left(publisher, -length(' en omstreken'))")
    assert visitor.get("/v1/telpunten").json()["meta"]["uitgever"] == before


async def test_another_revision_is_not_what_is_remembered(store: Database) -> None:
    """Whichever was asked for last."""
    remembered = RememberedOwners()
    one = await remembered.of(store, "a")
    assert await remembered.of(store, "a") is one
    assert (await remembered.of(store, "b")).registry == "b"
    assert await remembered.of(store, "a") is not one
