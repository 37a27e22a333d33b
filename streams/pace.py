"""The size of a step: grows while steps succeed within their time, shrinks when the database refuses one."""

from typing import Final

_LESS: Final = 10  # divisor after a refusal
_TRIES: Final = 3


class Pace:
    """The number of buckets or days of a step."""

    def __init__(self, start: int, most: int) -> None:
        """Begin with `start`, and never exceed `most`."""
        self.size = start
        self._most = most
        self._refused = 0

    def well(self, room: float = 2.0) -> None:
        """Note a success: the next size is `room` times this one, at most twice."""
        self._refused = 0
        self.size = max(1, min(self._most, round(self.size * min(room, 2.0))))

    def refused(self, *, counts: bool) -> None:
        """Note a refusal: the next size is smaller. One of size 1 is counted where `counts` is true."""
        self._refused = self._refused + counts if self.size == 1 else 0
        self.size = max(1, self.size // _LESS)

    @property
    def hopeless(self) -> bool:
        """Return whether a step of size 1 was refused repeatedly."""
        return self._refused >= _TRIES
