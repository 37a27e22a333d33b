"""One district: how its links are used, which air it has and whether it is measured, against all of its owner."""

from typing import Final

from dashboards.choices import DISTRICT
from dashboards.dashboard import INSTANT, KM, MICROGRAMS, PERCENT, Dashboard, Panel, PanelColumn

DASHBOARD: Final = Dashboard(
    "district",
    panels=(
        Panel(
            "district_against_city",
            "district_against_city",
            "table",
            width=24,
            height=5,
            columns=(
                PanelColumn("scope", values="scope"),
                PanelColumn("name", width=200),
                PanelColumn("links"),
                PanelColumn("length_km", KM),
                PanelColumn("green_length", PERCENT),
                PanelColumn("mean_cyclists"),
                PanelColumn("known_length", PERCENT),
                PanelColumn("pm25", MICROGRAMS),
                PanelColumn("no2", MICROGRAMS),
                PanelColumn("feeds"),
                PanelColumn("feeds_ok"),
            ),
        ),
        Panel(
            "district_links",
            "district_links",
            "table",
            width=14,
            height=7,
            columns=(
                PanelColumn("link", width=170),
                PanelColumn("from_to", width=170),
                PanelColumn("length_km", KM),
                PanelColumn("green", values="green", color="cell"),
                PanelColumn("kind", values="kind", color="cell"),
                PanelColumn("cyclists_measured"),
                PanelColumn("cyclists_assumed"),
                PanelColumn("days_known"),
                PanelColumn("growth", PERCENT),
            ),
        ),
        Panel("district_link_day", "district_link_day", "bars", width=10, height=7, axis="cyclists"),
        Panel("district_air", "district_air", "lines", width=12, height=8, unit=MICROGRAMS),
        Panel(
            "district_feeds",
            "district_feeds",
            "table",
            width=12,
            height=8,
            columns=(
                PanelColumn("status", values="status", color="cell"),
                PanelColumn("place_name"),
                PanelColumn("quantity", values="quantity"),
                PanelColumn("origin", values="origin"),
                PanelColumn("last_ended_at", INSTANT, width=170),
                PanelColumn("completeness", PERCENT),
            ),
        ),
        Panel("district_coverage", "district_coverage", "strip", width=24, height=4, unit=PERCENT, values="coverage"),
    ),
    variables=(DISTRICT,),
)
