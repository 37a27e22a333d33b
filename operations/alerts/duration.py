"""Durations as the file of rules writes them: 30s, 20m, 48h, 3d."""

import re
from datetime import timedelta
from typing import Final

_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_LONGEST: Final = timedelta(days=366)


class Duration:
    """A span of time; raises ValueError for a text that is none."""

    def __init__(self, text: str) -> None:
        found = re.fullmatch(r"(\d{1,5})([smhd])", text, re.ASCII)
        self.span = int(found[1]) * _UNITS[found[2]] if found else -_LONGEST
        if not timedelta(0) <= self.span <= _LONGEST:
            raise ValueError(f"{text[:40]!a} is no duration like 30s, 20m, 48h or 3d")
