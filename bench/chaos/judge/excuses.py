"""Which losses a killed broker explains: what it acknowledged between its last saving of its queue and its end."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

AUTOSAVE: Final = 5.0
"""Seconds after which Mosquitto saves its queue again, as it is configured."""
MARGIN: Final = 2.0
"""Seconds that it may be late: it checks once a second, and writing takes time."""


class RecordedFault(NamedTuple):
    """One fault of the load's record, in its monotonic seconds."""

    name: str
    began_at: float
    ended_at: float


class LossWindow(NamedTuple):
    """The range from the last saving of the queue to the death of the broker."""

    saved_at: float
    killed_at: float


class Acknowledgement(NamedTuple):
    """When a publisher read an acknowledgement, and when it opened the connection on which it came."""

    at: float
    connected_at: float


def windows(faults: Sequence[RecordedFault]) -> list[LossWindow]:
    """Return the windows of all kills of the broker; while it is stopped or its disk is full it saves nothing."""
    blind = [one for one in faults if one.name in {"stop-mosquitto", "disk-full"}]
    kills = [one for one in faults if one.name in {"kill-mosquitto", "kill-all"}]
    return [LossWindow(_saved_at(kill.began_at, blind), kill.ended_at) for kill in kills]


def excused(acknowledgements: Iterable[Acknowledgement], found: Sequence[LossWindow]) -> bool:
    """Return whether every acknowledgement of a message came in a window, from the broker that was killed at its end.

    A publisher may read it after the kill: what counts is the connection, which ended with the broker.
    """
    return all(
        any(one.saved_at <= ack.at and ack.connected_at <= one.killed_at for one in found) for ack in acknowledgements
    )


def _saved_at(killed_at: float, blind: Sequence[RecordedFault]) -> float:
    """Return the moment AUTOSAVE + MARGIN seconds before a kill, not counting those in which it could not save."""
    at, left = killed_at, AUTOSAVE + MARGIN
    for fault in sorted(blind, key=lambda one: one.ended_at, reverse=True):
        if fault.began_at < at and fault.ended_at > at - left:
            left -= max(0.0, at - fault.ended_at)
            at = fault.began_at
    return at - left
