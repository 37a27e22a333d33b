"""Why a message is refused, on its way from the place that sees it to the door that answers."""

from typing import Final

from schemas.rejection import REASONS

_LONGEST: Final = 60


class RefusedError(Exception):
    """A message cannot be read and becomes a rejection with this reason and detail; its sender has to repair it.

    Raises ValueError for a reason that `REASONS` does not explain.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        if reason not in REASONS:
            raise ValueError(f"unknown reason code {reason!r}; known are {', '.join(sorted(REASONS))}")
        self.reason = reason
        self.detail = detail or REASONS[reason]


def shown(text: object) -> str:
    """Quote something a stranger sent: printable ASCII on one line, never more than 60 characters of it."""
    quoted = ascii(text)
    return quoted if len(quoted) <= _LONGEST else f"{quoted[: _LONGEST - 3]}..."
