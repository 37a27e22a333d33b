"""What a changed registry means for history in the database: refused where it would be lost, else computed again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg

from registry.differences import words_of
from registry.sampling import FIXED
from schemas import named_sql
from schemas.registry import FOREVER

_SQL: Final = named_sql.parse((files("registry") / "history.sql").read_text("utf-8"))
_MOST_MARKS: Final = 20_000
_AGGREGATED: Final = frozenset({"site", "screenline", "station", "region", "link", "route"})
"""Kinds of facts that hours and days rest on; the others are of indicators of periods only."""
_FORGET: Final = {
    "forget_share_hours": "screenline", "forget_share_days": "screenline", "forget_link_days": "link",
    "forget_route_days": "route", "forget_link_indicators": "link", "forget_route_indicators": "route",
    "forget_connection_indicators": "connection", "forget_openings": "opening",
}  # fmt: skip
"""What goes where nothing stands behind it any more, by the kind of fact that changed, in this order."""
_FIXED: Final = ("quantity", "seconds", "channel", "site", "station", *FIXED)
"""What a datastream with observations is, as long as it is valid."""
_FILES: Final = {"channel": "sites.toml", "site": "sites.toml", "station": "stations.toml"}
Cursor: TypeAlias = psycopg.Cursor[Any]
Recompute: TypeAlias = Callable[[Cursor, date, date, Sequence[str]], object]
"""Has every local day of some owners from the first to the last computed again, in the cursor's transaction."""
Stream: TypeAlias = Mapping[str, object]
"""A datastream as the files say it, by the names of `Registered`."""
StreamKey: TypeAlias = tuple[object, ...]
"""What makes it the same datastream: sensor, source, and when it begins."""


class Registered(NamedTuple):
    """A datastream as the database knows it."""

    datastream: int
    sensor: str
    source: str
    valid_from: datetime
    first_day: date
    quantity: str
    seconds: int
    channel: str | None
    site: str | None
    station: str | None
    sampling: str
    every_seconds: int
    register_bits: int
    restart: str
    gap: str

    @property
    def key(self) -> StreamKey:
        """Give what makes it the same datastream in the files."""
        return self.sensor, self.source, self.valid_from

    def __str__(self) -> str:
        """Say which one it is, in the words of the files, by the day on which it began until now."""
        return f"datastream {self.sensor} {self.source} from {self.first_day}"


class DependentIndicators(NamedTuple):
    """What some indicators rest on: of which place, spoken for by which datastreams, and what else they are made of."""

    kind: str
    place: str
    streams: tuple[int, ...]
    says: str


def hold_aggregates(cursor: Cursor, owners: Sequence[int]) -> None:
    """Keep `aggregate` from beginning anything at these owners until the end of the transaction."""
    cursor.execute(_SQL["wait_long"])
    cursor.execute(_SQL["hold_aggregates"], {"owners": list(owners)})
    cursor.execute(_SQL["wait_shortly"])


def hold_joint_places(cursor: Cursor) -> None:
    """Be the only one to complete routes and screenlines until the end of the transaction."""
    cursor.execute(_SQL["hold_joint_places"])


def refresh_expectations(cursor: Cursor) -> None:
    """Write what is expected of whom and when where the registry says it otherwise now.

    The caller holds the aggregates of all owners whose datastreams are concerned: of two who change a screenline that
    they share, the second sees what the first brought.
    """
    cursor.execute(_SQL["refresh_expectations"])


def hold_marks(cursor: Cursor, owners: Sequence[int]) -> None:
    """Keep observations of these owners as they are until the end of the transaction: `store` waits with them."""
    cursor.execute(_SQL["hold_marks"], {"owners": list(owners)})


def registered(cursor: Cursor, owners: Sequence[str]) -> list[Registered]:
    """List the datastreams of some owners in the database."""
    return [Registered(*row) for row in cursor.execute(_SQL["registered"], {"owners": list(owners)})]


def at_new_beginnings(known: list[Registered], moves: Mapping[StreamKey, tuple[Any, ...]]) -> list[Registered]:
    """Give datastreams by the keys that they have in the files, where some begin on another day than they did."""
    return [one._replace(valid_from=moves.get(one.key, one.key)[-1]) for one in known]


def uncounted(cursor: Cursor, known: list[Registered], said: Mapping[StreamKey, Stream]) -> Iterator[str]:
    """Say of which datastreams how many measured values no longer count, as they lie before or after what is said."""
    there = {one.datastream: (one, said[one.key]) for one in known if one.key in said}
    ranges = {
        "datastreams": list(there),
        "beginnings": [stream["valid_from"] for _, stream in there.values()],
        "ends": [stream["valid_until"] for _, stream in there.values()],
    }
    for datastream, before, after in cursor.execute(_SQL["uncounted"], ranges):
        one, stream = there[datastream]
        if before:
            yield f"{_counted(one, before)} before {stream['valid_from']:%Y-%m-%d} no longer count"
        if after:
            yield f"{_counted(one, after)} from {stream['valid_until']:%Y-%m-%d} on no longer count"


