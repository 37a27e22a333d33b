"""Which keys are plain names of fields: they stay though nobody names them, all others are replaced (record 26).

A vendor's name is made of words with few digits (`TempC_DS18B20`, `SDS_P1`, `pm2_5_mass`); an identifier has many
digits, changes between letters and digits often, or has signs in it. A word is a word: `jansen` is a plain name.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}", re.ASCII)
_MANY_DIGITS: Final = re.compile(r"[0-9]{3}|(?:[^0-9]*[0-9]){5}", re.ASCII)
_CHANGE: Final = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Z])(?=[0-9])", re.ASCII)
_LONG: Final = 10
_PLATE: Final = re.compile(r"(?=(?:[^0-9]*[0-9]){2})[b-df-hj-np-tv-z0-9]{6}", re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=8192)
def is_plain(key: str) -> bool:
    """Return whether a key is a plain name: at most 40 letters, digits and `_`, of which the first is no digit.

    It has at most two digits in a row and four in all. Each of its stretches between `_` changes between small letters,
    capitals and digits at most once in two characters, one of more than ten at most once in five (a capital before
    small letters is no change). It is not six consonants and digits with two digits or more, `_` aside, which is how
    number plates are written; nor is a stretch of it.
    """
    stretches = key.split("_")
    return _NAME.fullmatch(key) is not None and not identifies(stretches) and all(map(_changes_seldom, stretches))


def identifies(stretches: Sequence[str]) -> bool:
    """Return whether the stretches of a name, alone or in a row, have the digits of a number or are a number plate."""
    name = "".join(stretches)
    return _MANY_DIGITS.search("_".join(stretches)) is not None or any(map(_PLATE.fullmatch, (name, *stretches)))


def _changes_seldom(stretch: str) -> bool:
    return len(_CHANGE.findall(stretch)) <= len(stretch) // (5 if len(stretch) > _LONG else 2)
