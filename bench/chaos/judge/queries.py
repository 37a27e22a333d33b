"""The judge's SQL files, read by the judge itself: each query opens with `-- its_name --`."""

import re
from collections.abc import Mapping
from pathlib import Path

_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def read(name: str) -> Mapping[str, bytes]:
    """Read a file of queries, by name."""
    _, *pieces = _NAME.split((Path(__file__).with_name(name)).read_text("utf-8"))
    return {name: text.strip().rstrip(";").encode() for name, text in zip(pieces[::2], pieces[1::2], strict=True)}
