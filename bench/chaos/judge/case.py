"""The comparison of the load's record with the database."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg

from bench.chaos.judge import queries, raw_log
from bench.chaos.judge.excuses import Acknowledgement, RecordedFault, excused, windows
from bench.chaos.judge.recompute import disagreements
from bench.chaos.judge.verdict import ChaosVerdict

_SQL: Final = queries.read("judge.sql")
_SHOWN: Final = 5
_EDGES: Final = "chaos-edge-"
Stays: TypeAlias = Callable[[str, bytes], tuple[str, bytes]]
Opened: TypeAlias = Callable[[bytes], bytes | None]
_MESSAGES: Final = """
SELECT number, kind, sensor, topic, CASE WHEN kind = 'malformed' THEN payload END,
       EXISTS (SELECT 1 FROM acknowledgement a WHERE a.message = m.number)
FROM message m
"""


class Left(NamedTuple):
    """The numbers of what is missing: readings, rejections, hours to be computed."""

    readings: int
    rejections: int
    hours: int

    @property
    def is_nothing(self) -> bool:
        """Return whether nothing is missing."""
        return not any(self)


@dataclass
class Case:
    """One closed record and the tables of one database, compared over one connection.

    `stays` returns topic and payload of a message as the platform may keep them, `opened` the bytes that it sealed.
    """

    record: Path
    database: psycopg.Connection[Any]
    stays: Stays = field(default=lambda topic, payload: (topic, payload))
    opened: Opened = field(default=lambda sealed: sealed)

    def __post_init__(self) -> None:
        """Copy the record into temporary tables."""
        with closing(sqlite3.connect(self.record)) as book:
            book.execute("CREATE INDEX IF NOT EXISTS of_message ON acknowledgement (message)")
            self._run("tables")
            messages = (self._permitted(row) for row in book.execute(_MESSAGES))
            self._copy("COPY message FROM STDIN", messages, boolean=True)
            self._copy("COPY sent FROM STDIN", book.execute("SELECT * FROM reading"))
        self._run("prepare", "index")
        self.database.execute(b"ANALYZE message, sent, wanted")

    def left(self) -> Left:
        """Return what is missing now."""
        self._look()
        return Left(*self._rows("progress")[0])

    def verdict(self, raw: Callable[[], set[bytes]]) -> ChaosVerdict:
        """Return the verdict on what is stored now; `raw` reads topic `raw`, called only when something is missing."""
        self._look()
        missing, older, unrejected = (self._rows(name) for name in ("missing", "older", "unrejected"))
        explain = _Explaining(self.record, raw, self.stays)
        lost, older_lost, refused = (
            [row for row in rows if not explain(row[-1])] for rows in (missing, older, unrejected)
        )
        found = {name: self._rows(name) for name in ("doubled", "counted_twice", "rejected_twice")}
        phantoms, strange = self._rows("phantoms"), self._rows("strange_rejections")
        wrong = disagreements(self.database)
        examples = {
            "lost": lost,
            "older": older_lost,
            "unrejected": refused,
            **found,
            "phantom": phantoms,
            "strange": strange,
        }
        return ChaosVerdict(
            messages=self._rows("counts")[0][0],
            readings=self._rows("readings")[0][0],
            waiting=self._rows("progress")[0][2],
            lost=len(lost),
            lost_of_edges=sum(str(row[0]).startswith(_EDGES) for row in lost),
            lost_with_broker=len(missing) - len(lost),
            doubled=sum(int(row[-1]) for name in ("doubled", "counted_twice") for row in found[name]),
            phantom=len(phantoms) + len(strange),
            older=len(older_lost),
            older_with_broker=len(older) - len(older_lost),
            unrejected=len(refused) + len(found["rejected_twice"]),
            wrong={table: rows.rows for table, rows in wrong.items()},
            examples={
                **{name: rows[:_SHOWN] for name, rows in examples.items() if rows},
                **{f"wrong {table}": rows.examples for table, rows in wrong.items()},
            },
        )

    def _permitted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row of the record with what stays of its payload, which only malformed messages have."""
        number, kind, sensor, topic, payload, acknowledged = row
        if payload is not None:
            topic, payload = self.stays(topic, payload)
        return number, kind, sensor, topic, payload, acknowledged

    def _open(self) -> None:
        """Open what was sealed since the last look, so that the bytes can be compared."""
        for (sealed,) in self._rows("unopened"):
            if (payload := self.opened(bytes(sealed))) is not None:
                self.database.execute(_SQL["open"], [sealed, payload])

    def _look(self) -> None:
        self._open()
        self._run("forget", "look", "rejected")
        self.database.execute(b"ANALYZE stored, rejected")

    def _run(self, *names: str) -> None:
        for name in names:
            self.database.execute(_SQL[name])

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return self.database.execute(_SQL[name]).fetchall()

    def _copy(self, command: str, rows: Iterable[tuple[Any, ...]], *, boolean: bool = False) -> None:
        with self.database.cursor() as cursor, cursor.copy(command.encode()) as copy:
            for row in rows:
                copy.write_row((*row[:-1], bool(row[-1])) if boolean else row)


class _Explaining:
    """Decides whether a killed broker explains that none of some messages was received."""

    def __init__(self, record: Path, raw: Callable[[], set[bytes]], stays: Stays) -> None:
        self._record, self._raw, self._stays = record, raw, stays
        self._held: set[bytes] | None = None
        with closing(sqlite3.connect(record)) as book:
            self._windows = windows(
                [RecordedFault(*row) for row in book.execute("SELECT name, began_at, ended_at FROM fault")]
            )

    def __call__(self, messages: Iterable[int]) -> bool:
        return bool(self._windows) and all(self._excused(one) for one in messages)

    def _excused(self, number: int) -> bool:
        if self._held is None:
            self._held = self._raw()
        with closing(sqlite3.connect(self._record)) as book:
            ((topic, payload),) = book.execute("SELECT topic, payload FROM message WHERE number = ?", [number])
            found = book.execute("SELECT at, connected_at FROM acknowledgement WHERE message = ?", [number])
            acknowledgements = [Acknowledgement(*row) for row in found]
        return (
            excused(acknowledgements, self._windows) and raw_log.digest(*self._stays(topic, payload)) not in self._held
        )
