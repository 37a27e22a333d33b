"""The `$__macros` of Grafana's PostgreSQL data source, implemented again so that queries run without Grafana."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from dashboards.spans import seconds, text_of

_MACRO: Final = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_LEFT_OVER: Final = re.compile(r"\$(?:\{[^}]*\}?|[_a-zA-Z]\w*)|\[\[\w+\]\]")


class MacroError(ValueError):
    """A query that Grafana would refuse, or send to PostgreSQL with a macro in it."""


class DashboardRange(NamedTuple):
    """The time range of a dashboard, both ends included, and the interval Grafana would choose for a panel."""

    start: datetime
    end: datetime
    interval: timedelta = timedelta(minutes=15)


_Macro: TypeAlias = Callable[[DashboardRange, list[str]], str]


def expand(sql: str, span: DashboardRange) -> str:
    """Expand every macro; raise MacroError for what Grafana refuses and for what it leaves unexpanded."""
    worded = _worded(sql, span)
    expanded = _MACRO.sub(lambda found: _evaluated(found, worded, span), worded)
    left = _LEFT_OVER.search(expanded)
    if left:
        raise MacroError(f"{left[0]} is replaced by nobody and would reach PostgreSQL as it stands; check its name")
    return expanded


def _worded(sql: str, span: DashboardRange) -> str:
    """Replace the variables that Grafana replaces as plain text, before it looks for macros."""
    words = {
        "$__interval_ms": str(span.interval // timedelta(milliseconds=1)),
        "$__interval": text_of(span.interval),
        "$__unixEpochFrom()": _epoch(span.start),
        "$__unixEpochTo()": _epoch(span.end),
    }
    for word, meaning in words.items():
        sql = sql.replace(word, meaning)
    return sql


def _evaluated(found: re.Match[str], sql: str, span: DashboardRange) -> str:
    name, arguments = found[1], [argument.strip(" ") for argument in found[2].split(",")]
    if "(" in found[2]:
        raise MacroError(
            f"${name} ends at the first closing parenthesis; compute {found[2]}) in a subquery and name the column"
        )
    if name == "__timeGroup" and sql[sql.index(found[0]) + len(found[0]) :].startswith(","):
        name = "__timeGroupAlias"
    macro = _MACROS.get(name)
    if macro is None:
        raise MacroError(f"${name}(...) is no macro of Grafana; known are {', '.join(_MACROS)}")
    return macro(span, arguments)


def _instant(at: datetime) -> str:
    """Format an instant as RFC 3339 in UTC without trailing zeros, as Go does."""
    text = at.astimezone(_UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"'{text}Z'"


def _epoch(at: datetime) -> str:
    return str(int(at.timestamp()))


def _nanoseconds(at: datetime) -> str:
    return str((at - _EPOCH) // timedelta(microseconds=1) * 1000)


def _column(name: str, arguments: list[str]) -> str:
    if not arguments[0]:
        raise MacroError(f"${name} needs a time column, as in ${name}(hour)")
    return arguments[0]


def _bucket(name: str, arguments: list[str]) -> tuple[str, float]:
    if len(arguments) < 2:  # noqa: PLR2004 - a column and an interval
        raise MacroError(f"${name} needs a time column and an interval, as in ${name}(hour,'1h')")
    if len(arguments) > 2 and not _is_fill(arguments[2]):  # noqa: PLR2004 - the third is the fill
        raise MacroError(f"${name} fills with NULL, previous or a number, not with {arguments[2]}")
    return _column(name, arguments), seconds(arguments[1].strip("'"))


def _is_fill(word: str) -> bool:
    return word in {"NULL", "previous"} or re.fullmatch(r"-?\d+(\.\d+)?", word) is not None


def _between(column: str, low: str, high: str) -> str:
    return f"{column} >= {low} AND {column} <= {high}"


def _time_group(_: DashboardRange, arguments: list[str]) -> str:
    column, width = _bucket("__timeGroup", arguments)
    return f"time_bucket('{width:.3f}s',{column})"


def _epoch_group(_: DashboardRange, arguments: list[str]) -> str:
    column, width = _bucket("__unixEpochGroup", arguments)
    return f"floor(({column})/{width:g})*{width:g}"


def _filter(span: DashboardRange, arguments: list[str]) -> str:
    return f"{_column('__timeFilter', arguments)} BETWEEN {_instant(span.start)} AND {_instant(span.end)}"


def _epoch_filter(span: DashboardRange, arguments: list[str]) -> str:
    return _between(_column("__unixEpochFilter", arguments), _epoch(span.start), _epoch(span.end))


def _nano_filter(span: DashboardRange, arguments: list[str]) -> str:
    return _between(_column("__unixEpochNanoFilter", arguments), _nanoseconds(span.start), _nanoseconds(span.end))


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_UTC: Final = _EPOCH.tzinfo

_MACROS: Final[Mapping[str, _Macro]] = MappingProxyType(
    {
        "__time": lambda _, a: f'{_column("__time", a)} AS "time"',
        "__timeEpoch": lambda _, a: f'extract(epoch from {_column("__timeEpoch", a)}) as "time"',
        "__timeFilter": _filter,
        "__timeFrom": lambda span, _: _instant(span.start),
        "__timeTo": lambda span, _: _instant(span.end),
        "__timeGroup": _time_group,
        "__timeGroupAlias": lambda span, a: f'{_time_group(span, a)} AS "time"',
        "__unixEpochFilter": _epoch_filter,
        "__unixEpochNanoFilter": _nano_filter,
        "__unixEpochNanoFrom": lambda span, _: _nanoseconds(span.start),
        "__unixEpochNanoTo": lambda span, _: _nanoseconds(span.end),
        "__unixEpochGroup": _epoch_group,
        "__unixEpochGroupAlias": lambda span, a: f'{_epoch_group(span, a)} AS "time"',
    }
)
"""Every macro of the data source with TimescaleDB switched on, by name."""
