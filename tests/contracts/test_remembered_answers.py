"""Answers that are given again: without a question while nothing moved, and never once something did."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, LiteralString

import httpx
import psycopg
import pytest
from starlette.types import ASGIApp

from opendata.database import Database, DatabaseUnavailableError
from opendata.freshness import DatabaseSnapshot
from opendata.remembered_answers import RememberedAnswers
from tests.opendata import city, questions
from tests.opendata.questions import QUESTIONS, questions_of

pytestmark = pytest.mark.contracts

ALL: Final = "*/*"
DAY: Final = "startTijd=2026-10-13T00:00:00Z&eindTijd=2026-10-14T00:00:00Z"
QUARTERS: Final = f"/v1/telpunten/kolk/tellingen?interval=kwartier&{DAY}"
CORRECTED: Final[LiteralString] = """
    UPDATE doorfiets.site_hour SET total = total + 1, revision = revision + 1, changed_in = pg_current_xact_id(),
        computed_at = now() WHERE site = %s AND hour = %s"""
HOURS: Final = f"/v1/telpunten/kolk/tellingen?interval=uur&{DAY}"
INSIDE: Final = "2026-10-13 08:00Z"


@pytest.fixture
def visitor(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Visit a site whose questions are written down."""
    with questions.visitor(conninfo, monkeypatch) as client:
        yield client


def numbers(visitor: httpx.Client) -> list[float]:
    """The hours of the day at De Kolk."""
    return [row["waarde"] for row in visitor.get(HOURS).json()["gegevens"]]


def without_date(answer: httpx.Response) -> dict[str, str]:
    """The headers of an answer but for the moment at which it was sent."""
    return {name: value for name, value in answer.headers.items() if name != "date"}


@pytest.mark.parametrize(
    "address",
    [
        QUARTERS,
        f"{QUARTERS}&formaat=csv",
        HOURS,
        f"/v1/fietsaandeel?tellijn=centrum&{DAY}",
        f"/v1/doorfietsroutes/doorfietsroute/gebruik?{DAY}",
        f"/v1/meetstations/park/metingen?{DAY}",
        "/v1/telpunten/kolk/kengetallen",
        "/v1/telpunten",
        "/v1/telpunten?formaat=geojson",
        "/nl/",
        "/nl/telpunten/kolk",
    ],
)
def test_what_did_not_move_is_not_read_again(visitor: httpx.Client, address: str) -> None:
    """The answer, its tag and its other headers are those of the first time, packed or not."""
    first = visitor.get(address)
    assert questions_of(visitor, address, ALL) == []
    again = visitor.get(address)
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert without_date(again) == without_date(first)
    bare = visitor.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in bare.headers
    assert bare.text == first.text


def test_who_holds_it_receives_304(visitor: httpx.Client) -> None:
    """From memory too, with the tag and without the content."""
    first = visitor.get(QUARTERS)
    QUESTIONS.clear()
    again = visitor.get(QUARTERS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, QUESTIONS) == (304, b"", [])
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "content-type" not in again.headers


async def settled(store: Database, seen: str | None = None) -> str:
    """Look until nothing was written since, by nobody on this server."""
    for _ in range(200):
        found = await store.row("look", seen=seen)
        if found is None:
            assert seen is not None
            return seen
        seen = found["snapshot"]
    raise AssertionError("every look saw that something was written")


async def test_a_look_reads_nothing_while_nothing_was_written(conninfo: str, owner: psycopg.Connection) -> None:
    """And sees what was written since, if it was."""
    store = Database(conninfo, city.ANSWER_SECONDS)
    await store.open()
    try:
        before = await settled(store)
        owner.execute(CORRECTED, ["kolk", INSIDE])
        found = await store.row("look", seen=before)
        assert found is not None
        assert [one[:2] for one in found["changed"]] == [["site", "kolk"]]
        await settled(store, found["snapshot"])
    finally:
        await store.close()


def test_a_question_of_many_at_once_is_answered_once(visitor: httpx.Client) -> None:
    """Each has the whole answer."""
    with ThreadPoolExecutor(8) as many:
        found = list(many.map(lambda _: visitor.get(QUARTERS).text, range(8)))
    assert len(set(found)) == 1
    assert QUESTIONS.count("count_quarters") < len(found) / 2


