"""The JSON that Grafana reads, built from the definitions of dashboards."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import count
from typing import Final, TypeAlias

from dashboards.dashboard import Annotation, Dashboard, Panel, PanelRow, Variable
from dashboards.definitions import dashboards
from dashboards.query import SOURCE, PostgresQueryBuilder
from dashboards.sdk import JSONEncoder, builders, common, look, model, table, timeseries
from locales import texts

Drawn: TypeAlias = timeseries.Panel | table.Panel

_ALL: Final = model.VariableOption(selected=True, text="All", value="$__all")
_NOTHING: Final = "geen meting"
_DASHED: Final = [
    model.DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [6, 6]}),
    model.DynamicConfigValue("custom.fillOpacity", 15),
]
_ON_THE_RIGHT: Final = [
    model.DynamicConfigValue("custom.axisPlacement", "right"),
    model.DynamicConfigValue("max", 1),
]


def build() -> dict[str, str]:
    """Yield file name and content of every dashboard, the same bytes on every run."""
    return {f"{one.uid}.json": _text(one) for one in dashboards()}


def _text(one: Dashboard) -> str:
    return f"{json.dumps(_assembled(one).build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)}\n"


def _assembled(one: Dashboard) -> builders.Dashboard:
    made = (
        builders.Dashboard(one.title)
        .uid(one.uid)
        .description(one.about)
        .tags(list(one.tags))
        .timezone(one.zone)
        .week_start("monday")
        .time(*one.span)
        .refresh("5m")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .variables([_variable(variable) for variable in one.variables])
        .annotations([_annotation(annotation) for annotation in one.annotations])
    )
    number = count(1)
    for row in one.rows:
        _add_row(made, row, number)
    return made


def _add_row(onto: builders.Dashboard, row: PanelRow, number: Iterator[int]) -> None:
    onto.with_row(builders.Row(row.title).id(next(number)))
    for panel in row.panels:
        onto.with_panel(_drawn(panel).id(next(number)))


def _drawn(panel: Panel) -> Drawn:
    drawn = _table(panel) if panel.kind == "table" else _series(panel)
    if panel.always:
        drawn.time_from(panel.always)
    return (
        drawn.title(panel.title)
        .description(panel.description)
        .datasource(SOURCE)
        .unit(panel.unit)
        .thresholds(
            builders.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps([model.Threshold(color="text")])
        )
        .span(panel.width)
        .height(panel.height)
    )


def _series(panel: Panel) -> timeseries.Panel:
    """Make a time series: gaps stay gaps, series that are incomplete, assumed or a coverage are dashed."""
    drawn = (
        timeseries.Panel()
        .with_target(PostgresQueryBuilder(_sql(panel.query)))
        .draw_style(look.GraphDrawStyle.BARS if panel.kind == "bars" else look.GraphDrawStyle.LINE)
        .span_nulls(span_nulls=False)
        .min(0)
        .color_scheme(builders.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(common.VizLegendOptions().show_legend(show_legend=True))
    )
    drawn.no_value(_NOTHING)
    if panel.kind == "bars":
        drawn.fill_opacity(60)
    return drawn.override_by_regexp(r"/\((dekking|gemeten deel|onvolledig)\)$/", _DASHED).override_by_regexp(
        r"/\(dekking\)$/", _ON_THE_RIGHT
    )


def _table(panel: Panel) -> table.Panel:
    drawn = table.Panel().with_target(PostgresQueryBuilder(_sql(panel.query), "table")).filterable(filterable=True)
    drawn.override_by_field_type("number", [model.DynamicConfigValue("noValue", _NOTHING)])  # an empty text is no gap
    for column, unit in panel.columns:
        drawn.override_by_name(column, [model.DynamicConfigValue("unit", unit)])
    if panel.colors:
        drawn.override_by_name("status", _colored(panel.colors))
    return drawn


def _colored(colors: Mapping[str, str]) -> list[model.DynamicConfigValue]:
    words = {
        code: model.ValueMappingResult(text=texts()(f"status.{code}"), color=color) for code, color in colors.items()
    }
    return [
        model.DynamicConfigValue("mappings", [model.ValueMap(words)]),
        model.DynamicConfigValue("custom.cellOptions", look.TableColoredBackgroundCellOptions()),
    ]


def _variable(one: Variable) -> builders.QueryVariable:
    return (
        builders.QueryVariable(one.name)
        .label(one.label)
        .datasource(SOURCE)
        .query(_sql(one.query))
        .refresh(model.VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(one.every)
        .current(_ALL)
    )


def _annotation(one: Annotation) -> builders.AnnotationQuery:
    return (
        builders.AnnotationQuery()
        .name(one.name)
        .datasource(SOURCE)
        .enable(enable=True)
        .icon_color(one.color)
        .target(PostgresQueryBuilder(_sql(one.query), "table", "Anno"))
    )


def _sql(name: str) -> str:
    return (files("dashboards") / "queries" / f"{name}.sql").read_text("utf-8").rstrip()
