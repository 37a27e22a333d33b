"""The feeds with their status."""

from typing import Any, Final

from operations.database import rows, statements

_SQL: Final = statements("feeds.sql")


def feeds(conninfo: str, *, closed: bool = False) -> list[dict[str, Any]]:
    """Return every feed with its status, worst first; with `closed` also those whose datastream has ended."""
    return rows(conninfo, _SQL["feeds"], all=closed)


def no_feeds(conninfo: str) -> str:
    """Return a sentence that says why there is no feed to list."""
    (registered,) = rows(conninfo, _SQL["registered"])
    if not registered["feeds"]:
        return "No feed is registered: `doorfiets registry apply`."
    return (
        f"All {registered['feeds']} registered feeds have ended, the last on {registered['ended_at']:%Y-%m-%d %H:%MZ}:"
        " `doorfiets feeds --all` lists them."
    )
