"""The spool of a sensor: messages on disk, numbered by boot and `seq`, in order, until they are released or refused."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, NamedTuple, TypeAlias

from schemas import named_sql
from schemas.failures import CheckFailedError
from schemas.number_ranges import Ranges
from schemas.runs import digest_of

_SQL: Final = named_sql.parse((files("ingest.edge") / "spool.sql").read_text("utf-8"))
_BUSY_SECONDS: Final = 30.0
_REFUSED: Final = 1_000
_READ_BY_US: Final = 0o600


class SpoolFullError(CheckFailedError):
    """The spool is full: what it holds stays, what was handed over is not in it. Bring the sensor's network back."""


class SpoolUnusableError(CheckFailedError):
    """The file of the spool cannot be read or written: what was handed over is not in it.

    One that is damaged is moved away; `sqlite3 FILE .recover` may save what waits in it.
    """


class SpooledMessage(NamedTuple):
    """One message that waits for a receipt; `ended_at` is the end of its newest reading, in seconds since 1970."""

    place: int
    boot: str
    seq: int
    readings: int
    ended_at: float
    sha256: bytes
    payload: bytes


class NewMessage(NamedTuple):
    """A message that is to be spooled, made for its boot and number."""

    payload: bytes
    sha256: bytes
    readings: int
    ended_at: float


class SpoolState(NamedTuple):
    """What waits: messages, readings, bytes, the ends of the oldest and the newest reading, and of how many boots."""

    messages: int
    readings: int
    size: int
    oldest: float | None
    newest: float | None
    boots: int


Make: TypeAlias = Callable[[Any, str, int], NewMessage]
"""Makes the message of a part, for the name of a boot and a number."""