def as_measured(cursor: Cursor, known: list[Registered], said: Mapping[StreamKey, Stream]) -> dict[StreamKey, Stream]:
    """Give datastreams as the files say them, but what has ended with observations as it was measured.

    What a profile says of a device from a new placement on says nothing of what it sent before.
    """
    differing = [
        one for one in known if one.key in said and _ended(said[one.key]) and _other(one, said[one.key], FIXED)
    ]
    measured = {one.key: {name: getattr(one, name) for name in FIXED} for one in _holding(cursor, differing)}
    return {key: {**row, **measured.get(key, {})} for key, row in said.items()}


def lost(cursor: Cursor, known: list[Registered], streams: list[Stream]) -> Iterator[str]:
    """Say, one sentence each, which observations would lose their datastream or change their meaning."""
    named = {_key(stream): stream for stream in streams}
    changed = [one for one in known if _other(one, named.get(one.key))]
    holding = _holding(cursor, changed)
    for one in holding:
        yield _sentence(one, named.get(one.key))
    for kind, file in _FILES.items():
        places = {stream[kind] for stream in streams}
        for place in sorted({getattr(one, kind) for one in holding} - places - {None}):
            yield f"{kind} {place!r} holds observations; keep it in {file} and end the validity of its datastreams"


def inputs(cursor: Cursor) -> set[DependentIndicators]:
    """Collect what all indicators rest on."""
    return {
        DependentIndicators(kind, place, tuple(sorted(streams or ())), says)
        for kind, place, streams, says in cursor.execute(_SQL["facts"])
    }


def windows(cursor: Cursor) -> dict[int, str]:
    """Give when each datastream can measure that does not always, as it is placed."""
    return dict(cursor.execute(_SQL["windows"]).fetchall())


def judge_windows(cursor: Cursor, before: Mapping[int, str]) -> None:
    """Have what datastreams said before judged by their measuring windows, where these differ from those before."""
    now = windows(cursor)
    others = sorted(one for one in now.keys() | before.keys() if now.get(one) != before.get(one))
    if others:
        cursor.execute(_SQL["judge_windows"], {"datastreams": others})


def follow(cursor: Cursor, touched: set[DependentIndicators]) -> None:
    """Forget what nothing stands behind any more, and have the indicators computed again that rest on these facts."""
    if not touched:
        return
    for name in ("due_sites", "due_stations"):
        cursor.execute(_SQL[name], {"datastreams": streams_of(touched)})
    cursor.execute(_SQL["due_years"], {"years": _places(touched, "calendar")})
    cursor.execute(_SQL["due_modes"], {"modes": _places(touched, "neighbourhood")})
    for name, kind in _FORGET.items():
        cursor.execute(_SQL[name], {f"{kind}s": _places(touched, kind)})
    cursor.execute(_SQL["forget_indicators"])


def mark(cursor: Cursor, touched: set[DependentIndicators], recompute: Recompute) -> None:
    """Have hours and days computed again that rest on these facts: marked one by one, or as a range of days.

    Marking many takes long, and `store` waits for it: then `recompute` has the days of all computed.
    """
    streams = {"datastreams": streams_of(one for one in touched if one.kind in _AGGREGATED)}
    row = cursor.execute(_SQL["aggregated"], {**streams, "most": _MOST_MARKS}).fetchone()
    first, last, owners, many = row or (date.min, date.max, [], 0)
    if many <= _MOST_MARKS:
        cursor.execute(_SQL["mark"], streams)
    else:
        recompute(cursor, first, last, owners)


def streams_of(found_inputs: Iterable[DependentIndicators]) -> list[int]:
    """List the datastreams that speak for these facts, by number."""
    return sorted({stream for fact in found_inputs for stream in fact.streams})


def _places(found_inputs: Iterable[DependentIndicators], kind: str) -> list[str]:
    return sorted({fact.place for fact in found_inputs if fact.kind == kind})


def _key(stream: Stream) -> StreamKey:
    return stream["sensor"], stream["source"], stream["valid_from"]


def _counted(one: Registered, number: int) -> str:
    return f"{one.sensor} {one.source}: {number:,} observation{'' if number == 1 else 's'}"


def _ended(said: Stream) -> bool:
    until = said["valid_until"]
    return isinstance(until, datetime) and until.date() < FOREVER


def _other(one: Registered, said: Stream | None, fixed: Sequence[str] = _FIXED) -> list[str]:
    """Name what may not change and does; all of it where the files no longer name the datastream."""
    return [name for name in fixed if said is None or said[name] != getattr(one, name)]


def _holding(cursor: Cursor, these: list[Registered]) -> list[Registered]:
    rows = cursor.execute(_SQL["holding"], {"datastreams": [one.datastream for one in these]})
    held = {datastream for (datastream,) in rows}
    return [one for one in these if one.datastream in held]


def _sentence(one: Registered, said: Stream | None) -> str:
    if said is None:
        return f"{one} holds observations; end its validity with valid_until"
    changes = ", ".join(f"{words_of(name)} {getattr(one, name)} to {said[name]}" for name in _other(one, said))
    return f"{one} holds observations, so they cannot move from {changes}; end its validity and add a new one"
