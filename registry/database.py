"""Owners' registries in the database: applied in one transaction, owner by owner or together, history kept."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
from registry.beginnings import moved
from registry.changes import Reference, RegistryChanges, compare, elsewhere, missing, still_named
from registry.files import OwnerFolder, RegistryRefusedError
from registry.history import Cursor, Recompute, Registered
from registry.rows import KINDS, Key, Row, Rows, key, rows
from schemas import named_sql
from schemas.failures import CheckFailedError
from schemas.quantities import DENOMINATORS, QUANTITIES, Quantity

_SQL: Final = named_sql.parse((files("registry") / "database.sql").read_text("utf-8"))
_NAMED_ELSEWHERE: Final = frozenset({"owner", "placement", "device_history", "datastream", "calendar_entry"})
"""Kinds whose rows have no id of their own that another owner could have."""
Session: TypeAlias = psycopg.Connection[tuple[Any, ...]]


class RemovalUnconfirmedError(CheckFailedError):
    """Applying would take rows away that nobody has confirmed. Nothing was changed: confirm, or mend the files.

    `gone` names the rows, in the words of the files.
    """

    def __init__(self, gone: Sequence[str]) -> None:
        """Say what would go, and what to do."""
        self.gone = gone
        listed = "\n".join(f"  {one}" for one in gone)
        super().__init__(f"these would go, and nobody has confirmed it:\n{listed}\nadd --remove to let them go")


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
    """What was done: what changed, how many datastreams the owners have, what waits, and whether there is a host."""

    changes: RegistryChanges
    datastreams: int
    waiting: list[WaitingPlace]
    has_host: bool


class Plan(NamedTuple):
    """What applying would change, and why it would be refused, one sentence each; none where it would not.

    `uncounted` says of which datastreams observations would no longer count.
    """

    changes: RegistryChanges
    refusals: list[str]
    uncounted: list[str]


def plan(folders: Sequence[OwnerFolder], session: Session) -> Plan:
    """Find what applying these folders would change, and whether it would be refused; nothing is changed."""
    said, owners_ = rows(list(folders)), _ids(folders)
    with session.cursor() as cursor:
        said, changes, known = _compared(cursor, owners_, said)
        streams = list(said["datastream"].values())
        refusals = [*_contradictions(cursor, owners_, said, changes), *history.lost(cursor, known, streams)]
        return Plan(changes, refusals, [*history.uncounted(cursor, known, said["datastream"])])


def apply(
    folders: Sequence[OwnerFolder], session: Session, recompute: Recompute, *, confirmed: Collection[str] | None
) -> Applied:
    """Make the database say what these owners' files say, in the session's transaction; other owners' rows stay.

    What the files no longer name goes, if `confirmed` names it (None: whatever it is), and what indicators rest on is
    computed again where it changed, `recompute` doing so for a range of days; doing it twice is doing it once. Raises
    RegistryRefusedError, one sentence per problem, where observations would lose their place or their meaning, or
    another owner's rows would; RemovalUnconfirmedError naming what would go.
    """
    said = rows(list(folders))
    with session.cursor() as cursor:
        applied = _change(cursor, _ids(folders), said, recompute, confirmed=confirmed)
        for folder in folders:
            cursor.execute(_SQL["put_state"], {"owner": folder.registry.owner.id, "state": folder.state})
    return applied


def owners(session: Session) -> list[AppliedOwner]:
    """List the owners that are applied."""
    found = (AppliedOwner(*row) for row in session.execute(_SQL["owners"]))
    return [one._replace(applied_at=one.applied_at.astimezone(UTC)) for one in found]


def waiting(cursor: Cursor) -> list[WaitingPlace]:
    """List the routes and screenlines that wait for places nobody has applied."""
    return [WaitingPlace(*row) for row in cursor.execute(_SQL["waiting"])]


def remove(owner: str, session: Session, recompute: Recompute) -> Applied:
    """Take an owner and all its rows away, in the session's transaction; other owners' rows stay.

    Raises RegistryRefusedError, one sentence per problem, where observations or another owner's rows name them, where
    it is the host of others, or where there is no such owner.
    """
    applied = {one.id: one for one in owners(session)}
    if owner not in applied:
        there = ", ".join(map(str, applied)) or "nobody"
        raise RegistryRefusedError(f"no owner {owner!r} is applied; applied are {there}")
    if applied[owner].host and len(applied) > 1:
        raise RegistryRefusedError(f"{owner} is the host of the public site; apply another as host first")
    with session.cursor() as cursor:
        return _change(cursor, [owner], {kind: {} for kind in KINDS}, recompute, confirmed=None)


def _change(
    cursor: Cursor, owners: list[str], said: Rows, recompute: Recompute, *, confirmed: Collection[str] | None
) -> Applied:
    _put_catalogue(cursor)
    newcomers = {row["id"] for row in said["owner"].values() if cursor.execute(_SQL["put_newcomer"], row).rowcount}
    numbers = _one(cursor, "numbers", owners=owners)
    history.hold_aggregates(cursor, numbers)
    before, windows = history.inputs(cursor), history.windows(cursor)
    said, changes, known = _compared(cursor, owners, said, newcomers)
    streams = list(said["datastream"].values())
    if confirmed is not None and not set(changes.gone()) <= {*confirmed}:
        raise RemovalUnconfirmedError([*changes.gone()])
    _refuse(_contradictions(cursor, owners, said, changes))
    _refuse(history.lost(cursor, known, streams))
    _write(cursor, owners, changes)
    touched = before ^ history.inputs(cursor)
    joined = _one(cursor, "numbers_of_streams", datastreams=history.streams_of(touched))
    history.hold_aggregates(cursor, sorted({*joined} - {*numbers}))
    history.refresh_expectations(cursor)
    history.follow(cursor, touched)
    history.hold_marks(cursor, [*numbers, *joined])
    _refuse(history.lost(cursor, known, streams))  # what was stored meanwhile
    history.judge_windows(cursor, windows)
    history.mark(cursor, touched, recompute)
    return Applied(changes, len(streams), waiting(cursor), bool(_one(cursor, "host")))


def _compared(
    cursor: Cursor,
    owners: list[str],
    said: Rows,
    newcomers: set[object] = frozenset(),  # type: ignore[assignment] # never changed
) -> tuple[Rows, RegistryChanges, list[Registered]]:
    """Give what is to be said, what differs from that, and the datastreams that are known by the keys of the files."""
    existing = _existing(cursor, owners, newcomers)
    moves = moved(said, existing)
    known = history.at_new_beginnings(history.registered(cursor, owners), moves["datastream"])
    said = {**said, "datastream": history.as_measured(cursor, known, said["datastream"])}
    return said, compare(said, existing, moves), known


def _write(cursor: Cursor, owners: list[str], changes: RegistryChanges) -> None:
    """Write what comes and changes, and take away what goes; then complete what joins places of several owners."""
    for kind, moves in changes.moves.items():
        for key_, row in ((old, changes.changed[kind][new]) for old, new in moves.items()):
            cursor.execute(_SQL[f"move_{kind}"], {**row, "was_from": key_[-1]})
    written = [str(row["id"]) for part in (changes.added, changes.changed) for row in part["owner"].values()]
    cursor.execute(_SQL["no_host"], {"owners": written})
    for kind in KINDS:
        found = [*changes.added[kind].values(), *changes.changed[kind].values()]
        cursor.executemany(_SQL[f"put_{kind}"], [{**_prepared(row), "owners": owners} for row in found])
        if found and cursor.rowcount != len(found):
            raise RegistryRefusedError(f"another owner took an id of a {kind.replace('_', ' ')} meanwhile; apply again")
    if changes.moves_devices:
        cursor.execute(_SQL["put_directory_version"], {"owners": owners})
    if changes.joins:
        history.hold_joint_places(cursor)
        _execute(cursor, "forget_route_links", "forget_screenline_channels")
    for kind in reversed(KINDS):
        if changes.removed[kind]:
            cursor.execute(_SQL[f"drop_{kind}"], _keys(kind, changes.removed[kind]))
    if changes.joins:
        _execute(cursor, "put_route_links", "put_screenline_channels")


def _execute(cursor: Cursor, *names: str) -> None:
    for name in names:
        cursor.execute(_SQL[name])


def _contradictions(cursor: Cursor, owners: list[str], said: Rows, changes: RegistryChanges) -> Iterator[str]:
    """Say, one sentence each, what other owners have, miss or name."""
    ids = [(kind, str(id_)) for kind in KINDS if kind not in _NAMED_ELSEWHERE for (id_,) in changes.added[kind]]
    wanted = {"owners": owners, "kinds": [kind for kind, _ in ids], "ids": [id_ for _, id_ in ids]}
    for kind, id_, owner in cursor.execute(_SQL["taken"], wanted).fetchall():
        yield f"{kind.replace('_', ' ')} {id_!r} belongs to {owner}; choose another id"
    others = {"owners": owners}
    if any(row["host"] for row in said["owner"].values()):
        for (name,) in cursor.execute(_SQL["other_host"], others).fetchall():
            yield f"{name} is the host of the public site already; apply it without `host = true` first"
    places = {(kind, id_): zone for kind, id_, zone in cursor.execute(_SQL["places_of_others"], others)}
    yield from missing(said, places)
    yield from elsewhere(said, places)
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
    """Give a row with the ends of its period as its owner says them: midnights of its time zone."""
    if "valid_from" not in row:
        return row
    zone = ZoneInfo(row.pop("timezone"))
    return {**row, **{end: row[end].astimezone(zone) for end in ("valid_from", "valid_until")}}


def _put_catalogue(cursor: Cursor) -> None:
    """Write quantities and denominators, which are of no owner, where they differ: the same row locks nobody."""
    known = set(cursor.execute(_SQL["quantities"]).fetchall())
    said = [_quantity(one) for one in QUANTITIES.values()]
    columns = ("name", "unit", "fold", "label", "unit_label", "low", "high")
    cursor.executemany(_SQL["put_quantity"], [one for one in said if tuple(one[name] for name in columns) not in known])
    pairs = {(variant, mode) for variant, modes in DENOMINATORS.items() for mode in modes}
    new = pairs - set(cursor.execute(_SQL["denominators"]).fetchall())
    cursor.executemany(_SQL["put_denominator"], [{"variant": variant, "mode": mode} for variant, mode in sorted(new)])


def _quantity(one: Quantity) -> Row:
    """Give a quantity with its labels in the default locale, which only dashboards read."""
    words = {"label": texts()(f"quantity.{one.name}"), "unit_label": texts()(f"unit.{one.name}")}
    return {**msgspec.structs.asdict(one), **words, "low": one.plausible[0], "high": one.plausible[1]}


def _prepared(row: Row) -> Mapping[str, object]:
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items()}


def _keys(kind: str, keys: Sequence[Key]) -> Mapping[str, Sequence[object]]:
    columns = {
        "datastream": ("sensors", "sources", "beginnings"),
        "calendar_entry": ("owners", "ids"),
        "placement": ("devices", "beginnings"),
        "device_history": ("devices", "days", "kinds"),
    }
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
