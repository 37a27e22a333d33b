"""Flows of NDW in DATEX II, v2 or v3: rates per hour become counts of their period; speeds are not read.

Sensor: the id of the measurement site, in lower case with `-` for `_` and `.`. Source: `v6/2`, version and index,
because the numbers of another version mean something else. The index of any vehicle is a source like the others and is
never added to the classes. Its period is that of the site table where one is offered, else the profile's. A value with
`dataError` was not measured.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element

from ingest.history.datex_sites import SiteIndex, SiteIndexes
from ingest.history.datex_xml import attribute, elements, inner, local_name, text_of
from ingest.history.layout import sensor_id
from ingest.history.local_time import in_utc
from ingest.history.profile import FileProfile
from ingest.history.redaction import refused
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection

DIALECT: Final = "ndw_datex"
_VALUES: Final = frozenset({"measuredValue", "physicalQuantity"})
_RATE = re.compile(r"\d{1,7}(\.\d{1,20})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_HOUR: Final = 3_600.0


def read(lines: Iterable[str], profile: FileProfile, received_at: datetime) -> Iterator[Observation | Rejection]:
    """Read one publication; a site that the offered site table does not have is one rejection."""
    seen: set[tuple[str, str, datetime]] = set()
    found = False
    for measured in elements(lines, {"siteMeasurements"}):
        found = True
        site = _Site(measured, profile)
        if unknown := site.unknown():
            yield site.refused(unknown, received_at)
        for index, flow in site.flows():
            if index in unknown:
                continue
            one = site.observation(index, flow, received_at)
            if (key := (one.sensor, one.source, one.started_at)) in seen:
                raise site.problem(index, f"{one.started_at} comes twice")
            seen.add(key)
            yield one
    if not found:
        raise FileUnreadableError(1, 1, "not a publication of measured data: it has no siteMeasurements")


class _Site:
    """What one site measured at one time."""

    def __init__(self, measured: Element, profile: FileProfile) -> None:
        reference = next(inner(measured, "measurementSiteReference"), None)
        if reference is None:
            raise FileUnreadableError(1, 1, "siteMeasurements without measurementSiteReference")
        self._measured = measured
        self._id, self._version = attribute(reference, "id"), attribute(reference, "version")
        self._profile = profile
        self._at = self._time()
        try:
            self._sensor = sensor_id(self._id)
        except ValueError as problem:
            raise self.problem("", str(problem)) from problem
        if not _NUMBER.fullmatch(self._version):
            raise self.problem("", f"version {self._version[:60]!r} is not a number")

    def flows(self) -> Iterator[tuple[str, Element]]:
        """Yield the index and the flow of each value that has one."""
        for value in self._measured:
            if local_name(value) in _VALUES and (flow := next(inner(value, "vehicleFlow"), None)) is not None:
                index = attribute(value, "index")
                if not _NUMBER.fullmatch(index):
                    raise self.problem(index, "the index is not a number")
                yield index, flow

    def observation(self, index: str, flow: Element, received_at: datetime) -> Observation:
        """Make the count of one flow over its period."""
        known = self._known(index)
        period = timedelta(seconds=known.period) if known else self._profile.interval
        rate = self._rate(index, flow)
        count = None if rate is None else round(rate * period.total_seconds() / _HOUR, 6)
        source, end = f"v{self._version}/{index}", self._at + period
        if self._profile.label == "end":
            return Observation(self._sensor, source, self._at - period, self._at, count, 1.0, received_at)
        return Observation(self._sensor, source, self._at, end, count, 1.0, received_at)

    def unknown(self) -> list[str]:
        """Return the indexes that an offered site table does not have as flows of this site and version."""
        if self._profile.site_table is None:
            return []
        return [index for index, _ in self.flows() if self._known(index) is None]

    def refused(self, indexes: list[str], received_at: datetime) -> Rejection:
        """Make the rejection of the values that the site table does not have."""
        shown = " ".join(indexes[:20])
        detail = f"the site table has no flow for {self._sensor} version {self._version} index {shown}"
        payload = f"{self._id},{self._version},{' '.join(indexes)}".encode()
        return refused(payload, DIALECT, self._sensor, detail, received_at, reason="unknown_field")

    def problem(self, index: str, what: str) -> FileUnreadableError:
        """Make the error of a value, with its place."""
        where = f"site {self._id[:60]!r} version {self._version[:20]!r}" + (f" index {index[:20]!r}" if index else "")
        return FileUnreadableError(1, 1, what, where)

    def _known(self, index: str) -> SiteIndex | None:
        known = (self._profile.site_table or {}).get(SiteIndexes(self._id, self._version, index))
        return known if known and known.kind == "trafficFlow" else None

    def _time(self) -> datetime:
        default = next(inner(self._measured, "measurementTimeDefault"), None)
        stamp = "" if default is None else text_of(default, "timeValue") or (default.text or "").strip()
        try:
            return in_utc(stamp)
        except ValueError as problem:
            raise self.problem("", f"measurementTimeDefault: {problem}") from problem

    def _rate(self, index: str, flow: Element) -> float | None:
        rate = text_of(flow, "vehicleFlowRate")
        if text_of(flow, "dataError").lower() in {"true", "1"} or not rate:
            return None
        if not _RATE.fullmatch(rate):
            raise self.problem(index, f"vehicleFlowRate {rate[:60]!r} is not a rate per hour")
        return float(rate)
