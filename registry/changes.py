"""What applying some owners' files would change: rows that come, change and go, and why that may not be."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from registry.beginnings import Moves, at_new_beginnings
from registry.differences import differences
from registry.rows import KINDS, Key, Row, Rows, named

_REFERS: Final = {
    "site": {"district": "district"},
    "station": {"district": "district"},
    "link": {"site": "site", "assumed_from": "link"},
}
"""Which column of which kind names a row of which other kind; the district at an end of a link may come later."""


_JOINED: Final[Mapping[str, Callable[[Row], Iterable[tuple[str, Iterable[Any]]]]]] = {
    "route": lambda row: [("link", cast("list[str]", row["links"]))],
    "screenline": lambda row: [("site", cast("list[str]", row["sites"]))],
    "link": lambda row: [("site", [row["site"]]), ("link", [row["assumed_from"]])],
}
"""Which rows of which kinds a row joins."""


class Reference(NamedTuple):
    """A row of an owner that names a row of another kind: which row of which owner, and what it names."""

    kind: str
    id: str
    owner: str
    named_kind: str
    named_id: str


class RegistryChanges(NamedTuple):
    """The rows that come, those that change, and the keys of those that go; each by kind.

    `before` has those that change as they were, by the same keys, and `moves` those among them that begin another day.
    """

    added: Rows
    changed: Rows
    removed: dict[str, list[Key]]
    before: Rows
    moves: Moves

    def __bool__(self) -> bool:
        """Tell whether there is anything to do."""
        return any(of_kind for part in self[:3] for of_kind in part.values())

    @property
    def joins(self) -> bool:
        """Tell whether members of routes and screenlines may come or go."""
        places = any(part[kind] for part in (self.added, self.removed) for kind in ("site", "channel", "link"))
        return places or any(part[kind] for part in self[:3] for kind in ("route", "screenline"))

    @property
    def moves_devices(self) -> bool:
        """Tell whether the devices or their sources may be others than before."""
        return any(part[kind] for part in self[:3] for kind in ("device", "datastream"))

    @property
    def takes_away(self) -> bool:
        """Tell whether any row goes."""
        return any(self.removed.values())

    def lines(self) -> Iterator[str]:
        """Say what comes (+), changes (~), from what to what, and goes (-), one line for each row."""
        for kind in KINDS:
            yield from (f"+ {named(kind, key)}" for key in sorted(self.added[kind], key=str))
            yield from (f"~ {self._change(kind, key)}" for key in sorted(self.changed[kind], key=str))
            yield from (f"- {named(kind, key)}" for key in sorted(self.removed[kind], key=str))

    def summary(self) -> str:
        """Count what comes, changes and goes."""
        added, changed, removed = (sum(map(len, part.values())) for part in self[:3])
        return f"{added} added, {changed} changed, {removed} removed"

    def gone(self) -> Iterator[str]:
        """Name the rows that go."""
        for kind in KINDS:
            yield from (named(kind, key) for key in sorted(self.removed[kind], key=str))

    def _change(self, kind: str, key: Key) -> str:
        """Name a row that changes, and say what of it."""
        what = [*differences(self.before[kind][key], self.changed[kind][key])]
        if key in self.moves.get(kind, {}).values():
            day = next(one for one in what if one.startswith("from "))
            (was,) = (old for old, new in self.moves[kind].items() if new == key)
            what.remove(day)
            return ": ".join(filter(None, [named(kind, was) + day[day.index(" -> ") :], ", ".join(what)]))
        return f"{named(kind, key)}: {', '.join(what)}"


def compare(said: Rows, existing: Rows, moves: Moves) -> RegistryChanges:
    """Find what differs between the files and the database, where some rows only begin on another day."""
    there = at_new_beginnings(existing, moves)
    changed = {kind: dict(_differing(said[kind], there[kind])) for kind in KINDS}
    return RegistryChanges(
        {kind: {key: row for key, row in said[kind].items() if key not in there[kind]} for kind in KINDS},
        changed,
        {kind: [key for key in there[kind] if key not in said[kind]] for kind in KINDS},
        {kind: {key: there[kind][key] for key in changed[kind]} for kind in KINDS},
        moves,
    )


def missing(said: Rows, others: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Say, one sentence each, which rows name one that neither these files nor `others` (kind and id) have."""
    for kind, columns in _REFERS.items():
        for (id_,), row in said[kind].items():
            for column, of in columns.items():
                name = row[column]
                if name is None or (name,) in said[of] or (of, name) in others:
                    continue
                yield (
                    f"{kind} {id_}: {of} {name} belongs to an owner that is not applied yet; apply that one first, or "
                    f"all of them with `doorfiets registry apply`"
                )


def elsewhere(said: Rows, others: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Say, one sentence each, which rows join a place of `others` (kind and id) whose days are of another time zone."""
    zones = {row["id"]: row["timezone"] for row in said["owner"].values()}
    for kind, members in _JOINED.items():
        for (id_,), row in said[kind].items():
            for of, names in members(row):
                for name in names:
                    zone = others.get((of, name))
                    if zone not in {None, zones[row["owner"]]}:
                        yield f"{kind} {id_}: {of} {name} has days of {zone}, and {kind} {id_} of {zones[row['owner']]}"


def still_named(changes: RegistryChanges, references: list[Reference]) -> Iterator[str]:
    """Say, one sentence each, which rows that go are named by rows of other owners."""
    for one in references:
        if (one.named_id,) in changes.removed[one.named_kind]:
            yield (
                f"{one.named_kind} {one.named_id} cannot go: {one.kind} {one.id} of {one.owner} names it; "
                f"have that changed and applied first"
            )


def _differing(said: Mapping[Key, Row], existing: Mapping[Key, Row]) -> Iterator[tuple[Key, Row]]:
    for key, row in said.items():
        if any(row[name] != value for name, value in existing.get(key, {}).items()):
            yield key, row
