"""The watermarks among the records of the log."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from schemas.frames import FrameDamagedError, is_watermark, unpack_watermarks
from schemas.watermark import Watermark
from streams.domain.fence import Record

_MOST: Final = 1 << 63
Passed: TypeAlias = dict[tuple[str, int], Watermark]
"""The last mark that was consumed, by bridge and partition."""


def without_marks(records: Iterable[Record]) -> list[Record]:
    """Return the records that are not marks."""
    return [record for record in records if not is_watermark(record.headers)]


def passed(records: Iterable[Record]) -> Passed:
    """Return the last mark of each bridge in each partition; `records` are in the order of the log."""
    return {
        (mark.bridge, record.partition): mark
        for record in records
        if is_watermark(record.headers)
        for mark in _marks(record)
    }


def _marks(record: Record) -> Sequence[Watermark]:
    """Unpack the marks of a record; damaged ones and those that no table can hold are ignored, as newer ones follow."""
    try:
        marks = unpack_watermarks(record.value, record.headers)
    except FrameDamagedError:
        return ()
    return [mark for mark in marks if _has_room(mark)]


def _has_room(mark: Watermark) -> bool:
    return (
        mark.published_until.tzinfo is not None
        and "\0" not in mark.bridge
        and (mark.waiting is None or 0 <= mark.waiting < _MOST)
    )
