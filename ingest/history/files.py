"""A publisher's file on disk, plain, compressed or a workbook, as lines of text within bounds."""

import gzip
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final
from zlib import error as DeflateError  # noqa: N812 - it is an exception, whatever its module calls it

from ingest.history.sheet import ZIP, sheet_lines
from ingest.history.unreadable import FileUnreadableError

UTF_8: Final = "utf-8"
"""The encoding of a file of which nobody says another."""

MAX_BYTES: Final = 100_000_000
_GZIP: Final = b"\x1f\x8b"
"""The first bytes of a gzip file, whatever its name; no text in UTF-8 begins so."""


def lines(file: Path, sheet: str = "", separator: str = ",", encoding: str = UTF_8) -> list[str]:
    """Read a file whole; raise FileUnreadableError when it is larger than 100 MB, damaged, or not of the encoding."""
    with file.open("rb") as stream:
        return lines_of(stream.read(MAX_BYTES + 1), sheet, separator, encoding)


def lines_of(content: bytes, sheet: str = "", separator: str = ",", encoding: str = UTF_8) -> list[str]:
    """Return the lines of a file, each with its end: a line feed, a carriage return or both.

    Empty lines at the end of the file are left out. Of a workbook they are the rows of a sheet, with this separator
    between cells. Raises FileUnreadableError as `lines` does.
    """
    plain = _plain(content)
    if plain.startswith(ZIP):
        return sheet_lines(plain, sheet, separator, MAX_BYTES)
    text_lines = list(StringIO(_text(plain, encoding), newline=""))
    while text_lines and not text_lines[-1].strip(" \t\r\n"):
        text_lines.pop()
    return text_lines


def _plain(content: bytes) -> bytes:
    if content.startswith(_GZIP):
        content = _unpacked(content)
    if len(content) > MAX_BYTES:
        raise FileUnreadableError(1, 1, f"more than {MAX_BYTES} bytes; split the file by month")
    return content


def _unpacked(content: bytes) -> bytes:
    try:
        with gzip.open(BytesIO(content)) as stream:
            return stream.read(MAX_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, DeflateError) as problem:
        raise FileUnreadableError(1, 1, f"damaged gzip ({problem}); fetch the file again") from problem


def _text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        place = content.count(b"\n", 0, problem.start) + 1, problem.start - content.rfind(b"\n", 0, problem.start)
        raise FileUnreadableError(*place, f"not {encoding}; say --encoding, or save the file as UTF-8") from problem
