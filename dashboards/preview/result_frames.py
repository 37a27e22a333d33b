"""Results of queries as Grafana holds them: frames of fields, and rows with labels turned into a field per series."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from dashboards.shape import ResultColumn, Rows

FieldKind: TypeAlias = Literal["time", "number", "boolean", "string"]

_KINDS: Final[Mapping[int, FieldKind]] = MappingProxyType(
    {
        **dict.fromkeys((1184, 1114, 1082), "time"),
        **dict.fromkeys((20, 21, 23, 700, 701, 1700), "number"),
        16: "boolean",
    }
)
_SERIES_NAME: Final = "metric"


class FrameField(NamedTuple):
    """One column of a frame: its name as Grafana shows it, the kind of its values, and the labels of its series."""

    name: str
    kind: FieldKind
    values: Sequence[Any]
    labels: Mapping[str, str] = MappingProxyType({})
    column: str = ""


class ResultFrame(NamedTuple):
    """What one query of a panel found."""

    ref: str
    fields: Sequence[FrameField]

    @property
    def time(self) -> FrameField | None:
        """The field of times, None where there is none."""
        return next((field for field in self.fields if field.kind == "time"), None)

    @property
    def length(self) -> int:
        """How many rows there are."""
        return len(self.fields[0].values) if self.fields else 0


def table(ref: str, columns: Sequence[ResultColumn], rows: Rows) -> ResultFrame:
    """Make a frame with a field for each column."""
    kinds = [_KINDS.get(column.type, "string") for column in columns]
    return ResultFrame(
        ref,
        [
            FrameField(column.name, kind, [_value(row[place], kind) for row in rows], column=column.name)
            for place, (column, kind) in enumerate(zip(columns, kinds, strict=True))
        ],
    )


def series(ref: str, columns: Sequence[ResultColumn], rows: Rows) -> ResultFrame:
    """Make a frame with the times once, and a field for each series: for each number and each set of labels."""
    long = table(ref, columns, rows)
    time = next((field for field in long.fields if field.name == "time"), None)
    labels = [field for field in long.fields if field.kind == "string"]
    if time is None or not labels:
        return long
    times = sorted({at for at in time.values if at is not None})
    numbers = [field for field in long.fields if field.kind == "number"]
    found: dict[tuple[int, tuple[str, ...]], dict[datetime, Any]] = {}
    for row, at in enumerate(time.values):
        for place, number in enumerate(numbers):
            named = tuple(str(label.values[row] or "") for label in labels)
            found.setdefault((place, named), {})[at] = number.values[row]
    keys = [label.name for label in labels]
    fields = [
        FrameField(
            _name(numbers[place].name, dict(zip(keys, named, strict=True)), alone=len(numbers) == 1),
            "number",
            [values.get(at) for at in times],
            MappingProxyType(dict(zip(keys, named, strict=True))),
            numbers[place].name,
        )
        for (place, named), values in found.items()
    ]
    return ResultFrame(ref, [time._replace(values=times), *fields])


def numbers(frames: Sequence[ResultFrame]) -> Iterator[tuple[ResultFrame, FrameField]]:
    """Give every field of numbers with its frame."""
    for frame in frames:
        for field in frame.fields:
            if field.kind == "number":
                yield frame, field


def _name(column: str, labels: Mapping[str, str], *, alone: bool) -> str:
    """Name a series: by the column `metric`, by its only label, or by all of them."""
    others = {key: value for key, value in labels.items() if key != _SERIES_NAME}
    if _SERIES_NAME in labels:
        known = labels[_SERIES_NAME] if alone else f"{labels[_SERIES_NAME]} {column}"
    elif len(others) == 1 and alone:
        return next(iter(others.values()))
    else:
        known = "" if alone else column
    written = f"{{{', '.join(f'{key}={value}' for key, value in others.items())}}}" if others else ""
    return f"{known} {written}".strip()


def _value(value: Any, kind: FieldKind) -> Any:  # noqa: ANN401 - what a database holds
    match value, kind:
        case (Decimal() | int(), "number"):
            return float(value)
        case (datetime(tzinfo=None), "time"):
            return value.replace(tzinfo=UTC)
        case (None | datetime() | float() | bool(), _):
            return value
        case (date(), "time"):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        case (dict() | list(), _):
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
