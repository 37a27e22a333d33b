"""The record of a load: what it published and when, what was acknowledged, and the faults."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Final, TypeAlias

from bench.chaos.messages import LoadMessage

_SCHEMA: Final = """
CREATE TABLE message (number INTEGER PRIMARY KEY, kind TEXT, sensor TEXT, topic TEXT, payload BLOB, sent_at REAL);
CREATE TABLE reading (message INTEGER, sensor TEXT, source TEXT, started_at TEXT, value REAL);
CREATE TABLE acknowledgement (message INTEGER, at REAL, connected_at REAL);
CREATE TABLE fault (name TEXT, began_at REAL, ended_at REAL);
"""
_MESSAGE: Final = "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)"
_READING: Final = "INSERT INTO reading VALUES (?, ?, ?, ?, ?)"
_ACKNOWLEDGEMENT: Final = "INSERT INTO acknowledgement VALUES (?, ?, ?)"
_FAULT: Final = "INSERT INTO fault VALUES (?, ?, ?)"
_Row: TypeAlias = tuple[str, Iterable[tuple[object, ...]]]


class LoadRecord:
    """A SQLite file outside of the platform's state, written by one thread; times are monotonic seconds."""

    def __init__(self, file: Path) -> None:
        """Begin a new file."""
        self.file = file
        self.acknowledged = 0
        self._queue: SimpleQueue[_Row | None] = SimpleQueue()
        self._writer = Thread(target=self._write, name="record", daemon=True)
        self._writer.start()

    def sent(self, message: LoadMessage, at: float) -> None:
        """Record a message before it is published for the first time."""
        number, kind, sensor, topic, payload, readings = message
        self._queue.put((_MESSAGE, [(number, kind, sensor, topic, payload, at)]))
        rows = ((number, one.sensor, one.source, one.started_at.isoformat(), one.value) for one in readings)
        self._queue.put((_READING, rows))

    def acknowledge(self, number: int, at: float, connected_at: float) -> None:
        """Record the successful acknowledgement of a publication, on a connection opened at `connected_at`."""
        self.acknowledged += 1
        self._queue.put((_ACKNOWLEDGEMENT, [(number, at, connected_at)]))

    def fault(self, name: str, began_at: float, ended_at: float) -> None:
        """Record a fault that is over."""
        self._queue.put((_FAULT, [(name, began_at, ended_at)]))

    def close(self) -> None:
        """Write all that was recorded so far and close the file; closing twice is allowed."""
        self._queue.put(None)
        self._writer.join()

    def _write(self) -> None:
        connection = sqlite3.connect(self.file)
        connection.executescript(_SCHEMA)
        while (row := self._queue.get()) is not None:
            connection.executemany(*row)
            if self._queue.empty():
                connection.commit()
        connection.commit()
        connection.close()
