"""How much people cycle: a typical day and what changed, days and hours, and the cycling share."""

from typing import Final

from dashboards.choices import CALENDAR, SCREENLINE, SITES
from dashboards.dashboard import PERCENT, Dashboard, Panel, PanelColumn

TYPICAL: Final = Panel(
    "typical_day",
    "typical_day",
    "stat",
    width=10,
    height=6,
    columns=(
        PanelColumn("cyclists"),
        PanelColumn("sites"),
        PanelColumn("sites_without"),
        PanelColumn("coverage", PERCENT),
    ),
)
COMPARED: Final = Panel(
    "compared",
    "compared",
    "table",
    width=14,
    height=6,
    columns=(
        PanelColumn("comparison", values="comparison", width=250),
        PanelColumn("change", PERCENT),
        PanelColumn("cyclists_now"),
        PanelColumn("cyclists_before"),
        PanelColumn("site_days"),
        PanelColumn("sites"),
        PanelColumn("others"),
    ),
)
SITE_DAYS: Final = Panel("site_day", "site_day", "bars", width=12, height=7, axis="cyclists")
SITE_COVERAGE: Final = Panel("site_coverage", "site_coverage", "strip", 12, 4, unit=PERCENT, values="coverage")
RECORDS: Final = Panel(
    "records",
    "records",
    "table",
    width=5,
    height=7,
    columns=(PanelColumn("name", width=130), PanelColumn("day", width=95), PanelColumn("cyclists", width=80)),
)
SHARE_OF_PERIOD: Final = Panel(
    "share_period",
    "share_period",
    "table",
    width=11,
    height=7,
    columns=(
        PanelColumn("screenline", width=150),
        PanelColumn("share", PERCENT, width=85),
        PanelColumn("calibrated_low", PERCENT, width=75),
        PanelColumn("calibrated_high", PERCENT, width=75),
        PanelColumn("coverage", PERCENT, width=85),
        PanelColumn("reason", values="reason"),
        PanelColumn("bicycles"),
        PanelColumn("traffic"),
        PanelColumn("days_known"),
        PanelColumn("days"),
    ),
)

DASHBOARD: Final = Dashboard(
    "cycling",
    panels=(
        TYPICAL,
        COMPARED,
        SITE_DAYS,
        Panel("share_day", "share_day", "band", width=12, height=7, unit=PERCENT, axis="share"),
        SITE_COVERAGE,
        Panel("share_coverage", "share_coverage", "strip", 12, 4, unit=PERCENT, values="coverage"),
        Panel("site_hour", "site_hour", "lines", width=8, height=7, axis="cyclists", always="7d"),
        RECORDS,
        SHARE_OF_PERIOD,
    ),
    variables=(SITES, SCREENLINE),
    annotations=(CALENDAR,),
)
