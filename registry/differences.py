"""What is another value in a row that changes: old and new of each field, in the words of the files."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from registry.rows import Row

_WORDS: Final = {
    "seconds": "interval", "valid_from": "from", "valid_until": "until", "every_seconds": "every",
    "register_bits": "bits", "measuring_window": "window", "profile_content": "what its profile says",
}  # fmt: skip
"""What a field of a row is called in the files, where that is another word."""
_UNSHOWN: Final = frozenset({"serial", "credential"})
"""What is nobody else's business: that it changes is said, and not from what to what."""
_LONGEST: Final = 60


def words_of(name: str) -> str:
    """Return the word of the files for a column."""
    return _WORDS.get(name, name)


def differences(before: Row, after: Row) -> Iterator[str]:
    """Say of each field that differs from what to what it changes; of what is long or private only that it does."""
    for name, old in before.items():
        if after[name] != old:
            yield from _difference(name, old, after[name])


def _difference(name: str, old: object, new: object) -> Iterator[str]:
    if name == "profile_content" and isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield _said(f"{key} of its profile", old.get(key), new.get(key))
    else:
        yield _said(words_of(name), old, new, shown=name not in _UNSHOWN)


def _said(name: str, old: object, new: object, *, shown: bool = True) -> str:
    from_, to = _value(old), _value(new)
    if not shown or max(len(from_), len(to)) > _LONGEST:
        return f"{name} changed"
    return f"{name} {from_} -> {to}"


def _value(value: object) -> str:
    """Write a value as the files do; a midnight is a day."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if value is None or isinstance(value, (str, bool, list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, default=str) if value is not None else "none"
    return str(value)
