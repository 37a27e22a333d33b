"""The judge's own reader of its SQL files: each query opens with `-- its_name --`."""

import re
from collections.abc import Mapping
from pathlib import Path

_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def read(name: str) -> Mapping[str, bytes]:
    """Return the queries of a file, by name."""
    _, *pieces = _NAME.split((Path(__file__).with_name(name)).read_text("utf-8"))
    return {name: text.strip().rstrip(";").encode() for name, text in zip(pieces[::2], pieces[1::2], strict=True)}
