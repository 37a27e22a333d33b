"""The file that holds a publisher's key: readable to its owner only, and read again for each request."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_OTHERS: Final = 0o077
_LONGEST: Final = 512


class KeyFileRefusedError(Exception):
    """A key cannot be read, or others than its owner may read it; its source waits until that is repaired."""


@dataclass(frozen=True)
class KeyFile:
    """Where a key is; `credentials` is the folder in which a service manager puts them, with modes of its own."""

    path: Path
    credentials: Path | None = None

    def read(self) -> str:
        """Return the key; raise KeyFileRefusedError, which never quotes it."""
        try:
            mode = self.path.stat().st_mode
            key = self.path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise KeyFileRefusedError(f"{self.path} holds no key that can be read ({_what(problem)})") from None
        if mode & _OTHERS and not (self.credentials and self.path.is_relative_to(self.credentials)):
            raise KeyFileRefusedError(f"{self.path} may be read by others; chmod 0600 {self.path}")
        if not 0 < len(key) <= _LONGEST or not key.isprintable() or " " in key:
            raise KeyFileRefusedError(f"{self.path} has to hold one key and nothing else")
        return key


def _what(problem: Exception) -> str:
    return problem.strerror or "unreadable" if isinstance(problem, OSError) else "it is not ASCII"
