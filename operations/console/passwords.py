"""Passwords of people: hashed with argon2id, compared in the same time whether there is an account or not."""

from secrets import token_urlsafe
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from schemas.failures import WrongUsageError

SHORTEST: Final = 12
LONGEST: Final = 200
"""Characters of a password."""

_HASHER: Final = PasswordHasher()
_AT_ONCE: Final = BoundedSemaphore(2)  # each takes 64 MiB
_PATIENCE: Final = 2.0  # seconds for which a login waits for others
_OF_NOBODY: Final = _HASHER.hash(token_urlsafe(24))


class HashingBusyError(Exception):
    """Too many passwords are being compared; try again in a moment."""


class PasswordRefusedError(WrongUsageError):
    """A password is too short or too long; nothing was changed."""


def generated() -> str:
    """Return a new password of 144 random bits."""
    return token_urlsafe(18)


def digest(password: str) -> str:
    """Return the hash of a password; raise PasswordRefusedError for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRefusedError(f"a password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}")
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(password: str, hashed: str | None) -> bool:
    """Tell whether a password is the one of a hash; that of nobody (None) takes as long, and never is.

    Raises HashingBusyError where others have to be waited for too long.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise HashingBusyError("more passwords are compared at once than memory is meant for")
    try:
        _HASHER.verify(hashed or _OF_NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _AT_ONCE.release()
    return hashed is not None
