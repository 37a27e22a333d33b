"""The exception with which a dialect refuses a message, and how its detail quotes what was sent."""

from typing import Final

from schemas.rejection import REASONS

_LONGEST: Final = 60


class RefusedError(Exception):
    """A message cannot be decoded and becomes a rejection with this reason and detail; its sender has to repair it.

    Raises ValueError for a reason that is not in `REASONS`.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        if reason not in REASONS:
            raise ValueError(f"unknown reason code {reason!r}; known are {', '.join(sorted(REASONS))}")
        self.reason = reason
        self.detail = detail or REASONS[reason]


def shown(text: object) -> str:
    """Quote what was sent: on one line, at most 60 characters, what cannot be printed escaped."""
    quoted = repr(text)
    return quoted if len(quoted) <= _LONGEST else f"{quoted[: _LONGEST - 3]}..."
