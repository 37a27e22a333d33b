"""Alerts as commands list them: what is so now, and what was."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from locales import texts
from operations.alerts.rules import RULES
from operations.alerts.wording import sentence
from operations.database import rows
from schemas import named_sql

_SQL: Final = named_sql.parse((files("operations.alerts") / "listing.sql").read_text("utf-8"))
_LOCALE: Final = "en"


def alerts(conninfo: str) -> list[dict[str, Any]]:
    """Return what fires or is about to, the most urgent first, each with its sentence."""
    return [_with_sentence(row) for row in rows(conninfo, _SQL["alerts"])]


def history(conninfo: str, subject: str | None, most: int) -> list[dict[str, Any]]:
    """Return the newest alerts that were said, of a subject or of all, each with its sentence."""
    return [_with_sentence(row) for row in rows(conninfo, _SQL["history"], subject=subject, most=most)]


def _with_sentence(row: Mapping[str, Any]) -> dict[str, Any]:
    known = row["rule"] in RULES
    said = sentence({**row, "measured": row["content"]}, texts(_LOCALE)) if known else row["rule"]
    return {name: value for name, value in row.items() if name != "content"} | {
        "sentence": said,
        "measured": row["content"],
    }
