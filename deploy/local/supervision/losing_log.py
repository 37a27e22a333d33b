"""Logs that drop lines instead of raising when the disk is full."""

from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from supervisor.loggers import Handler


class LosingLog(Handler):  # type: ignore[misc]  # it ships no types
    """A rotating log file, called as `supervisor.loggers.RotatingFileHandler` is.

    Lines that a full disk does not take are dropped and counted; the next line that is written says how many.
    """

    def __init__(self, filename: str, _mode: str = "ab", maxBytes: int = 0, backupCount: int = 0) -> None:  # noqa: N803 - their names
        """Open the file, now or with the first line that finds room."""
        super().__init__()
        self.stream: BinaryIO | None = None
        self._file, self._most, self._backups, self.lost = Path(filename), maxBytes, backupCount, 0
        with suppress(OSError):
            self._opened()

    def emit(self, record: Any) -> None:  # noqa: ANN401 - a record of theirs, which has no types
        """Write one record, or drop it."""
        try:
            self._write(record.msg if isinstance(record.msg, bytes) else (self.fmt % record.asdict()).encode())
        except Exception:  # noqa: BLE001 - no failure of logging may end a process
            self.lost += 1
            self.close()

    def reopen(self) -> None:
        """Close the file; the next line opens it."""
        self.close()

    def remove(self) -> None:
        """Delete the file."""
        self.close()
        with suppress(OSError):
            self._file.unlink()

    def close(self) -> None:
        """Close the file; the count of dropped lines is forgotten."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()

    def _write(self, line: bytes) -> None:
        stream = self._opened()
        if self.lost:
            _all(stream, f"\n({self.lost} pieces of this log were lost: they could not be written)\n".encode())
            self.lost = 0
        _all(stream, line)
        if 0 < self._most <= stream.tell():
            self._roll_over()

    def _opened(self) -> BinaryIO:
        if self.stream is None:
            self.stream = self._file.open("ab", buffering=0)
        return self.stream

    def _roll_over(self) -> None:
        self.close()
        older = [self._file.with_name(f"{self._file.name}.{number}") for number in range(1, self._backups + 1)]
        for newer, old in reversed([*pairwise([self._file, *older])]):
            with suppress(FileNotFoundError):
                newer.replace(old)
        self._opened()


class LosingText:
    """Standard output or error that drops what the disk behind it does not take."""

    def __init__(self, stream: TextIO) -> None:
        """Wrap a stream."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or drop it; return the length of the text."""
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
        return len(text)

    def flush(self) -> None:
        """Do nothing: every write was flushed."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        """Return everything else from the stream."""
        return getattr(self._stream, name)


def _all(stream: BinaryIO, data: bytes) -> None:
    """Write all of it; a file without a buffer may take less at a time."""
    while data:
        data = data[stream.write(data) :]
