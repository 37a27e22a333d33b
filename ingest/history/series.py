"""Files of many sensors: each has its own series of stamps, and no observations of columns that it never fills."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from ingest.history.local_time import NoSuchHourError, Slot, SlotTwiceError, slots
from ingest.history.profile import FileProfile
from ingest.history.redaction import redacted, refused
from ingest.history.steps import check_steps
from ingest.history.table import NOTHING, ErrorRow, FileRow
from schemas.observation import Observation
from schemas.rejection import Rejection


class Places:
    """The slots of the rows of a file, for every sensor by itself; `at` is the column of the stamp."""

    def __init__(self, profile: FileProfile, rows: Sequence[tuple[str, FileRow]], at: str) -> None:
        self._profile = profile
        self._at = at
        stamps: dict[str, list[datetime]] = defaultdict(list)
        for sensor, row in rows:
            stamps[sensor].append(row.local(at, bare_date=profile.bare_date))
        self._sensors = {sensor: slots(profile, those) for sensor, those in stamps.items()}
        self._placed: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        self._column = rows[0][1].columns[at] + 1 if rows else 1

    def __call__(self, sensor: str, row: FileRow) -> Slot:
        """Return the slot of one row; raise NoSuchHourError, or FileUnreadableError when its stamp comes too often."""
        try:
            slot = self._sensors[sensor](row.local(self._at, bare_date=self._profile.bare_date))
        except SlotTwiceError as problem:
            says = f"{problem} for {sensor}, and the profile says {self._profile.autumn!r}"
            raise row.problem(self._at, says) from problem
        self._placed[sensor].append((slot.started_at, row.line))
        return slot

    def check_steps(self) -> None:
        """Raise FileUnreadableError when the rows of a sensor are of another length than the profile's."""
        for placed in self._placed.values():
            check_steps(placed, self._profile.interval, self._column)


def measured(
    rows: Sequence[tuple[str, FileRow]],
    faults: Sequence[ErrorRow],
    sources: Mapping[str, str],
    *,
    of: str,
    at: str,
    profile: FileProfile,
    dialect: str,
    received_at: datetime,
) -> Iterator[Observation | Rejection]:
    """Yield the observations of rows with their sensors: `sources` by column, `of` the sensor's, `at` the stamp's.

    Each row in which the publisher wrote an error text (`faults`) is one rejection, of which only its length stays.
    A column in which a sensor has no value at all gives none; in another, a cell without a value is None.
    """
    values, sensors = [at, *sources], {sensor for sensor, _ in rows}
    for fault in faults:
        payload = _redacted(fault.cells, fault.columns, values, of, sensors)
        yield refused(payload, dialect, "", fault.detail, received_at, reason="not_a_measurement")
    living = {(sensor, column) for sensor, row in rows for column in sources if row.text(column) not in NOTHING}
    places = Places(profile, rows, at)
    for sensor, row in rows:
        try:
            slot = places(sensor, row)
        except NoSuchHourError as problem:
            payload = _redacted(row.cells, row.columns, values, of, {sensor})
            yield refused(payload, dialect, sensor, str(problem), received_at)
            continue
        for column, source in sources.items():
            if (sensor, column) in living:
                yield Observation(sensor, source, *slot[:2], row.number(column), 1.0, received_at, slot.quality_flags)
    places.check_steps()


def _redacted(
    cells: Sequence[str], columns: Mapping[str, int], values: Sequence[str], of: str, sensors: Collection[str]
) -> bytes:
    if len(cells) != len(columns):
        return redacted(cells, ())
    return redacted(cells, [columns[name] for name in values if name in columns], [columns[of]], sensors)
