"""The site table of NDW (DATEX II v2 or v3): what each index of a measurement site and version is."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from ingest.history.datex_xml import attribute, elements, inner, text_of
from ingest.history.unreadable import FileUnreadableError


class SiteIndexes(NamedTuple):
    """One index of one version of a site: numbers of another version mean something else."""

    site: str
    version: str
    number: str


class SiteIndex(NamedTuple):
    """What an index is: its kind (`trafficFlow`, `trafficSpeed`), its seconds, and whether it is of any vehicle."""

    kind: str
    period: float
    any_vehicle: bool


_RECORDS: Final = frozenset({"measurementSiteRecord", "measurementSite"})
_DAY: Final = 86_400.0


def read(lines: Iterable[str]) -> dict[SiteIndexes, SiteIndex]:
    """Read a site table; raise FileUnreadableError when it is none, or a period is not one of seconds up to a day."""
    found: dict[SiteIndexes, SiteIndex] = {}
    for record in elements(lines, _RECORDS):
        site, version = attribute(record, "id"), attribute(record, "version")
        for one in inner(record, "measurementSpecificCharacteristics"):
            if index := one.get("index"):
                found[SiteIndexes(site, version, index)] = SiteIndex(
                    text_of(one, "specificMeasurementValueType"),
                    _period(text_of(one, "period"), f"{site} version {version} index {index}"),
                    text_of(one, "vehicleType") == "anyVehicle",
                )
    if not found:
        raise FileUnreadableError(1, 1, "not a site table of NDW: it has no measurementSiteRecord with an index")
    return found


def _period(text: str, where: str) -> float:
    try:
        period = float(text)
    except ValueError:
        period = 0.0
    if not 0 < period <= _DAY:
        raise FileUnreadableError(1, 1, f"a period of {text[:60]!r} seconds", where)
    return period
