"""What was set aside because it can never be stored or computed."""

from typing import Any, Final

from operations.database import rows, statements

_SQL: Final = statements("failures.sql")


def failures(conninfo: str, *, whole: bool = False) -> list[dict[str, Any]]:
    """Return what was set aside, the newest first; with `whole` also its bytes, in base64."""
    return rows(conninfo, _SQL["failures"], whole=whole)
