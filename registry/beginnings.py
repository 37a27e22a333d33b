"""What the files mean by another first day: the same datastream or placement, corrected, and no other one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from registry.rows import Key, Row, Rows

Moves: TypeAlias = dict[str, dict[Key, Key]]
"""Which row of the database is which one of the files, by kind: its key there, and its key in the files."""
_SAME: Final = {
    "datastream": ("sensor", "source", "channel", "station", "quantity", "seconds"),
    "placement": ("device", "site", "station"),
}
"""What a row is, by its kind, whenever it begins; what observations fix beside that is checked as of any other."""


def moved(said: Rows, existing: Rows) -> Moves:
    """Find what is the same but for its first day: of a kind exactly one that goes and one that comes.

    The two have days in common: what begins when the other one has ended is not a correction of a day.
    """
    return {kind: dict(_pairs(kind, said[kind], existing[kind])) for kind in _SAME}


def at_new_beginnings(existing: Rows, moves: Moves) -> Rows:
    """Give rows of the database by the keys that they have in the files."""
    return {
        kind: {moves.get(kind, {}).get(key, key): row for key, row in of_kind.items()}
        for kind, of_kind in existing.items()
    }


def _pairs(kind: str, said: Mapping[Key, Row], existing: Mapping[Key, Row]) -> Iterator[tuple[Key, Key]]:
    going = _alike(kind, {key: row for key, row in existing.items() if key not in said})
    coming = _alike(kind, {key: row for key, row in said.items() if key not in existing})
    for what, olds in going.items():
        match olds, coming.get(what, []):
            case [old], [new] if _overlap(existing[old], said[new]):
                yield old, new


def _alike(kind: str, rows: Mapping[Key, Row]) -> dict[Key, list[Key]]:
    found: dict[Key, list[Key]] = defaultdict(list)
    for key, row in rows.items():
        found[tuple(row[name] for name in _SAME[kind])].append(key)
    return found


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two periods have days in common."""
    return bool(one["valid_from"] < other["valid_until"] and other["valid_from"] < one["valid_until"])
