"""The positions of all sensors on disk: a file each, replaced whole and only after Kafka's acknowledgement."""

import os
import re
from pathlib import Path
from typing import Final

import msgspec

from ingest.pollers.poller import PolledSensor, PollSource
from ingest.pollers.position import PollPosition
from schemas.failures import CheckFailedError

_ODD: Final = re.compile(r"[^A-Za-z0-9._-]", re.ASCII)


class PositionUnreadableError(CheckFailedError):
    """A file of positions is damaged; delete it, and its sensor begins again as if it were new."""


class Positions:
    """Reads and writes positions below a folder; None keeps them in the memory of the process only."""

    def __init__(self, folder: Path | None, *, write: bool = True) -> None:
        self._folder = folder
        self._write = write
        self._known: dict[Path, PollPosition] = {}

    def of(self, source: PollSource, sensor: PolledSensor) -> PollPosition:
        """Return the position of a sensor; raise PositionUnreadableError where its file is damaged."""
        path = self._path(source, sensor)
        if path not in self._known:
            self._known[path] = _read(path) if self._folder else PollPosition()
        return self._known[path]

    def save(self, source: PollSource, sensor: PolledSensor) -> None:
        """Write the position of a sensor: after a crash the file is the old one or the new one."""
        if self._folder is None or not self._write:
            return
        path = self._path(source, sensor)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(msgspec.json.encode(self._known[path]))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync(path.parent)

    def forget(self, source: PollSource, sensor: PolledSensor) -> None:
        """Forget what was not saved of a sensor: it is read from its file again."""
        if self._folder is not None and self._write:
            self._known.pop(self._path(source, sensor), None)

    def _path(self, source: PollSource, sensor: PolledSensor) -> Path:
        name = _ODD.sub("-", sensor.label) + ("-quarters" if source.quarters else "")
        return (self._folder or Path()) / source.name / f"{name}.json"


def _read(path: Path) -> PollPosition:
    try:
        return msgspec.json.decode(path.read_bytes(), type=PollPosition)
    except FileNotFoundError:
        return PollPosition()
    except msgspec.MsgspecError as problem:
        raise PositionUnreadableError(f"{path} is damaged ({problem}); delete it to begin anew") from problem


def _sync(folder: Path) -> None:
    """Make a renaming in a folder durable."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
