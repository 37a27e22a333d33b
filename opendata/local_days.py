"""Where local days begin: one midnight for all, also on a day whose midnight comes twice."""

from datetime import UTC, date, datetime, time, tzinfo


def midnight(day: date, zone: tzinfo) -> datetime:
    """Give where a local day begins, in UTC; of a midnight that comes twice the first one."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def midnight_before(instant: datetime, zone: tzinfo) -> datetime:
    """Give where the local day of an instant began, in UTC."""
    return midnight(instant.astimezone(zone).date(), zone)
