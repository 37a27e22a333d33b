"""The JSON that Grafana reads, built from the definitions of dashboards in every language."""

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Final, TypeAlias

from dashboards.dashboard import Annotation, Dashboard, Panel, PanelColumn, Variable
from dashboards.definitions import dashboards
from dashboards.query import SOURCE, PostgresQueryBuilder
from dashboards.sdk import JSONEncoder, builders, common, look, model, stat, statetimeline, table, timeseries
from dashboards.values import CODES, RANGES
from locales import LOCALES, Texts, texts

Drawn: TypeAlias = timeseries.Panel | statetimeline.Panel | stat.Panel | table.Panel
Property: TypeAlias = model.DynamicConfigValue

_TOKEN: Final = re.compile(r"#\{([\w.]+)\}")
_CHOSEN: Final = re.compile(r"\$\{(\w+):sqlstring\}")
_NEEDED: Final = 75
"""The percentage that a reason names, of which less is too little."""
_DASHED: Final = [
    Property("custom.lineStyle", {"fill": "dash", "dash": [6, 6]}),
    Property("custom.fillOpacity", 15),
]
_ASIDE: Final = ("partly", "measured_part")
"""Tokens of series that are drawn dashed: they tell of a part only."""


def build() -> dict[str, str]:
    """Give file name and content of every dashboard in every language, the same bytes on every run."""
    return {f"{one.uid(locale)}.json": text_of(one, texts(locale)) for one in dashboards() for locale in LOCALES}


def text_of(one: Dashboard, words: Texts) -> str:
    """Give the JSON of a dashboard in the language of these words."""
    assembled = _assembled(one, words).build()
    for link in assembled.links or ():
        link.placement = None  # type: ignore[assignment] # beside the variables, where every version of Grafana has them
    return f"{json.dumps(assembled, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)}\n"


def _assembled(one: Dashboard, words: Texts) -> builders.Dashboard:
    made = (
        builders.Dashboard(words(f"dashboard.{one.name}.title"))
        .uid(one.uid(words.locale))
        .description(words(f"dashboard.{one.name}.about"))
        .tags(["doorfiets", f"taal:{words.locale}"])
        .timezone(one.zone)
        .week_start("monday")
        .time(*one.span)
        .refresh("5m")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .links([] if one.public else [*_links(one, words)])
        .variables([] if one.public else [_variable(variable, words) for variable in one.variables])
        .annotations([_annotation(annotation, one, words) for annotation in one.annotations])
    )
    for number, panel in enumerate(one.panels, 1):
        made.with_panel(_drawn(panel, one, words).id(number))
    return made


def _links(one: Dashboard, words: Texts) -> Iterator[builders.DashboardLink]:
    """Lead to the other dashboards of a language, and to the same one in the other languages."""
    for other in dashboards():
        if not other.public and other != one:
            yield _link(words(f"dashboard.{other.name}.title"), other.uid(words.locale)).icon("dashboard")
    for locale in LOCALES:
        if locale != words.locale:
            yield (
                _link(words(f"dashboard.language.{locale}"), one.uid(locale))
                .icon("external link")
                .include_vars(include_vars=True)
            )


def _link(title: str, uid: str) -> builders.DashboardLink:
    return builders.DashboardLink(title).type(model.DashboardLinkType.LINK).url(f"/d/{uid}").keep_time(keep_time=True)


def _drawn(panel: Panel, one: Dashboard, words: Texts) -> Drawn:
    query = _sql(panel.query, one, words)
    match panel.kind:
        case "table":
            drawn: Drawn = _table(panel, query, words)
        case "stat":
            drawn = _stat(panel, query, words)
        case "strip":
            drawn = _strip(panel, query, words)
        case _:
            drawn = _series(panel, query, words)
    if panel.always:
        drawn.time_from(panel.always)
    steps = [model.Threshold(color="text")]
    return (
        drawn.title(words(f"dashboard.panel.{panel.name}.title"))
        .description(words(f"dashboard.panel.{panel.name}.description"))
        .datasource(SOURCE)
        .unit(panel.unit)
        .thresholds(builders.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(steps))
        .span(panel.width)
        .height(panel.height)
    )