class Spool:
    """One SQLite file; every change is on disk when its method returns. One thread at a time uses an object.

    A new boot begins with the first message that is put through an object: numbers are given once, also where the file
    is an old copy of itself.
    """

    def __init__(self, file: Path, sensor: str, *, most_bytes: int, most_messages: int) -> None:
        """Open the file, which is made where it is missing; raise SpoolUnusableError where that is impossible."""
        self._file = file
        self._sensor, self._most_bytes, self._most_messages = sensor, most_bytes, most_messages
        self._boot: int | None = None
        try:
            self._database = _opened(file)
        except (sqlite3.DatabaseError, OSError) as problem:
            raise self._unusable(problem) from problem

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def put(self, parts: Sequence[Any], make: Make, readings: int) -> int:
        """Spool messages, one of each part, together; return how many.

        Raises SpoolFullError and SpoolUnusableError, and then none of them is.
        """
        before = self._boot
        try:
            with self._changes():
                boot, name, seq = self._own_boot()
                made = [make(part, name, seq + number) for number, part in enumerate(parts)]
                self._refuse_overfull(sum(len(one.payload) for one in made), len(made))
                self._insert(boot, seq, made)
                self._count("accepted_readings", readings)
                self._count("accepted_messages", len(made))
        except BaseException as problem:
            self._boot = before
            if isinstance(problem, sqlite3.DatabaseError) and not _is_full(problem):
                raise self._unusable(problem) from problem
            if not _is_full(problem):
                raise
            raise SpoolFullError(f"{SpoolFullError.__doc__} ({problem})") from None
        return len(made)

    def count_refused(self, readings: int) -> None:
        """Count readings for which there was no room; on a full disk there is none for that either."""
        with suppress(sqlite3.OperationalError), self._changes():
            self._count("refused_by_full_spool", readings)

    def places(self, name: str, most: int, since: float = 0.0) -> list[int]:
        """Return places of the statement `heads`, `oldest` or `newest`."""
        return [place for (place,) in self._database.execute(_SQL[name], {"most": most, "since": since})]

    def one(self, place: int) -> SpooledMessage | None:
        """Return the message at a place; None where it is released."""
        row = self._database.execute(_SQL["one"], {"place": place}).fetchone()
        return row and SpooledMessage(*row)

    def release(self, digest: str, ranges: Ranges, at: float) -> list[int]:
        """Release what a receipt names, of one boot by its digest; return the places."""
        with self._changes():
            boot = self._boot_of(digest)
            if boot is None:
                return []
            found = (
                place
                for low, high in ranges
                for (place,) in self._database.execute(_SQL["in_range"], {"boot": boot, "low": low, "high": high})
            )
            places = list(dict.fromkeys(found))  # ranges may overlap
            self._delete(places)
            self._count("released_messages", len(places))
            self._database.execute("UPDATE boot SET begun = 1 WHERE boot = ? AND NOT begun", [boot])
            self._set("last_receipt_at", at)
        return places

    def refuse(self, digest: str, seq: int, reason: str, at: float) -> list[int]:
        """Take a refused message out, and keep it with the reason among the last refused ones; return its place."""
        with self._changes():
            boot = self._boot_of(digest)
            where = {"boot": boot, "low": seq, "high": seq}
            places = [place for (place,) in self._database.execute(_SQL["in_range"], where)] if boot else []
            if places:
                self._database.execute(_SQL["refuse"], {"boot": boot, "seq": seq, "reason": reason, "at": at})
                self._database.execute(_SQL["forget_refused"], {"most": _REFUSED})
                self._delete(places)
                self._count("refused_messages", 1)
        return places

    def note(self, name: str, value: float) -> None:
        """Remember a number, for who asks for the state."""
        with self._changes():
            self._set(name, value)

    def state(self) -> SpoolState:
        """Return what waits now."""
        return SpoolState(*self._database.execute(_SQL["waiting"]).fetchone())

    def counts(self) -> dict[str, float]:
        """Return what was counted and noted since the file was made."""
        return dict(self._database.execute("SELECT name, value FROM count ORDER BY name").fetchall())

    def reasons(self) -> dict[str, int]:
        """Return how many of the last refused messages were refused for which reason."""
        return dict(self._database.execute(_SQL["reasons"]).fetchall())

    def _unusable(self, problem: Exception) -> SpoolUnusableError:
        return SpoolUnusableError(
            f"the spool {self._file} cannot be used ({problem}); one that is damaged is moved away, and "
            f"`sqlite3 {self._file} .recover` may save what waits in it"
        )

    @contextmanager
    def _changes(self) -> Iterator[None]:
        """Make all changes of the body, on disk, or none."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.OperationalError):  # a full disk has rolled back by itself
                self._database.execute("ROLLBACK")
            raise

    def _own_boot(self) -> tuple[int, str, int]:
        """Return the boot of this object, its name and next number; begin it where there is none."""
        if self._boot is None:
            name = token_hex(8)
            self._database.execute(_SQL["forget_boots"])
            cursor = self._database.execute(
                "INSERT INTO boot (name, digest) VALUES (?, ?)", [name, digest_of("boot", self._sensor, name)]
            )
            self._boot = cursor.lastrowid
        row = self._database.execute("SELECT boot, name, next_seq FROM boot WHERE boot = ?", [self._boot]).fetchone()
        return int(row[0]), str(row[1]), int(row[2])

    def _insert(self, boot: int, seq: int, made: Sequence[NewMessage]) -> None:
        rows = [{"boot": boot, "seq": seq + number, **one._asdict()} for number, one in enumerate(made)]
        self._database.executemany(_SQL["put"], rows)
        self._database.execute("UPDATE boot SET next_seq = next_seq + ? WHERE boot = ?", [len(made), boot])
        self._count("spooled_bytes", sum(len(one.payload) for one in made))
        self._count("spooled_messages", len(made))

    def _refuse_overfull(self, size: int, messages: int) -> None:
        held = dict(self._database.execute("SELECT name, value FROM count WHERE name LIKE 'spooled%'").fetchall())
        if held.get("spooled_bytes", 0) + size > self._most_bytes:
            raise SpoolFullError(f"{self._most_bytes:,} bytes of messages wait for receipts")
        if held.get("spooled_messages", 0) + messages > self._most_messages:
            raise SpoolFullError(f"{self._most_messages:,} messages wait for receipts")

    def _delete(self, places: Iterable[int]) -> None:
        for place in places:
            found = self._database.execute("DELETE FROM message WHERE place = ? RETURNING length(payload)", [place])
            self._count("spooled_bytes", -found.fetchone()[0])
            self._count("spooled_messages", -1)

    def _boot_of(self, digest: str) -> int | None:
        row = self._database.execute("SELECT boot FROM boot WHERE digest = ?", [digest]).fetchone()
        return row and int(row[0])

    def _count(self, name: str, value: float) -> None:
        self._database.execute(_SQL["add"], {"name": name, "value": value})

    def _set(self, name: str, value: float) -> None:
        self._database.execute(_SQL["set"], {"name": name, "value": value})


def _opened(file: Path) -> sqlite3.Connection:
    """Open the file, and make it where it is missing."""
    new = not file.exists()
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, _READ_BY_US))
    database = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_SQL["tables"])
    except BaseException:
        database.close()
        raise
    if new:
        _sync_folder(file.parent)
    return database


def _is_full(problem: BaseException) -> bool:
    """Return whether there was no room, in the spool or on the disk."""
    return isinstance(problem, SpoolFullError) or (
        isinstance(problem, sqlite3.OperationalError) and "full" in str(problem)
    )


def _sync_folder(folder: Path) -> None:
    """Return when the name of a new file is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
