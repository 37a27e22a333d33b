"""Which names of measurements are made of plain words: they stay as texts though nobody registered them (record 26)."""

import re
from typing import Final

from ingest.dialects.permitted import is_harmless
from ingest.dialects.plain_keys import identifies

_BETWEEN: Final = re.compile(r"[_./]", re.ASCII)
_FEW_DIGITS: Final = re.compile(r"[0-9]{1,2}", re.ASCII)


def is_of_plain_words(name: str) -> bool:
    """Return whether a name is plain: words with `_`, `.` or `/` between them, and at most four digits in all.

    A word has up to twelve letters, small but for the first or all capitals, and up to two digits behind them or alone.
    Neither a word nor all of them in a row is a number plate, as for keys.
    """
    words = _BETWEEN.split(name)
    return not identifies(words) and all(map(_is_plain, words))


def _is_plain(word: str) -> bool:
    of_one_case = word[1:] == word[1:].lower() or word == word.upper()
    return _FEW_DIGITS.fullmatch(word) is not None or (of_one_case and is_harmless(word.lower()))
