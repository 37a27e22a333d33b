"""The sheets of dashboards, drawn one by one from what a database has now."""

from collections.abc import Mapping
from typing import Any

from dashboards import dashboard_queries, staff
from dashboards.preview import answers, range_words, sheet, sheet_language
from dashboards.preview.colors import DARK, LIGHT
from dashboards.preview.sheet import DashboardSheet
from dashboards.staff import StaffConnection


def preview(
    dashboard: Mapping[str, Any], connection: StaffConnection, *, start: str = "", end: str = "", dark: bool = False
) -> DashboardSheet:
    """Draw a dashboard for a range, its own where none is given.

    Raises RangeWordsError for a range that cannot be read, psycopg.OperationalError where the connection breaks.
    """
    own, scheme = dashboard.get("time") or {}, DARK if dark else LIGHT
    zone = answers.zone(dashboard, connection)
    span = range_words.read(
        start or own.get("from", "now-30d"), end or own.get("to", "now"), staff.now(connection), zone
    )
    chosen = dashboard_queries.default(dashboard)
    found = [answers.answer(panel, connection, chosen, span) for panel in answers.panels(dashboard)]
    marks = list(answers.marks(dashboard, connection, chosen, span, scheme))
    language = sheet_language.of_tags(dashboard.get("tags") or [], zone)
    return sheet.draw(dashboard, found, span, marks=marks, language=language, scheme=scheme)
