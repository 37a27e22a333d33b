"""The ready file: it exists while the bridge is subscribed and makes progress."""

import os
from contextlib import suppress
from pathlib import Path


class ReadyFile:
    """Exists (with our process id) while the bridge is ready; touched on progress.

    On a full disk nothing is raised: the file is written as soon as there is room.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._ready = self._written = False
        self.withdraw()

    def announce(self) -> None:
        """Write the file, or touch it where it is written."""
        self._ready = True
        if self._path is not None:
            with suppress(OSError):
                self._write(self._path)

    def repeat(self) -> None:
        """Try again to write a file that could not be written; to be called regularly."""
        if self._ready and not self._written:
            self.announce()

    def withdraw(self) -> None:
        """Remove the file."""
        self._ready = self._written = False
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _write(self, path: Path) -> None:
        if self._written:
            with suppress(FileNotFoundError):  # another thread may have removed it
                os.utime(path)
                return
        self._written = False
        path.write_text(f"{os.getpid()}\n")
        self._written = True
