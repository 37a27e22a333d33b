"""Rows as CSV that a spreadsheet cannot be tricked with: typed numbers, and text that never starts a formula."""

import csv
import io
import json
from collections.abc import AsyncIterator, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")


def columns(model: type[BaseModel], fields: Sequence[str] | None = None) -> list[str]:
    """Name the columns of a model, or of some of its fields: nested shapes are spelt out, lists of shapes are not."""
    by_field = {field: list(_columns_of(field, known.annotation)) for field, known in _public_fields(model)}
    return [column for field in (by_field if fields is None else fields) for column in by_field[field]]


def lists_of_shapes(model: type[BaseModel]) -> frozenset[str]:
    """Name the fields of a model that are lists of shapes: they have no column."""
    return frozenset(
        field.alias or name for name, field in model.model_fields.items() if _holds_shapes(field.annotation)
    )


def _columns(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in _public_fields(model):
        yield from _columns_of(_join(prefix, name), field.annotation)


def _columns_of(public: str, kind: Any) -> Iterator[str]:  # noqa: ANN401 - an annotation is anything
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _columns(kind, public)
    elif not _holds_shapes(kind):
        yield public


def _public_fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _holds_shapes(kind: Any) -> bool:  # noqa: ANN401 - an annotation is anything
    return get_origin(kind) is list and any(
        isinstance(one, type) and issubclass(one, BaseModel) for one in get_args(kind)
    )


def _join(prefix: str, name: str) -> str:
    return prefix + name[0].upper() + name[1:] if prefix else name


def flat(row: dict[str, Any], prefix: str = "", whole: Container[str] = ()) -> dict[str, Any]:
    """Spell out nested shapes of one row, but for those that are `whole` columns."""
    cells: dict[str, Any] = {}
    for name, value in row.items():
        column = _join(prefix, name)
        if isinstance(value, dict) and column not in whole:
            cells |= flat(value, column, whole)
        else:
            cells[column] = value
    return cells


def cell(value: Any) -> Any:  # noqa: ANN401 - a cell holds anything
    """Write one cell: absent is empty, lists are joined, objects are JSON, a formula gets an apostrophe."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case list():
            return cell("|".join(str(one) for one in value))
        case dict():
            return cell(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) if value else ""
        case str() if value.startswith(_FORMULA):
            return f"'{value}"
        case _:
            return value


def write(names: Sequence[str], rows: Iterable[dict[str, Any]], *, header: bool) -> str:
    """Write rows, by RFC 4180."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    if header:
        writer.writerow(names)
    writer.writerows([cell(cells.get(name)) for name in names] for cells in (flat(row, whole=names) for row in rows))
    return sheet.getvalue()


async def stream(
    model: type[BaseModel],
    batches: AsyncIterator[Sequence[BaseModel]],
    subject: Mapping[str, Any],
    fields: Sequence[str] | None = None,
) -> AsyncIterator[str]:
    """Write batches as they come, every row with its subject; the header is there even when nothing follows."""
    names = [*subject, *columns(model, fields)]
    yield write(names, (), header=True)
    async for batch in batches:
        rows = ({**subject, **row.model_dump(mode="json", by_alias=True)} for row in batch)
        yield write(names, rows, header=False)
