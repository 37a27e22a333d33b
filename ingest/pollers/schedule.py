"""Whose turn it is at one host: sensors one after the other, as often as their source says, later after a failure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ingest.pollers.poller import PolledSensor, PollSource
from ingest.pollers.rate import growing_pause

REFUSED_AGAIN: Final = timedelta(hours=1)
"""After how long a source is tried again that refused: somebody may have repaired it."""

LOOK_AGAIN: Final = timedelta(minutes=1)
"""After how long it is looked again whether a sensor was registered."""

FIND_EVERY: Final = timedelta(days=1)
"""How often sensors are looked for where a source finds them itself."""

_LONGEST: Final = timedelta(hours=1)
_FIRST_FAILURES: Final = 6  # the pauses within one turn were as long already


@dataclass
class PollTask:
    """A turn to come: of a sensor, or of the list of sensors of a source where `sensor` is None."""

    source: PollSource
    sensor: PolledSensor | None
    due: datetime
    failures: int = 0

    @property
    def label(self) -> str:
        """Return the name for logs."""
        return self.sensor.label if self.sensor else "(its sensors)"


class PollSchedule:
    """The tasks of one host."""

    def __init__(self, sources: Sequence[PollSource], now: datetime) -> None:
        self._tasks = [task for source in sources for task in _first(source, now)]

    def next(self) -> PollTask | None:
        """Return the task that is due first, None where there is none."""
        return min(self._tasks, key=lambda task: task.due, default=None)

    def other_than(self, had: Sequence[PollTask]) -> PollTask | None:
        """Return a task that is none of those that had their turn, None where all had one."""
        return next((task for task in self._tasks if all(task is not one for one in had)), None)

    def failing(self) -> Counter[str]:
        """Count the sensors, by poller, whose last turn failed or was refused."""
        return Counter(task.source.name for task in self._tasks if task.failures)

    def done(self, task: PollTask, now: datetime) -> None:
        """Plan the next turn after one that succeeded."""
        task.failures = 0
        task.due = now + (task.source.every if task.sensor else FIND_EVERY)

    def unregistered(self, task: PollTask, now: datetime) -> None:
        """Plan to look again soon whether the sensor of a turn was registered."""
        task.failures = 0
        task.due = now + LOOK_AGAIN

    def failed(self, task: PollTask, now: datetime) -> None:
        """Plan the next turn after one that failed: later each time."""
        task.failures += 1
        task.due = now + growing_pause(task.failures + _FIRST_FAILURES, _LONGEST)

    def refused(self, task: PollTask, now: datetime, *, whole: bool) -> None:
        """Plan to try slowly what was refused: the task, or everything of its source."""
        for one in self._tasks:
            if one is task or (whole and one.source is task.source):
                one.failures += 1
                one.due = max(one.due, now + REFUSED_AGAIN)

    def found(self, source: PollSource, sensors: list[PolledSensor], now: datetime) -> None:
        """Replace the sensors of a source by those that were found; those that stay have their turns as before."""
        stay = {task.sensor: task for task in self._tasks if task.source is source and task.sensor}
        self._tasks = [task for task in self._tasks if task.source is not source or task.sensor is None]
        self._tasks += [stay.get(sensor) or PollTask(source, sensor, now) for sensor in dict.fromkeys(sensors)]


def _first(source: PollSource, now: datetime) -> list[PollTask]:
    if source.poller.find:
        return [PollTask(source, None, now)]
    return [PollTask(source, sensor, now) for sensor in source.sensors]
