"""The parts of a dashboard: panels in rows, variables, and annotations."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["lines", "bars", "table"]


class Panel(NamedTuple):
    """One panel.

    `query` names a file in `queries/`. `unit` is a unit of Grafana (`suffix:` before another text); in a table it is
    the unit of the columns that `columns` does not name. `always` fixes the panel to the newest span, whatever range
    is chosen. `colors` maps codes in a table's column "status" to colours, beside their text.
    """

    title: str
    query: str
    kind: Kind
    unit: str
    description: str
    width: int = 12
    height: int = 9
    always: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    colors: Mapping[str, str] = MappingProxyType({})


class PanelRow(NamedTuple):
    """Panels that belong together, under one heading."""

    title: str
    panels: tuple[Panel, ...]


class Variable(NamedTuple):
    """A choice at the top of a dashboard; `every` is the SQL that "all" stands for inside `IN (...)`."""

    name: str
    label: str
    query: str
    every: str


class Annotation(NamedTuple):
    """Marks on every time series, from a query."""

    name: str
    query: str
    color: str


_LAST_30_DAYS: Final = ("now-30d", "now")


class Dashboard(NamedTuple):
    """One dashboard of Grafana.

    `uid` is its lasting name, in its address and in the name of its file. `span` is the range that it opens with, in
    Grafana's words; `zone` is an IANA name, or `browser`: the zone of who looks, as owners may lie in several.
    """

    uid: str
    title: str
    tags: tuple[str, ...]
    about: str
    rows: tuple[PanelRow, ...]
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    zone: str = "browser"
    span: tuple[str, str] = _LAST_30_DAYS
