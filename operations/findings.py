"""What was found about runs of datastreams: by checks of many observations, and what people said."""

from typing import Any, Final

from operations.database import rows, statements

_SQL: Final = statements("findings.sql")


def findings(conninfo: str, *, sensor: str | None = None, withdrawn: bool = False) -> list[dict[str, Any]]:
    """Return the findings that stand, the newest run first; of one device, and those withdrawn, too, where asked."""
    return rows(conninfo, _SQL["findings"], sensor=sensor, all=withdrawn)
