"""Publishers' files become frames of topic `observations`; each file is read whole before any of it is sent."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias, TypeVar

from ingest.clock import ReceptionClock
from ingest.history.files import lines
from ingest.history.formats import FileGroup, Format, Outcomes
from ingest.history.profile import FileProfile
from ingest.history.recognition import other_format
from ingest.history.unreadable import FileUnreadableError
from ingest.kafka_log import KafkaLog, LogUnavailableError
from ingest.packer import Addressed, Packer
from schemas.failures import CheckFailedError
from schemas.observation import Observation
from schemas.quality_flags import DST_MERGED
from schemas.rejection import Rejection
from schemas.topics import OBSERVATIONS, PARTITIONS, REJECTIONS, partition_of

Item = TypeVar("Item", Observation, Rejection)
_WRITER: Final = "doorfiets-history"
_ATTEMPTS: Final = 8
_FILES_IN_FLIGHT: Final = 4


class ImportRefusedError(CheckFailedError):
    """A file is not of the format; nothing of it or of the files after it was sent, repair it and import again."""


class Summary(NamedTuple):
    """What was in one file, or in a group of files that are read together, named by its last.

    `rows` counts the intervals of sensors, `gaps` those between the first and the last of each sensor that no row
    covers, `unmeasured` the observations without a value. `first` and `last` are the starts of the
    first and the last interval, None where there is none; `received` the first and the last `received_at` of its
    observations, and `sources` counts them by sensor and source.
    """

    file: Path
    rows: int
    observations: int
    rejections: int
    unmeasured: int
    gaps: int
    first: datetime | None = None
    last: datetime | None = None
    received: tuple[datetime, datetime] | None = None
    sources: Mapping[tuple[str, str], int] = MappingProxyType({})


class Contents(NamedTuple):
    """The outcomes of reading one file or group of files."""

    observations: list[Observation]
    rejections: list[Rejection]


Sending: TypeAlias = list[tuple[Summary, asyncio.Task[None]]]
"""The files in flight, oldest first."""


async def import_files(
    files: Sequence[Path],
    *,
    kafka: str,
    profile: FileProfile,
    clock: Callable[[], datetime],
    reading: Format,
    partitions: int = PARTITIONS,
) -> AsyncIterator[Summary]:
    """Read and send files one by one, and yield the summary of each when Kafka holds all of it.

    Raises ImportRefusedError at the first file that is not of the format, after the summaries of the files before it,
    and LogUnavailableError with the name of the file that Kafka did not take.
    """
    reception = ReceptionClock(None, clock)
    packer = Packer(_WRITER, f"{clock().timestamp() * 1000:.0f}")
    log = KafkaLog(kafka, _WRITER, attempts=_ATTEMPTS)
    sending: Sending = []
    try:
        for group in together(files, reading):
            file = group[-1]
            try:
                contents = _whole(group, profile, reception.tick(), reading)
            except ImportRefusedError as refused:
                async for result in _rest(sending, refused):
                    yield result
                raise
            frames = list(frames_of(contents, packer, partitions))
            sending.append((summary(file, contents), asyncio.create_task(log.deliver(frames), name=file.name)))
            await asyncio.sleep(0)  # let the senders run between two files
            if len(sending) >= _FILES_IN_FLIGHT:
                yield await _first(sending)
        async for result in _rest(sending):
            yield result
    finally:
        await asyncio.gather(*(task for _, task in sending), return_exceptions=True)
        await log.close()


def read_only(
    files: Sequence[Path], *, profile: FileProfile, clock: Callable[[], datetime], reading: Format
) -> Iterator[Summary]:
    """Read files as `import_files` does and yield the summary of each; nothing is sent.

    Raises ImportRefusedError as it does.
    """
    for group in together(files, reading):
        yield summary(group[-1], _whole(group, profile, clock(), reading))


def together(files: Sequence[Path], reading: Format) -> list[Sequence[Path]]:
    """Split files into groups that are read together; raise ImportRefusedError when the last group is incomplete."""
    if len(files) % reading.files:
        message = (
            f"{len(files)} files, but {reading.files} belong together: {reading.description}. Nothing was imported"
        )
        raise ImportRefusedError(message)
    return [files[start : start + reading.files] for start in range(0, len(files), reading.files)]


def read_files(files: Sequence[Path], profile: FileProfile, received_at: datetime, reading: Format) -> Contents:
    """Read a group of files whole; raise FileUnreadableError when any of it is not of the format."""
    texts = [lines(file, profile.sheet, profile.layout.separator, profile.encoding) for file in files]
    contents = Contents([], [])
    for outcome in _outcomes(texts, profile, received_at, reading):
        if isinstance(outcome, Observation):
            contents.observations.append(outcome)
        else:
            contents.rejections.append(outcome)
    return contents


def _outcomes(texts: FileGroup, profile: FileProfile, received_at: datetime, reading: Format) -> Outcomes:
    """Run the reader of a format; whatever it raises becomes FileUnreadableError."""
    try:
        yield from reading.read(texts, profile, received_at)
    except FileUnreadableError:
        raise
    except Exception as problem:
        why = f"its reader failed ({type(problem).__name__}); keep the file, for the reader has to be corrected"
        raise FileUnreadableError(1, 1, why) from problem


def _whole(files: Sequence[Path], profile: FileProfile, received_at: datetime, reading: Format) -> Contents:
    try:
        return read_files(files, profile, received_at, reading)
    except (FileUnreadableError, OSError) as problem:
        named = ", ".join(map(str, files))
        hint = other_format(files[-1], reading) if isinstance(problem, FileUnreadableError) else ""
        message = (
            f"{named}: {problem}.{hint} Nothing of this file or of those after it was imported; "
            "repair it and import again"
        )
        raise ImportRefusedError(message) from problem


def frames_of(contents: Contents, packer: Packer, partitions: int) -> Iterable[Addressed]:
    """Pack the contents of a file, each sensor in its partition."""
    yield from packer.pack(OBSERVATIONS.name, _by_partition(contents.observations, partitions))
    yield from packer.pack(REJECTIONS.name, _by_partition(contents.rejections, partitions))


def summary(file: Path, contents: Contents) -> Summary:
    """Summarize the contents of a file."""
    merged = {(one.sensor, one.started_at): bool(one.quality_flags & DST_MERGED) for one in contents.observations}
    received = [one.received_at for one in contents.observations]
    return Summary(
        file,
        rows=len(merged) + len(contents.rejections),
        observations=len(contents.observations),
        rejections=len(contents.rejections),
        unmeasured=sum(one.value is None for one in contents.observations),
        gaps=_gaps(contents.observations, merged),
        first=min((started_at for _, started_at in merged), default=None),
        last=max((started_at for _, started_at in merged), default=None),
        received=(min(received), max(received)) if received else None,
        sources=Counter((one.sensor, one.source) for one in contents.observations),
    )


def _gaps(observations: Sequence[Observation], merged: Mapping[tuple[str, datetime], bool]) -> int:
    """Count the intervals that no row covers; a sensor that measures instants has none."""
    sensors: dict[str, list[datetime]] = defaultdict(list)
    lengths: dict[str, timedelta] = {}
    for sensor, started_at in merged:
        sensors[sensor].append(started_at)
    for one in observations:
        lengths[one.sensor] = min(one.ended_at - one.started_at, lengths.get(one.sensor, timedelta.max))
    regular = {sensor: starts for sensor, starts in sensors.items() if lengths[sensor]}
    spanned = sum((max(starts) - min(starts)) // lengths[sensor] + 1 for sensor, starts in regular.items())
    rows = sum(map(len, regular.values())) + sum(merged[key] for key in merged if key[0] in regular)
    return max(0, spanned - rows)


def _by_partition(items: Sequence[Item], partitions: int) -> dict[int, list[Item]]:
    parts: dict[int, list[Item]] = defaultdict(list)
    for sensor, those in groupby(items, key=lambda one: one.sensor or ""):
        parts[partition_of(sensor, partitions)] += those
    return parts


async def _first(sending: Sending) -> Summary:
    result, task = sending.pop(0)
    try:
        await task
    except LogUnavailableError as unavailable:
        raise LogUnavailableError(f"{result.file}: {unavailable}") from unavailable
    return result


async def _rest(sending: Sending, refused: ImportRefusedError | None = None) -> AsyncIterator[Summary]:
    """Yield the summaries of all files in flight; raise a failure among them with the text of a later refusal."""
    try:
        while sending:
            yield await _first(sending)
    except LogUnavailableError as unavailable:
        if refused is None:
            raise
        raise LogUnavailableError(f"{unavailable}. Also refused: {refused}") from unavailable
