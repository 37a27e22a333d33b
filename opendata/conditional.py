"""Whether a copy that somebody holds is still good: `If-None-Match`, compared weakly (RFC 9110, 13.1.2, 8.8.3.2)."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

_OPAQUE: Final = r'"[\x21\x23-\x7e\x80-\xff]*"'
_TAG: Final = re.compile(rf"(?:W/)?({_OPAQUE})")
_SEPARATOR: Final = re.compile(r"[ \t]*(?:,[ \t]*)+|[ \t]*\Z")
_LENGTH: Final = 24  # hexadecimal digits


def weak(*parts: object) -> str:
    """Make the entity tag of an answer that is told apart by these parts; weak, as it holds for every coding."""
    return f'W/"{digest(*parts)}"'


def digest(*parts: object) -> str:
    """Name a state by its parts: equal parts in equal order have equal names."""
    reported = "\0".join(f"{len(text)}:{text}" for text in map(str, parts))
    return sha256(reported.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def holds(condition: str, tag: str) -> bool:
    """Tell whether an `If-None-Match` names a tag; `*` names every one, and what is no list of tags names none."""
    if condition.strip(" \t") == "*":
        return True
    found = _TAG.fullmatch(tag)
    return found is not None and found[1] in set(_opaque(condition))


def _opaque(condition: str) -> Iterator[str]:
    """Yield what the tags of a list say, without their weakness, up to the first thing that is no tag."""
    place = len(condition) - len(condition.lstrip(" \t,"))
    while place < len(condition):
        found = _TAG.match(condition, place)
        after = found and _SEPARATOR.match(condition, found.end())
        if not found or not after:
            return
        yield found[1]
        place = after.end()
