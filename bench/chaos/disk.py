"""A small disk in memory that can be filled and freed in an instant."""

import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_SIZE: Final = 12 << 30
"""Its size in bytes; memory is taken for what is on it only."""


class Disk:
    """A folder on a disk of its own; a plain folder where nothing can be mounted, or where `wanted` is false."""

    def __init__(self, folder: Path, *, wanted: bool, leave: bool) -> None:
        """Describe it; it is mounted by `with`."""
        self.folder, self.is_own = folder, False
        self._wanted, self._leave = wanted, leave

    def __enter__(self) -> Self:
        """Mount it."""
        self.folder.mkdir(mode=0o711)
        self.is_own = self._wanted and _mount(self.folder, f"size={_SIZE},mode=0711")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unmount it with all that is on it, unless `leave` is set."""
        if self.is_own and not self._leave:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False, capture_output=True)

    def fill(self) -> None:
        """Fill it: make it as small as what is on it."""
        for _ in range(5):  # a process may write a page in between
            if _mount(self.folder, f"remount,size={self._used()}"):
                return

    def free(self) -> None:
        """Restore its size."""
        _mount(self.folder, f"remount,size={_SIZE}")

    def _used(self) -> int:
        stat = os.statvfs(self.folder)
        return (stat.f_blocks - stat.f_bfree) * stat.f_frsize


def can_be_full() -> bool:
    """Return whether a disk can be mounted here."""
    return os.geteuid() == 0


def _mount(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "doorfiets-chaos", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
