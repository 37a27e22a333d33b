"""The columns of somebody's table as a person names them on the command line, laid over the layout of a format."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.history.layout import (
    CONSTANTS,
    EVERY_OTHER,
    ROLES,
    TableLayout,
    ValueColumn,
    seconds,
    sensor_id,
    source_name,
)
from ingest.history.separators import SEPARATORS
from ingest.history.stamp_format import check_format

_TAB: Final = {"tab": "\t", r"\t": "\t"}
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
        decimal=_sign(said.decimal, "--decimal", layout.decimal, ".,"),
        times=said.times or layout.times,
    )


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
