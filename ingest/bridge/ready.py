"""The file that says the bridge is subscribed and moving."""

import os
from contextlib import suppress
from pathlib import Path


class ReadyFile:
    """Exists (with our process id) while the bridge is ready; touched on progress.

    A disk that takes no byte ends nothing: the word is written as soon as there is room.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._ready = self._written = False
        self.withdraw()

    def announce(self) -> None:
        """Say that the bridge is ready, or that it still is."""
        self._ready = True
        if self._path is not None:
            with suppress(OSError):
                self._say(self._path)

    def repeat(self) -> None:
        """Say again what could not be written; to be called now and then."""
        if self._ready and not self._written:
            self.announce()

    def withdraw(self) -> None:
        """Take it back, where the disk lets it go."""
        self._ready = self._written = False
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _say(self, path: Path) -> None:
        if self._written:
            with suppress(FileNotFoundError):  # another thread may have taken it back
                os.utime(path)
                return
        self._written = False
        path.write_text(f"{os.getpid()}\n")
        self._written = True
