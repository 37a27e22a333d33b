"""Owners' registries in the database: applied in one transaction, owner by owner or together, history kept."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from locales import texts
from registry import history
from registry.changes import Reference, RegistryChanges, compare, missing, still_named
from registry.files import OwnerFolder, RegistryRefusedError
from registry.history import Cursor, Recompute
from registry.rows import KINDS, Key, Row, Rows, key, rows
from schemas import named_sql
from schemas.failures import CheckFailedError
from schemas.quantities import DENOMINATORS, QUANTITIES, Quantity

_SQL: Final = named_sql.parse((files("registry") / "database.sql").read_text("utf-8"))
_NAMED_ELSEWHERE: Final = frozenset({"owner", "datastream", "calendar_entry"})
"""Kinds whose rows have no id of their own that another owner could have."""
Session: TypeAlias = psycopg.Connection[tuple[Any, ...]]


class RemovalUnconfirmedError(CheckFailedError):
    """Applying would take rows away, and nobody has confirmed that. Nothing was changed."""


class WaitingPlace(NamedTuple):
    """A route or screenline that has no numbers yet: the places that it names and nobody has applied."""

    kind: str
    id: str
    missing: list[str]


class AppliedOwner(NamedTuple):
    """An owner as it is applied: who it is, the state of its files, when that was applied, and how much it has."""

    id: str
    kind: str
    name: str
    host: bool
    state: str
    applied_at: datetime
    sites: int
    stations: int
    links: int

    def __str__(self) -> str:
        """Give it as a line of a list."""
        host = ", host" if self.host else ""
        return (
            f"{self.id} {self.name} ({self.kind}{host}): {self.sites} sites, {self.stations} stations, {self.links} "
            f"links; state {self.state[:12]} of {self.applied_at:%Y-%m-%d %H:%M}Z"
        )


class Applied(NamedTuple):
    """What was done: what changed, how many datastreams the owners have, and what waits for others."""

    changes: RegistryChanges
    datastreams: int
    waiting: list[WaitingPlace]


def plan(folders: Sequence[OwnerFolder], session: Session) -> RegistryChanges:
    """Find what applying these folders would change; nothing is changed."""
    with session.cursor() as cursor:
        return compare(rows(list(folders)), _existing(cursor, _ids(folders)))


def apply(folders: Sequence[OwnerFolder], session: Session, recompute: Recompute, *, confirmed: bool) -> Applied:
    """Make the database say what these owners' files say, in the session's transaction; other owners' rows stay.

    What the files no longer name goes, if that is `confirmed`, and what indicators rest on is computed again where it
    changed, `recompute` doing so for a range of days; doing it twice is doing it once. Raises RegistryRefusedError, one
    sentence per problem, where observations would lose their place or their meaning, or another owner's rows would;
    RemovalUnconfirmedError naming what would go.
    """
    said = rows(list(folders))
    with session.cursor() as cursor:
        applied = _change(cursor, _ids(folders), said, recompute, confirmed=confirmed)
        for folder in folders:
            state = {"owner": folder.registry.owner.id, "state": folder.state, "changed": bool(applied.changes)}
            cursor.execute(_SQL["put_state"], state)
    return applied


def owners(session: Session) -> list[AppliedOwner]:
    """List the owners that are applied."""
    found = (AppliedOwner(*row) for row in session.execute(_SQL["owners"]))
    return [one._replace(applied_at=one.applied_at.astimezone(UTC)) for one in found]


def remove(owner: str, session: Session, recompute: Recompute) -> Applied:
    """Take an owner and all its rows away, in the session's transaction; other owners' rows stay.

    Raises RegistryRefusedError, one sentence per problem, where observations or another owner's rows name them, or
    where there is no such owner.
    """
    with session.cursor() as cursor:
        if not _one(cursor, "numbers", owners=[owner]):
            raise RegistryRefusedError(f"no owner {owner!r} is applied")
        return _change(cursor, [owner], {kind: {} for kind in KINDS}, recompute, confirmed=True)


def _change(cursor: Cursor, owners: list[str], said: Rows, recompute: Recompute, *, confirmed: bool) -> Applied:
    _put_catalogue(cursor)
    before = history.inputs(cursor)
    newcomers = {row["id"] for row in said["owner"].values() if cursor.execute(_SQL["put_newcomer"], row).rowcount}
    numbers = _one(cursor, "numbers", owners=owners)
    history.hold_aggregates(cursor, numbers)
    changes = compare(said, _existing(cursor, owners, newcomers))
    if changes.takes_away and not confirmed:
        raise RemovalUnconfirmedError("\n".join(changes.gone()))
    known, streams = history.registered(cursor, owners), list(said["datastream"].values())
    _refuse(_contradictions(cursor, owners, said, changes))
    _refuse(history.lost(cursor, known, streams))
    _write(cursor, owners, changes)
    touched = before ^ history.inputs(cursor)
    joined = _one(cursor, "numbers_of_streams", datastreams=history.streams_of(touched))
    history.hold_aggregates(cursor, sorted({*joined} - {*numbers}))
    history.follow(cursor, touched)
    history.hold_marks(cursor, [*numbers, *joined])
    _refuse(history.lost(cursor, known, streams))  # what was stored meanwhile
    history.mark(cursor, touched, recompute)
    return Applied(changes, len(streams), [WaitingPlace(*row) for row in cursor.execute(_SQL["waiting"])])


def _write(cursor: Cursor, owners: list[str], changes: RegistryChanges) -> None:
    """Write what comes and changes, and take away what goes; then complete what joins places of several owners."""
    if changes.changed["owner"] or changes.added["owner"]:
        cursor.execute(_SQL["no_host"], {"owners": owners})
    for kind in KINDS:
        found = [*changes.added[kind].values(), *changes.changed[kind].values()]
        cursor.executemany(_SQL[f"put_{kind}"], [_prepared(row) for row in found])
    history.hold_joint_places(cursor)
    for name in ("forget_route_links", "forget_screenline_channels"):
        cursor.execute(_SQL[name])
    for kind in reversed(KINDS):
        if changes.removed[kind]:
            cursor.execute(_SQL[f"drop_{kind}"], _keys(kind, changes.removed[kind]))
    for name in ("put_route_links", "put_screenline_channels"):
        cursor.execute(_SQL[name])


def _contradictions(cursor: Cursor, owners: list[str], said: Rows, changes: RegistryChanges) -> Iterator[str]:
    """Say, one sentence each, what other owners have, miss or name."""
    ids = [(kind, str(id_)) for kind in KINDS if kind not in _NAMED_ELSEWHERE for (id_,) in changes.added[kind]]
    ids += sorted({("sensor", str(sensor)) for sensor, *_ in changes.added["datastream"]})
    wanted = {"owners": owners, "kinds": [kind for kind, _ in ids], "ids": [id_ for _, id_ in ids]}
    for kind, id_, owner in cursor.execute(_SQL["taken"], wanted).fetchall():
        yield f"{kind.replace('_', ' ')} {id_!r} belongs to {owner}; choose another id"
    others = {"owners": owners}
    if any(row["host"] for row in said["owner"].values()):
        for (name,) in cursor.execute(_SQL["other_host"], others).fetchall():
            yield f"{name} is the host of the public site already; apply it without `host = true` first"
    yield from missing(said, {(kind, id_) for kind, id_ in cursor.execute(_SQL["places_of_others"], others)})
    if changes.takes_away:
        yield from still_named(
            changes, [Reference(*row) for row in cursor.execute(_SQL["references_of_others"], others)]
        )


def _existing(cursor: Cursor, owners: list[str], newcomers: set[object] = frozenset()) -> Rows:  # type: ignore[assignment] # never changed
    with cursor.connection.cursor(row_factory=dict_row) as each:
        found: Rows = {}
        for kind in KINDS:
            listed = map(_local, each.execute(_SQL[f"registered_{kind}"], {"owners": owners}))
            found[kind] = {key(kind, row): row for row in listed if kind != "owner" or row["id"] not in newcomers}
    return found


def _local(row: dict[str, Any]) -> Row:
    """Give a row with the beginning of a datastream as its owner says it: a midnight of the time zone in the row."""
    if "valid_from" not in row:
        return row
    zone = ZoneInfo(row.pop("timezone"))
    return {**row, "valid_from": row["valid_from"].astimezone(zone)}


def _put_catalogue(cursor: Cursor) -> None:
    """Write quantities and denominators, which are of no owner."""
    cursor.executemany(_SQL["put_quantity"], [_quantity(one) for one in QUANTITIES.values()])
    pairs = [{"variant": variant, "mode": mode} for variant, modes in DENOMINATORS.items() for mode in modes]
    cursor.executemany(_SQL["put_denominator"], pairs)


def _quantity(one: Quantity) -> Row:
    """Give a quantity with its labels in the default locale, which only dashboards read."""
    words = {"label": texts()(f"quantity.{one.name}"), "unit_label": texts()(f"unit.{one.name}")}
    return {**msgspec.structs.asdict(one), **words, "low": one.plausible[0], "high": one.plausible[1]}


def _prepared(row: Row) -> Mapping[str, object]:
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items()}


def _keys(kind: str, keys: Sequence[Key]) -> Mapping[str, Sequence[object]]:
    columns = {"datastream": ("sensors", "sources", "beginnings"), "calendar_entry": ("owners", "ids")}
    names = columns.get(kind, ("ids",))
    return {name: [one[place] for one in keys] for place, name in enumerate(names)}


def _one(cursor: Cursor, name: str, **parameters: object) -> list[int]:
    (found,) = cursor.execute(_SQL[name], parameters).fetchone() or ([],)
    return list(found)


def _ids(folders: Sequence[OwnerFolder]) -> list[str]:
    return [one.registry.owner.id for one in folders]


def _refuse(problems: Iterator[str]) -> None:
    if sentences := list(problems):
        raise RegistryRefusedError("\n".join(sentences))
