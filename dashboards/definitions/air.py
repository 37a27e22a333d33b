"""The air at the stations: its indices with their bands, its layers side by side, and what is breathed along routes."""

from typing import Final

from dashboards.choices import STATIONS
from dashboards.dashboard import INSTANT, MICROGRAMS, PERCENT, Dashboard, Panel, PanelColumn

DASHBOARD: Final = Dashboard(
    "air",
    panels=(
        Panel(
            "air_newest",
            "air_newest",
            "table",
            width=15,
            height=5,
            columns=(
                PanelColumn("station"),
                PanelColumn("station_kind", values="station"),
                PanelColumn("hour", INSTANT, width=170),
                PanelColumn("lki", width=60),
                PanelColumn("lki_level", values="level", color="cell"),
                PanelColumn("eaqi_level", values="level", color="cell"),
                PanelColumn("reason", values="reason"),
            ),
        ),
        Panel(
            "route_exposure",
            "route_exposure",
            "table",
            width=9,
            height=5,
            columns=(
                PanelColumn("route"),
                PanelColumn("month", width=80),
                PanelColumn("exposure", MICROGRAMS),
                PanelColumn("coverage", PERCENT),
                PanelColumn("reason", values="reason"),
            ),
        ),
        Panel("lki_hour", "lki_hour", "strip", width=12, height=5, values="lki"),
        Panel("eaqi_hour", "eaqi_hour", "strip", width=12, height=5, values="eaqi"),
        Panel("air_hour", "air_hour", "lines", width=12, height=9, unit=MICROGRAMS),
        Panel(
            "air_layers",
            "air_layers",
            "table",
            width=12,
            height=9,
            columns=(
                PanelColumn("station", width=140),
                PanelColumn("quantity", values="quantity"),
                *(
                    PanelColumn(name, MICROGRAMS)
                    for name in ("measured", "publisher", "barkjohn", "koehler", "regional")
                ),
                PanelColumn("hours"),
            ),
        ),
        Panel("air_coverage", "air_coverage", "strip", width=24, height=5, unit=PERCENT, values="coverage"),
    ),
    variables=(STATIONS,),
    span=("now-7d", "now"),
)
