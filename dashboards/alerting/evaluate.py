"""An alert rule, evaluated as Grafana does: query, reduce, compare, wait, and what no data and errors mean.

What Grafana makes of odd results differs between its versions; here the worst of what was seen is meant, so that a rule
that is sound here is sound in all of them.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import psycopg

from dashboards import staff
from dashboards.alerting.duration import seconds_of
from dashboards.macros import DashboardRange, MacroError, expand
from dashboards.staff import StaffConnection

Labels: TypeAlias = tuple[tuple[str, str], ...]
State: TypeAlias = Literal["normal", "pending", "firing", "no_data", "error"]

_NUMBERS: Final = frozenset({20, 21, 23, 700, 701, 1700})
_TEXTS: Final = frozenset({19, 25, 1043})
_TIME: Final = 1184
_INTERVAL: Final = timedelta(minutes=1)


class UnfitResultError(ValueError):
    """Grafana cannot alert on a result of this shape."""


class LabelledValue(NamedTuple):
    """A number of one subject, None where it is null."""

    labels: Labels
    value: float | None


class EvaluatedAlert(NamedTuple):
    """What a rule says of one subject, since when, with the value that was compared, or why there is none."""

    labels: Labels
    state: State
    since: datetime
    value: float | None = None
    problem: str = ""


def evaluate(
    rule: Mapping[str, Any], connection: StaffConnection, at: datetime, before: Sequence[EvaluatedAlert] = ()
) -> list[EvaluatedAlert]:
    """Evaluate a rule at a moment, after what it said the last time; a subject that is gone is said no more."""
    parts = {part["refId"]: part for part in rule["data"]}
    try:
        found = _reduced(parts["B"]["model"], queried(parts["A"], connection, at))
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.errors.QueryCanceled) as error:
        return [_without_value(rule, "execErrState", staff.first_line(error), at, before)]
    except (MacroError, UnfitResultError) as error:
        return [_without_value(rule, "execErrState", str(error), at, before)]
    if not found:
        return [_without_value(rule, "noDataState", "no data", at, before)]
    evaluator = parts["C"]["model"]["conditions"][0]["evaluator"]
    return [
        _stated(EvaluatedAlert(labels, "firing" if _holds(evaluator, value) else "normal", at, value), rule, before)
        for labels, value in found
    ]


def queried(part: Mapping[str, Any], connection: StaffConnection, at: datetime) -> list[LabelledValue]:
    """Run a query of a rule; raise UnfitResultError or MacroError where Grafana could not evaluate it."""
    cursor = connection.execute(expanded(part, at).encode())
    columns = {column.name: column.type_code for column in cursor.description or ()}
    if len(columns) < len(cursor.description or ()):
        raise UnfitResultError("has two columns of one name")
    rows = [dict(zip(columns, row, strict=True)) for row in cursor]
    values = list(_SHAPES[part["model"]["format"]](columns, rows))
    if len({value.labels for value in values}) < len(values):
        raise UnfitResultError("has duplicate results with the same labels; make the labels unique")
    return values


def expanded(part: Mapping[str, Any], at: datetime) -> str:
    """Return the SQL of a query of a rule as it is run at a moment; raise MacroError where Grafana would refuse it."""
    reach = part["relativeTimeRange"]
    span = DashboardRange(at - timedelta(seconds=reach["from"]), at - timedelta(seconds=reach["to"]), _INTERVAL)
    return expand(part["model"]["rawSql"], span)


def _of_table(columns: Mapping[str, int], rows: Sequence[Mapping[str, Any]]) -> Iterator[LabelledValue]:
    """Take each row for a subject: one number, and texts."""
    number = _number(columns)
    for name, kind in columns.items():
        if kind not in _TEXTS and name != number:
            raise UnfitResultError(f"is a table whose column {name} is neither text nor the number")
    yield from (_labelled(columns, row, number) for row in rows)


def _of_series(columns: Mapping[str, int], rows: Sequence[Mapping[str, Any]]) -> Iterator[LabelledValue]:
    """Take the newest value of each series; rows are in order of time."""
    number = _number(columns)
    if columns.get("time") != _TIME:
        raise UnfitResultError("has no column named time of type timestamptz")
    labels = [name for name, kind in columns.items() if kind in _TEXTS]
    if "metric" in labels:
        raise UnfitResultError("has duplicate results with labels {}: metric names a series; call the label otherwise")
    if not rows and labels:
        raise UnfitResultError("input data must be a wide series, which nothing with labels is not")
    values = [_labelled(columns, row, number) for row in rows] or [LabelledValue((), None)]
    yield from {value.labels: value for value in values}.values()


_SHAPES: Final = {"table": _of_table, "time_series": _of_series}


def _number(columns: Mapping[str, int]) -> str:
    numbers = [name for name, kind in columns.items() if kind in _NUMBERS]
    if len(numbers) != 1:
        raise UnfitResultError(f"has {len(numbers)} number columns; a rule compares one")
    return numbers[0]


def _labelled(columns: Mapping[str, int], row: Mapping[str, Any], number: str) -> LabelledValue:
    labels = tuple(sorted((name, str(row[name] or "")) for name, kind in columns.items() if kind in _TEXTS))
    return LabelledValue(labels, None if row[number] is None else float(row[number]))


def _reduced(model: Mapping[str, Any], values: Sequence[LabelledValue]) -> list[LabelledValue]:
    """Reduce to the last number; what is none is dropped where the rule says so."""
    if model.get("settings", {}).get("mode") != "dropNN":
        return list(values)
    return [one for one in values if one.value is not None and not math.isnan(one.value)]


def _holds(evaluator: Mapping[str, Any], value: float | None) -> bool:
    """Compare; what is no number is too much and too little at once."""
    if value is None or math.isnan(value):
        return True
    limit = float(evaluator["params"][0])
    return value > limit if evaluator["type"] == "gt" else value < limit


def _without_value(
    rule: Mapping[str, Any], setting: str, problem: str, at: datetime, before: Sequence[EvaluatedAlert]
) -> EvaluatedAlert:
    """Say what the rule makes of there being no value."""
    state: State = _MEANINGS[rule[setting]]
    return _stated(EvaluatedAlert((), state, at, problem=problem), rule, before)


_MEANINGS: Final[Mapping[str, State]] = {"OK": "normal", "Alerting": "firing", "NoData": "no_data", "Error": "error"}


def _stated(found: EvaluatedAlert, rule: Mapping[str, Any], before: Sequence[EvaluatedAlert]) -> EvaluatedAlert:
    """Let what holds wait until it has held for long enough, and count from when a state began."""
    earlier = next((one for one in before if one.labels == found.labels), None)
    held = earlier is not None and (earlier.state in _HOLD if found.state == "firing" else earlier.state == found.state)
    since = earlier.since if earlier is not None and held else found.since
    waits = found.state == "firing" and found.since - since < timedelta(seconds=seconds_of(rule["for"]))
    return found._replace(state="pending" if waits else found.state, since=since)


_HOLD: Final = ("pending", "firing")
