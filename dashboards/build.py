"""From the table of panels to the JSON that Grafana reads."""

import json
from collections.abc import Iterator
from importlib.resources import files
from itertools import count
from typing import Final, TypeAlias

from dashboards import panels
from dashboards.choices import ANNOTATIONS, VARIABLES, Annotation, Variable
from dashboards.panels import Panel, Row
from dashboards.query import SOURCE, PostgresQueryBuilder
from dashboards.sdk import JSONEncoder, builders, common, look, model, table, timeseries

Drawn: TypeAlias = timeseries.Panel | table.Panel

_ALL: Final = model.VariableOption(selected=True, text="All", value="$__all")
_NOTHING: Final = "geen meting"
_LAST_30_DAYS: Final = ("now-30d", "now")
_DASHED: Final = [
    model.DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [6, 6]}),
    model.DynamicConfigValue("custom.fillOpacity", 15),
]
_ON_THE_RIGHT: Final = [
    model.DynamicConfigValue("custom.axisPlacement", "right"),
    model.DynamicConfigValue("max", 1),
]


def build() -> dict[str, str]:
    """Answer every dashboard as file name and content, the same bytes each time."""
    text = json.dumps(dashboard().build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False)
    return {f"{panels.UID}.json": f"{text}\n"}


def dashboard() -> builders.Dashboard:
    """Assemble the dashboard "gebruik en fietsaandeel"."""
    made = (
        builders.Dashboard(panels.TITLE)
        .uid(panels.UID)
        .description(panels.ABOUT)
        .tags(list(panels.TAGS))
        .timezone(panels.ZONE)
        .week_start("monday")
        .time(*_LAST_30_DAYS)
        .refresh("5m")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .variables([_variable(one) for one in VARIABLES])
        .annotations([_annotation(one) for one in ANNOTATIONS])
    )
    number = count(1)
    for row in panels.ROWS:
        _lay(made, row, number)
    return made


def _lay(onto: builders.Dashboard, row: Row, number: Iterator[int]) -> None:
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
        .no_value(_NOTHING)
        .thresholds(
            builders.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps([model.Threshold(color="text")])
        )
        .span(panel.width)
        .height(panel.height)
    )


def _series(panel: Panel) -> timeseries.Panel:
    """Draw gaps as gaps; what is incomplete, assumed or only a coverage is dashed."""
    drawn = (
        timeseries.Panel()
        .with_target(PostgresQueryBuilder(_sql(panel.query)))
        .draw_style(look.GraphDrawStyle.BARS if panel.kind == "bars" else look.GraphDrawStyle.LINE)
        .span_nulls(span_nulls=False)
        .min(0)
        .color_scheme(builders.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC))
        .legend(common.VizLegendOptions().show_legend(show_legend=True))
    )
    if panel.kind == "bars":
        drawn.fill_opacity(60)
    return drawn.override_by_regexp(r"/\((dekking|gemeten deel|onvolledig)\)$/", _DASHED).override_by_regexp(
        r"/\(dekking\)$/", _ON_THE_RIGHT
    )


def _table(panel: Panel) -> table.Panel:
    drawn = table.Panel().with_target(PostgresQueryBuilder(_sql(panel.query), "table")).filterable(filterable=True)
    for column, unit in panel.columns:
        drawn.override_by_name(column, [model.DynamicConfigValue("unit", unit)])
    if panel.query == "feeds":
        drawn.override_by_name("status", _status_colors())
    return drawn


def _status_colors() -> list[model.DynamicConfigValue]:
    words = {word: model.ValueMappingResult(text=word, color=color) for word, color in panels.STATUS_COLORS.items()}
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
