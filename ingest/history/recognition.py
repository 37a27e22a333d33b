"""Which format a file looks like, by its first lines: for whoever names none, and a hint for whoever named another."""

from pathlib import Path
from typing import Final

from ingest.history.files import UTF_8, lines
from ingest.history.formats import FORMATS, Format
from ingest.history.unreadable import FileUnreadableError

_ENOUGH: Final = 8_192


def formats_of(file: Path, sheet: str = "", encoding: str = UTF_8) -> list[str]:
    """Return the names of the formats whose first lines look like those of a file.

    Raises FileUnreadableError or OSError for a file that cannot be read.
    """
    text = "".join(lines(file, sheet, encoding=encoding))[:_ENOUGH].removeprefix("\ufeff")
    found = [name for name, one in FORMATS.items() if one.head.search(text)]
    return found if len(found) == 1 else [name for name in found if name != "plain"]


def other_format(file: Path, reading: Format) -> str:
    """Say which other format a refused file looks like; "" where none is to be named."""
    try:
        others = [name for name in formats_of(file) if FORMATS[name] is not reading]
    except (FileUnreadableError, OSError):
        return ""
    return f" It looks like another format: try --format {' or --format '.join(others)}." if others else ""
