"""Rows of counts as they go on the wire: what they have in common is shaped once, and each fills in what is its own."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from string import Formatter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import msgspec

from opendata import csv_rows
from opendata.processing import Processing
from opendata.read.counts import CountRow
from opendata.read.quarters import BETWEEN, HourOfQuarters, QuarterItem, WrittenHours
from opendata.v1.models import Row, zulu
from schemas.reasons import Reason

Places: TypeAlias = Mapping[str, str]
"""What stands in a pattern (`str.format`) where a row fills in what is its own, by field."""
_OWN: Final = ("startTijd", "eindTijd", "datum", "revisie", "gewijzigdTijd", "waarde")
"""What is a row's own; all else it has in common with many."""
_PLACES: Final[Places] = MappingProxyType({name: f"{{{number}}}" for number, name in enumerate(_OWN)})
_NUMBERS: Final = frozenset({"revisie", "waarde"})
_HOUR: Final = timedelta(hours=1)
_ANY: Final = datetime(2000, 1, 1, tzinfo=UTC)


class LineForm(Protocol):
    """How rows are written: from what JSON can hold to a pattern with places for what is their own."""

    separator: str
    """What stands between two rows."""

    def pattern(self, dumped: Mapping[str, Any], places: Places) -> str:
        """Write one row, in which marks stand for what it fills in: each becomes a place of a pattern."""


class JsonForm:
    """Rows as JSON, with all fields or those that are asked for."""

    separator = ","

    def __init__(self, fields: Sequence[str] | None) -> None:
        """Take the fields in their order."""
        self._fields = fields

    def pattern(self, dumped: Mapping[str, Any], places: Places) -> str:
        """Write an object."""
        chosen = dumped if self._fields is None else {name: dumped[name] for name in self._fields}
        return _placed(json.dumps(chosen, ensure_ascii=False, allow_nan=False, separators=(",", ":")), places, '"')


class CsvForm:
    """Rows as lines of CSV, each with its subject and its end."""

    separator = ""

    def __init__(self, names: Sequence[str], subject: Mapping[str, Any]) -> None:
        """Take all columns in their order, and what every line says."""
        self._names, self._subject = names, subject

    def pattern(self, dumped: Mapping[str, Any], places: Places) -> str:
        """Write a line."""
        return _placed(csv_rows.write(self._names, [{**self._subject, **dumped}], header=False), places, "")


class RowLines:
    """Writes the rows of one answer: one is shaped, and stands for all that differ in nothing but what is their own."""

    def __init__(self, form: LineForm, row: Callable[[CountRow], Row], processing: Processing) -> None:
        """Take how rows are written and shaped, and how far the platform is."""
        self._form, self._row, self._processing = form, row, processing
        self._patterns: dict[tuple[object, ...], str] = {}
        self._hours: dict[tuple[object, ...], tuple[str, HourOfQuarters]] = {}
        self._reasons: dict[int, tuple[Reason, bytes]] = {}  # with the reason, so that its place is nobody else's
        self.settled_until: Final = _settled_until(processing)

    def pattern(self, origins: tuple[str, ...], parts: int) -> str:
        """Give the pattern of an hour of which every interval was measured, for the database's `format`."""
        measured = HourOfQuarters(_ANY, ("0",) * parts, (None,) * parts, (0,) * parts, origins, 0, _ANY)
        return _of_database(self._hour_pattern(measured))

    def text(self, items: Iterable[QuarterItem]) -> str:
        """Write hours and rows, one after the other."""
        return self.between(items).replace(BETWEEN, self._form.separator)

    def between(self, items: Iterable[QuarterItem]) -> str:
        """Write hours and rows with `BETWEEN` between all intervals."""
        return BETWEEN.join(map(self._item, items))

    def apart(self, items: Iterable[QuarterItem]) -> Iterator[tuple[datetime, str]]:
        """Write each interval by itself behind its begin, for who puts those of several places in order."""
        for one in items:
            if isinstance(one, CountRow):
                yield one.started_at, self.line(one)
            else:
                lines = self._item(one).split(BETWEEN)
                hours = one.hours if isinstance(one, WrittenHours) else 1
                yield from zip(_begins(one.started_at, hours, len(lines)), lines, strict=True)

    def line(self, row: CountRow) -> str:
        """Write one row."""
        pattern = self._patterns.get(key := self._key(row))
        if pattern is None:
            pattern = self._patterns[key] = self._form.pattern(_marked(self._row(row)), _PLACES)
        revised = None if row.revised_at is None else zulu(row.revised_at)
        return pattern.format(
            zulu(row.started_at), zulu(row.ended_at), row.day, row.revision, revised, _written(row.value)
        )

    def _item(self, item: QuarterItem) -> str:
        if isinstance(item, WrittenHours):
            return item.text
        return self._hour(item) if isinstance(item, HourOfQuarters) else self.line(item)

    def _hour(self, hour: HourOfQuarters) -> str:
        """Write the intervals of an hour: into a pattern of all of them at once, if it has nothing else to say."""
        if hour.started_at + _HOUR > self.settled_until:
            return BETWEEN.join(map(self.line, hour.rows))
        revised = None if hour.revised_at is None else zulu(hour.revised_at)
        begins, ends = _edges(hour.started_at)
        return self._hour_pattern(hour).format(hour.revision, revised, begins, ends, *hour.numbers)

    def _hour_pattern(self, hour: HourOfQuarters) -> str:
        """Give the pattern of an hour and of all that say the same."""
        key = (hour.origins, hour.revised_at is None, *hour.quality_flags, *map(id, hour.reasons))
        found = self._hours.get(key)
        if found is None:
            lines = (
                self._form.pattern(_marked(self._row(row)), _places(number, len(hour.numbers)))
                for number, row in enumerate(hour.rows)
            )
            found = self._hours[key] = (BETWEEN.join(lines), hour)  # with it, so that its reasons are nobody else's
        return found[0]

    def _reason(self, reason: Reason) -> bytes:
        """Give what a reason says, to be compared: many rows share one."""
        found = self._reasons.get(id(reason))
        if found is None:
            found = self._reasons[id(reason)] = (reason, msgspec.json.encode(reason))
        return found[1]

    def _key(self, row: CountRow) -> tuple[object, ...]:
        """Give what a row has in common with others, whatever is its own."""
        late = row.ended_at > self.settled_until
        return (
            row.valid,
            row.expected,
            None if row.reason is None else self._reason(row.reason),
            row.quality_flags,
            row.flagged,
            row.origins,
            late and self._processing.lacks(row.started_at, row.ended_at),
            row.ended_at > self._processing.now and (row.started_at, row.ended_at),
            row.day is None,
            row.revised_at is None,
            row.value is None,
        )


