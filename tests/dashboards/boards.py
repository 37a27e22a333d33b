"""Small dashboards for tests, as Grafana has them in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

BoardPart = Mapping[str, Any]


def board(*panels: BoardPart, title: str = "Proef", language: str = "nl") -> BoardPart:
    """Put panels on a dashboard."""
    return {
        "uid": "trial",
        "title": title,
        "tags": [f"taal:{language}"],
        "timezone": "Europe/Amsterdam",
        "time": {"from": "now-30d", "to": "now"},
        "templating": {"list": []},
        "annotations": {"list": []},
        "panels": list(panels),
    }


def panel(
    kind: str,
    sql: str,
    *,
    title: str = "Paneel",
    description: str = "",
    unit: str = "",
    x: int = 0,
    y: int = 0,
    w: int = 12,
    h: int = 8,
    custom: BoardPart | None = None,
    overrides: Sequence[BoardPart] = (),
    options: BoardPart | None = None,
    **defaults: object,
) -> BoardPart:
    """Make a panel with one query; what is shown over time has its format."""
    table = kind not in {"timeseries", "heatmap"}
    return {
        "type": kind,
        "title": title,
        "description": description,
        "gridPos": {"x": x, "y": y, "w": w, "h": h},
        "fieldConfig": {"defaults": {"unit": unit, "custom": custom or {}, **defaults}, "overrides": list(overrides)},
        "options": options or {},
        "targets": [{"refId": "A", "format": "table" if table else "time_series", "rawSql": sql}],
    }
