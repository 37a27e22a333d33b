"""Files of many sensors: each has its own series of stamps, and no observations of columns that it never fills."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from ingest.history.local_time import NoSuchHourError, Slot, SlotTwiceError, slots
from ingest.history.profile import Profile
from ingest.history.table import NOTHING, FileRow
from schemas.observation import Observation
from schemas.rejection import Rejection


class Places:
    """The slots of the rows of a file, for every sensor by itself."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._sensors: dict[str, Callable[[datetime], Slot]] = {}

    def __call__(self, sensor: str, row: FileRow, column: str) -> Slot:
        """Return the slot of one row; raise NoSuchHourError, or FileUnreadableError when its stamp comes too often."""
        place = self._sensors.setdefault(sensor, slots(self._profile))
        try:
            return place(row.local(column))
        except SlotTwiceError as problem:
            raise row.problem(
                column, f"{problem} for {sensor}, and the profile says {self._profile.autumn!r}"
            ) from problem


def measured(
    rows: Sequence[tuple[str, FileRow]],
    sources: Mapping[str, str],
    *,
    at: str,
    profile: Profile,
    dialect: str,
    received_at: datetime,
) -> Iterator[Observation | Rejection]:
    """Yield the observations of rows with their sensors: `sources` by column, `at` the column of the stamp.

    A column in which a sensor has no value at all gives none; in another, a cell without a value is None.
    """
    living = {(sensor, column) for sensor, row in rows for column in sources if row.text(column) not in NOTHING}
    places = Places(profile)
    for sensor, row in rows:
        try:
            slot = places(sensor, row, at)
        except NoSuchHourError as problem:
            yield refused(row.cells, dialect, sensor, str(problem), received_at)
            continue
        for column, source in sources.items():
            if (sensor, column) in living:
                yield Observation(sensor, source, *slot[:2], row.number(column), 1.0, received_at, slot.quality_flags)


def refused(cells: Sequence[str], dialect: str, sensor: str, detail: str, received_at: datetime) -> Rejection:
    """Make the rejection of a row in an hour that the clock skipped."""
    return Rejection(
        received_at, f"history/{sensor}", dialect, "no_such_hour", detail, ",".join(cells).encode(), sensor
    )
