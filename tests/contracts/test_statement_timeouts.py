"""How long a question may take at the database: as its kind says, and then it is answered with 503 and when to come."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import psycopg
import pytest

from opendata.database import SHEET_SECONDS, Database, QuestionTooLongError, seconds_at_most
from tests.opendata import city

pytestmark = pytest.mark.contracts


@pytest.fixture
def hurried(conninfo: str) -> Iterator[httpx.Client]:
    """Visit a site whose questions may take half a second."""
    with city.visitor(replace(city.settings(conninfo), answer_seconds=0.5)) as client:
        yield client


def test_what_takes_too_long_is_unavailable_for_a_moment(hurried: httpx.Client, owner: psycopg.Connection) -> None:
    """On a page and in JSON; with the time after which to ask again, and nothing of the database in it."""
    assert hurried.get("/v1/telpunten").status_code == 200
    with owner.transaction():
        owner.execute("LOCK TABLE doorfiets.site, doorfiets.screenline IN ACCESS EXCLUSIVE MODE")
        answer = hurried.get("/v1/telpunten?eigenaar=GM0000")
        page = hurried.get("/nl/tellijnen/centrum")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "duurde te lang" in answer.json()["detail"]
    assert (page.status_code, page.headers["retry-after"]) == (503, "10")
    assert hurried.get("/v1/telpunten?eigenaar=GM0000").status_code == 200


async def test_each_kind_has_its_own_time(conninfo: str) -> None:
    """On one connection after the other; within a sheet more than outside of it."""
    database = Database(conninfo, 2.0)
    await database.open()
    try:
        assert await _seconds(database) == "2s"
        with seconds_at_most(SHEET_SECONDS):
            assert await _seconds(database) == "10s"
        assert await _seconds(database) == "2s"
        with seconds_at_most(0.2), pytest.raises(QuestionTooLongError):
            async with database.connection() as connection:
                await connection.execute("SELECT count(*) FROM generate_series(1, 1000000000)")
        assert await _seconds(database) == "2s"
    finally:
        await database.close()


async def _seconds(database: Database) -> str:
    async with database.connection() as connection:
        row = await (await connection.execute("SHOW statement_timeout")).fetchone()
    assert row is not None
    return str(row["statement_timeout"])
