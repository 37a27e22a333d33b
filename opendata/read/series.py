"""A series: which rows of which subject, in structs or as they come, and the state of what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from opendata.database import NamedQueries, RawTable
from opendata.read import structs
from opendata.read.buckets import B, known_at
from opendata.read.states import AnswerSubject


@dataclass(frozen=True, kw_only=True)
class Series(Generic[B]):
    """Buckets of one subject: the query that gives them, and the struct that its rows are.

    Beside the query there is one of its name with `_state`, which takes the same values. `number` is the field that may
    be missing; `per_bucket` rows share a bucket. Of a moment, `at`, rows are as they were known then.
    """

    about: AnswerSubject
    query: str
    kind: type[B]
    number: str = "value"
    per_bucket: int = 1
    at: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    async def rows(self, store: NamedQueries, start: datetime, end: datetime) -> list[B]:
        """Read the rows that begin in [start, end)."""
        found = structs.of_rows(self.kind, await store.rows(self.query, **self._values(start, end)))
        return found if self.at is None else [known_at(row, self.at) for row in found]

    async def table(self, store: NamedQueries, start: datetime, end: datetime) -> RawTable:
        """Read the same rows as the database gives them, a tuple each: for answers that make no struct of each.

        As of a moment these are what stood then; that a bucket was not over is for `rows` to tell.
        """
        return await store.table(self.query, **self._values(start, end))

    async def state(self, store: NamedQueries, start: datetime, end: datetime) -> str | None:
        """Name the state of what the rows rest on: another word after every change of them."""
        return await structs.only(store, str, f"{self.query}_state", **self._values(start, end))

    def missing(self, row: B) -> bool:
        """Tell whether the number of a row is not there."""
        return getattr(row, self.number) is None

    def _values(self, start: datetime, end: datetime) -> dict[str, Any]:
        return {**self.values, "start": start, "end": end, "at": self.at}