def test_what_is_streamed_without_end_holds_up_nobody(visitor: httpx.Client) -> None:
    """Of two who listen to the same, the second need not wait for the first."""
    address = "/nl/live/vandaag/stroom"
    with visitor.stream("GET", address) as one, visitor.stream("GET", address) as other:
        assert (one.status_code, other.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("site", "hour", "read"),
    [("kolk", INSIDE, True), ("kolk", "2026-10-15 08:00Z", False), ("vaart-noord", INSIDE, False)],
)
def test_only_what_an_answer_rests_on_makes_it_old(
    visitor: httpx.Client, owner: psycopg.Connection, site: str, hour: str, *, read: bool
) -> None:
    """Another day and another site do not."""
    visitor.get(HOURS)
    owner.execute(CORRECTED, [site, hour])
    assert bool(questions_of(visitor, HOURS, ALL)) is read


def test_what_was_being_written_while_an_answer_was_made_is_seen_once_it_is_there(
    visitor: httpx.Client, owner: psycopg.Connection
) -> None:
    """A transaction that is older than the answer and ends after it; others begin and end meanwhile."""
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as slow:
        slow.execute(CORRECTED, ["kolk", INSIDE])
        before = numbers(visitor)
        owner.execute(CORRECTED, ["vaart-noord", INSIDE])
        assert numbers(visitor) == before
    assert sum(numbers(visitor)) == sum(before) + 1


@pytest.mark.parametrize("hour", [INSIDE, "2026-10-20 08:00Z"])
def test_while_something_waits_in_its_time_an_answer_is_read_anew(
    visitor: httpx.Client, owner: psycopg.Connection, hour: str
) -> None:
    """An hour that is not added up yet may be in it; one of another day is not."""
    visitor.get(HOURS)
    owner.execute("INSERT INTO doorfiets.dirty_hour (datastream, hour) VALUES (3, %s)", [hour])
    try:
        assert bool(questions_of(visitor, HOURS, ALL)) is (hour == INSIDE)
    finally:
        owner.execute("DELETE FROM doorfiets.dirty_hour")


def test_a_change_of_the_registry_makes_all_old(visitor: httpx.Client, owner: psycopg.Connection) -> None:
    """Once: what is read after it is remembered."""
    for address in (HOURS, "/v1/telpunten"):
        visitor.get(address)
    owner.execute("UPDATE doorfiets.site SET note = note || '.' WHERE site = 'vaart-noord'")
    for address in (HOURS, "/v1/telpunten"):
        assert questions_of(visitor, address, ALL) != []
        assert questions_of(visitor, address, ALL) == []


def test_while_the_database_is_away_nothing_is_given_from_memory(
    visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows then whether it holds."""
    visitor.get(HOURS)

    async def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError

    monkeypatch.setattr("tests.opendata.questions.Recording.row", away)
    monkeypatch.setattr("tests.opendata.questions.Recorded.row", away)
    assert visitor.get(HOURS).status_code == 503
    monkeypatch.undo()


def test_memory_has_an_end(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for longest ago is forgotten first."""
    monkeypatch.setattr("opendata.remembered_answers._MOST", 20_000)
    with questions.visitor(conninfo, monkeypatch) as visitor:
        addresses = [f"{HOURS}&paginaGrootte={size}" for size in range(100, 130)]
        for address in addresses:
            visitor.get(address)
        assert questions_of(visitor, addresses[-1], ALL) == []
        assert questions_of(visitor, addresses[0], ALL) != []


def test_small_answers_to_long_questions_have_an_end_too(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses of 6 kB, of which nothing is left behind once they are forgotten."""
    monkeypatch.setattr("opendata.remembered_answers._MOST", 40_000)
    made: list[RememberedAnswers] = []

    def remembered(app: ASGIApp, store: Database, clock: Callable[[], datetime]) -> RememberedAnswers:
        made.append(RememberedAnswers(app, store, clock))
        return made[-1]

    monkeypatch.setattr("opendata.app.RememberedAnswers", remembered)
    with questions.visitor(conninfo, monkeypatch) as visitor:
        address = f"/v1/tellingen?{DAY}&interval=dag&telpunt=kolk"
        for number in range(20):
            assert visitor.get(f"{address}{'&' * (6_000 + number)}").status_code == 200
        held = made[0]
        assert 1 <= len(held._answers) <= 6
        for key in list(held._answers):
            held._drop(key)
        assert (held._size, dict(held._by_subject)) == (0, {})


def test_a_moment_of_the_database_sees_what_had_ended() -> None:
    """By PostgreSQL's own text: transactions 10 and 12 were running, 13 had not begun."""
    seen = DatabaseSnapshot.of("10:13:10,12")
    assert [one for one in range(8, 15) if seen.sees(one)] == [8, 9, 11]
    assert seen.sees_all_of(DatabaseSnapshot.of("10:12:10"))
    assert not seen.sees_all_of(DatabaseSnapshot.of("11:13:12"))
