"""Whether the result of a query has the columns that Grafana needs to draw it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from dashboards.dashboard_queries import Shape

_TIMESTAMPTZ: Final = 1184
_TEXTS: Final = frozenset({25, 1043, 19})
_NUMBERS: Final = frozenset({20, 21, 23, 700, 701, 1700})


class ResultColumn(NamedTuple):
    """A column of a result: its name and the OID of its type."""

    name: str
    type: int


Rows: TypeAlias = Sequence[Sequence[Any]]
Rule: TypeAlias = Callable[[Sequence[ResultColumn], Rows], Iterator[str]]


def problems(shape: Shape, columns: Sequence[ResultColumn], rows: Rows) -> Iterator[str]:
    """Yield a sentence for everything that Grafana could not draw."""
    for rule in _RULES[shape]:
        yield from rule(columns, rows)


def _unique_names(columns: Sequence[ResultColumn], _: Rows) -> Iterator[str]:
    names = [column.name for column in columns]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"has two columns named {name}"


def _has_time(columns: Sequence[ResultColumn], rows: Rows) -> Iterator[str]:
    places = [place for place, column in enumerate(columns) if column == ResultColumn("time", _TIMESTAMPTZ)]
    if not places:
        yield "has no column named time of type timestamptz"
        return
    times = [row[places[0]] for row in rows]
    if any(earlier > later for earlier, later in pairwise(times)):
        yield "is not in ascending order of time"


def _one_number(columns: Sequence[ResultColumn], _: Rows) -> Iterator[str]:
    numbers = [column.name for column in columns if column.type in _NUMBERS]
    if len(numbers) != 1:
        yield f"has {len(numbers)} number columns beside its labels; a series needs one, ids are cast to text"


def _only_time_labels_and_number(columns: Sequence[ResultColumn], _: Rows) -> Iterator[str]:
    for column in columns:
        if column.type not in _NUMBERS | _TEXTS and column.name != "time":
            yield f"has column {column.name} of a type that is neither label nor number"


def _one_value_each(columns: Sequence[ResultColumn], rows: Rows) -> Iterator[str]:
    """Find two values of one series at one time, of which Grafana would draw the last."""
    keys = [place for place, column in enumerate(columns) if column.type not in _NUMBERS]
    seen = [tuple(row[place] for place in keys) for row in rows]
    if len(set(seen)) < len(seen):
        yield "has a series with two values at one time; make the labels unique"


def _pairs_of_text_and_value(columns: Sequence[ResultColumn], _: Rows) -> Iterator[str]:
    if [column.name for column in columns] != ["__text", "__value"]:
        yield "must have the columns __text and __value"


def _marks(columns: Sequence[ResultColumn], _: Rows) -> Iterator[str]:
    missing = {"time", "text"} - {column.name for column in columns}
    if missing:
        yield f"lacks {' and '.join(sorted(missing))}"


_RULES: Final[Mapping[Shape, tuple[Rule, ...]]] = MappingProxyType(
    {
        "series": (_unique_names, _has_time, _one_number, _only_time_labels_and_number, _one_value_each),
        "table": (_unique_names,),
        "variable": (_unique_names, _pairs_of_text_and_value),
        "annotation": (_unique_names, _has_time, _marks),
    }
)
