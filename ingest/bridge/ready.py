"""The file that says the bridge is subscribed and moving."""

import os
from pathlib import Path


class ReadyFile:
    """Exists (with our process id) while the bridge is ready; touched on progress."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.withdraw()

    def announce(self) -> None:
        """Say that the bridge is ready, or that it still is."""
        if self._path is None:
            return
        if self._path.exists():
            self._path.touch()
        else:
            self._path.write_text(f"{os.getpid()}\n")

    def withdraw(self) -> None:
        """Take it back."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