class _Stretch(NamedTuple):
    """From when on, for how many hours, there are how many intervals of the same length."""

    started_at: datetime
    hours: int
    parts: int

    def joined(self, after: "_Stretch") -> "_Stretch | None":
        """Give this stretch and the one after it as one; None where they are none."""
        follows = self.started_at + self.hours * _HOUR == after.started_at
        if not follows or self.parts * after.hours != after.parts * self.hours:
            return None
        return self._replace(hours=self.hours + after.hours, parts=self.parts + after.parts)


def in_turn(places: Sequence[tuple[RowLines, Sequence[QuarterItem]]]) -> Iterator[str] | None:
    """Write the intervals of several places by their begin, places in their order; None where they must be looked at.

    They need not where all places have intervals of the same hours: then each place is one in turn.
    """
    stretches = {_stretches(items) for _, items in places}
    if len(stretches) != 1 or None in stretches:
        return None
    lines = (lines.between(items).split(BETWEEN) for lines, items in places)
    return chain.from_iterable(zip(*lines, strict=True))


def _stretches(items: Iterable[QuarterItem]) -> tuple[_Stretch, ...] | None:
    """Give the stretches of hours as few as there may be; None where a row is by itself."""
    found: list[_Stretch] = []
    for one in items:
        if isinstance(one, CountRow):
            return None
        stretch = _Stretch(
            one.started_at,
            one.hours if isinstance(one, WrittenHours) else 1,
            one.text.count(BETWEEN) + 1 if isinstance(one, WrittenHours) else len(one.numbers),
        )
        joined = found[-1].joined(stretch) if found else None
        if joined is None:
            found.append(stretch)
        else:
            found[-1] = joined
    return tuple(found)


@lru_cache(1_000)
def _begins(hour: datetime, hours: int, parts: int) -> Sequence[datetime]:
    """Give when each of so many intervals of hours that follow each other begins."""
    return [hour + number * (hours * _HOUR / parts) for number in range(parts)]


@lru_cache(1_000)
def _edges(hour: datetime) -> tuple[str, str]:
    """Write an hour and the one after it, in UTC and without minutes."""
    return hour.isoformat()[:13], (hour + _HOUR).isoformat()[:13]


def _of_database(pattern: str) -> str:
    """Give a pattern of `str.format` as PostgreSQL's `format` takes it."""
    pieces = Formatter().parse(pattern)
    return "".join(
        literal.replace("%", "%%") + (f"%{int(place) + 1}$s" if place is not None else "")
        for literal, place, *_ in pieces
    )


def _settled_until(processing: Processing) -> datetime:
    """Give until when everything is over and added up, and nothing waits."""
    watermark = processing.watermark
    bounds = [one.lower or datetime.min.replace(tzinfo=UTC) for one in processing.waiting]
    until = watermark.until if watermark is not None else None
    return min([processing.now, *([] if until is None else [until]), *bounds])


def _marked(row: Row) -> dict[str, Any]:
    """Turn a row into what JSON can hold, with marks for what is its own; what is null stays so."""
    dumped: dict[str, Any] = row.model_dump(mode="json", by_alias=True)
    return dumped | {name: _mark(name) for name in _OWN if dumped[name] is not None}


def _mark(name: str) -> str:
    return f"§{name}§"


def _placed(written: str, places: Places, quote: str) -> str:
    """Turn marks into places of a pattern; those of numbers lose the quotes of a text."""
    pattern = written.replace("{", "{{").replace("}", "}}")
    for name, place in places.items():
        mark = _mark(name)
        pattern = pattern.replace(f"{quote}{mark}{quote}" if name in _NUMBERS else mark, place)
    return pattern


def _places(number: int, parts: int) -> Places:
    """Give the places of one of so many intervals of an hour: two of it, its begin and end, then their numbers."""
    minutes = 60 // parts
    ends = f"{{2}}:{(number + 1) * minutes:02}:00Z" if number + 1 < parts else "{3}:00:00Z"
    return {
        "revisie": "{0}",
        "gewijzigdTijd": "{1}",
        "startTijd": f"{{2}}:{number * minutes:02}:00Z",
        "eindTijd": ends,
        "waarde": f"{{{4 + number}}}",
    }


def _written(value: float | None) -> str:
    """Write a number as the rows of JSON have it: a whole one without a point."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value)
