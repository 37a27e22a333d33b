"""Every feed with its status, and why there is none."""

from typing import Any, Final

from operations.database import rows, statements

_SQL: Final = statements("feeds.sql")


def feeds(conninfo: str, *, closed: bool = False) -> list[dict[str, Any]]:
    """Give every feed with its status, worst first; `closed` ones too when asked."""
    return rows(conninfo, _SQL["feeds"], all=closed)


def no_feeds(conninfo: str) -> str:
    """Say why there is no feed to list."""
    (registered,) = rows(conninfo, _SQL["registered"])
    if not registered["feeds"]:
        return "No feed is registered: `doorfiets registry apply`."
    return (
        f"All {registered['feeds']} registered feeds have ended, the last on {registered['ended_at']:%Y-%m-%d %H:%MZ}:"
        " `doorfiets feeds --all` lists them."
    )
