"""The parser of `.sql` files, in which each query opens with `-- its_name --` and a comment."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def parse(text: str) -> Mapping[str, str]:
    """Split the text of a `.sql` file into its named queries; raise ValueError when a name is given twice."""
    _, *pieces = _NAME.split(text)
    names, queries = pieces[::2], [piece.strip().rstrip(";") for piece in pieces[1::2]]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        msg = f"queries named twice: {', '.join(sorted(twice))}"
        raise ValueError(msg)
    return MappingProxyType(dict(zip(names, queries, strict=True)))
