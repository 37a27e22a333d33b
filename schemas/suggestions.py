"""What somebody may have meant who wrote a word that is not there."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

import msgspec

_UNKNOWN_KEY: Final = re.compile(r"unknown field `([^`]*)`")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence with the nearest of the known words, empty where none is near."""
    (found, *_) = [*get_close_matches(word, sorted(known), 1), ""]
    return f"; did you mean {found!r}?" if found else ""


def nearest_key(problem: object, *structs: type[msgspec.Struct]) -> str:
    """Return the same for a key that msgspec does not know, of all keys that some structures have."""
    found = _UNKNOWN_KEY.search(str(problem))
    keys = {field.encode_name for struct in structs for field in msgspec.structs.fields(struct)}
    return nearest(found[1], keys) if found else ""
