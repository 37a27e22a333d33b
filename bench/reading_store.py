"""The readings of a benchmark in the database: waiting for them, checking them, and the time of a plain COPY."""

import time
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from typing import Any, Final, NamedTuple

import psycopg

from deploy.local import secrets
from deploy.local.stack import Stack
from schemas import named_sql
from schemas.failures import CheckFailedError
from schemas.observation import Observation

_SQL: Final = named_sql.parse((files("bench") / "bench.sql").read_text("utf-8"))
_PAUSE: Final = 0.1
_TELL_EVERY: Final = 5.0


class NotArrivedError(CheckFailedError):
    """Not everything was stored and aggregated in time; see the logs of bridge, store and aggregate."""


class WrongError(CheckFailedError):
    """What is stored differs from what was sent, so its speed is of no interest."""


class Arrived(NamedTuple):
    """When, in monotonic seconds, everything was stored, and when no hour was left to be aggregated."""

    stored_at: float
    aggregated_at: float


class ReadingStore:
    """The readings of some sensors in the database of a stack."""

    def __init__(self, stack: Stack, prefix: str) -> None:
        """Select the sensors whose id begins with `prefix`."""
        self._conninfo = f"{stack.settings().postgres} user={secrets.SUPERUSER}"
        self._parameters = {"prefix": prefix}

    def wait(self, count: int, tell: Callable[[str], None], patience: float) -> Arrived:
        """Wait until `count` readings are stored and all is aggregated; raise NotArrivedError without progress."""
        stored_at, watch = None, _Watch(count, tell, patience)
        with self._connect() as connection:
            while True:
                stored, waiting = self._one(connection, "arrived")
                now = time.monotonic()
                stored_at = stored_at or (now if stored >= count else None)
                if stored_at and not waiting:
                    return Arrived(stored_at, now)
                if watch.is_due(now):
                    watch.see(stored, self._one(connection, "waiting")[0], now)
                time.sleep(_PAUSE)

    def check(self, sent: Iterable[Observation]) -> None:
        """Compare what is stored and aggregated with what was sent; raise WrongError when anything differs."""
        with self._connect() as connection:
            connection.execute(_SQL["sent"])
            with connection.cursor() as cursor, cursor.copy("COPY sent FROM STDIN") as copy:
                for seen in sent:
                    copy.write_row((seen.sensor, seen.source, seen.started_at, seen.value))
            connection.execute("ANALYZE sent")
            differing, miscounted = (self._one(connection, name)[0] for name in ("differing", "miscounted"))
        if differing or miscounted:
            raise WrongError(f"{differing:,} readings differ from what was sent, {miscounted:,} hours from their sum")

    def copy(self) -> float:
        """Write the same rows by plain COPY into a table with the same key; return the seconds."""
        with self._connect() as connection:
            stored = connection.execute(_SQL["rows"], self._parameters)
            types, rows = [column.type_code for column in stored.description or ()], stored.fetchall()
            connection.execute(_SQL["plain_table"])
            began = time.monotonic()
            _copy(connection, types, rows)
            took = time.monotonic() - began
            connection.execute(_SQL["drop_plain_table"])
        return took

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._conninfo, autocommit=True)

    def _one(self, connection: psycopg.Connection[Any], name: str) -> tuple[Any, ...]:
        return connection.execute(_SQL[name], self._parameters).fetchone() or (0, False)


class _Watch:
    """Reports progress, and raises NotArrivedError after `patience` seconds without any."""

    def __init__(self, count: int, tell: Callable[[str], None], patience: float) -> None:
        self._count, self._tell, self._patience = count, tell, patience
        self._before = (0, 0)
        self._reported_at = self._news_at = time.monotonic()

    def is_due(self, now: float) -> bool:
        return now - self._reported_at > _TELL_EVERY

    def see(self, stored: int, hours: int, now: float) -> None:
        self._reported_at = now
        far = f"{stored:,} of {self._count:,} stored, {hours:,} hours to compute"
        self._tell(f"  {far}")
        if (stored, hours) != self._before:
            self._before, self._news_at = (stored, hours), now
        elif now - self._news_at > self._patience:
            raise NotArrivedError(f"{far}, and nothing new for {self._patience:.0f} s")


def _copy(connection: psycopg.Connection[Any], types: Sequence[int], rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(_SQL["copy"]) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
