"""Files that hold one secret each: readable to their owner only, and read again for every message."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_OTHERS: Final = 0o077
_LONGEST: Final = 1024


class SecretFileRefusedError(Exception):
    """A secret cannot be read, or others than its owner may read it."""


@dataclass(frozen=True)
class SecretFile:
    """Where a secret is; `credentials` is the folder in which a service manager puts them, with modes of its own."""

    path: Path
    credentials: Path | None = None

    def read(self) -> str:
        """Return the secret; raise SecretFileRefusedError, which never quotes it."""
        try:
            mode = self.path.stat().st_mode
            secret = self.path.read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8"
            raise SecretFileRefusedError(f"{self.path} holds no secret that can be read ({why})") from None
        if mode & _OTHERS and not (self.credentials and self.path.is_relative_to(self.credentials)):
            raise SecretFileRefusedError(f"{self.path} may be read by others; chmod 0600 {self.path}")
        if not 0 < len(secret) <= _LONGEST or not secret.isprintable():
            raise SecretFileRefusedError(f"{self.path} has to hold one line and nothing else")
        return secret
