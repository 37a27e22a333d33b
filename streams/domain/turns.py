"""Whose places a round is about: those of one time zone at a time, and of nobody whose registry changes."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class OwnerTurn(NamedTuple):
    """An owner, the name of its time zone, and whether its places are free to be worked on."""

    owner: str
    zone: str
    free: bool


class Turn(NamedTuple):
    """The places of one time zone: those of the owners that are `held`; `whole` where these are all of the zone."""

    zone: str
    held: list[str]
    whole: bool


def turns(owners: Sequence[OwnerTurn], after: str | None = None) -> list[Turn]:
    """Give each time zone in which anybody is free, in the order in which they take turns: first what follows `after`.

    Where nobody is busy and all share a time zone, there is one turn for all.
    """
    zones = sorted({one.zone for one in owners if one.free})
    ahead = [zone for zone in zones if after is not None and zone > after]
    return [_turn(owners, zone) for zone in (*ahead, *zones[: len(zones) - len(ahead)])]


def free(owners: Iterable[OwnerTurn]) -> list[str]:
    """Give the owners whose places are free to be worked on."""
    return [one.owner for one in owners if one.free]


def _turn(owners: Iterable[OwnerTurn], zone: str) -> Turn:
    own = [one for one in owners if one.zone == zone]
    return Turn(zone, free(own), all(one.free for one in own))
