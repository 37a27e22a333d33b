"""Answers of the database that rest on the registry alone, remembered until that is written again."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, TypeAlias

from psycopg.rows import DictRow

from opendata.database import NamedQueries, RawTable

_MOST: Final = 100_000
"""Rows of all answers that are remembered, those that were needed last, and the values of their questions."""
Question: TypeAlias = tuple[str, tuple[tuple[str, object], ...]]


class RegistryMemory:
    """What was answered since the registry was written last."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._writes: int | None = None
        self._known = RememberedTables()

    def of(self, store: NamedQueries, registry_writes: int) -> "RegistryQueries":
        """Give what answers from memory what was asked of a registry that was written so often, and else asks."""
        if self._writes is None or registry_writes > self._writes:
            self._writes, self._known = registry_writes, RememberedTables()  # who still reads the one before has that
        return RegistryQueries(store, self._known if registry_writes == self._writes else RememberedTables())


class RememberedTables:
    """Answers by their questions, of which the oldest make room once all together have too many rows."""

    def __init__(self) -> None:
        """Begin without any."""
        self._known: OrderedDict[Question, RawTable] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """The rows of all of them, and the values of their questions."""
        return self._size

    def get(self, question: Question) -> RawTable | None:
        """Give an answer, which is needed now; None where it is not remembered."""
        found = self._known.get(question)
        if found is not None:
            self._known.move_to_end(question)
        return found

    def put(self, question: Question, answer: RawTable) -> None:
        """Remember an answer."""
        before = self._known.pop(question, None)
        self._size += _size(question, answer) - (_size(question, before) if before is not None else 0)
        self._known[question] = answer
        while self._size > _MOST:
            self._size -= _size(*self._known.popitem(last=False))


class RegistryQueries:
    """Named queries whose answers are the same as long as the registry is; others would be answered wrongly."""

    def __init__(self, store: NamedQueries, known: RememberedTables) -> None:
        """Take what to ask, and what was answered."""
        self._store, self._known = store, known

    async def table(self, query: str, **values: object) -> RawTable:
        """Answer all rows of a named query as tuples."""
        question = (query, tuple((name, _hashable(value)) for name, value in sorted(values.items())))
        found = self._known.get(question)
        if found is None:
            found = await self._store.table(query, **values)
            self._known.put(question, found)
        return found

    async def rows(self, query: str, **values: object) -> list[DictRow]:
        """Answer all rows of a named query."""
        columns, rows = await self.table(query, **values)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    async def row(self, query: str, **values: object) -> DictRow | None:
        """Answer the first row of a named query, or None."""
        rows = await self.rows(query, **values)
        return rows[0] if rows else None


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _size(question: Question, answer: RawTable) -> int:
    _, values = question
    named = sum(len(value) if isinstance(value, tuple) else 1 for _, value in values)
    return 1 + named + len(answer.rows)
