"""Sessions that change what others work on: they wait shortly and often, say for whom, and end when left alone."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from random import uniform
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, Final, NamedTuple, Self, TypeAlias, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schemas.failures import CheckFailedError
from streams.sinks.connection import statements

_log = logging.getLogger(__name__)
_SQL: Final = statements("lock_waits.sql")
SHORTLY: Final = "500ms"
"""How long such a session waits for a lock: whoever wants the same after it waits as long."""
PATIENCE: Final = 120.0
"""Seconds of tries."""
_LOOK: Final = 0.2
_REPEAT: Final = 5.0
_LONGEST: Final = 3.0
_IDLE: Final = "30s"  # within a transaction: a client that hangs, or was stopped, holds its locks no longer
_OPTIONS: Final = (
    f"-c lock_timeout={SHORTLY} -c idle_in_transaction_session_timeout={_IDLE} -c client_connection_check_interval=1s"
)
IN_THE_WAY: Final = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
"""How the database says that others hold what is wanted: nothing was changed, and it may be tried again."""
_T = TypeVar("_T")

Session: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Tell: TypeAlias = Callable[[str], object]


class StoreBusyError(CheckFailedError):
    """Others held what was to be changed for too long. Nothing was changed: end them, or do it again later."""


class _Other(NamedTuple):
    role: str
    program: str
    since: datetime | None
    kind: str | None
    active: bool | None

    def __str__(self) -> str:
        since = f" since {self.since.astimezone(UTC):%H:%M:%S}Z" if self.since else ""
        doing = f", {'in' if self.active else 'idle after'} {self.kind}" if self.kind else ""
        return f"{self.role} ({self.program}; its transaction lasts{since}{doing})"


class Lookout:
    """Looks, over a connection of its own, at whom a session waits for, and tells it every few seconds."""

    def __init__(self, conninfo: str, pid: int, tell: Tell) -> None:
        """Describe the session by its process."""
        self._conninfo = conninfo
        self._pid = pid
        self._tell = tell
        self._reported_at = -_REPEAT
        self._over = Event()
        self.said = ""
        """What was seen last; empty where nobody was waited for."""

    def __enter__(self) -> Self:
        """Begin."""
        self._looking = Thread(target=self._look, name="lookout", daemon=True)
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        self._looking.join()

    def _look(self) -> None:
        """Look from the moment on at which it takes long: mostly nobody is in the way, and nothing is to be seen."""
        over = self._over.wait(_LOOK)
        if over:
            return
        with suppress(psycopg.Error), psycopg.connect(_watching(self._conninfo), autocommit=True) as connection:
            while not over:
                others = connection.execute(_SQL["waited_for"], {"pid": self._pid}).fetchall()
                if others:
                    self._see(" and ".join(str(_Other(*one)) for one in others))
                over = self._over.wait(_LOOK)

    def _see(self, said: str) -> None:
        self.said = f"waiting for {said}"
        if monotonic() - self._reported_at >= _REPEAT:
            self._reported_at = monotonic()
            self._tell(self.said)


def _watching(conninfo: str) -> str:
    return make_conninfo(conninfo, connect_timeout=5)


def patiently(conninfo: str, change: Callable[[Session], _T], tell: Tell) -> _T:
    """Let `change` work in a transaction over a session of its own, as below."""
    with psycopg.connect(limited(conninfo), autocommit=True) as session:
        return until_free(session, conninfo, lambda: change(session), tell)


def until_free(
    session: Session, conninfo: str, change: Callable[[], _T], tell: Tell, *, patience: float = PATIENCE
) -> _T:
    """Let `change` work in a transaction, again and again while others are in its way, and tell who they are.

    Raises StoreBusyError when they still are after so many seconds.
    """

    def within() -> _T:
        with session.transaction():
            return change()

    return again_until_free(session, conninfo, within, tell, patience=patience)


def again_until_free(
    session: Session, conninfo: str, change: Callable[[], _T], tell: Tell, *, patience: float = PATIENCE
) -> _T:
    """Do the same with what makes its own transactions, and has changed nothing where others were in its way."""
    deadline, pause = monotonic() + patience, 0.5
    while True:
        out = Lookout(conninfo, session.info.backend_pid, tell)
        try:
            with out:
                return change()
        except IN_THE_WAY as problem:
            busy = out.said or str(problem).strip()
        if monotonic() > deadline:
            raise StoreBusyError(
                f"gave up after {patience:.0f} s, {busy}; of this nothing was changed. End it, or try again"
            )
        sleep(pause * uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
        pause = min(_LONGEST, 2 * pause)


def limited(conninfo: str) -> str:
    """Let a session wait shortly for locks, unless the caller says otherwise, and end with its client or when idle."""
    options = f"{_OPTIONS} {conninfo_to_dict(conninfo).get('options') or ''}".strip()
    return make_conninfo(conninfo, options=options)
