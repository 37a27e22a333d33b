"""The owners of an instance: time zone, calendar, and by which factors their counters may be off."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from verify.shares import Factors

FACTORS: Final[Factors] = (0.8, 1.4)
"""The factors of an owner who publishes none."""
_HOLIDAYS: Final = frozenset({"feestdag", "schoolvakantie"})
_EXCLUDED: Final = "uitgesloten"

_Row: TypeAlias = Mapping[str, Any]


class OwnerProperties(NamedTuple):
    """An owner: the zone of its local days, and by which factors its counters of bicycles may be off."""

    id: str
    zone: ZoneInfo
    factors: Factors


def owner(row: _Row) -> OwnerProperties:
    """Decode a row of `/v1/eigenaren`; raise what ZoneInfo raises where its time zone is not known."""
    calibration = row.get("kalibratie")
    factors = (float(calibration["laag"]), float(calibration["hoog"])) if calibration else FACTORS
    return OwnerProperties(row["id"], ZoneInfo(row["tijdzone"]), factors)


def holidays(calendar: Iterable[_Row], owner_id: str) -> frozenset[date]:
    """Return the public and school holidays of an owner, from the rows of `/v1/kalender`."""
    return frozenset(_days(row for row in calendar if row["eigenaar"] == owner_id and row["soort"] in _HOLIDAYS))


def excluded(calendar: Iterable[_Row], links: Iterable[_Row], *, site: str, owner_id: str) -> frozenset[date]:
    """Return the days that the owner of a site excludes there: at it, on a link that it counts, or at all its sites.

    `links` are the rows of `/v1/wegvakken`, of all owners.
    """
    counted = {row["id"] for row in links if row["telpunt"] == site}
    own = (row for row in calendar if row["eigenaar"] == owner_id and row["gevolg"] == _EXCLUDED)
    return frozenset(_days(row for row in own if _is_about(row, site, counted)))


def _is_about(row: _Row, site: str, counted: set[str]) -> bool:
    if not row["telpunten"] and not row["wegvakken"]:
        return True
    return site in row["telpunten"] or not counted.isdisjoint(row["wegvakken"])


def _days(rows: Iterable[_Row]) -> Iterator[date]:
    for row in rows:
        first, last = (date.fromisoformat(row[name]) for name in ("beginDatum", "eindDatum"))
        yield from (first + timedelta(days=number) for number in range((last - first).days + 1))
