"""How a doorfietsroute is used: link by link, in kilometres, and at which hours of the week."""

from typing import Final

from dashboards.choices import CALENDAR_OF_ROUTE, ROUTE
from dashboards.dashboard import KM, PERCENT, Dashboard, Panel, PanelColumn

PANELS: Final = (
    Panel(
        "route_numbers",
        "route_numbers",
        "stat",
        width=24,
        height=3,
        columns=(
            PanelColumn("bicycle_km"),
            PanelColumn("mean_cyclists"),
            PanelColumn("green_share", PERCENT),
            PanelColumn("through_ratio", PERCENT),
            PanelColumn("measured_length", PERCENT),
            PanelColumn("days_known"),
            PanelColumn("days"),
            PanelColumn("coverage", PERCENT),
        ),
    ),
    Panel(
        "route_ladder",
        "route_ladder",
        "table",
        width=24,
        height=8,
        columns=(
            PanelColumn("position", width=50),
            PanelColumn("link", width=240),
            PanelColumn("from_to", width=200),
            PanelColumn("length_km", KM),
            PanelColumn("green", values="green", color="cell"),
            PanelColumn("kind", values="kind", color="cell"),
            PanelColumn("cyclists_measured"),
            PanelColumn("cyclists_assumed"),
            PanelColumn("coverage", PERCENT),
            PanelColumn("days_known"),
            PanelColumn("days"),
            PanelColumn("growth", PERCENT),
        ),
    ),
    Panel("route_kilometres", "route_kilometres", "lines", width=9, height=4, axis="bicycle_km"),
    Panel("route_ratios", "route_ratios", "lines", width=8, height=4, unit=PERCENT),
    Panel("route_coverage", "route_coverage", "strip", width=7, height=4, unit=PERCENT, values="coverage"),
    Panel(
        "route_week",
        "route_week",
        "table",
        width=24,
        height=9,
        columns=(
            PanelColumn("weekday", values="weekday", width=110),
            *(PanelColumn(f"h{hour:02}", color="shade", heading=str(hour), width=46) for hour in range(24)),
        ),
    ),
)

DASHBOARD: Final = Dashboard("route", panels=PANELS, variables=(ROUTE,), annotations=(CALENDAR_OF_ROUTE,))