def _series(panel: Panel, query: str, words: Texts) -> timeseries.Panel:
    """Make a time series: gaps stay gaps, a day's bar stands over its own day, what is incomplete is dashed."""
    drawn = (
        timeseries.Panel()
        .with_target(PostgresQueryBuilder(query))
        .draw_style(look.GraphDrawStyle.BARS if panel.kind == "bars" else look.GraphDrawStyle.LINE)
        .span_nulls(span_nulls=False)
        .min(0)
        .color_scheme(builders.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(common.VizLegendOptions().show_legend(show_legend=True))
        .no_value(words("dashboard.nothing"))
    )
    if panel.axis:
        drawn.axis_label(words(f"dashboard.axis.{panel.axis}"))
    if panel.kind == "bars":
        drawn.fill_opacity(60).bar_alignment(look.BarAlignment.AFTER).stacking(
            common.StackingConfig().mode(look.StackingMode.NORMAL)
        )
    if panel.kind == "band":
        low, high = words("dashboard.token.calibrated_low"), words("dashboard.token.calibrated_high")
        edge = [Property("custom.lineWidth", 0), Property("color", {"mode": "fixed", "fixedColor": "#8e8e8e"})]
        drawn.override_by_name(
            high, [*edge, Property("custom.fillBelowTo", low), Property("custom.fillOpacity", 25)]
        ).override_by_name(low, edge)
    ends = "|".join(re.escape(words(f"dashboard.token.{token}")) for token in _ASIDE)
    return drawn.override_by_regexp(f"/(?:{ends})$/", _DASHED)


def _strip(panel: Panel, query: str, words: Texts) -> statetimeline.Panel:
    """Make a row of coloured cells for each series, one beside the other in time."""
    return (
        statetimeline.Panel()
        .with_target(PostgresQueryBuilder(query))
        .mappings([*_mappings(panel.values, words)])
        .color_scheme(builders.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
        .show_value(look.VisibilityMode.NEVER)
        .merge_values(merge_values=True)
        .row_height(0.85)
        .line_width(0)
        .fill_opacity(85)
        .span_nulls(span_nulls=False)
        .legend(common.VizLegendOptions().show_legend(show_legend=True).placement(look.LegendPlacement.RIGHT))
        .no_value(words("dashboard.nothing"))
    )


def _stat(panel: Panel, query: str, words: Texts) -> stat.Panel:
    """Make a tile of each number of one row."""
    drawn = (
        stat.Panel()
        .with_target(PostgresQueryBuilder(query, "table"))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(values=False))
        .color_mode(look.BigValueColorMode.NONE)
        .graph_mode(look.BigValueGraphMode.NONE)
        .text_mode(look.BigValueTextMode.VALUE_AND_NAME)
        .orientation(look.VizOrientation.VERTICAL)
        .no_value(words("dashboard.nothing"))
    )
    for column in panel.columns:
        drawn.override_by_name(column.name, [*_column(column, words)])
    return drawn


def _table(panel: Panel, query: str, words: Texts) -> table.Panel:
    """Make a table; where a number is missing it says so, and an empty text stays empty."""
    drawn = table.Panel().with_target(PostgresQueryBuilder(query, "table")).cell_height(look.TableCellHeight.SM)
    drawn.override_by_field_type("number", [Property("noValue", words("dashboard.nothing"))])
    for column in panel.columns:
        drawn.override_by_name(column.name, [*_column(column, words)])
    return drawn


def _column(column: PanelColumn, words: Texts) -> Iterator[Property]:
    yield Property("displayName", column.heading or words(f"dashboard.column.{column.name}"))
    if column.unit:
        yield Property("unit", column.unit)
    if column.values:
        yield Property("mappings", [*_mappings(column.values, words)])
    if column.color == "cell":
        yield Property("custom.cellOptions", look.TableColoredBackgroundCellOptions())
    if column.color == "shade":
        yield Property("custom.cellOptions", look.TableColoredBackgroundCellOptions())
        yield Property("color", {"mode": "continuous-blues"})
        yield Property("noValue", "")
    if column.width:
        yield Property("custom.width", column.width)


def _mappings(values: str, words: Texts) -> Iterator[model.ValueMap | model.RangeMap]:
    """Give the words and colours of codes, in their order, or those of ranges of numbers."""
    if values in RANGES:
        for one in RANGES[values]:
            result = model.ValueMappingResult(text=words(one.key), color=one.color)
            yield model.RangeMap(model.DashboardRangeMapOptions(one.low, one.high, result))
        return
    yield model.ValueMap(
        {
            code: model.ValueMappingResult(text=words(one.key, needed=_NEEDED), color=one.color or None, index=place)
            for place, (code, one) in enumerate(CODES[values].items())
        }
    )


def _variable(one: Variable, words: Texts) -> builders.QueryVariable:
    made = (
        builders.QueryVariable(one.name)
        .label(words(f"dashboard.variable.{one.name}"))
        .datasource(SOURCE)
        .query(_worded(_read(one.query), words))
        .refresh(model.VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(multi=one.multi)
        .include_all(include_all=one.multi)
        .all_value(one.every)
    )
    every = model.VariableOption(selected=True, text=words("dashboard.all"), value="$__all")
    return made.current(every) if one.multi else made


def _annotation(one: Annotation, of: Dashboard, words: Texts) -> builders.AnnotationQuery:
    return (
        builders.AnnotationQuery()
        .name(words(f"dashboard.annotation.{one.name}"))
        .datasource(SOURCE)
        .enable(enable=True)
        .icon_color(one.color)
        .target(PostgresQueryBuilder(_sql(one.query, of, words), "table", "Anno"))
    )


def _sql(name: str, one: Dashboard, words: Texts) -> str:
    sql = _worded(_read(name), words)
    return _chosen(sql, one.variables) if one.public else sql


def _worded(sql: str, words: Texts) -> str:
    """Replace `#{token}` by its words as a string of SQL; what has none stays, for the linter to find.

    A token with a dot in it is a key of the locales, any other one is `dashboard.token.{token}`.
    """

    def literal(found: re.Match[str]) -> str:
        key = found[1] if "." in found[1] else f"dashboard.token.{found[1]}"
        if key not in words.messages:
            return found[0]
        escaped = words(key).replace("'", "''")
        return f"'{escaped}'"

    return _TOKEN.sub(literal, sql)


def _chosen(sql: str, variables: Sequence[Variable]) -> str:
    """Choose everything, where nobody can choose."""
    every = {one.name: one.every for one in variables}
    return _CHOSEN.sub(lambda found: every.get(found[1], found[0]), sql)


def _read(name: str) -> str:
    return (files("dashboards") / "queries" / f"{name}.sql").read_text("utf-8").rstrip()
