"""The network of sensors for who keeps it going: what is silent and dead, what was refused, and what still waits."""

from typing import Final

from dashboards.choices import SITES
from dashboards.dashboard import INSTANT, PERCENT, SECONDS, Dashboard, Panel, PanelColumn

DASHBOARD: Final = Dashboard(
    "network",
    panels=(
        Panel(
            "stages",
            "stages",
            "table",
            width=10,
            height=6,
            columns=(
                PanelColumn("stage", values="stage"),
                PanelColumn("until", INSTANT, width=170),
                PanelColumn("lag", SECONDS),
                PanelColumn("waiting"),
                PanelColumn("measured_at", INSTANT, width=170),
            ),
        ),
        Panel(
            "feed_statuses",
            "feed_statuses",
            "table",
            width=6,
            height=6,
            columns=(
                PanelColumn("status", values="status", color="cell"),
                PanelColumn("feeds", width=80),
                PanelColumn("since", INSTANT, width=170),
            ),
        ),
        Panel(
            "rejections",
            "rejections",
            "table",
            width=8,
            height=6,
            columns=(
                PanelColumn("reason", values="rejection"),
                PanelColumn("messages", width=80),
                PanelColumn("receptions", width=80),
                PanelColumn("last_received_at", INSTANT, width=170),
            ),
        ),
        Panel(
            "feed_places",
            "feed_places",
            "table",
            width=24,
            height=10,
            columns=(
                PanelColumn("status", values="status", color="cell"),
                PanelColumn("place", width=220),
                PanelColumn("origin", values="origin"),
                PanelColumn("feeds"),
                PanelColumn("feeds_with_a_problem"),
                PanelColumn("since", INSTANT, width=170),
                PanelColumn("last_ended_at", INSTANT, width=170),
                PanelColumn("missed_intervals"),
                PanelColumn("delay", SECONDS),
                PanelColumn("clock_ahead", SECONDS),
                PanelColumn("completeness", PERCENT),
            ),
        ),
        Panel("network_coverage", "site_coverage", "strip", width=15, height=8, unit=PERCENT, values="coverage"),
        Panel(
            "findings",
            "findings",
            "table",
            width=9,
            height=8,
            columns=(
                PanelColumn("flag", values="flag"),
                PanelColumn("place"),
                PanelColumn("started_at", INSTANT, width=170),
                PanelColumn("ended_at", INSTANT, width=170),
            ),
        ),
    ),
    variables=(SITES,),
)
