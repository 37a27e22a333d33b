"""API keys: what an operator gives out once, of which only a prefix and an HMAC-SHA256 are stored.

A key is `dfk_PREFIX_SECRET`; a line of the file is `PREFIX:HMAC:CREATED:NAME`. The HMAC is made with a secret in a file
of its own, without which nobody can tell from the stored lines whether a guess is right. Both files are read again when
they change.
"""

import fcntl
import hmac
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from secrets import choice, token_urlsafe
from time import monotonic
from typing import Final, NamedTuple

from schemas.failures import CheckFailedError, WrongUsageError

_SIGNS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_KEY: Final = re.compile(r"dfk_([a-z0-9]{8})_([A-Za-z0-9_-]{43})", re.ASCII)
_LINE: Final = re.compile(r"([a-z0-9]{8}):([0-9a-f]{64}):(\d{4}-\d\d-\d\d):([^:\x00-\x1f]{1,80})")
_LOOK_EVERY: Final = 1.0  # seconds
_NO_LINE: Final = "0" * 64


class ApiKeysUnreadableError(WrongUsageError):
    """A line of the file of API keys is not of the form that `doorfiets api-key create` writes."""


class UnknownApiKeyError(CheckFailedError):
    """No API key has that prefix; nothing was changed."""


class ApiKey(NamedTuple):
    """One key that was given out: its prefix, the HMAC of all of it, since when, and whose it is."""

    prefix: str
    digest: str
    created: date
    name: str


class ApiKeys:
    """The keys of a file, as it is now; a file that is not there has none, and without a secret no key is right."""

    def __init__(self, file: Path | None, secret: Path | None) -> None:
        """Take the files, which are read when the first key comes."""
        self._file, self._secret_file = file, secret
        self._known: Mapping[str, ApiKey] = {}
        self._secret = b""
        self._version: object = None
        self._looked = -_LOOK_EVERY

    def prefix_of(self, key: bytes) -> str | None:
        """Return the prefix of a key that was given out and not revoked; None for any other text."""
        self._read_again()
        found = _KEY.fullmatch(key.decode("latin-1"))
        if found is None or not self._secret:
            return None
        stored = self._known.get(found[1])
        same = hmac.compare_digest(digest(found[0], self._secret), stored.digest if stored else _NO_LINE)
        return found[1] if same and stored else None

    def _read_again(self) -> None:
        """Read files that changed, at most once a second; of what cannot be read, what was known stays."""
        if self._file is None or self._secret_file is None or monotonic() - self._looked < _LOOK_EVERY:
            return
        self._looked = monotonic()
        version = (_version(self._file), _version(self._secret_file))
        if version == self._version:
            return
        try:
            self._known, self._secret = read(self._file), self._secret_file.read_bytes().strip()
        except (ApiKeysUnreadableError, OSError):
            return
        self._version = version


def create(file: Path, secret: Path, name: str, today: date) -> str:
    """Give out a new key, which is returned and nowhere stored; makes the secret where there is none."""
    if not re.fullmatch(r"[^:\x00-\x1f]{1,80}", name):
        raise WrongUsageError(f"{name!r} is no name for a key: 1 to 80 characters, no colon")
    with _alone(file):
        if not secret.exists():
            _write(secret, token_urlsafe(32) + "\n")
        known = read(file)
        prefix = next(found for found in iter(_prefix, None) if found not in known)
        key = f"dfk_{prefix}_{token_urlsafe(32)}"
        made = ApiKey(prefix, digest(key, secret.read_bytes().strip()), today, name)
        _write_lines(file, {**known, prefix: made})
    return key


def revoke(file: Path, prefix: str) -> ApiKey:
    """Take a key away, by its prefix; raise UnknownApiKeyError where there is none."""
    with _alone(file):
        known = dict(read(file))
        if (gone := known.pop(prefix, None)) is None:
            raise UnknownApiKeyError(f"no key begins with dfk_{prefix}; `doorfiets api-key list` lists them")
        _write_lines(file, known)
    return gone


def read(file: Path) -> Mapping[str, ApiKey]:
    """Read the keys of a file by prefix, none where it is not there; raise ApiKeysUnreadableError for a wrong line."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as problem:
        raise ApiKeysUnreadableError(f"{file} is no text") from problem
    return {one.prefix: one for one in _keys(file, lines)}


def digest(key: str, secret: bytes) -> str:
    """Return the HMAC-SHA256 of a key, in hexadecimals."""
    return hmac.digest(secret, key.encode("latin-1"), "sha256").hex()


def _keys(file: Path, lines: list[str]) -> Iterator[ApiKey]:
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        try:
            prefix, stored, created, name = _LINE.fullmatch(line).groups()  # type: ignore[union-attr] # as below
            yield ApiKey(prefix, stored, date.fromisoformat(created), name)
        except (AttributeError, ValueError):
            raise ApiKeysUnreadableError(
                f"{file}, line {number}: expected what `doorfiets api-key create NAME` writes"
            ) from None


def _prefix() -> str:
    return "".join(choice(_SIGNS) for _ in range(8))


def _write_lines(file: Path, known: Mapping[str, ApiKey]) -> None:
    lines = (f"{one.prefix}:{one.digest}:{one.created}:{one.name}\n" for one in known.values())
    _write(file, "".join(lines))


def _write(file: Path, text: str) -> None:
    """Replace a file at once; others can read it at no time."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Change the files as they are now, while no other process does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file.with_name(f"{file.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
