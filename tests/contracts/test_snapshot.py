"""One answer shows one moment: what is committed while it is being read is not in it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime

import httpx
import psycopg
import pytest

from opendata.database import Database, DatabaseUnavailableError
from tests.opendata import city

pytestmark = pytest.mark.contracts

_MORE = """
    UPDATE doorfiets.site_hour SET total = total + 1000, changed_in = pg_current_xact_id()
    WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-27 08:00Z'
"""
_BREAK = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = 'api' AND state = 'idle in transaction'
"""
_DAY = {"site": "kolk", "mode": "bicycles", "start": "2026-10-26T23:00Z", "end": "2026-10-27T09:00Z", "at": None}


@pytest.fixture
async def store(conninfo: str) -> AsyncIterator[Database]:
    """The database, as the site asks it."""
    found = Database(conninfo, city.ANSWER_SECONDS)
    await found.open()
    yield found
    await found.close()


async def test_a_moment_lasts_until_it_is_over(store: Database, owner: psycopg.Connection) -> None:
    """And whoever asks on after it receives what is there now."""
    async with store.snapshot() as moment:
        before = await moment.rows("count_hours", **_DAY)
        owner.execute(_MORE)
        assert await moment.rows("count_hours", **_DAY) == before
        assert await store.rows("count_hours", **_DAY) != before
    assert await moment.rows("count_hours", **_DAY) == await store.rows("count_hours", **_DAY) != before


async def test_a_moment_gives_its_connection_back(store: Database, owner: psycopg.Connection) -> None:
    """Also one whose connection broke: more moments than there are connections come one after the other."""
    for _ in range(20):
        async with store.snapshot() as moment:
            assert await moment.row("alive") == {"alive": 1}
            owner.execute(_BREAK)
            for _ in range(2):
                with pytest.raises(DatabaseUnavailableError):
                    await moment.row("alive")
    async with store.snapshot() as moment:
        assert await moment.row("alive") == {"alive": 1}


async def test_connections_that_ended_meanwhile_are_replaced_and_not_lent(
    store: Database, owner: psycopg.Connection
) -> None:
    """After a restart of the database not one visitor learns of the connections that were open before."""
    async with AsyncExitStack() as many:
        for _ in range(8):
            await many.enter_async_context(store.connection())
    owner.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'api' AND state = 'idle'"
    )
    for _ in range(20):
        assert await store.row("alive") == {"alive": 1}


def test_a_page_shows_the_moment_at_which_it_was_begun(conninfo: str, owner: psycopg.Connection) -> None:
    """A number that moves while the page is being read moves in none of its parts."""

    def clock() -> datetime:
        owner.execute(_MORE)
        return city.NOW

    def page(site: httpx.Client) -> str:
        return site.get("/nl/").text.replace(str(site.base_url), "")

    with city.visitor(city.settings(conninfo)) as site:
        before = page(site)
    with city.visitor(replace(city.settings(conninfo), clock=clock)) as site:
        assert page(site) == before
        assert page(site) != before
