"""The parts of a dashboard as plain data: what is drawn, of which query, and the keys of its words."""

from typing import Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["lines", "bars", "band", "strip", "stat", "table"]

NUMBER: Final = "locale"
"""Grafana's unit for plain numbers: 2.133.000, as the reader's locale writes it, and never "2.13 Mil"."""
PERCENT: Final = "percentunit"
KM: Final = "lengthkm"
INSTANT: Final = "dateTimeAsIso"
MICROGRAMS: Final = "conμgm3"
SECONDS: Final = "s"


class PanelColumn(NamedTuple):
    """A number or a text of a table or a stat, by the name of its column in the query.

    Its heading is `dashboard.column.{name}`, or `heading` where that is the same in every language. `values` names the
    words of its codes (`dashboards.values`), `color` says how they are shown: as coloured cells, or, for numbers, as
    cells that are darker for more. `width` is in pixels, 0 for what is left.
    """

    name: str
    unit: str = ""
    values: str = ""
    color: Literal["", "cell", "shade"] = ""
    heading: str = ""
    width: int = 0


class Panel(NamedTuple):
    """One panel, whose words are `dashboard.panel.{name}.title` and `.description`.

    `query` names a file in `queries/`. `unit` is that of its series, or of the columns of a table that have none;
    `axis` is the key of what its numbers are (`dashboard.axis.{axis}`). `values` names the words and colours of a
    strip. `always` fixes the panel to the newest span, whatever range is chosen.
    """

    name: str
    query: str
    kind: Kind
    width: int
    height: int
    unit: str = NUMBER
    axis: str = ""
    values: str = ""
    columns: tuple[PanelColumn, ...] = ()
    always: str = ""


class Variable(NamedTuple):
    """A choice at the top of a dashboard (`dashboard.variable.{name}`) of one or, where it is `multi`, of several.

    `every` is the SQL that "all" stands for inside `IN (...)`; of a choice of one, that of the first.
    """

    name: str
    query: str
    every: str
    multi: bool = True


class Annotation(NamedTuple):
    """Marks on every time series (`dashboard.annotation.{name}`), from a query."""

    name: str
    query: str
    color: str


_LAST_30_DAYS: Final = ("now-30d", "now")


class Dashboard(NamedTuple):
    """One dashboard of Grafana, which is built in every language.

    `name` is in its uid, its address, the name of its file, and the keys of its title and of what it is about
    (`dashboard.{name}.title`, `.about`). Of a `public` one, which may have no variables, everything is chosen already.
    `span` is the range that it opens with, in Grafana's words; `zone` is an IANA name, or `browser`: the zone of who
    looks, as owners may lie in several.
    """

    name: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    public: bool = False
    zone: str = "browser"
    span: tuple[str, str] = _LAST_30_DAYS

    def uid(self, locale: str) -> str:
        """Give its lasting name in one language."""
        return f"doorfiets-{self.name.replace('_', '-')}-{locale}"
