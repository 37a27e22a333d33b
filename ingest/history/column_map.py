"""The columns of somebody's table as a person names them on the command line, laid over the layout of a format."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.history.layout import (
    CONSTANTS,
    DAY_AND_TIME,
    EVERY_OTHER,
    ROLES,
    TableLayout,
    ValueColumn,
    seconds,
    sensor_id,
    source_name,
)
from ingest.history.numbers import BLANK, THOUSANDS, NumberForm
from ingest.history.separators import SEPARATORS
from ingest.history.stamp_format import check_format

_TAB: Final = {"tab": "\t", r"\t": "\t"}
_CALLED: Final = {"blank": BLANK, "\u2019": "'"}
_CHECKS: Final = {"sensor": sensor_id, "source": source_name, "interval": seconds}


@dataclass(frozen=True)
class ColumnMap:
    """What was said about columns: `columns` as ROLE=COLUMN, values as value=COLUMN:SOURCE, `constants` as ROLE=TEXT.

    What is empty leaves the layout as it is; values that are named stand instead of all of its own.
    """

    columns: Sequence[str] = ()
    constants: Sequence[str] = ()
    missing: Sequence[str] = ()
    separator: str = ""
    decimal: str = ""
    times: str = ""
    thousands: str = ""


def mapped(layout: TableLayout, said: ColumnMap) -> TableLayout:
    """Return a layout with what was said laid over it; raise ValueError, with what is expected, for what cannot be."""
    columns, values = dict(layout.columns), list[ValueColumn]()
    optional = set(layout.optional)
    for text in said.columns:
        role, name = _pair(text, "--column", frozenset(ROLES))
        if role == "value":
            values.append(_value(name))
        else:
            columns[role] = name
            optional.discard(role)
    if DAY_AND_TIME & _roles(said):
        _check_day(said)
        columns.pop("start", None)
    constants = dict(layout.constants)
    for text in said.constants:
        role, constant = _pair(text, "--set", CONSTANTS)
        constants[role] = _checked(role, constant)
        columns.pop(role, None)
    if said.times:
        check_format(said.times)
    return replace(
        layout,
        columns=columns,
        values=tuple(values) or layout.values,
        constants=constants,
        optional=frozenset(optional),
        any_value=layout.any_value and not values,
        missing=layout.missing | frozenset(said.missing),
        separator=_sign(said.separator, "--separator", layout.separator, "".join(SEPARATORS)),
        numbers=_numbers(layout.numbers, said, named=bool(values)),
        times=said.times or layout.times,
    )


def _roles(said: ColumnMap) -> frozenset[str]:
    return frozenset(text.partition("=")[0] for text in said.columns)


def _check_day(said: ColumnMap) -> None:
    """Raise ValueError where a day has no time, a time no day, or both stand beside a stamp."""
    if not _roles(said) >= DAY_AND_TIME:
        raise ValueError("--column date and --column time belong together; a column that says both is start")
    if "start" in _roles(said):
        raise ValueError("--column start says what --column date and --column time say; leave it out, or leave them")


def _numbers(usual: NumberForm, said: ColumnMap, *, named: bool) -> NumberForm:
    """Return how numbers are written; of `named` columns of which nothing was said that is not stated."""
    point = _sign(said.decimal, "--decimal", usual.decimal, ".,")
    between = _CALLED.get(said.thousands, said.thousands) or usual.thousands
    if between and between not in THOUSANDS:
        raise ValueError(f"--thousands {said.thousands[:60]!r}: expected one of . , ' or blank")
    if between == point:
        raise ValueError(f"{point} stands between thousands and before decimals; say --decimal with the other sign")
    return NumberForm(point, between, stated=bool(said.decimal or between) or (usual.stated and not named))


def _pair(text: str, option: str, known: frozenset[str]) -> tuple[str, str]:
    role, sign, name = text.partition("=")
    if not (sign and name and role in known):
        raise ValueError(f"{option} {text[:60]!r}: expected one of {', '.join(sorted(known))}, then = and a text")
    return role, name


def _value(text: str) -> ValueColumn:
    column, sign, source = text.rpartition(":")
    if not sign or column == "":
        return ValueColumn(text)
    if column == EVERY_OTHER:
        raise ValueError("--column value=*: each column has a source of its own; leave the rest out")
    return ValueColumn(column, source_name(source) if source else "")


def _checked(role: str, text: str) -> str:
    try:
        _CHECKS.get(role, str)(text)
    except ValueError as problem:
        raise ValueError(f"--set {role}: {problem}") from problem
    return text


def _sign(said: str, option: str, usual: str, known: str) -> str:
    sign = _TAB.get(said, said) or usual
    if len(sign) != 1 or sign not in known:
        raise ValueError(f"{option} {said[:60]!r}: expected one of {' '.join(known.replace(chr(9), ''))} or tab")
    return sign
