"""The seal on what cannot be parsed: encrypted with the key of its day, which is deleted after seven days.

A key is a file `2026-11-29.key` in a folder that only its owner can read, and must be in no backup: when it is gone,
nobody can read what it sealed, wherever copies of that are. The same bytes on the same day are the same sealed bytes,
so that a message that comes again is recognised and its rejection stands once.
"""

import asyncio
import hmac
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ingest.clock import system_time
from schemas.sealed import HEADER, READABLE, sealed_on

_LOG = logging.getLogger("doorfiets.ingest.seal")
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_EVERY: Final = timedelta(hours=1)


class KeyRing:
    """The keys of the last days in one folder, which is made when the first is; processes may share it."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = system_time) -> None:
        self._folder = folder
        self._now = now
        self._keys: dict[date, bytes] = {}
        self._forgot_at = datetime.min.replace(tzinfo=UTC)

    def seal(self, payload: bytes, received_at: datetime) -> bytes | None:
        """Seal the bytes of a message; None where there is no key for its day, as where the folder takes no file."""
        self.forget_in_time()
        day = received_at.astimezone(UTC).date()
        key = self._key(day, make=day > self._oldest() and day <= self._today() + timedelta(days=1))
        if key is None:
            return None
        header, nonce = HEADER % day.isoformat().encode(), _derived(key, b"nonce", payload)[:_NONCE_BYTES]
        return header + nonce + _cipher(key).encrypt(nonce, payload, header)

    def opened(self, sealed: bytes) -> bytes | None:
        """Return the bytes that were sealed; None where their key is gone, or they are not what was sealed."""
        day = sealed_on(sealed)
        key = day and self._key(day, make=False)
        if day is None or not key:
            return None
        header = HEADER % day.isoformat().encode()
        nonce, content = sealed[len(header) :][:_NONCE_BYTES], sealed[len(header) + _NONCE_BYTES :]
        try:
            return _cipher(key).decrypt(nonce, content, header)
        except (InvalidTag, ValueError):
            return None

    def forget_in_time(self) -> None:
        """Delete the keys that are too old, at most once an hour."""
        if self._now() - self._forgot_at >= _EVERY:
            self.forget()

    async def forget_hourly(self) -> None:
        """Delete the keys that are too old, now and once an hour, until cancelled."""
        while True:
            self.forget()
            await asyncio.sleep(_EVERY.total_seconds())

    def forget(self) -> None:
        """Delete the keys of days that ended more than seven days ago; a key that cannot be deleted is logged."""
        self._forgot_at = self._now()
        oldest = self._oldest()
        self._keys = {day: key for day, key in self._keys.items() if day > oldest}
        for file in self._folder.glob("*"):  # also what a process left that was killed while it made one
            if (day := _day(file)) is None or day > oldest:
                continue
            try:
                file.unlink(missing_ok=True)
            except OSError as problem:
                _LOG.error(
                    "a key that is too old cannot be deleted; delete it by hand",
                    extra={"file": str(file), "problem": str(problem)},
                )
            else:
                _LOG.info("the key of a day was deleted", extra={"day": day.isoformat()})

    def _today(self) -> date:
        return self._now().astimezone(UTC).date()

    def _oldest(self) -> date:
        """Return the last day of which no key is kept."""
        return self._today() - READABLE - timedelta(days=1)

    def _key(self, day: date, *, make: bool) -> bytes | None:
        """Return the key of a day that is kept; one that is not there is made where `make` is true."""
        if day <= self._oldest():
            return None
        if day not in self._keys:
            key = self._read(day) or (self._made(day) if make else None)
            if key is None:
                return None
            self._keys[day] = key
        return self._keys[day]

    def _read(self, day: date) -> bytes | None:
        with suppress(OSError):
            key = self._file(day).read_bytes()
            return key if len(key) == _KEY_BYTES else None
        return None

    def _made(self, day: date) -> bytes | None:
        """Make the key of a day and return it, or that of the process which made one at the same time."""
        file = self._file(day)
        new = file.with_suffix(f".{token_hex(4)}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            _write(new, token_bytes(_KEY_BYTES))
            with suppress(FileExistsError):
                os.link(new, file)
        except OSError as problem:
            _LOG.error(
                "no key can be made, so that what cannot be parsed is not kept; see DOORFIETS_SEAL_KEYS",
                extra={"folder": str(self._folder), "problem": str(problem)},
            )
        finally:
            with suppress(OSError):
                new.unlink(missing_ok=True)
        return self._read(day)

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.key"


def _day(file: Path) -> date | None:
    try:
        return date.fromisoformat(file.stem)
    except ValueError:
        return None


def _write(file: Path, key: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(key)
        written.flush()
        os.fsync(written.fileno())


def _derived(key: bytes, purpose: bytes, content: bytes = b"") -> bytes:
    return hmac.digest(hmac.digest(key, purpose, sha256), content, sha256)


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(_derived(key, b"cipher"))
