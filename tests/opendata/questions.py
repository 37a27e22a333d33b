"""What a site asks of its database: written down, question by question."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Final, cast

import httpx
import pytest
from psycopg.rows import DictRow

from opendata.database import Database, NamedQueries, RawTable, Snapshot
from tests.opendata import city

QUESTIONS: Final[list[str]] = []
_UNASKED: Final = count(1)


class Recorded:
    """A moment of the database that writes down what it is asked."""

    def __init__(self, store: NamedQueries, questions: list[str]) -> None:
        """Take the moment, and the list to write to."""
        self._store, self._questions = store, questions

    async def rows(self, query: str, **values: object) -> list[DictRow]:
        """Answer all rows."""
        self._questions.append(query)
        return await self._store.rows(query, **values)

    async def row(self, query: str, **values: object) -> DictRow | None:
        """Answer the first row."""
        self._questions.append(query)
        return await self._store.row(query, **values)

    async def table(self, query: str, **values: object) -> RawTable:
        """Answer all rows as tuples."""
        self._questions.append(query)
        return await self._store.table(query, **values)


class Recording(Database):
    """A database whose moments write down what they are asked."""

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Answer from one moment, and write down what of."""
        async with super().snapshot() as moment:
            yield cast("Snapshot", Recorded(moment, QUESTIONS))


@contextmanager
def visitor(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Visit a site whose questions are written down."""
    monkeypatch.setattr("opendata.app.Database", Recording)
    with city.visitor(city.settings(conninfo)) as client:
        yield client


def questions_of(visitor: httpx.Client, address: str, form: str | None = None) -> list[str]:
    """What the database was asked for one answer; by default for one that nobody remembers.

    No address was asked with so many empty parameters, which say nothing.
    """
    QUESTIONS.clear()
    unread = address if form else f"{address}{'&' if '?' in address else '?'}{'&' * next(_UNASKED)}"
    assert visitor.get(unread, headers={"Accept": form or "*/*"}).status_code == 200, address
    return list(QUESTIONS)
