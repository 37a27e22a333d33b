"""Rules for the SQL of a dashboard, applied to the parsed statement."""

import re
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from pglast import ast, parse_sql
from pglast.parser import ParseError
from pglast.visitors import Visitor

Rule: TypeAlias = Callable[[ast.SelectStmt], Iterator[str]]

_DAY: Final = 86_400.0
_HOUR: Final = 3_600.0
_UNITS: Final = MappingProxyType({"second": 1, "s": 1, "minute": 60, "m": 60, "hour": 3_600, "h": 3_600})
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)?\s*([a-z]+?)s?", re.IGNORECASE)
_TOKEN: Final = re.compile(r"#\{([\w.]+)\}")
_ZONED_ARGUMENTS: Final = {"time_bucket": 3, "date_trunc": 3, "date_bin": 4}


def problems(sql: str) -> Iterator[str]:
    """Yield a sentence for each rule that a query with expanded macros breaks."""
    left = _TOKEN.search(sql)
    if left:
        yield f"{left[0]} has no words; add them to the locales"
        return
    try:
        statements = parse_sql(sql)
    except ParseError as error:
        yield f"does not parse: {error}"
        return
    if len(statements) != 1 or not isinstance(statements[0].stmt, ast.SelectStmt):
        yield "is not a single SELECT; Grafana shows the first result only"
        return
    for rule in _RULES:
        yield from rule(statements[0].stmt)


def _names_its_columns(select: ast.SelectStmt) -> Iterator[str]:
    """Refuse `*`: a new column of a view must not change a panel."""
    if any(isinstance(node, ast.A_Star) for node in _within(select, ast.ColumnRef, "fields")):
        yield "selects *; name the columns"


def _reads_views_only(select: ast.SelectStmt) -> Iterator[str]:
    """Allow schema `api` only: other tables fail for everybody but their owner."""
    own = {cte.ctename for cte in _nodes(select, ast.CommonTableExpr)}
    for table in _nodes(select, ast.RangeVar):
        if table.schemaname != "api" and not (table.schemaname is None and table.relname in own):
            yield f"reads {table.schemaname or ''}.{table.relname}; dashboards read schema api only"


def _buckets_days_in_a_zone(select: ast.SelectStmt) -> Iterator[str]:
    """Require days in a time zone and hours in UTC: in a zone the two hours of autumn would become one."""
    for call in _nodes(select, ast.FuncCall):
        name, arguments = call.funcname[-1].sval, call.args or ()
        width = _width(arguments[0]) if name in _ZONED_ARGUMENTS and arguments else None
        if width is None:
            continue
        zoned = len(arguments) >= _ZONED_ARGUMENTS[name]
        if width >= _DAY and not zoned:
            yield f"{name} makes buckets of a day or more at UTC; read the stored local days or name the zone"
        if width <= _HOUR and zoned:
            yield f"{name} with a zone merges the two autumn hours; bucket hours at UTC"


_RULES: Final[tuple[Rule, ...]] = (_names_its_columns, _reads_views_only, _buckets_days_in_a_zone)


def _width(argument: object) -> float | None:
    """Return the width of a bucket in seconds, any unit above an hour as a day; None when it is no literal."""
    if isinstance(argument, ast.TypeCast):
        return _width(argument.arg)
    if not (isinstance(argument, ast.A_Const) and isinstance(argument.val, ast.String)):
        return None
    span = _SPAN.fullmatch(str(argument.val.sval).strip())
    return float(span[1] or 1) * _UNITS.get(span[2].lower(), _DAY) if span else _DAY


def _within(select: ast.SelectStmt, kind: type[Any], field: str) -> Iterator[Any]:
    for node in _nodes(select, kind):
        yield from getattr(node, field)


def _nodes(select: ast.SelectStmt, kind: type[Any]) -> list[Any]:
    found = _Found(kind)
    found(select)
    return found.nodes


class _Found(Visitor):
    """Collects every node of one kind, in the order of the text."""

    def __init__(self, kind: type[Any]) -> None:
        self._kind = kind
        self.nodes: list[Any] = []

    def visit(self, _: object, node: object) -> None:
        """Keep the node when it is of the kind."""
        if isinstance(node, self._kind):
            self.nodes.append(node)
