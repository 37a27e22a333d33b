"""Times as people write them in options, in UTC where they say no offset."""

from datetime import UTC, datetime

import typer


def moment(text: str | None, option: str) -> datetime | None:
    """Read the time that an option has, None where it has none; raise typer.BadParameter where it is no time."""
    if text is None:
        return None
    try:
        written = datetime.fromisoformat(text)
        return written.replace(tzinfo=UTC) if written.tzinfo is None else written.astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{option} {text!r} is no time; write 2026-11-01 or 2026-11-01T12:00Z") from None
