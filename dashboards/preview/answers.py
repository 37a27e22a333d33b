"""What the queries of a dashboard find, as `grafana_staff`: frames for each panel, and the marks of annotations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from dashboards import dashboard_queries
from dashboards.dashboard_queries import Chosen
from dashboards.macros import DashboardRange, MacroError, expand
from dashboards.preview import colors, layout, range_words, result_frames, transformations
from dashboards.preview.colors import ColorScheme
from dashboards.preview.panel_data import DashboardMark
from dashboards.preview.result_frames import ResultFrame
from dashboards.shape import ResultColumn
from dashboards.staff import StaffConnection, first_line

_ZONE: Final = "Europe/Amsterdam"


class PanelAnswer(NamedTuple):
    """A panel with its range and what its queries found, or why they found nothing."""

    panel: Mapping[str, Any]
    span: DashboardRange
    frames: Sequence[ResultFrame] = ()
    problem: str = ""


def zone(dashboard: Mapping[str, Any], connection: StaffConnection) -> ZoneInfo:
    """Give the zone of a dashboard; that of the first owner where it is the one of who looks."""
    named = dashboard.get("timezone")
    if named and named != "browser":
        return ZoneInfo("UTC" if named == "utc" else named)
    found = connection.execute("SELECT timezone FROM api.owner ORDER BY owner LIMIT 1").fetchone()
    return ZoneInfo(found[0] if found else _ZONE)


def panels(dashboard: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Give the panels of a dashboard in their order; what a closed row holds is not among them, as on a screen."""
    found: Sequence[Mapping[str, Any]] = dashboard["panels"]
    return found


def answer(panel: Mapping[str, Any], connection: StaffConnection, chosen: Chosen, span: DashboardRange) -> PanelAnswer:
    """Run the queries of a panel; raise psycopg.OperationalError where the connection breaks."""
    width = layout.placed(panel.get("gridPos") or {}, 0).width
    try:
        own = range_words.of_panel(span, panel.get("timeFrom"), panel.get("timeShift"), width)
    except ValueError as error:
        return PanelAnswer(panel, span, problem=str(error))
    try:
        frames = [_frame(target, connection, chosen, own) for target in _targets(panel)]
    except MacroError as error:
        return PanelAnswer(panel, own, problem=str(error))
    except psycopg.Error as error:
        if connection.closed:
            raise
        return PanelAnswer(panel, own, problem=first_line(error))
    return PanelAnswer(panel, own, transformations.applied(panel.get("transformations") or (), frames))


def marks(
    dashboard: Mapping[str, Any],
    connection: StaffConnection,
    chosen: Chosen,
    span: DashboardRange,
    scheme: ColorScheme,
) -> Iterator[DashboardMark]:
    """Find the annotations that are switched on; one whose query fails has none, as in Grafana."""
    for one in dashboard["annotations"]["list"]:
        sql = (one.get("target") or {}).get("rawSql")
        if not sql or not one.get("enable", True) or one.get("hide"):
            continue
        try:
            found = _frame({"rawSql": sql, "format": "table", "refId": "Anno"}, connection, chosen, span)
        except (MacroError, psycopg.Error):
            if connection.closed:
                raise
            continue
        color = colors.named(str(one.get("iconColor", "blue")), scheme)
        columns = {field.name: field.values for field in found.fields}
        for row, at in enumerate(columns.get("time", ())):
            until = columns["timeend"][row] if "timeend" in columns else None
            yield DashboardMark(at, until, str(columns["text"][row]) if "text" in columns else one["name"], color)


def _targets(panel: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for target in panel.get("targets") or ():
        if target.get("rawSql") and not target.get("hide"):
            yield target


def _frame(target: Mapping[str, Any], connection: StaffConnection, chosen: Chosen, span: DashboardRange) -> ResultFrame:
    sql = expand(dashboard_queries.fill_in(target["rawSql"], chosen), span)
    cursor = connection.execute(sql.encode())  # of a dashboard of this repository
    columns = [ResultColumn(one.name, one.type_code) for one in cursor.description or ()]
    make = result_frames.series if target.get("format") == "time_series" else result_frames.table
    return make(str(target.get("refId", "A")), columns, cursor.fetchall())
