"""The directory of registered devices: as it is in force in the database, with a copy on disk."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Any, Final

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

from ingest import device_copy
from schemas import named_sql
from schemas.device import Devices, RegisteredDevice
from schemas.profile import DeviceProfile

_LOG = logging.getLogger("doorfiets.ingest.devices")
_QUERIES: Final = named_sql.parse((files("ingest") / "devices.sql").read_text("utf-8"))
_NOBODY: Final[Devices] = MappingProxyType({})
_LOOK: Final = 0.5
_ANSWER: Final = 10.0  # seconds for one look, in which a large directory may be read
_LIMITS: Final = {
    "connect_timeout": "2",
    "tcp_user_timeout": "5000",
    "application_name": "doorfiets-ingest",
    "options": "-c statement_timeout=5s -c default_transaction_read_only=on",
}
_AWAY: Final = (psycopg.Error, OSError, TimeoutError)


class DeviceDirectory:
    """The registered devices, in force within a second of a change.

    They are read as role `user`; `file` has a copy of them. While the database does not answer, what is known stays
    in force.
    """

    def __init__(self, conninfo: str, file: Path | None, user: str = "ingest") -> None:
        """Start with the copy, where there is one."""
        self._conninfo = make_conninfo(conninfo, user=user, **_LIMITS)
        self._file = file
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None
        self._state: str | None = None
        self._unreadable: str | None = None
        self._stored: str | None = None
        self._answered: float | None = None
        self._away = False
        self._known = False
        self._devices: Devices = MappingProxyType({})
        self._load_copy()

    @property
    def age_seconds(self) -> float | None:
        """Return the seconds since the database confirmed what is known; None where it has not yet since the start."""
        return None if self._answered is None else monotonic() - self._answered

    def devices(self) -> Devices:
        """Return the registered devices by name; what was returned once does not change."""
        return self._devices

    @property
    def state(self) -> str | None:
        """Return what differs after every change of the devices; None where the database has not said it yet."""
        return self._state

    async def known(self) -> None:
        """Return when the devices are known, from the copy or from the database, which is waited for."""
        if not self._known:
            await self._look()
        if not self._known:
            _LOG.warning("waits for the device directory: there is no copy of it, and messages cannot be read without")
        while not self._known:
            await asyncio.sleep(_LOOK)
            await self._look()

    async def looked_up(self) -> None:
        """Return when the devices are known as the database has them now, or from the copy where it does not answer."""
        await self._look()
        await self.known()

    async def follow(self) -> None:
        """Look every half second whether the devices changed, until cancelled; an absence is logged once."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(_LOOK)
        finally:
            await self._drop()

    async def close(self) -> None:
        """Close the connection, where nobody follows."""
        await self._drop()

    def _load_copy(self) -> None:
        if self._file and (copy := device_copy.load(self._file)):
            self._state = self._stored = copy.state
            self._take(copy.devices)
            _LOG.info("the device directory is that of the copy", extra={"devices": len(copy.devices)})

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(_ANSWER):
                confirmed = await self._read()
        except _AWAY as problem:
            self._log_absence(problem)
            await self._drop()
            return
        if self._away:
            _LOG.info("the database answers again")
        self._away = False
        if confirmed:
            await self._confirm()

    async def _confirm(self) -> None:
        self._answered = monotonic()
        if self._file and self._stored != self._state:
            stored = await asyncio.to_thread(device_copy.store, self._file, str(self._state), self._devices)
            self._stored = self._state if stored else self._stored

    async def _read(self) -> bool:
        """Read the state, and the devices where it is another; return whether what is known is what the database has.

        Raises one of _AWAY where that fails.
        """
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        row = await (await self._connection.execute(_QUERIES["directory_state"])).fetchone()
        state = str(row[0]) if row else ""
        if state == self._unreadable or (state == self._state and self._known):
            return state != self._unreadable
        rows = await (await self._connection.execute(_QUERIES["device_directory"])).fetchall()
        try:
            self._take(await asyncio.to_thread(_devices, rows))
        except msgspec.ValidationError as problem:
            self._unreadable = state
            self._log_newer(problem)
            return False
        self._state, self._unreadable = state, None
        _LOG.info("the device directory was read", extra={"devices": len(rows)})
        return True

    def _take(self, devices: Sequence[RegisteredDevice]) -> None:
        self._devices = MappingProxyType({one.device: one for one in devices})
        self._known = True

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()

    def _log_newer(self, problem: msgspec.ValidationError) -> None:
        _LOG.error(
            "the device directory has a profile of a newer program; what is known of devices stays in force. Install "
            "the version with which it was applied, or apply one that this version knows",
            extra={"problem": str(problem)[:300], "devices": len(self._devices)},
        )

    def _log_absence(self, problem: BaseException) -> None:
        if not self._away:
            _LOG.error(
                "the device directory cannot be read; what is known of devices stays in force. Start PostgreSQL, or "
                "correct DOORFIETS_POSTGRES; the next look is in half a second",
                extra={"problem": f"{type(problem).__name__}: {problem}"[:300], "devices": len(self._devices)},
            )
        self._away = True


def directory_of(postgres: str | None, file: Path | None) -> DeviceDirectory | None:
    """Return the directory of a database, with its copy on disk; None where no database is given."""
    return DeviceDirectory(postgres, file) if postgres else None


def registered_in(directory: DeviceDirectory | None) -> Callable[[], Devices]:
    """Return what gives the registered devices at any time: nobody's without a directory."""
    return directory.devices if directory else nobody


def nobody() -> Devices:
    """Return the devices of those who have no directory: none."""
    return _NOBODY


def _devices(rows: Sequence[tuple[Any, ...]]) -> list[RegisteredDevice]:
    """Convert rows of the directory; raise msgspec.ValidationError for a profile of a newer program."""
    profiles: dict[str | None, DeviceProfile | None] = {None: None}
    for _, content, *_ in rows:
        if content not in profiles:
            profiles[content] = msgspec.json.decode(content, type=DeviceProfile)
    return [
        RegisteredDevice(device, profiles[content], frozenset(sources), units)
        for device, content, sources, units in rows
    ]
