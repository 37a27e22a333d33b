"""Processes as the kernel lists them: descendants of a process, and the worker that owns a connection."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_LOCAL: Final = "0100007F"
_RUN: Final = (b"deploy", b"run")


def family(pid: int) -> list[int]:
    """Return a process and its descendants by id; PostgreSQL's have left the process group of their parent."""
    parents = dict(_parents())
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def owner_of(port: int) -> str:
    """Return the name of the worker that owns the connection from a loopback port; "" when none does."""
    inode = _inode(f"{_LOCAL}:{port:04X}")
    if inode is None:
        return ""
    return next((name for pid, name in _workers() if _holds(pid, f"socket:[{inode}]")), "")


def _parents() -> Iterator[tuple[int, int]]:
    for folder in _PROC.glob("[0-9]*"):
        try:
            _, _, rest = (folder / "stat").read_text("utf-8", "replace").rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        yield int(folder.name), int(rest.split()[1])


def _inode(local: str) -> str | None:
    for line in (_PROC / "net" / "tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1] == local and fields[9] != "0":
            return fields[9]
    return None


def _workers() -> Iterator[tuple[int, str]]:
    for folder in _PROC.glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if tuple(words[-4:-2]) == _RUN:
            yield int(folder.name), words[-2].decode()


def _holds(pid: int, target: str) -> bool:
    try:
        return any(str(entry.readlink()) == target for entry in (_PROC / str(pid) / "fd").iterdir())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
