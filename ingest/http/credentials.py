"""Who may push: a file with a line for each sensor, and the digest of its password.

A line is `sensor:scrypt:N:r:p:salt:digest`, salt and digest in base 64. The file is read again when it changes.
"""

import asyncio
import hashlib
import hmac
import logging
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from typing import Final, NamedTuple

from ingest.in_turn import in_turn
from schemas.failures import CheckFailedError, WrongUsageError
from schemas.topics import SENSOR_ID

_LOG = logging.getLogger("doorfiets.ingest.http")
COST: Final = (2**14, 8, 1)
"""N, r and p of scrypt: 16 MB and about 50 ms for each password that is tried."""

_BYTES: Final = 32
_MOST_MEMORY: Final = 2**27
_LONGEST_PASSWORD: Final = 200
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 20
_LINE: Final = re.compile(
    rf"({SENSOR_ID}):scrypt:(\d{{1,7}}):(\d{{1,2}}):(\d{{1,2}}):([A-Za-z0-9+/=]{{16,64}}):([A-Za-z0-9+/=]{{44}})",
    re.ASCII,
)


class CredentialsUnreadableError(WrongUsageError):
    """A line of the file of credentials is not of the form that `doorfiets intake add-credential` writes."""


class UnknownCredentialError(CheckFailedError):
    """No credential has that name; nothing was changed."""


class TooManyPasswordsError(Exception):
    """More passwords wait to be checked than may; the client may try again in some seconds."""


class Credential(NamedTuple):
    """The digest of a password, and how it was made."""

    cost: tuple[int, int, int]
    salt: bytes
    digest: bytes

    def fits(self, password: str) -> bool:
        """Return whether a password has this digest; takes as long for every password."""
        return hmac.compare_digest(_digest(password, self.salt, self.cost), self.digest)


class Credentials:
    """The credentials of a file; a file that is not there has none."""

    def __init__(self, file: Path) -> None:
        """Read the file; raise CredentialsUnreadableError where it is not one of credentials."""
        self._file = file
        self._version = _version(file)
        self._known = read(file)
        self._proven: dict[str, tuple[Credential, bytes]] = {}  # whose password was right, so that it costs no scrypt
        self._key = token_bytes(_BYTES)
        self._nobody = made("nobody")[0]
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    def remembers(self, sensor: str, password: str) -> bool:
        """Return whether a password is that of a sensor and was verified before, at no cost."""
        self._read_again()
        verified, proven = self._proven.get(sensor, (None, b""))
        return verified == self._known.get(sensor, self._nobody) and hmac.compare_digest(self._short(password), proven)

    async def verify(self, sensor: str, password: str) -> bool:
        """Return whether a password is that of a sensor; raise TooManyPasswordsError when many are being tried.

        An unknown sensor takes as long as a wrong password.
        """
        if self.remembers(sensor, password):
            return True
        credential = self._known.get(sensor, self._nobody)
        if len(password) > _LONGEST_PASSWORD or not await self._fits(credential, password) or sensor not in self._known:
            return False
        self._proven[sensor] = (credential, self._short(password))
        return True

    async def _fits(self, credential: Credential, password: str) -> bool:
        if self._waiting >= _MOST_WAITING:
            raise TooManyPasswordsError
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(credential.fits, password)
        finally:
            self._waiting -= 1

    def _short(self, password: str) -> bytes:
        return hmac.digest(self._key, password.encode(), "sha256")

    def _read_again(self) -> None:
        """Read a file that changed; one that cannot be read leaves the credentials as they are."""
        if (version := _version(self._file)) == self._version:
            return
        self._version = version
        try:
            self._known = read(self._file)
        except (CredentialsUnreadableError, OSError) as problem:
            _LOG.error("the credentials are as they were before", extra={"problem": str(problem)})
            return
        self._proven = {sensor: proven for sensor, proven in self._proven.items() if sensor in self._known}


def made(sensor: str, cost: tuple[int, int, int] = COST) -> tuple[Credential, str]:
    """Make a credential with a new password, which is returned beside it and nowhere else; raise for no sensor id."""
    if not re.fullmatch(SENSOR_ID, sensor, re.ASCII):
        raise WrongUsageError(f"{sensor!r} is no sensor: 3 to 40 of a-z, 0-9 and -")
    password, salt = token_urlsafe(16), token_bytes(16)
    return Credential(cost, salt, _digest(password, salt, cost)), password


def add(file: Path, sensor: str) -> str:
    """Give a sensor a new password, in the place of the one before; return it."""
    credential, password = made(sensor)
    with _alone(file):
        _write(file, {**read(file), sensor: credential})
    return password


def remove(file: Path, sensor: str) -> None:
    """Take the credential of a sensor away; raise UnknownCredentialError where it has none."""
    with _alone(file):
        known = dict(read(file))
        if known.pop(sensor, None) is None:
            raise UnknownCredentialError(
                f"{sensor} has no credential in {file}; `doorfiets intake credentials` lists them"
            )
        _write(file, known)


def read(file: Path) -> Mapping[str, Credential]:
    """Read the credentials of a file by sensor, none where it is not there."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as problem:
        raise CredentialsUnreadableError(f"{file} is no text") from problem
    return dict(_credentials(file, lines))


def _credentials(file: Path, lines: list[str]) -> Iterator[tuple[str, Credential]]:
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        try:
            yield _credential(line)
        except ValueError:
            raise CredentialsUnreadableError(
                f"{file}, line {number}: expected what `doorfiets intake add-credential SENSOR` writes"
            ) from None


def _credential(line: str) -> tuple[str, Credential]:
    """Parse one line; raise ValueError where it is none, or where no password could be checked with it."""
    if not (found := _LINE.fullmatch(line)):
        raise ValueError(line)
    sensor, *cost, salt, digest = found.groups()
    n, r, p = map(int, cost)
    if n.bit_count() != 1 or n == 1 or not r * p or _memory(n, r, p) > _MOST_MEMORY:
        raise ValueError(line)
    return sensor, Credential((n, r, p), b64decode(salt, validate=True), b64decode(digest, validate=True))


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Change the file as it is now, while no other process does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with in_turn(file.with_name(f"{file.name}.lock")):
        yield


def _write(file: Path, known: Mapping[str, Credential]) -> None:
    """Replace the file at once; others can read it at no time."""
    text = "".join(f"{sensor}:{_spelled(credential)}\n" for sensor, credential in sorted(known.items()))
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)


def _spelled(credential: Credential) -> str:
    salt, digest = (b64encode(some).decode() for some in (credential.salt, credential.digest))
    return ":".join(("scrypt", *map(str, credential.cost), salt, digest))


def _digest(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_memory(n, r, p), dklen=_BYTES)


def _memory(n: int, r: int, p: int) -> int:
    """Return the bytes that scrypt may use: twice what it needs."""
    return 2 * 128 * r * (n + p + 2)


def _version(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
