"""What visitors have used of their budgets, shared by all web processes of a machine: a file in memory under a lock.

An entry has 32 bytes: a digest of policy and visitor, when the bucket is full again (monotonic seconds, one clock for
all processes), and how many answers each of sixteen processes has in work, which only that process writes. Entries lie
in sets of eight; where a set is full, who has used least makes room, and is counted from nothing again.
"""

import fcntl
import mmap
import os
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from typing import Final, NamedTuple

from opendata.guards.pace import PaceState, RequestPolicy, take

PROCESSES: Final = 16
"""How many web processes a table has room for."""
_KEY: Final = 16
_HEAD: Final = Struct("<Qd")
_PLACES: Final = _HEAD.size
_ENTRY: Final = _PLACES + PROCESSES
_SET: Final = 8 * _ENTRY
_SETS: Final = 8_192
_SIZE: Final = _KEY + _SETS * _SET
_TRIES: Final = 200
"""How often the lock is tried: it is held for microseconds, and who stopped while holding it stops nobody else."""
_MOST_PLACES: Final = 255


class VisitorUse(NamedTuple):
    """What became of a request: its pace, whether all places are taken, and the place that it has, to be given back."""

    pace: PaceState
    is_busy: bool
    place: int | None

    @property
    def is_refused(self) -> bool:
        """Whether the request has to wait."""
        return self.is_busy or self.pace.wait > 0


def prepare(file: Path) -> None:
    """Make an empty table for processes that are going to open it, with a key of its own for the digests."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(os.urandom(_KEY))
        opened.truncate(_SIZE)
    new.replace(file)


class VisitorTable:
    """The table of a file, or one of this process alone."""

    def __init__(self, file: Path | None = None, number: int = 0) -> None:
        """Open the table as process `number` of at most PROCESSES, which has nothing in work yet."""
        if not 0 <= number < PROCESSES:
            raise ValueError(f"process {number} of at most {PROCESSES}")
        self._lock: int | None = None
        if file is None:
            self._memory = mmap.mmap(-1, _SIZE)
            self._memory[:_KEY] = os.urandom(_KEY)
        else:
            self._lock = os.open(file, os.O_RDWR | os.O_CLOEXEC)
            self._memory = mmap.mmap(self._lock, _SIZE)
        self._digest = blake2b(digest_size=8, key=self._memory[:_KEY])
        self._own = _PLACES + number
        for start in range(_KEY + self._own, _SIZE, _ENTRY):
            if self._memory[start]:
                self._memory[start] = 0

    def use(self, policy: RequestPolicy, visitor: bytes, cost: int, now: float) -> VisitorUse:
        """Take units of a visitor's budget and a place for an answer; neither where one of them is not there."""
        name, is_alone = self._name(policy, visitor), self._begin_alone()
        try:
            entry, full_at = self._entry(name)
            if policy.at_once and sum(self._places(entry)) >= policy.at_once:
                return VisitorUse(take(policy, full_at, 0, now), is_busy=True, place=None)
            pace = take(policy, full_at, cost, now)
            if pace.wait:
                return VisitorUse(pace, is_busy=False, place=None)
            _HEAD.pack_into(self._memory, entry, name, pace.full_at)
            return VisitorUse(pace, is_busy=False, place=self._begin(entry) if policy.at_once else None)
        finally:
            self._end_alone(is_alone=is_alone)

    def look(self, policy: RequestPolicy, visitor: bytes, now: float) -> PaceState:
        """Tell how a visitor stands who asks for one unit more, without taking it."""
        is_alone = self._begin_alone()
        try:
            return take(policy, self._entry(self._name(policy, visitor))[1], 1, now)
        finally:
            self._end_alone(is_alone=is_alone)

    def leave(self, place: int) -> None:
        """Give the place of an answer back."""
        if self._memory[place]:
            self._memory[place] -= 1

    def _name(self, policy: RequestPolicy, visitor: bytes) -> int:
        digest = self._digest.copy()
        digest.update(policy.key + visitor)
        return int.from_bytes(digest.digest(), "little") or 1

    def _begin(self, entry: int) -> int | None:
        place = entry + self._own
        if self._memory[place] == _MOST_PLACES:
            return None
        self._memory[place] += 1
        return place

    def _places(self, entry: int) -> bytes:
        return self._memory[entry + _PLACES : entry + _ENTRY]

    def _entry(self, name: int) -> tuple[int, float]:
        """Find the entry of a name, or the one of its set that is used least and has no answer in work."""
        start = _KEY + name % _SETS * _SET
        free, least = start, float("inf")
        for entry in range(start, start + _SET, _ENTRY):
            found, full_at = _HEAD.unpack_from(self._memory, entry)
            if found == name:
                return entry, full_at
            if full_at < least and not any(self._places(entry)):
                free, least = entry, full_at
        return free, 0.0

    def _begin_alone(self) -> bool:
        """Try to be the only process at the table; tell whether it is. Goes on where another one holds it too long."""
        if self._lock is None:
            return False
        for _ in range(_TRIES):
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            return True
        return False

    def _end_alone(self, *, is_alone: bool) -> None:
        if is_alone and self._lock is not None:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
