"""A publisher's file on disk, plain or compressed, as lines of text within bounds."""

import gzip
from pathlib import Path
from typing import Final
from zlib import error as DeflateError  # noqa: N812 - it is an exception, whatever its module calls it

from ingest.history.unreadable import FileUnreadableError

MAX_BYTES: Final = 100_000_000


def lines(file: Path) -> list[str]:
    """Read a file whole; raise FileUnreadableError when it is larger than 100 MB, damaged, or not UTF-8."""
    try:
        return _content(file).decode().splitlines(keepends=True)
    except UnicodeDecodeError as problem:
        raise FileUnreadableError(*_place(problem), "not UTF-8; save the file as UTF-8 and offer it again") from problem
    except (gzip.BadGzipFile, EOFError, DeflateError) as problem:
        raise FileUnreadableError(1, 1, f"damaged gzip ({problem}); fetch the file again") from problem


def _content(file: Path) -> bytes:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise FileUnreadableError(1, 1, f"more than {MAX_BYTES} bytes; split the file by month")
    return content


def _place(problem: UnicodeDecodeError) -> tuple[int, int]:
    before = bytes(problem.object[: problem.start])
    return before.count(b"\n") + 1, problem.start - before.rfind(b"\n")
