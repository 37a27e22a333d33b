"""How much is done at once: as much as the database takes, and no more than others can wait for."""

from typing import Final

_LESS: Final = 10  # times, after a refusal: what is too much at once may do in parts
_TRIES: Final = 3


class Pace:
    """A number of buckets or days that grows while all goes well, and shrinks when the database refuses."""

    def __init__(self, start: int, most: int) -> None:
        """Begin with `start` at once, and never take more than `most`."""
        self.size = start
        self._most = most
        self._refused = 0

    def well(self, room: float = 2.0) -> None:
        """Take more the next time: `room` times as much, twice at most; or less, where there is none."""
        self._refused = 0
        self.size = max(1, min(self._most, round(self.size * min(room, 2.0))))

    def refused(self, *, counts: bool) -> None:
        """Take less the next time; count it against the smallest part, unless it may have another reason."""
        self._refused = self._refused + counts if self.size == 1 else 0
        self.size = max(1, self.size // _LESS)

    @property
    def hopeless(self) -> bool:
        """Tell whether the smallest part was refused again and again."""
        return self._refused >= _TRIES
