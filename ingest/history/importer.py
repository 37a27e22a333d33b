"""Files of history become frames on `observations`: each file read as a whole before anything of it is sent."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, TypeVar

from ingest.clock import HearingClock
from ingest.framing import Addressed, Packer
from ingest.history.city_csv import FileUnreadableError, read
from ingest.history.files import lines
from ingest.history.profile import Profile
from ingest.kafka_log import KafkaLog, LogUnavailableError
from schemas.doubts import DST_MERGED
from schemas.observation import Observation
from schemas.rejection import Rejection
from schemas.topics import OBSERVATIONS, PARTITIONS, REJECTIONS, partition_of

Item = TypeVar("Item", Observation, Rejection)
_WRITER: Final = "doorfiets-history"
_ATTEMPTS: Final = 8
_FILES_IN_FLIGHT: Final = 4


class ImportRefusedError(Exception):
    """A file is not of the format; nothing of it or of the files after it was sent, repair it and import again."""


class Summary(NamedTuple):
    """What one file held.

    `gaps` counts the intervals between its first and last row that no row covers, `unmeasured` the empty cells of
    living channels.
    """

    file: Path
    rows: int
    observations: int
    rejections: int
    unmeasured: int
    gaps: int


class Contents(NamedTuple):
    """One file, read."""

    observations: list[Observation]
    rejections: list[Rejection]


Sending: TypeAlias = list[tuple[Summary, asyncio.Task[None]]]
"""The files in flight, oldest first."""


async def import_files(
    files: Iterable[Path], *, kafka: str, profile: Profile, clock: Callable[[], datetime], partitions: int = PARTITIONS
) -> AsyncIterator[Summary]:
    """Read and send files one by one, and tell of each when Kafka holds all of it.

    Raises ImportRefusedError at the first file that is not of the format, when the files before it have been told of,
    and LogUnavailableError with the name of the file that Kafka did not take.
    """
    hearing = HearingClock(None, clock)
    packer = Packer(_WRITER, f"{clock().timestamp() * 1000:.0f}")
    log = KafkaLog(kafka, _WRITER, attempts=_ATTEMPTS)
    sending: Sending = []
    try:
        for file in files:
            try:
                contents = _whole(file, profile, hearing.tick())
            except ImportRefusedError as refused:
                async for told in _rest(sending, refused):
                    yield told
                raise
            frames = list(frames_of(contents, packer, partitions))
            sending.append((summary(file, contents, profile), asyncio.create_task(log.deliver(frames), name=file.name)))
            await asyncio.sleep(0)  # let the senders run between two files
            if len(sending) >= _FILES_IN_FLIGHT:
                yield await _first(sending)
        async for told in _rest(sending):
            yield told
    finally:
        await asyncio.gather(*(task for _, task in sending), return_exceptions=True)
        await log.close()


def read_file(file: Path, profile: Profile, heard_at: datetime) -> Contents:
    """Read one file whole; raise FileUnreadableError when any of it is not of the format."""
    contents = Contents([], [])
    for outcome in read(lines(file), profile, heard_at):
        if isinstance(outcome, Observation):
            contents.observations.append(outcome)
        else:
            contents.rejections.append(outcome)
    return contents


def _whole(file: Path, profile: Profile, heard_at: datetime) -> Contents:
    try:
        return read_file(file, profile, heard_at)
    except (FileUnreadableError, OSError) as problem:
        told = f"{file}: {problem}. Nothing of this file or of those after it was imported; repair it and import again"
        raise ImportRefusedError(told) from problem


def frames_of(contents: Contents, packer: Packer, partitions: int) -> Iterable[Addressed]:
    """Pack what a file held, each sensor in its partition."""
    yield from packer.pack(OBSERVATIONS.name, _by_partition(contents.observations, partitions))
    yield from packer.pack(REJECTIONS.name, _by_partition(contents.rejections, partitions))


def summary(file: Path, contents: Contents, profile: Profile) -> Summary:
    """Count what a file held."""
    merged = {one.started_at: bool(one.doubts & DST_MERGED) for one in contents.observations}
    spanned = (max(merged) - min(merged)) // profile.interval + 1 if merged else 0
    return Summary(
        file,
        rows=len(merged) + len(contents.rejections),
        observations=len(contents.observations),
        rejections=len(contents.rejections),
        unmeasured=sum(one.value is None for one in contents.observations),
        gaps=max(0, spanned - len(merged) - sum(merged.values())),
    )


def _by_partition(items: Sequence[Item], partitions: int) -> dict[int, list[Item]]:
    parts: dict[int, list[Item]] = defaultdict(list)
    for sensor, those in groupby(items, key=lambda one: one.sensor or ""):
        parts[partition_of(sensor, partitions)] += those
    return parts


async def _first(sending: Sending) -> Summary:
    told, task = sending.pop(0)
    try:
        await task
    except LogUnavailableError as unavailable:
        raise LogUnavailableError(f"{told.file}: {unavailable}") from unavailable
    return told


async def _rest(sending: Sending, refused: ImportRefusedError | None = None) -> AsyncIterator[Summary]:
    """Tell of all files in flight; a failure among them comes first and does not hide that a later one was refused."""
    try:
        while sending:
            yield await _first(sending)
    except LogUnavailableError as unavailable:
        if refused is None:
            raise
        raise LogUnavailableError(f"{unavailable}. Also refused: {refused}") from unavailable
